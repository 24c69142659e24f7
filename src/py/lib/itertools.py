from _retort import unknown


class chain:
    def __new__(cls, *iterables):
        return cls.from_iterable(iterables)

    @staticmethod
    def from_iterable(iterables):
        return (item for iterable in iterables for item in iterable)


def count(start=0, step=1):
    while True:
        yield start
        start += step


def cycle(iterable):
    kept = []
    for item in iterable:
        yield item
        kept.append(item)
    while kept:
        yield from kept


def repeat(object, times=None):
    while times is None or times > 0:
        yield object
        if times is not None:
            times -= 1


def accumulate(iterable, func=None, *, initial=None):
    items = iter(iterable)
    total = initial
    if initial is None:
        total = next(items, unknown)
        if total is unknown:
            return
    yield total
    for item in items:
        total = total + item if func is None else func(total, item)
        yield total


def batched(iterable, n):
    items = iter(iterable)
    while batch := tuple(islice(items, n)):
        yield batch


def compress(data, selectors):
    return (item for item, selected in zip(data, selectors) if selected)


def dropwhile(predicate, iterable):
    dropping = True
    for item in iterable:
        if dropping and predicate(item):
            continue
        dropping = False
        yield item


def takewhile(predicate, iterable):
    for item in iterable:
        if not predicate(item):
            return
        yield item


def filterfalse(predicate, iterable):
    return (item for item in iterable if not (predicate(item) if predicate else item))


def starmap(function, iterable):
    return (function(*args) for args in iterable)


def pairwise(iterable):
    items = iter(iterable)
    before = next(items, unknown)
    if before is unknown:
        return
    for item in items:
        yield before, item
        before = item


def islice(iterable, *args):
    bounds = slice(*args)
    at = bounds.start or 0
    step = bounds.step or 1
    stop = bounds.stop
    index = 0
    if stop is not None and stop <= at:
        return
    for item in iterable:
        if index == at:
            yield item
            at += step
        index += 1
        if stop is not None and (index >= stop or at >= stop):
            return


def zip_longest(*iterables, fillvalue=None):
    iterators = [iter(iterable) for iterable in iterables]
    open_count = len(iterators)
    done = [False] * open_count
    while open_count:
        row = []
        for index, iterator in enumerate(iterators):
            item = fillvalue if done[index] else next(iterator, unknown)
            if item is unknown:
                done[index] = True
                open_count -= 1
                item = fillvalue
            row.append(item)
        if open_count:
            yield tuple(row)


def groupby(iterable, key=None):
    group = []
    current = unknown
    for item in iterable:
        value = item if key is None else key(item)
        if current is not unknown and value != current:
            yield current, iter(group)
            group = []
        current = value
        group.append(item)
    if current is not unknown:
        yield current, iter(group)


def product(*iterables, repeat=1):
    pools = [tuple(iterable) for iterable in iterables] * repeat
    rows = [()]
    for pool in pools:
        rows = [row + (item,) for row in rows for item in pool]
    return iter(rows)


def permutations(iterable, r=None):
    pool = tuple(iterable)
    r = len(pool) if r is None else r
    return (
        tuple([pool[i] for i in indices])
        for indices in product(range(len(pool)), repeat=r)
        if len(set(indices)) == r
    )


def combinations(iterable, r):
    pool = tuple(iterable)
    return (
        tuple([pool[i] for i in indices])
        for indices in product(range(len(pool)), repeat=r)
        if all([a < b for a, b in pairwise(indices)])
    )


def combinations_with_replacement(iterable, r):
    pool = tuple(iterable)
    return (
        tuple([pool[i] for i in indices])
        for indices in product(range(len(pool)), repeat=r)
        if all([a <= b for a, b in pairwise(indices)])
    )


def tee(iterable, n=2):
    items = list(iterable)
    return tuple([iter(items) for _ in range(n)])


def __getattr__(name):
    return unknown("python", "itertools." + name)
