import json, enum, dataclasses, itertools, functools, collections, string, textwrap, os, uuid
class S(str, enum.Enum):
    A = "a"
print(json.dumps({"s": S.A, "l": [S.A]}), json.dumps(S.A), S.A + "x", S.A in ("a",), {"a": 1}[S.A] if False else "", S.A.value in {"a": 1}, [S.A] == ["a"], S("a") is S.A, max(S), sorted(S, key=lambda s: s.value))
print(",".join(s.value for s in S), ",".join(S), "x %s" % S.A.value, f"{S.A.value}", S.A == S.A.value, 1)
print(", ".join(f"'{s.value}'" for s in S), [e.name.lower() for e in S], tuple(S.__members__), S["A"].value, S.A.name)
class N(enum.IntEnum):
    X = 1
    Y = 2
print(json.dumps([N.X]), N.X + N.Y, N.X < 2, [N.Y, N.X].index(1), list(range(N.Y)), "abc"[N.X], N(1).name, f"{N.Y:02d}", f"{N.X}")
print(list(itertools.chain(*[[1], [2]])))
print(textwrap.wrap("the quick brown fox", 10) if False else "", textwrap.dedent("\tx\n\t  y\n\n\tz"), repr(textwrap.dedent("  a\n   \n  b\n")), repr(textwrap.dedent("a\n  b")), repr(textwrap.dedent("\n    SELECT 1\n      FROM t\n    ")), textwrap.indent("a\n\nb", "  "))
Point = collections.namedtuple("Point", ["x", "y"], defaults=[0])
p = Point(1); print(p, p.x, p._asdict(), p._replace(y=9), Point._make([3, 4]), p == (1, 0), len(p), [*p], Point._fields, isinstance(p, tuple), {p: 1})
x, y = p; print(x, y, p[0], p[-1], p + (5,))
dq = collections.deque([1, 2], maxlen=3); dq.append(3); dq.append(4); dq.appendleft(0); print(list(dq), dq)
c = collections.Counter("abracadabra"); print(c.most_common(2), c["a"], sum(c.values()), c + collections.Counter("aab"))
@dataclasses.dataclass
class Base:
    a: int
    b: str = "x"
@dataclasses.dataclass
class Child(Base):
    c: list = dataclasses.field(default_factory=list)
    def __post_init__(self): self.d = self.a * 2
print(Child(1), Child(1, "q", [2]).d, Child(a=1) == Child(1), dataclasses.astuple(Child(1)), dataclasses.is_dataclass(Child))
print(os.path.join(os.path.dirname(os.path.abspath("/a/b/c.py")), "sql", "x.sql"), os.path.exists.__name__ if False else "", os.sep)
print(uuid.uuid5(uuid.NAMESPACE_URL, "http://x"), uuid.UUID("urn:uuid:12345678-1234-5678-1234-567812345678").version, uuid.UUID(bytes=b"0123456789abcdef") if False else "", str(uuid.UUID(int=1)) if False else "")
print(functools.partial(int, base=2)("101"), functools.partial(print, "a", sep="-").args)
def outer(*args, **kwargs):
    def inner(x, *args): return (x, args)
    return inner(*args, **kwargs)
print(outer(1, 2, 3), [f(2) for f in [lambda x, n=n: x * n for n in range(3)]])
d = {"b": 1, "a": 2}
for k in list(d): d[k + "2"] = d.pop(k)
print(d, sorted(d), sorted(d.items(), key=lambda kv: (-kv[1], kv[0])), dict(sorted(d.items())), list(d.values()).count(1), min(d, key=d.get), {v: k for k, v in d.items()})
try:
    for k in d: d["zz"] = 1
except RuntimeError as e: print(e)
print(*(f"{i}:{c}" for i, c in enumerate("ab")), sep="|", end=".\n")
print("{:<10}|{:>8.3f}|{:^7}|{:#06x}|{:,}".format("ab", 3.14159, "mid", 255, 10 ** 9), "{0[a]} {0[b]}".format({"a": 1, "b": 2}), "{:{}}".format("x", 5), "{!r}".format("q"))
print("%-10s|%+.1e|%08.3f|%x|%o|%i|%5.1f%%" % ("ab", 12345.678, 3.14159, 255, 8, 3.99, 99.5), "%s %s" % ("a", None), "%r" % {"a"}, "%5d|%-5d|%05d" % (1, 2, 3))
print(bytes([65, 66]), bytes(3), b"ab" + b"c", b"abc"[0], b"abc"[1:], b"a" in b"abc", b"%d" if False else "", bytes("é", "utf8"), b"\xc3\xa9".decode("utf-8"), bytes.fromhex("6162"), b"ab".hex(), list(b"ab"), b"a,b".decode().split(","))
print(1 if [] else 2, [] or "x", 0 and 1, None or 0, "" and 5, not [], 1 < 2 == 2, (1, 2) == (1, 2), [1] is [1], None is None, ... is Ellipsis)
print(str(ValueError("x")), repr(KeyError("k")), str(KeyError("k")), ValueError().args, str(Exception(1, "a")), OSError(2, "No such file") if False else "")
print(abs(-3), divmod(7, 2), pow(2, 8), round(7.456, 1), sum([[1], [2]], []), list(map(int, "123")), list(filter(str.isdigit, "a1b2")), all(x > 0 for x in [1, 2]), list(zip("ab", range(2), strict=True)), next(iter({"k": 1})), sorted("bca", reverse=True), list(reversed("abc")), isinstance(3, (int, str)), callable(len), chr(97), ord("a"), hex(10), bin(3), oct(8), id is not None, type(3).__name__, vars(Base(1)))
