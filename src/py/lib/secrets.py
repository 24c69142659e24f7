from _retort import unknown


def __getattr__(name):
    return lambda *args, **kwargs: unknown("clock", "secrets." + name + "()")
