class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x, y): self.x, self.y = x, y
class K:
    RED = "red"
def m(v):
    match v:
        case None: return "none"
        case True: return "true"
        case 0: return "zero"
        case -1: return "minus"
        case 1 | 2 | 3 as n: return f"small {n}"
        case int(n) if n > 100: return f"big {n}"
        case int() | float(): return "number"
        case "hello": return "greeting"
        case K.RED: return "dotted"
        case str(s): return f"str {s}"
        case []: return "empty"
        case [x]: return f"one {x}"
        case [1, *rest]: return f"starts 1 {rest}"
        case [x, (y, z)]: return f"nested {x} {y} {z}"
        case (a, b): return f"pair {a} {b}"
        case [first, *_, last]: return f"ends {first} {last}"
        case {"type": "x", **kw}: return f"typed {kw}"
        case {"a": int(v), "b": [p, *q]}: return f"map {v} {p} {q}"
        case {}: return "mapping"
        case Point(x=0, y=yy): return f"on axis {yy}"
        case Point(x, y): return f"point {x} {y}"
        case _: return "other"
for v in (None, True, 0, -1, 2, 500, 7, 2.5, "hello", "red", "xyz", [], [9], [1, 2, 3], [5, (6, 7)], (8, 9), [4, 5, 6], {"type": "x", "k": 1}, {"a": 1, "b": [2, 3]}, {"q": 1}, Point(0, 5), Point(3, 4), object):
    print(m(v))
match = 5
case = [match]
print(match, case[0], match + 1)
match (1, 2):
    case a, b:
        print(a, b)
