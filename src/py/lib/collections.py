from _retort import unknown


class OrderedDict(dict):
    def move_to_end(self, key, last=True):
        value = self.pop(key)
        items = list(self.items())
        self.clear()
        if not last:
            self[key] = value
        for other, kept in items:
            self[other] = kept
        if last:
            self[key] = value

    def __repr__(self):
        if self:
            return unknown("python", "the text of an OrderedDict (it depends on the version of Python)")
        return "OrderedDict()"


class defaultdict(dict):
    def __init__(self, default_factory=None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.default_factory = default_factory

    def __missing__(self, key):
        if self.default_factory is None:
            raise KeyError(key)
        self[key] = value = self.default_factory()
        return value

    def __repr__(self):
        return f"defaultdict({self.default_factory!r}, {dict(self)!r})"

    def copy(self):
        return defaultdict(self.default_factory, self)


class Counter(dict):
    def __init__(self, iterable=None, **kwargs):
        super().__init__()
        self.update(iterable, **kwargs)

    def __missing__(self, key):
        return 0

    def _add(self, iterable, kwargs, sign):
        if isinstance(iterable, dict):
            for key, count in iterable.items():
                self[key] = self[key] + sign * count
        elif iterable is not None:
            for key in iterable:
                self[key] = self[key] + sign
        for key, count in kwargs.items():
            self[key] = self[key] + sign * count

    def update(self, iterable=None, **kwargs):
        self._add(iterable, kwargs, 1)

    def subtract(self, iterable=None, **kwargs):
        self._add(iterable, kwargs, -1)

    def most_common(self, n=None):
        ordered = sorted(self.items(), key=lambda pair: pair[1], reverse=True)
        return ordered if n is None else ordered[:n]

    def elements(self):
        return iter([key for key, count in self.items() for _ in range(count)])

    def total(self):
        return sum(self.values())

    def __add__(self, other):
        keys = list(dict.fromkeys([*self, *other]))
        return Counter({key: self[key] + other[key] for key in keys if self[key] + other[key] > 0})

    def __sub__(self, other):
        keys = list(dict.fromkeys([*self, *other]))
        return Counter({key: self[key] - other[key] for key in keys if self[key] - other[key] > 0})

    def __repr__(self):
        return f"Counter({dict(self.most_common())!r})" if self else "Counter()"


class deque(list):
    def __init__(self, iterable=(), maxlen=None):
        super().__init__(iterable)
        self.maxlen = maxlen
        self._trim_left()

    def _trim_left(self):
        while self.maxlen is not None and len(self) > self.maxlen:
            self.pop(0)

    def append(self, item):
        list.append(self, item)
        self._trim_left()

    def extend(self, items):
        for item in items:
            self.append(item)

    def appendleft(self, item):
        self.insert(0, item)
        while self.maxlen is not None and len(self) > self.maxlen:
            self.pop()

    def extendleft(self, items):
        for item in items:
            self.appendleft(item)

    def popleft(self):
        if not self:
            raise IndexError("pop from an empty deque")
        return list.pop(self, 0)

    def rotate(self, n=1):
        for _ in range(n % len(self) if self else 0):
            self.insert(0, list.pop(self))

    def __repr__(self):
        return f"deque({list(self)!r})" if self.maxlen is None else f"deque({list(self)!r}, maxlen={self.maxlen})"


class ChainMap:
    def __init__(self, *maps):
        self.maps = list(maps) or [{}]

    def __getitem__(self, key):
        for mapping in self.maps:
            if key in mapping:
                return mapping[key]
        raise KeyError(key)

    def get(self, key, default=None):
        return self[key] if key in self else default

    def __contains__(self, key):
        return any([key in mapping for mapping in self.maps])

    def __setitem__(self, key, value):
        self.maps[0][key] = value


def namedtuple(typename, field_names, *, rename=False, defaults=None, module=None):
    from _namedtuple import NamedTuple

    if isinstance(field_names, str):
        field_names = field_names.replace(",", " ").split()
    names = [str(name) for name in field_names]
    defaults = list(defaults or [])
    attrs = {"__annotations__": {name: "" for name in names}}
    for name, value in zip(names[len(names) - len(defaults) :], defaults):
        attrs[name] = value
    return type(typename, (NamedTuple,), attrs)


def __getattr__(name):
    return unknown("python", "collections." + name)
