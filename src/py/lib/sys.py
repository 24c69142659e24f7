from _retort import unknown, write

platform = "linux"
maxsize = 9223372036854775807
byteorder = "little"
version_info = (3, 11, 2, "final", 0)
argv = unknown("clock", "sys.argv")
path = []
modules = unknown("python", "sys.modules")
executable = unknown("clock", "sys.executable")
version = unknown("python", "sys.version")


class _Stream:
    def __init__(self, shown):
        self._shown = shown

    def write(self, text):
        if self._shown:
            write(text)

    def flush(self):
        pass

    def isatty(self):
        return unknown("clock", "isatty()")


stdout = _Stream(True)
stderr = _Stream(False)


def exit(status=None):
    raise SystemExit(status)


def __getattr__(name):
    return unknown("python", "sys." + name)
