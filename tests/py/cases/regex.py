import re
print(re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world"), re.sub("a", lambda m: m.group(0).upper() + str(m.start()), "banana"), re.sub("a", "X", "banana", count=2), re.subn("a", "b", "aa"), re.sub(r"(?P<n>\d)", r"<\g<n>\g<1>\n\\>", "a1"), re.sub("é+", "e", "aééb"))
print(re.findall(r"(\d)(\w)", "1a2b"), re.findall(r"\d+", "1 22"), re.findall(r"(\d)x", "1x2x"), [m.span() for m in re.finditer("a", "baénaa")], [m.group() for m in re.finditer(r"\w+", "a bc")])
print(re.fullmatch(r"\d+", "123").group(), re.fullmatch(r"\d+", "123a"), re.match("x", "y"), re.match("(a)(b)?", "ac").groups(), re.match("(a)(b)?", "ac").groups("-"), re.compile(r"(?P<n>\d+)", re.I).search("ab12")["n"], re.compile("AB", re.IGNORECASE).fullmatch("ab").group(0))
print(re.split("[,;]", "a,b;c"), re.split("[,;]", "a,b;c", maxsplit=1), re.split("(-)", "a-b"), re.compile(r"\s+").split("a  b c"), bool(re.search("^b", "a\nb", re.M)), re.search("a.b", "a\nb", re.S).end(), re.escape("a.b*c"))
m = re.search(r"(\w+)@(\w+)\.com", "me@host.com")
print(m.group(0), m.group(1, 2), m[2], m.start(2), m.end(), m.span(1))
P = re.compile(r"""
    \d+   # number
    \s*
""", re.VERBOSE)
print(P.match("12  x").group() + "|", P.sub("", "1 2 x3"))
try:
    m.group(9)
except IndexError as e:
    print(e)
