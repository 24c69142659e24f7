l = [3, 1, 2]
l.append(4); l.extend((5, 6)); l.insert(0, 0); l.insert(-1, 9); print(l, len(l), l.pop(), l.pop(0), l, l.index(1), l.count(2))
l.remove(9); l.sort(); print(l); l.sort(reverse=True); print(l); l.reverse(); print(l, sorted(l, key=lambda x: -x), l[1:3], l[-2:], l[::-1], l[:], l[10:])
l[1:3] = ["a", "b", "c"]; print(l); del l[0]; print(l); del l[1:3]; print(l); l += [7]; l *= 2; print(l, [1] + [2], [0] * 3, 2 in l, 99 not in l)
a, b = 1, 2; a, b = b, a; print(a, b); first, *rest = [1, 2, 3]; print(first, rest); *init, last = "abc"; print(init, last); x, (y, z) = 1, (2, 3); print(x, y, z); h, *m, t = range(5); print(h, m, t)
t = (1, "a", None, True, 1.5, (2,)); print(t, t[1], t[1:3], len(t), t + (9,), (1,) * 3, (), (1,), tuple("ab"), t.index("a"), t.count(1))
d = {"a": 1, "b": [2, 3], 3: "c", (1, 2): "t", None: 0, 1.5: "f"}
print(d, d["a"], d.get("z"), d.get("z", 9), "a" in d, len(d), list(d), list(d.keys())[:2], list(d.values())[:2], list(d.items())[:2])
d["new"] = 1; d["a"] = 5; del d["b"]; print(d, d.pop("new"), d.pop("zz", "def"), d.setdefault("s", []), d.popitem(), d)
print({**{"a": 1}, "b": 2, **{"a": 3}}, dict(a=1, b=2), dict([("x", 1), ("y", 2)]), dict({"k": "v"}, z=1), {"a": 1} | {"b": 2}, dict.fromkeys("ab", 0), dict(zip("ab", [1, 2])))
d = {}; d.update({"x": 1}); d.update(y=2); d.update([("z", 3)]); print(d, {k: v for k, v in d.items() if v > 1}, {v: k for k, v in d.items()}); d |= {"w": 4}; print(d)
d = {1: "a", 1.0: "b", True: "c"}; print(d, {"a": 1} == {"a": 1.0}, {1: 2, 3: 4} == {3: 4, 1: 2}, {} == {}, [1, [2]] == [1, [2]], (1, 2) < (1, 3), [1, 2] < [1, 2, 0], (2,) > (1, 9))
s = {1, 2, 3} & {2, 3, 4}; print(sorted(s), sorted({1, 2} | {3}), sorted({1, 2} - {2}), sorted({1, 2} ^ {2, 3}), 1 in {1}, len({1, 1, 2}), set(), frozenset(), {5}, {1} <= {1, 2}, {1, 2} == {2, 1}, frozenset([1]))
s = {1}; s.add(2); s.discard(9); s.remove(1); s.update([3, 4]); print(sorted(s), sorted(s.union([9])), sorted(s.intersection([2, 3])), sorted(s.difference([2])), s.isdisjoint([7]), s.issubset({2, 3, 4, 5}), s.issuperset([2]))
print([i for i in range(10) if i % 2], [(i, j) for i in range(3) for j in range(i)], [[j for j in range(i)] for i in range(3)], {i % 3 for i in [3, 6]}, list(i * i for i in range(4)), sum(i for i in range(5)))
print(list(range(5)), list(range(2, 8, 2)), list(range(5, 0, -2)), range(3), range(1, 5, 2), len(range(0, 10, 3)), range(10)[2], range(10)[-1], range(10)[2:5], 3 in range(5), 7 in range(0, 10, 2), list(reversed(range(3))))
print(list(zip([1, 2, 3], "ab")), list(enumerate("ab")), list(enumerate("ab", start=1)), list(map(str, [1, 2])), list(filter(None, [0, 1, "", "a"])), list(map(lambda a, b: a + b, [1, 2], [3, 4])), list(reversed([1, 2, 3])))
print(any([]), all([]), any([0, "x"]), all([1, 0]), sorted("banana"), sorted([("b", 1), ("a", 2)]), sorted(["B", "a"], key=str.lower), sorted([3, 1], reverse=True), list(dict.fromkeys([3, 1, 3])))
nested = {"a": [1, {"b": (2, 3)}]}; print(nested["a"][1]["b"][0], nested); nested["a"][1]["b"] = "x"; print(nested)
i = iter([1, 2]); print(next(i), next(i), next(i, "end")); it = iter("ab"); print(list(it), list(it))
for k, v in {"x": 1, "y": 2}.items():
    print(k, v)
for i, (a, b) in enumerate([(1, 2), (3, 4)]):
    print(i, a, b)
for x in []:
    print("never")
else:
    print("else ran")
for x in [1, 2, 3]:
    if x == 2:
        break
else:
    print("not here")
n = 0
while n < 5:
    n += 1
    if n == 3:
        continue
    print(n, end=" ")
else:
    print("done")
k = {"a": 1}.keys(); print(k, "a" in k, sorted(k | {"b"}), {"a": 1}.values(), {"a": 1}.items(), k == {"a"})
l = [1, 2]; m = l; m.append(3); print(l, l is m, l == [1, 2, 3], l is not m, l.copy() is l, [1, 2, 3] * 1)
print([1, "a", [2, (3,)], {"k": {1}}, None, True, b"x", 1.0, range(2)], [[]] * 2, [None] * 2, str({"a": "it's"}), ("a",), {"x": ()})
for bad in (lambda: [][0], lambda: {}["k"], lambda: (1, 2)[5], lambda: [].pop(), lambda: {1: 2}[[1]], lambda: [1].remove(2), lambda: 5[0], lambda: len(5), lambda: iter(5), lambda: sorted([1, "a"]), lambda: dict([1]), lambda: {[]: 1}, lambda: "a"["b"], lambda: [1]["a"], lambda: None.x, lambda: (1).foo):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
try:
    a, b = [1]
except ValueError as e:
    print(e)
try:
    a, b = [1, 2, 3]
except ValueError as e:
    print(e)
try:
    a, *b, c = [1]
except ValueError as e:
    print(e)
try:
    a, b = 5
except TypeError as e:
    print(e)
