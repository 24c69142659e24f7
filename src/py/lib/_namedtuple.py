class NamedTuple(tuple):
    _fields = ()
    _field_defaults = {}

    def __init_subclass__(cls):
        names = cls.__dict__.get("__annotations__", {})
        if not names:
            return
        cls._fields = tuple(names)
        cls._field_defaults = {name: cls.__dict__[name] for name in names if name in cls.__dict__}
        cls.__match_args__ = cls._fields
        for index, name in enumerate(names):
            setattr(cls, name, cls._getter(index))

    @staticmethod
    def _getter(index):
        return property(lambda self: self[index])

    def __new__(cls, *args, **kwargs):
        if len(args) > len(cls._fields):
            raise TypeError(
                f"{cls.__name__}.__new__() takes {len(cls._fields) + 1} positional arguments"
                f" but {len(args) + 1} were given"
            )
        values = dict(zip(cls._fields, args))
        for name, value in kwargs.items():
            if name in values or name not in cls._fields:
                raise TypeError(f"{cls.__name__}.__new__() got an unexpected keyword argument {name!r}")
            values[name] = value
        values = {**cls._field_defaults, **values}
        missing = [name for name in cls._fields if name not in values]
        if missing:
            raise TypeError(f"{cls.__name__}.__new__() missing required arguments: {missing}")
        return tuple.__new__(cls, [values[name] for name in cls._fields])

    def __repr__(self):
        return f"{type(self).__name__}({', '.join([f'{n}={v!r}' for n, v in zip(self._fields, self)])})"

    def _asdict(self):
        return dict(zip(self._fields, self))

    def _replace(self, **changes):
        return type(self)(**{**self._asdict(), **changes})

    @classmethod
    def _make(cls, iterable):
        return cls(*iterable)
