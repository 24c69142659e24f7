s = "Hello, Wörld"
print(len(s), s[0], s[-1], s[7:9], s[::-1], s[::2], "ö" in s, s.upper(), s.lower(), s.title(), s.swapcase())
print("abc".center(10, "*"), "abc".center(9, "*"), "ab".center(5, "."), "abc".ljust(6) + "|", "abc".rjust(6, "0"), "-42".zfill(6), "+7".zfill(4))
print("a,b,c".split(","), "a,b,c".rsplit(",", 1), "  a  b ".split(), "a  b c".split(None, 1), "a b  c ".rsplit(None, 1), "".split(), "".split(","))
print("one\ntwo\r\nthree\n".splitlines(), "a\nb".splitlines(True), "x=y=z".partition("="), "x=y=z".rpartition("="), "q".partition("="))
print("abcabc".find("c"), "abcabc".rfind("c"), "abcabc".find("z"), "abcabc".index("b", 2), "abcabc".count("bc"), "aaa".count(""), "abc".find("c", -1))
print("  x ".strip() + "|", "xxaxx".strip("x"), "xyaxy".lstrip("xy"), "abc".removeprefix("ab"), "abc".removesuffix("bc"), "abc".removesuffix("x"))
print("a-b-c".replace("-", "+"), "a-b-c".replace("-", "+", 1), "abc".replace("", "."), "".join(["a", "b"]), ", ".join("abc"))
print("abc".startswith("a"), "abc".startswith(("x", "ab")), "abc".endswith("bc"), "abc".startswith("b", 1), "abc".endswith(("x",)))
print("abc".isalpha(), "12".isdigit(), "a1".isalnum(), " ".isspace(), "Abc".istitle(), "ABC".isupper(), "abc1".islower(), "a b".isidentifier(), "a_1".isidentifier())
print("%s and %d and %r and %5.2f|%-5s|%05d|%x|%%" % ("a", 3, "b", 3.14159, "ab", 42, 255), "%(x)s %(y)03d" % {"x": 1, "y": 2})
print("%s" % None, "%s" % [1], "%s" % ((1, 2),), "%+d % d %e %g %G %c %c" % (5, 6, 12345.678, 0.0001, 1e20, "x", 65), "%.3s|%10.2s|" % ("abcdef", "xyz"))
print("{} {} {}".format(1, 2, 3), "{2}{0}{1}".format("a", "b", "c"), "{a} {b[0]} {c.real}".format(a=1, b=[2], c=3), "{{}} {!r:>6}".format("x"))
print("{:>8}|{:<8}|{:^8}|{:*^9}|{:=+8d}".format("a", "b", "c", "d", 42), "{:,} {:_} {:b} {:o} {:X} {:#x} {:e} {:.1%}".format(1234567, 1234567, 5, 8, 255, 255, 12345.678, 0.256))
print("{:08.3f} {:+.2f} {: d} {:g} {:g} {:.3g} {:n}".format(3.14159, 2.5, 42, 1e10, 0.0001, 1234.5, 1234), "{0:{1}.{2}f}".format(3.14159, 10, 2))
x, w = 3.14159, 10
print(f"{x:.2f} {x!r} {x=} {'a' + 'b'} {w:>{w}} {[1, 2]!s:>10} {x:{w}.{2}f}|", f"{{literal}} {1 if x else 2}", f'{"nested" + f"{x:.1f}"}')
print(f"""multi
{x:.1f} line""", rf"\n{w}", "a" "b" f"{w}" 'c', f"{w!r:>5}|{w:<5}|{w:^5}|{w:+}")
print(repr("it's"), repr('say "hi"'), repr("both ' and \""), repr("tab\tnl\nnul\0bs\\"), repr("\x7f\x80é\u200b\U0001f600"), ascii("abc"))
print("\x41\u00e9\101\N{BULLET}" if False else "\x41\u00e9\101", r"raw\n", b"bytes\x00\xff", "line\
 continued", 'a\
b')
print("abc" < "abd", "a" < "B", "abc" == "abc", "abc" != "abd", "a" * 3, 3 * "ab", "ab" * 0, "a" + "b")
print("expand\ttabs".expandtabs(4), "hello world".capitalize(), "ß".casefold(), "abc".translate({97: "X", 98: None}), "abc".translate(str.maketrans("ab", "xy", "c")))
print("a.b.c".rsplit(".", 1)[0], "key: value: x".split(": ", 1), "{0!s}".format(None), str(1.0), str(None), str(True), str(b"x"), str(["a", 'b"']))
print(ord("a"), chr(8364), hex(255), oct(8), bin(5), hex(-255), len("日本語"), "日本語"[1], "日本語".encode(), b"\xe6\x97\xa5".decode())
for ch in "añ":
    print(ch, end=";")
print()
print(*"abc", sep="-")
print("a", "b", sep="", end="!\n")
try:
    "x" + 1
except TypeError as e:
    print(e)
try:
    "abc".index("z")
except ValueError as e:
    print(e)
try:
    "%d" % "x"
except TypeError as e:
    print(e)
try:
    "%s %s" % (1,)
except TypeError as e:
    print(e)
try:
    "%s" % (1, 2)
except TypeError as e:
    print(e)
try:
    ", ".join([1])
except TypeError as e:
    print(e)
try:
    "{}".format()
except IndexError as e:
    print(e)
try:
    "abc"[5]
except IndexError as e:
    print(e)
