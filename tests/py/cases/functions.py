def f(a, b=2, *args, c, d=4, **kw):
    return a, b, args, c, d, kw
print(f(1, c=3), f(1, 2, 3, 4, c=5, e=6), f(*[1, 2], **{"c": 3, "z": 1}), f(1, *(2, 3), c=0, **{}))
def g(a, b, /, c, *, d):
    return a, b, c, d
print(g(1, 2, 3, d=4), g(1, 2, c=3, d=4))
def h(x=[]):
    x.append(1)
    return x
print(h(), h(), h([5]))
for bad in (lambda: f(), lambda: f(1), lambda: g(1, 2, 3, 4), lambda: h(1, 2), lambda: h(y=1), lambda: g(1, 2, 3, c=3, d=1), lambda: (lambda a, b: 0)(1), lambda: (lambda: 0)(1), lambda: (lambda a, b, c: 0)()):
    try:
        bad()
    except TypeError as e:
        print(e)
def counter():
    n = 0
    def inc(by=1):
        nonlocal n
        n += by
        return n
    return inc
c = counter(); c(); c(5); print(c())
total = 0
def add(x):
    global total
    total += x
add(3); add(4); print(total)
fs = [lambda i=i: i for i in range(3)]; print([q() for q in fs]); fs = [lambda: i for i in range(3)]; print([q() for q in fs])
def deco(prefix):
    def wrap(fn):
        def inner(*a, **k):
            return prefix + str(fn(*a, **k))
        inner.__name__ = fn.__name__
        return inner
    return wrap
@deco("<")
@deco("[")
def hello(name="x"):
    "doc"
    return name
print(hello("me"), hello.__name__, f.__name__, hello.__doc__, f.__doc__)
def fact(n): return 1 if n < 2 else n * fact(n - 1)
print(fact(25), (lambda x, *y, z=1, **w: (x, y, z, w))(1, 2, 3, z=4, q=5))
def early(x):
    if x:
        return "yes"
    print("falling")
print(early(1), early(0))
def annotated(a: int, b: "str" = "x", *c: list[int], d: dict | None = None) -> tuple[int, ...]:
    v: int = 5
    w: str
    return a, b, c, d, v
print(annotated(1), annotated(1, "b", 3, d={}))
def unbound():
    try:
        print(later)
    except UnboundLocalError as e:
        print("UnboundLocalError")
    later = 1
unbound()
try:
    undefined_name
except NameError as e:
    print(e)
print((y := 5) + y, [z := 3, z + 1], [last := v for v in range(3)], last)
if (n := len("abc")) > 2:
    print(n)
def outer():
    x = "outer"
    class C:
        x = "class"
        def m(self):
            return x
    return C().m(), C.x
print(outer())
def varargs(*args, sep=","): return sep.join(map(str, args))
print(varargs(1, 2, 3), varargs(*range(3), sep="-"), varargs(*"ab", *[1], **{"sep": "."}))
print(callable(f), callable(5), callable(str), max("apple", "fig", key=len), sorted([(1, "b"), (0, "a")], key=lambda p: p[1]))
x = 10
def shadow(x=x):
    return x
x = 20
print(shadow(), x)
def swallow(*, a=1): return a
print(swallow(a=2), str.upper("x"), list.append, len) if False else print(swallow(a=2), str.upper("x"), len)
import functools
@functools.lru_cache(maxsize=None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(50), functools.partial(f, 1, c=9)(7), functools.reduce(lambda a, b: a * b, [1, 2, 3, 4]))
@functools.wraps(f)
def wrapped(*a): return a
print(wrapped.__name__)
