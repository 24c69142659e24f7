from _retort import unknown


def seed(*args):
    pass


def shuffle(x):
    return unknown("python", "random.shuffle()").shuffled()


def __getattr__(name):
    return lambda *args, **kwargs: unknown("clock", "random." + name + "()")
