from __future__ import annotations
import json, uuid, os, os.path, re, textwrap, hashlib, base64, itertools, functools, contextlib, dataclasses, string, copy, operator, types, math, typing, abc, warnings, logging, decimal, pathlib, io, datetime
from collections import OrderedDict, defaultdict, Counter, namedtuple
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Optional, TYPE_CHECKING
if TYPE_CHECKING:
    from nowhere import nothing
log = logging.getLogger(__name__)
log.info("x %s", 1)
print(json.dumps({"a": [1, 2.5, None, True, "é"], "b": {}}), json.dumps([1, {"k": "v"}], indent=2), json.dumps({"b": 1, "a": 2}, sort_keys=True), json.loads('{"x": [1, 2.0, "s", null, false]}'), json.dumps("é", ensure_ascii=False), json.dumps([1, 2], separators=(",", ":")))
print(uuid.UUID("12345678-1234-5678-1234-567812345678"), uuid.UUID("{12345678123456781234567812345678}").hex, uuid.uuid5(uuid.NAMESPACE_DNS, "python.org"), uuid.uuid3(uuid.NAMESPACE_URL, "x"))
print(os.path.join("a", "b", "/c", "d"), os.path.basename("/a/b.py"), os.path.dirname("/a/b.py"), os.path.splitext("/a/b.tar.gz"), os.path.normpath("/a/../b/./c"), os.path.split("/a/b"), os.sep)
print(re.sub(r"\d+", "#", "a1b22"), re.findall(r"[a-z]+", "ab1cd"), bool(re.match(r"^x", "xy")), re.split(r",\s*", "a, b,c"), re.search(r"(\w+)@(\w+)", "me@host").groups(), re.compile("a(b)?").match("a").group(1), re.escape("a.b"))
print(textwrap.dedent("""
    a
      b
    c
"""), textwrap.indent("x\ny", "> "), hashlib.md5(b"x").hexdigest(), hashlib.sha256("x".encode()).hexdigest()[:10], base64.b64encode(b"hello"), base64.b64decode("aGVsbG8="))
print(list(itertools.chain([1], [2, 3])), list(itertools.product("ab", [1, 2])), list(itertools.combinations("abc", 2)), list(itertools.permutations([1, 2, 3], 2)), list(itertools.islice([5, 6, 7, 8], 3)), list(itertools.zip_longest([1], [2, 3])), [(k, list(g)) for k, g in itertools.groupby("aabb")], list(itertools.chain.from_iterable([[1], [2]])), list(itertools.repeat("x", 2)), list(itertools.accumulate([1, 2, 3])))
@dataclass
class P:
    x: int
    y: str = "d"
    tags: list = field(default_factory=list)
    def total(self): return self.x
@dataclass(frozen=True, order=True)
class F:
    a: int
    b: int = 0
print(P(1), P(1) == P(1), P(1, y="z").y, dataclasses.asdict(P(2)), dataclasses.replace(P(1), x=5), F(1) < F(2), {F(1): "k"}[F(1)], [f.name for f in dataclasses.fields(P)])
try:
    P()
except TypeError as e:
    print(str(e).split("__init__")[-1])
try:
    F(1).a = 2
except dataclasses.FrozenInstanceError as e:
    print(e)
class N(NamedTuple):
    a: int
    b: str = "q"
print(N(1), N(1)[1], N(1) == (1, "q"), N(2, "z")._replace(a=3), N(1)._asdict())
T = namedtuple("T", "x y"); print(T(1, 2), T(1, y=5).y, T._fields, tuple(T(1, 2)), [*T(3, 4)])
dd = defaultdict(list); dd["a"].append(1); dd["b"]; print(dict(dd), dd, len(dd)); c = Counter("abca"); print(c["a"], c["zz"], sorted(c.items()), c.most_common(1)); od = OrderedDict([("b", 1), ("a", 2)]); print(list(od.items()), dict(od))
@contextlib.contextmanager
def cm(n):
    print("in", n)
    try:
        yield n * 2
    except ValueError as e:
        print("saw", e)
    finally:
        print("out", n)
with cm(1) as v:
    print(v)
with cm(2):
    raise ValueError("eaten")
with contextlib.suppress(KeyError), contextlib.nullcontext(5) as q:
    print(q)
    {}["x"]
with contextlib.ExitStack() as stack:
    stack.enter_context(cm(3))
    stack.callback(print, "callback")
print(string.ascii_lowercase[:3], string.digits, string.Template("$a ${b} $$").substitute(a=1, b=2), copy.deepcopy({"a": [1, (2, [3])]}), operator.itemgetter(1)([5, 6]), operator.attrgetter("x")(P(7)), types.SimpleNamespace(a=1))
print(math.ceil(1.2), math.floor(-1.2), math.sqrt(16), math.pi, math.log(8, 2), math.gcd(12, 18), math.inf, math.isnan(float("nan")), math.trunc(2.7))
print(decimal.Decimal("1.50"), decimal.Decimal("1.1") + decimal.Decimal("2.2"), repr(decimal.Decimal("3")), str(decimal.Decimal("0.10")))
print(datetime.date(2020, 2, 29) + datetime.timedelta(days=1), datetime.datetime(2020, 1, 2, 3, 4, 5).isoformat(), datetime.datetime(2020, 1, 2).strftime("%Y-%m-%d %H:%M"), datetime.timedelta(days=1, hours=2), datetime.date(2020, 1, 1) < datetime.date(2021, 1, 1), (datetime.date(2020, 3, 1) - datetime.date(2020, 2, 1)).days)
print(pathlib.Path("a") / "b" / "c.txt", pathlib.Path("/x/y.sql").name, pathlib.Path("/x/y.sql").stem, pathlib.Path("/x/y.sql").suffix, pathlib.Path("/x/y").parent)
class Base(abc.ABC):
    @abc.abstractmethod
    def f(self): ...
class Impl(Base):
    def f(self): return "impl"
print(Impl().f(), typing.cast(int, "x"))
def opt(a: Optional[int] = None, b: list[Any] | None = None) -> dict[str, Any]: return {"a": a}
print(opt(3))
buf = io.StringIO(); buf.write("l1\nl2\n"); print(repr(buf.getvalue()), [line.strip() for line in io.StringIO("a\nb")])
warnings.warn("quiet") if False else None
