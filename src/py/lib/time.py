from _retort import unknown


def sleep(seconds):
    pass


def time():
    return unknown("clock", "time.time()")


monotonic = perf_counter = time_ns = monotonic_ns = perf_counter_ns = process_time = time


def __getattr__(name):
    return lambda *args: unknown("clock", "time." + name + "()")
