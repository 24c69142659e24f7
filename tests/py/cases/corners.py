# odd things
class A:
    def __init__(self): self.__p = 1
    def m(self): return [self.__p for _ in range(2)]
print(A().m())
def deco(f): return f
x = [deco for deco in range(3)]
print(deco(1) if callable(deco) else deco)
def gen():
    for i in range(3):
        try:
            yield i
        finally:
            print("f", i)
for v in gen():
    if v == 1: break
print("after")
a = b = []
a += [1]; print(b)
t = (1, [2]); t[1].append(3); print(t)
def f(*, a, b=2): return a, b
print(f(a=1), (lambda **k: k)(x=1))
print("%(a)s-%(b)5.1f" % dict(a=1, b=2), "%5s|%-5s|" % ("é", "é"), f"{'é':>5}")
s = "abc"
print(s[1:], s[:-1], s[-2:], s[5:], s[::-2], s[1:2:1])
l = list(range(10)); l[::2] = [0]*5; print(l); del l[1:8:3]; print(l)
import functools
class D:
    @functools.cached_property
    def p(self): print("computed"); return 5
d = D(); print(d.p, d.p)
print({1, 2} == {2, 1}, {1: {2: {3}}}, [[]] == [()], () == [])
print(int("  12  "), float("1_0.5"), 1e5, 1.5e300 * 1e10, -0.0 == 0.0, 0.1 + 0.7)
def kw(**kwargs): return sorted(kwargs.items())
print(kw(**{"a": 1}, b=2))
print([*{"a": 1}], {*[1]}, (*[1, 2],), *[3])
with open(__file__) if False else __import__("io").StringIO("x\ny\n") as fh:
    for line in fh: print(repr(line))
