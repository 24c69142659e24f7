"""What migrations do with Python besides calling op.

Revision ID: 3f2a
Create Date: 2020-01-01
"""
import json
import textwrap
from datetime import date, datetime, timedelta, timezone
from uuid import UUID

revision = "3f2a"
down_revision = ("a", "b")
branch_labels: "str | None" = None

log = []


def execute(sql, **params):
    log.append((" ".join(sql.split()), params))


def create_trigger(table, column="updated_at", *, when=None):
    execute(
        f"""
        CREATE TRIGGER {table}_{column}
        BEFORE UPDATE ON {table}
        FOR EACH ROW {f"WHEN ({when})" if when else ""} EXECUTE PROCEDURE touch('{column}')
        """
    )


TABLES = [("users", ["id", "name"]), ("orders", ["id"])]
STATUSES = ("new", "paid", "sent")
MAPPING = {"a": 1, "b": None, "c": [1, 2]}


def quote(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (dict, list)):
        return quote(json.dumps(value))
    return "'" + str(value).replace("'", "''") + "'"


def upgrade():
    for table, columns in TABLES:
        create_trigger(table)
        for i, column in enumerate(columns, 1):
            execute("ALTER TABLE %s ADD COLUMN %s_%02d text" % (table, column, i))
    execute("ALTER TYPE status ADD VALUE {}".format(", ".join(map(repr, STATUSES))))
    execute("UPDATE t SET s = CASE " + " ".join(f"WHEN {n} THEN '{s}'" for n, s in enumerate(STATUSES)) + " END")
    create_trigger("x", column="y", when="a < b")
    for key in sorted(MAPPING, reverse=True):
        execute(f"INSERT INTO m VALUES ('{key}', {quote(MAPPING[key])})", key=key)
    values = ", ".join(["(%s, %s)" % (quote(k), quote(v)) for k, v in MAPPING.items() if v is not None])
    execute(textwrap.dedent(f"""
        INSERT INTO m
        VALUES {values}
    """))
    execute("SELECT 1 WHERE x LIKE '%%' AND y = :y", y=date(2020, 2, 29))
    execute("a" "b" if MAPPING.get("zz") is None else "c")


upgrade()
for sql, params in log:
    print(sql, params)
when = datetime(2021, 3, 4, 5, 6, 7, 89, tzinfo=timezone.utc)
print(when, when.isoformat(), repr(when), when.date(), when + timedelta(days=30, seconds=5), (when - timedelta(hours=6)).strftime("%d/%m/%y %H:%M:%S %j"))
print(date(2020, 1, 31).replace(day=1), date.fromisoformat("2020-05-06").weekday(), datetime.fromisoformat("2020-01-02T03:04:05"), datetime.strptime("2020-01-02", "%Y-%m-%d"), timedelta(days=-1, seconds=3661), repr(timedelta(1, 2, 3)), timedelta(hours=25).total_seconds(), date.max, datetime.min)
print(UUID("00000000-0000-0000-0000-00000000000a"), UUID(hex="a" * 32), UUID("00000000-0000-0000-0000-00000000000a") == UUID("00000000-0000-0000-0000-00000000000a"), str(UUID("0" * 32))[:8], f"{UUID('1' * 32)}", "%s" % UUID("2" * 32), {UUID("3" * 32): 1})
rows = [{"id": 1, "tags": ["x"]}, {"id": 2, "tags": []}]
print({r["id"]: r["tags"] or None for r in rows}, [r for r in rows if r["tags"]], sum(len(r["tags"]) for r in rows), next((r for r in rows if r["id"] == 2), None), max(rows, key=lambda r: r["id"])["id"])
chunks = [list(range(10))[i : i + 4] for i in range(0, 10, 4)]
print(chunks, [*zip(*[[1, 2], [3, 4]])], list(zip(*chunks[:2])), dict(zip(*[["a", "b"], [1, 2]])), any(c for c in chunks), {**MAPPING, "d": 4}.keys() - {"a"} == {"b", "c", "d"})
print(__name__, __doc__.splitlines()[0], revision, down_revision[::-1], branch_labels, isinstance(down_revision, tuple))
print(json.dumps({"k": [1, 1.5, "é", None, True, {"n": {}}], "d": "q\"\\\n\t\u2028"}), json.dumps({"a": 1, 2: 3, None: 4, True: 5, 1.5: 6}), json.loads("[1, -2.5e3, \"\\u00e9\\n\", {}]"), json.dumps((1, 2)), json.dumps([], indent=2), json.dumps({"a": []}, indent=4))
