class _Logger:
    def _log(self, *args, **kwargs):
        pass

    debug = info = warning = warn = error = exception = critical = msg = log = success = trace = _log

    def bind(self, *args, **kwargs):
        return self

    new = unbind = opt = bind


def get_logger(*args, **kwargs):
    return _Logger()


getLogger = get_logger


def configure(**kwargs):
    pass
