from _retort import unknown

sep = "/"
pardir = ".."
curdir = "."


class _PathLike:
    pass


def _text(path):
    return path if isinstance(path, str) else str(path)


def join(a, *p):
    path = _text(a)
    for b in p:
        b = _text(b)
        if b.startswith("/"):
            path = b
        elif not path or path.endswith("/"):
            path += b
        else:
            path += "/" + b
    return path


def split(p):
    p = _text(p)
    i = p.rfind("/") + 1
    head, tail = p[:i], p[i:]
    if head and head != "/" * len(head):
        head = head.rstrip("/")
    return head, tail


def dirname(p):
    return split(p)[0]


def basename(p):
    return split(p)[1]


def splitext(p):
    p = _text(p)
    dot = p.rfind(".")
    start = p.rfind("/") + 1
    if dot <= start or not p[start:dot].strip("."):
        return p, ""
    return p[:dot], p[dot:]


def isabs(p):
    return _text(p).startswith("/")


def normpath(p):
    p = _text(p)
    if not p:
        return "."
    slashes = 2 if p.startswith("//") and not p.startswith("///") else 1 if p.startswith("/") else 0
    parts = []
    for part in p.split("/"):
        if not part or part == ".":
            continue
        if part != ".." or (not slashes and not parts) or (parts and parts[-1] == ".."):
            parts.append(part)
        elif parts:
            parts.pop()
    return "/" * slashes + "/".join(parts) or "."


def abspath(p):
    p = _text(p)
    return normpath(p) if p.startswith("/") else unknown("python", "the current folder")


def realpath(p):
    return abspath(p)


def normcase(p):
    return _text(p)


def __getattr__(name):
    return unknown("python", "os.path." + name)
