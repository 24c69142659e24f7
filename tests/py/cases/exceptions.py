class MyError(Exception):
    def __init__(self, msg, code=0):
        super().__init__(msg)
        self.code = code
class Sub(MyError): pass
try:
    raise Sub("bad", 5)
except MyError as e:
    print(type(e).__name__, e, e.args, e.code, repr(e))
def f(n):
    try:
        if n == 0: return "return"
        if n == 1: raise ValueError("v")
        if n == 2: raise KeyError("k")
        if n == 3: [][1]
        return "fell"
    except ValueError as e:
        return f"value {e}"
    except (KeyError, IndexError) as e:
        return f"lookup {e!r}"
    else:
        return "else"
    finally:
        print("finally", n, end=" ")
print(f(0), f(1), f(2), f(3), f(4))
try:
    try:
        1 / 0
    except ZeroDivisionError as e:
        raise RuntimeError("wrapped") from e
except RuntimeError as e:
    print(e)
def reraise():
    try:
        raise ValueError("orig")
    except ValueError:
        try:
            raise
        finally:
            print("inner finally")
try:
    reraise()
except ValueError as e:
    print("re", e)
for i in range(3):
    try:
        if i == 1: continue
        if i == 2: break
        print("body", i)
    finally:
        print("fin", i)
def ret_finally():
    try:
        return 1
    finally:
        return 2
print(ret_finally())
try:
    raise Exception
except Exception as e:
    print(repr(e), str(e) == "", e.args)
try:
    raise ValueError("a", 1)
except ValueError as e:
    print(e, e.args, repr(e))
try:
    assert 1 == 2, "message"
except AssertionError as e:
    print("assert", e)
try:
    assert False
except AssertionError as e:
    print(repr(e))
try:
    raise "x"
except TypeError as e:
    print(e)
print(issubclass(KeyError, LookupError), issubclass(ValueError, Exception), isinstance(OSError(), Exception), IOError is OSError, issubclass(ModuleNotFoundError, ImportError))
try:
    {"a": 1}["b c"]
except KeyError as e:
    print(e, str(e), repr(e), e.args[0])
def gen():
    try:
        yield 1
        yield 2
    except ValueError as e:
        print("in gen", e)
        yield 99
    finally:
        print("gen fin")
g = gen(); print(next(g), g.throw(ValueError("thrown")), next(g, "over"))
def g2():
    x = yield "first"
    print("received", x)
    y = yield x * 2
    return y
g = g2(); print(next(g), g.send(21))
try:
    g.send("ret")
except StopIteration as e:
    print("stop", e.value if hasattr(e, "value") else e.args[0])
def delegating():
    r = yield from g2()
    print("delegate got", r)
    yield from [7, 8]
g = delegating(); print(next(g), g.send(1), g.send("R"), list(g))
def infinite():
    n = 0
    while True:
        yield n
        n += 1
it = infinite(); print([next(it) for _ in range(3)], [x for x, _ in zip(infinite(), range(4))])
e = ValueError("kept")
print(e, [e], str([e]), (lambda: e)())
try:
    try:
        raise KeyError("first")
    finally:
        raise ValueError("second")
except ValueError as e:
    print("got", e)
else:
    print("no")
try:
    pass
except Exception:
    print("no")
else:
    print("else")
finally:
    print("fin")
with open if False else __import__("contextlib").suppress(ZeroDivisionError):
    1 / 0
print("after")
try:
    int("zz")
except (TypeError, ValueError) as err:
    print(type(err) is ValueError)
print("err" in dir() if False else "ok")
