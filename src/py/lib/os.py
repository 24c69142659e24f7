import os.path as path
from _retort import unknown

name = "posix"
sep = "/"
altsep = None
linesep = "\n"
pathsep = ":"
curdir = "."
pardir = ".."
devnull = "/dev/null"
error = OSError
environ = unknown("clock", "os.environ")
PathLike = path._PathLike


def getenv(key, default=None):
    return unknown("clock", "os.getenv()")


def fspath(path):
    if isinstance(path, str):
        return path
    return path.__fspath__()


def __getattr__(name):
    return unknown("python", "os." + name)
