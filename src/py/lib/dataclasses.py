from _retort import unknown


class _Missing:
    def __repr__(self):
        return "<MISSING>"


MISSING = _Missing()


class KW_ONLY:
    pass


class FrozenInstanceError(AttributeError):
    pass


class Field:
    def __init__(self, default, default_factory, init, repr, compare, hash, metadata, kw_only):
        self.name = None
        self.type = None
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.compare = compare
        self.hash = hash
        self.metadata = metadata or {}
        self.kw_only = kw_only


def field(*, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None, compare=True, metadata=None,
          kw_only=False):
    return Field(default, default_factory, init, repr, compare, hash, metadata, kw_only)


def _collect(cls, kw_only):
    fields = {}
    for base in reversed(cls.__mro__[1:]):
        fields.update(base.__dict__.get("__dataclass_fields__", {}))
    for name, annotation in cls.__dict__.get("__annotations__", {}).items():
        if annotation.startswith("KW_ONLY") or annotation.endswith(".KW_ONLY"):
            kw_only = True
            continue
        if "ClassVar" in annotation:
            continue
        value = cls.__dict__.get(name, MISSING)
        if isinstance(value, (list, dict, set)):
            raise ValueError(f"mutable default {type(value)} for field {name} is not allowed: use default_factory")
        made = value if isinstance(value, Field) else field(default=value)
        made.name = name
        made.type = annotation
        made.kw_only = made.kw_only or kw_only
        if isinstance(value, Field):
            if value.default is MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, value.default)
        fields[name] = made
    return fields


def _initializer(cls, fields, frozen):
    positional = [f for f in fields.values() if f.init and not f.kw_only]
    seen_default = False
    for f in positional:
        has_default = f.default is not MISSING or f.default_factory is not MISSING
        if seen_default and not has_default:
            raise TypeError(f"non-default argument {f.name!r} follows default argument")
        seen_default = seen_default or has_default

    def __init__(self, /, *args, **kwargs):
        if len(args) > len(positional):
            raise TypeError(
                f"{cls.__name__}.__init__() takes {len(positional) + 1} positional arguments"
                f" but {len(args) + 1} were given"
            )
        values = dict(zip([f.name for f in positional], args))
        for name, value in kwargs.items():
            if name in values:
                raise TypeError(f"{cls.__name__}.__init__() got multiple values for argument {name!r}")
            if name not in fields or not fields[name].init:
                raise TypeError(f"{cls.__name__}.__init__() got an unexpected keyword argument {name!r}")
            values[name] = value
        missing = []
        for name, f in fields.items():
            if name not in values:
                if f.default is not MISSING:
                    values[name] = f.default
                elif f.default_factory is not MISSING:
                    values[name] = f.default_factory()
                elif f.init:
                    missing.append(name)
                    continue
                else:
                    continue
            object.__setattr__(self, name, values[name])
        if missing:
            plural = "s" if len(missing) > 1 else ""
            raise TypeError(
                f"{cls.__name__}.__init__() missing {len(missing)} required positional argument{plural}: "
                + " and ".join([repr(name) for name in missing])
            )
        if hasattr(self, "__post_init__"):
            self.__post_init__()

    return __init__


def _add_comparison(cls, fields, order):
    def key(self):
        return tuple([getattr(self, name) for name, f in fields.items() if f.compare])

    def __eq__(self, other):
        return key(self) == key(other) if type(self) is type(other) else NotImplemented

    if "__eq__" not in cls.__dict__:
        cls.__eq__ = __eq__
    if order:
        cls.__lt__ = lambda self, other: key(self) < key(other) if type(self) is type(other) else NotImplemented
        cls.__le__ = lambda self, other: key(self) <= key(other) if type(self) is type(other) else NotImplemented
        cls.__gt__ = lambda self, other: key(self) > key(other) if type(self) is type(other) else NotImplemented
        cls.__ge__ = lambda self, other: key(self) >= key(other) if type(self) is type(other) else NotImplemented
    return key


def _build(cls, init, repr_, eq, order, frozen, unsafe_hash, kw_only):
    fields = _collect(cls, kw_only)
    cls.__dataclass_fields__ = fields
    cls.__match_args__ = tuple([name for name, f in fields.items() if f.init and not f.kw_only])
    if init and "__init__" not in cls.__dict__:
        cls.__init__ = _initializer(cls, fields, frozen)

    def __repr__(self):
        shown = [f"{name}={getattr(self, name)!r}" for name, f in fields.items() if f.repr]
        return f"{type(self).__qualname__}({', '.join(shown)})"

    if repr_ and "__repr__" not in cls.__dict__:
        cls.__repr__ = __repr__
    if eq:
        key = _add_comparison(cls, fields, order)
        if frozen or unsafe_hash:
            cls.__hash__ = lambda self: hash_of(key(self))
        elif "__hash__" not in cls.__dict__:
            cls.__hash__ = None
    if frozen:

        def __setattr__(self, name, value):
            raise FrozenInstanceError(f"cannot assign to field {name!r}")

        cls.__setattr__ = __setattr__
    return cls


def hash_of(values):
    return values


def dataclass(cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False,
              match_args=True, kw_only=False, slots=False, weakref_slot=False):
    def wrap(cls):
        return _build(cls, init, repr, eq, order, frozen, unsafe_hash, kw_only)

    return wrap if cls is None else wrap(cls)


def is_dataclass(obj):
    return hasattr(obj, "__dataclass_fields__")


def fields(obj):
    return tuple(obj.__dataclass_fields__.values())


def _value(value, factory):
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value, dict_factory=factory)
    if isinstance(value, (list, tuple)):
        return type(value)([_value(item, factory) for item in value])
    if isinstance(value, dict):
        return {_value(key, factory): _value(item, factory) for key, item in value.items()}
    return value


def asdict(obj, *, dict_factory=dict):
    return dict_factory([(name, _value(getattr(obj, name), dict_factory)) for name in obj.__dataclass_fields__])


def astuple(obj, *, tuple_factory=tuple):
    return tuple_factory([getattr(obj, name) for name in obj.__dataclass_fields__])


def replace(obj, /, **changes):
    for name, f in obj.__dataclass_fields__.items():
        if f.init and name not in changes:
            changes[name] = getattr(obj, name)
    return type(obj)(**changes)
