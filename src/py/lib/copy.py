Error = RuntimeError


def copy(x):
    if isinstance(x, list):
        return list(x)
    if isinstance(x, dict):
        return dict(x)
    if isinstance(x, (set, frozenset)):
        return x.copy()
    if hasattr(x, "__copy__"):
        return x.__copy__()
    return _object(x, lambda value: value)


def deepcopy(x, memo=None):
    if isinstance(x, list):
        return [deepcopy(item) for item in x]
    if isinstance(x, tuple) and type(x) is tuple:
        return tuple([deepcopy(item) for item in x])
    if isinstance(x, dict):
        return {deepcopy(key): deepcopy(value) for key, value in x.items()}
    if isinstance(x, (set, frozenset)):
        return x.copy()
    if hasattr(x, "__deepcopy__"):
        return x.__deepcopy__({})
    return _object(x, deepcopy)


def _object(x, value):
    from _retort import is_user_object, unknown

    if isinstance(x, (str, bytes, int, float, bool, tuple)) or x is None or callable(x):
        return x
    if not is_user_object(x):
        return unknown("python", "a copy of a " + type(x).__name__)
    made = object.__new__(type(x))
    for name, old in x.__dict__.items():
        object.__setattr__(made, name, value(old))
    return made
