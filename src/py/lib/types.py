class SimpleNamespace:
    def __init__(self, /, **kwargs):
        self.__dict__.update(kwargs)

    def __repr__(self):
        return "namespace(%s)" % ", ".join(["%s=%r" % pair for pair in self.__dict__.items()])

    def __eq__(self, other):
        if not isinstance(other, SimpleNamespace):
            return NotImplemented
        return self.__dict__ == other.__dict__


def MappingProxyType(mapping):
    return dict(mapping)


NoneType = type(None)
EllipsisType = type(...)
FunctionType = LambdaType = type(lambda: None)
GeneratorType = type(_ for _ in ())
BuiltinFunctionType = type(len)
ModuleType = type(__import__("__future__"))
TracebackType = type("TracebackType", (), {})
