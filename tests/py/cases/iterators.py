import itertools as it
print(list(it.chain([1], (2, 3), "ab")), list(it.chain.from_iterable([[1], [2]])), list(it.islice(it.count(5, 2), 3)), list(it.islice("abcdef", 1, None, 2)), list(it.islice("abc", 2)), list(it.islice(it.cycle("ab"), 5)))
print(list(it.repeat(1, 3)), list(it.accumulate([1, 2, 3])), list(it.accumulate([1, 2], lambda a, b: a * b, initial=10)), list(it.takewhile(lambda x: x < 3, [1, 3, 1])), list(it.dropwhile(lambda x: x < 3, [1, 3, 1])), list(it.starmap(pow, [(2, 3), (3, 2)])), list(it.filterfalse(None, [0, 1])))
print(list(it.zip_longest("abc", [1], fillvalue="-")), [(k, list(g)) for k, g in it.groupby([1, 1, 2, 1], key=lambda x: x > 1)], list(it.product("ab", repeat=2)), list(it.product([1, 2], "x")), list(it.permutations("abc", 2)), list(it.combinations([1, 2, 3], 2)), list(it.combinations_with_replacement("ab", 2)), list(it.pairwise([1, 2, 3])), [list(x) for x in it.tee("ab")], list(it.compress("abc", [1, 0, 1])))
def noisy(name):
    for i in range(2):
        print(name, i)
        yield i
for x in it.chain(noisy("a"), noisy("b")):
    print("got", x)
for a, b in zip(noisy("c"), it.count()):
    print(a, b)
print(next(it.islice(noisy("d"), 1, 2)))
