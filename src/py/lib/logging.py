CRITICAL = FATAL = 50
ERROR = 40
WARNING = WARN = 30
INFO = 20
DEBUG = 10
NOTSET = 0


class Handler:
    def __init__(self, *args, **kwargs):
        pass

    def setLevel(self, level):
        pass

    def setFormatter(self, formatter):
        pass

    def addFilter(self, filter):
        pass


class StreamHandler(Handler):
    pass


class NullHandler(Handler):
    pass


class FileHandler(Handler):
    pass


class Formatter(Handler):
    pass


class Filter(Handler):
    pass


class Logger:
    def __init__(self, name="root", level=NOTSET):
        self.name = name
        self.level = level
        self.handlers = []
        self.propagate = True
        self.disabled = False

    def log(self, *args, **kwargs):
        pass

    debug = info = warning = warn = error = exception = critical = fatal = log

    def setLevel(self, level):
        self.level = level

    def addHandler(self, handler):
        pass

    removeHandler = addFilter = addHandler

    def isEnabledFor(self, level):
        return False

    def getChild(self, suffix):
        return Logger(self.name + "." + suffix)


class LoggerAdapter(Logger):
    def __init__(self, logger=None, extra=None):
        self.logger = logger
        self.extra = extra


root = Logger()


def getLogger(name=None):
    return Logger(name) if name else root


def log(*args, **kwargs):
    pass


debug = info = warning = warn = error = exception = critical = log
basicConfig = disable = captureWarnings = addLevelName = log


def getLevelName(level):
    return {50: "CRITICAL", 40: "ERROR", 30: "WARNING", 20: "INFO", 10: "DEBUG", 0: "NOTSET"}.get(
        level, "Level %s" % level
    )
