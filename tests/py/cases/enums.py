import enum
from enum import Enum, IntEnum, auto, unique
class Color(Enum):
    RED = 1
    GREEN = 2
    CRIMSON = 1
    def describe(self): return f"{self.name}={self.value}"
    @property
    def lower(self): return self.name.lower()
    @classmethod
    def default(cls): return cls.GREEN
print(Color.RED, repr(Color.RED), Color.RED.name, Color.RED.value, Color(2), Color["GREEN"], Color.CRIMSON, Color.CRIMSON is Color.RED, list(Color), len(Color), Color.RED.describe(), Color.RED.lower, Color.default())
print([c.name for c in Color], [(n, m.value) for n, m in Color.__members__.items()], Color.RED == Color.RED, Color.RED == 1, Color.RED != Color.GREEN, Color.RED in Color, isinstance(Color.RED, Color), {Color.RED: "r"}[Color.RED])
class Status(str, Enum):
    ACTIVE = "active"
    OFF = "off"
print(Status.ACTIVE.value, Status.ACTIVE == "active", Status("off"), [s.value for s in Status], Status.ACTIVE.upper(), ",".join(Status), repr(Status.OFF), str(Status.OFF), isinstance(Status.ACTIVE, str), "active" == Status.ACTIVE, "%s" % Status.OFF.value)
class Level(IntEnum):
    LOW = 1
    HIGH = 10
print(Level.HIGH > Level.LOW, Level.HIGH + 1, Level(1).name, repr(Level.LOW), sorted([Level.HIGH, Level.LOW]), int(Level.HIGH), f"{Level.HIGH.value}")
class Auto(Enum):
    A = auto()
    B = auto()
    C = auto()
print([m.value for m in Auto])
class S(enum.StrEnum):
    FOO = auto()
    BAR = "bar!"
print(S.FOO, S.BAR, f"{S.FOO}", S.FOO + "x", [str(s) for s in S])
Animal = Enum("Animal", "CAT DOG"); print(list(Animal), Animal.DOG.value)
Pair = Enum("Pair", {"X": "x", "Y": "y"}); print([p.value for p in Pair])
class Planet(Enum):
    EARTH = (1, "e")
    MARS = (2, "m")
    def __init__(self, n, letter):
        self.n = n
        self.letter = letter
print(Planet.MARS.n, Planet.EARTH.letter, Planet.MARS.value)
class Base(Enum):
    def hi(self): return "hi " + self.value
class Derived(Base):
    ONE = "one"
print(Derived.ONE.hi())
class Perm(enum.Flag):
    R = 1
    W = 2
    X = 4
print((Perm.R | Perm.W).value, Perm.R in (Perm.R | Perm.W), bool(Perm.R & Perm.W), Perm(3).value)
for bad in (lambda: Color(9), lambda: Color["NOPE"]):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
@unique
class U(Enum):
    A = 1
print(U.A, type(U.A).__name__, U.__name__, U.A.__class__.__name__)
