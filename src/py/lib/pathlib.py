import os.path
from _retort import read_text, unknown


class PurePath:
    def __init__(self, *parts):
        path = os.path.join(*[str(part) for part in parts]) if parts else ""
        pieces = [piece for piece in path.split("/") if piece and piece != "."]
        self._path = ("/" if path.startswith("/") else "") + "/".join(pieces) or "."

    def __str__(self):
        return self._path

    def __fspath__(self):
        return self._path

    def __repr__(self):
        name = "PosixPath" if isinstance(self, Path) else "PurePosixPath"
        return f"{name}({self._path!r})"

    def __truediv__(self, other):
        return type(self)(self._path, str(other))

    def __rtruediv__(self, other):
        return type(self)(str(other), self._path)

    def __eq__(self, other):
        return self._path == other._path if isinstance(other, PurePath) else NotImplemented

    def __lt__(self, other):
        return self._path < other._path

    def __hash__(self):
        return self._path

    @property
    def parts(self):
        pieces = [piece for piece in self._path.split("/") if piece]
        return tuple((["/"] if self._path.startswith("/") else []) + pieces)

    @property
    def parent(self):
        return type(self)(os.path.dirname(self._path) or ".")

    @property
    def parents(self):
        found = []
        path = self
        while path.parent != path:
            path = path.parent
            found.append(path)
        return found

    @property
    def name(self):
        return "" if self._path in ("/", ".") else os.path.basename(self._path)

    @property
    def suffix(self):
        return os.path.splitext(self.name)[1]

    @property
    def stem(self):
        return os.path.splitext(self.name)[0]

    def joinpath(self, *others):
        return type(self)(self._path, *others)

    def with_suffix(self, suffix):
        return self.parent / (self.stem + suffix)

    def with_name(self, name):
        return self.parent / name

    def as_posix(self):
        return self._path

    def is_absolute(self):
        return self._path.startswith("/")

    def relative_to(self, other):
        base = str(other).rstrip("/") + "/"
        if not self._path.startswith(base):
            raise ValueError(f"{self._path!r} is not in the subpath of {str(other)!r}")
        return type(self)(self._path[len(base) :])


class Path(PurePath):
    def read_text(self, encoding=None, errors=None):
        if errors is not None:
            return unknown("python", "a file read with errors=")
        return read_text(self._path, encoding)

    def read_bytes(self):
        return unknown("python", "a file's bytes")

    def resolve(self, strict=False):
        return type(self)(os.path.abspath(self._path))

    absolute = resolve

    def expanduser(self):
        return unknown("clock", "the home folder")

    def open(self, *args, **kwargs):
        return open(self, *args, **kwargs)

    def __getattr__(self, name):
        if name in ("exists", "is_file", "is_dir", "glob", "rglob", "iterdir", "stat"):
            return lambda *args: unknown("python", "Path." + name + "()")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @classmethod
    def cwd(cls):
        return unknown("clock", "the current folder")

    home = cwd


PosixPath = Path
PurePosixPath = PurePath
