class A:
    count = 0
    def __init__(self, x=1):
        self.x = x
        A.count += 1
    def __repr__(self): return f"A(x={self.x})"
    def __eq__(self, o): return isinstance(o, A) and self.x == o.x
    def __hash__(self): return hash(self.x)
    def __lt__(self, o): return self.x < o.x
    def __add__(self, o): return A(self.x + (o.x if isinstance(o, A) else o))
    def __radd__(self, o): return A(o + self.x)
    def __len__(self): return self.x
    def __getitem__(self, i): return i * self.x
    def __contains__(self, i): return i == self.x
    def __call__(self, *a): return ("called", a)
    def __bool__(self): return self.x > 0
    def __iter__(self): return iter(range(self.x))
    def __str__(self): return f"<{self.x}>"
    def __neg__(self): return A(-self.x)
    def __format__(self, spec): return f"fmt[{spec}]"
a, b = A(2), A(3)
print(a, repr(a), a + b, a + 1, 1 + a, a == A(2), a != b, a < b, len(a), a[4], 2 in a, a(1, 2), bool(A(0)), list(b), -a, f"{a:>5}", [a, b], sorted([b, a]), A.count, max(a, b), {a: 1}[A(2)])
class B(A):
    """Doc of B."""
    def __init__(self, x, y):
        super().__init__(x)
        self.y = y
    @property
    def both(self): return self.x, self.y
    @both.setter
    def both(self, v): self.x, self.y = v
    @classmethod
    def make(cls, v): return cls(v, v)
    @staticmethod
    def util(v): return v * 2
    def __getattr__(self, name):
        if name.startswith("dyn_"): return name[4:]
        raise AttributeError(name)
b = B.make(5); print(b, b.both, B.util(4), b.util(3), b.dyn_foo, isinstance(b, A), issubclass(B, A), B.__name__, type(b).__name__, B.__mro__[1].__name__, B.__bases__)
b.both = (7, 8); print(b.x, b.y, b.__dict__, hasattr(b, "x"), hasattr(b, "nope"), getattr(b, "zz", "dflt"), B.count)
setattr(b, "k", 1); print(b.k); del b.k; print(hasattr(b, "k"))
class M1:
    def who(self): return ["M1"]
class M2:
    def who(self): return ["M2"]
class C(M1, M2):
    def who(self): return ["C"] + super().who()
class D1(M1):
    def who(self): return ["D1"] + super().who()
class D2(M1):
    def who(self): return ["D2"] + super().who()
class E(D1, D2):
    def who(self): return ["E"] + super().who()
print(C().who(), E().who(), [k.__name__ for k in E.__mro__])
class Ctx:
    def __enter__(self): print("enter"); return self
    def __exit__(self, t, v, tb): print("exit", t and t.__name__, v); return t is KeyError
with Ctx() as c1, Ctx():
    print("body")
with Ctx():
    raise KeyError("swallowed")
try:
    with (Ctx() as c2):
        raise ValueError("passes")
except ValueError as e:
    print("caught", e)
class Stack(list):
    def push(self, x): self.append(x)
    def peek(self): return self[-1]
s = Stack([1, 2]); s.push(3); print(s, s.peek(), len(s), s[0], isinstance(s, list), s + [4], [*s], 3 in s)
class Defaults(dict):
    def __missing__(self, k): self[k] = k * 2; return self[k]
d = Defaults(a=1); print(d["a"], d["zz"], d, len(d), dict(d), "zz" in d)
class Temp(str):
    def shout(self): return self.upper() + "!"
t = Temp("hi"); print(t, t.shout(), t + "x", len(t), t == "hi", isinstance(t, str), {t: 1}["hi"], f"{t}", "%s" % t, t.replace("h", "H"), [t])
class Num(int):
    def double(self): return Num(self * 2)
n = Num(4); print(n, n + 1, n.double(), n == 4, [n], f"{n:03d}", range(n), "x" * n)
class Count:
    def __init__(self, n): self.n = n
    def __iter__(self): return self
    def __next__(self):
        if self.n == 0: raise StopIteration
        self.n -= 1
        return self.n
print(list(Count(3)), sum(Count(4)), [x for x in Count(2)], max(Count(3)))
class Desc:
    def __set_name__(self, owner, name): self.name = name
    def __get__(self, obj, cls=None): return f"got {self.name}" if obj else self
    def __set__(self, obj, v): print("set", self.name, v)
class HasDesc:
    field = Desc()
h = HasDesc(); print(h.field); h.field = 3
class Reg:
    subs = []
    def __init_subclass__(cls, tag=None, **kw): Reg.subs.append((cls.__name__, tag))
class R1(Reg, tag="x"): pass
class R2(Reg): pass
print(Reg.subs)
class Outer:
    class Inner:
        v = 1
    attr = [Inner.v, 2]
    table = {k: v for k, v in zip("ab", (1, 2))}
print(Outer.Inner.v, Outer.attr, Outer.table, Outer.Inner.__name__)
class Slots:
    __slots__ = ("a",)
    def __init__(self): self.a = 1
print(Slots().a, type("Dyn", (A,), {"extra": 5})(9).extra, type(5), type("x"), type(None), type([]), type(A), int, str)
class NewStyle:
    def __new__(cls, v):
        o = super().__new__(cls); o.v = v; return o
print(NewStyle(3).v, A.__init__ is not None, object() is not None, isinstance(A, type), isinstance(5, (str, int)), isinstance("x", object))
class Priv:
    def __init__(self): self.__secret = 1
    def get(self): return self.__secret
print(Priv().get())
for bad in (lambda: A(1, 2), lambda: A().nope, lambda: A.nope, lambda: object().x, lambda: Ctx(1), lambda: B(1)):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
