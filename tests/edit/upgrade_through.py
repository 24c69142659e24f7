#!/usr/bin/env python3
"""After every merge or rebase by retort, real Alembic loads the directory, reports the expected heads, and takes a
database through it, up and down again.

    upgrade_through.py PATH/retort          with PG* naming a server (tests/with-postgres)

Each graph begins as files of real migrations.  What a command refuses has to leave every file as it was.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile

import psycopg2
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

ENV = """
from alembic import context
from sqlalchemy import create_engine, pool
engine = create_engine("postgresql+psycopg2://", poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
MAKO = '''"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}

"""
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
'''


class Project:
    def __init__(self, retort, graph):
        self.retort = os.path.abspath(retort)
        self.folder = tempfile.mkdtemp(prefix="retort-through-")
        os.makedirs(self.path("scripts/versions"))
        self.write("alembic.ini", "[alembic]\nscript_location = %(here)s/scripts\n")
        self.write("scripts/env.py", ENV)
        self.write("scripts/script.py.mako", MAKO)
        self.makers = set()
        for spec in graph.split():
            self.add(*(spec.replace("+", ":").split(":") + ["", ""])[:3])

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)

    def add(self, name, parents, depends):
        """A revision that creates a table of its name."""
        def literal(text):
            ids = [word * 4 for word in text.split(",") if word]
            return repr(None if not ids else ids[0] if len(ids) == 1 else tuple(ids))

        revision = name * 4
        self.makers.add(revision)
        self.write(
            f"scripts/versions/{revision}_{name}.py",
            f'"""make {name}\n\nRevision ID: {revision}\nRevises: {parents}\nCreate Date: 2026-01-01 10:00:00\n\n"""\n'
            f"from alembic import op\n\nrevision = '{revision}'  # kept\ndown_revision = {literal(parents)}\n"
            f"branch_labels = None\ndepends_on = {literal(depends)}\n\n\n"
            f"def upgrade():\n    op.execute('CREATE TABLE {name}()')\n\n\n"
            f"def downgrade():\n    op.execute('DROP TABLE {name}')\n",
        )

    def run(self, *words):
        done = subprocess.run(
            [self.retort, *words], cwd=self.folder, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def alembic(self, verb, revision):
        """In this process: starting one for each question takes most of the time."""
        try:
            getattr(command, verb)(Config(self.path("alembic.ini")), revision)
        except Exception as problem:
            raise AssertionError(f"alembic {verb} {revision}: {problem}") from problem

    def heads(self):
        """As real Alembic sees them."""
        config = Config(self.path("alembic.ini"))
        return sorted(ScriptDirectory.from_config(config).get_heads())

    def ids(self):
        return [script.revision for script in ScriptDirectory.from_config(Config(self.path("alembic.ini"))).walk_revisions()]

    def tree(self):
        folder = self.path("scripts/versions")
        return {name: open(os.path.join(folder, name), "rb").read() for name in os.listdir(folder) if name != "__pycache__"}

    def close(self):
        shutil.rmtree(self.folder)


def query(sql):
    connection = psycopg2.connect("")
    connection.autocommit = True
    try:
        cursor = connection.cursor()
        cursor.execute(sql)
        return sorted(row[0] for row in cursor.fetchall()) if cursor.description else None
    finally:
        connection.close()


def reset():
    query("DROP SCHEMA public CASCADE")
    query("CREATE SCHEMA public")


def tables():
    return query("SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
                 "WHERE nspname = 'public' AND relkind = 'r' AND relname <> 'alembic_version'")


def rows():
    return query("SELECT version_num FROM alembic_version")


# graph; how far the database is; retort's words; heads afterwards, or None: refused with these words
CASES = [
    ("a b:a c:a", "base", "merge heads -m join --rev-id mmmm", ["mmmm"], ""),
    ("a b:a c:a", "bbbb", "merge heads -m join --rev-id mmmm", ["mmmm"], ""),
    ("a b:a c:a d:a", "heads", "merge heads --rev-id mmmm", ["mmmm"], ""),
    ("a b:a c:a d:a", "aaaa", "merge bbbb dddd --rev-id mmmm", ["cccc", "mmmm"], ""),
    ("a b:a c:a", "aaaa", "rebase cccc --yes", ["cccc"], ""),
    ("a b:a c:a", "aaaa", "rebase --onto cccc --yes", ["bbbb"], ""),
    ("a b:a c:a", "bbbb", "rebase cccc --yes", ["cccc"], ""),
    ("a b:a c:a", "cccc", "rebase cccc --yes", None, "has cccc"),
    ("a b:a c:a", "heads", "rebase cccc --yes", None, "has cccc"),
    ("a b:a c:a d:c e:d", "bbbb", "rebase eeee --yes --date", ["eeee"], ""),
    ("a b:a c:a d:c e:c m:d,e", "bbbb", "rebase mmmm --yes", ["mmmm"], ""),
    ("a b:a c:b d:c", "aaaa", "rebase dddd --onto aaaa --alone --yes", ["cccc"], ""),
    ("a b:a c:b d:c", "bbbb", "rebase dddd --onto aaaa --alone --yes", None, "has bbbb"),
    ("a b:a c:a", "base", "rebase cccc --parent bbbb --yes", ["cccc"], ""),
    ("a b:a c:a d:b", "cccc", "rebase dddd --parent bbbb --parent cccc --yes", ["dddd"], ""),
    ("a b:a+c c:a", "aaaa", "rebase cccc --yes", None, "depends on"),
    ("a b:a+c c:a", "aaaa", "rebase bbbb --yes", ["bbbb"], ""),
    ("a b:a c:a m:b,c", "aaaa", "rebase cccc --onto bbbb --yes", None, "would stand on the other"),
    ("a b:a", "aaaa", "rebase bbbb --onto nope --yes", None, "Can't locate"),
    ("a b:a", "aaaa", "merge heads --rev-id mmmm", None, "there is one head"),
    ("a b:a", "aaaa", "merge bbbb aaaa --splice --rev-id mmmm", None, "stands on aaaa already"),
    ("a b:a c:a", "aaaa", "merge bbbb nope", None, "Can't locate revision identified by 'nope'"),
    ("a b:a", "aaaa", "delete bbbb --yes", ["aaaa"], ""),
    ("a b:a", "bbbb", "delete bbbb --yes", None, "has bbbb"),
    ("a b:a", "bbbb", "delete aaaa --yes", None, "stands on aaaa"),
    ("a b:a", "aaaa", "revision -m more --rev-id nnnn", ["nnnn"], ""),
    ("a b:a", "aaaa", "revision -m more --rev-id nnnn --head aaaa --splice --depends-on bbbb", ["bbbb", "nnnn"], ""),
]


def through(project, expected, what):
    """Alembic sees these heads, and takes the database up and down."""
    found = project.heads()
    assert found == sorted(expected), f"{what}: heads {found} rather than {expected}"
    project.alembic("upgrade", "heads")
    names = sorted(revision[0] for revision in project.ids() if revision in project.makers)
    assert tables() == names, f"{what}: tables {tables()} rather than {names}"
    project.alembic("downgrade", "base")
    assert tables() == [] and rows() == [], f"{what}: {tables()} and {rows()} are left"
    project.alembic("upgrade", "heads")


def check(retort, graph, position, words, expected, message):
    what = f"{graph} | at {position} | {words}"
    project = Project(retort, graph)
    reset()
    project.alembic("upgrade" if position != "base" else "stamp", position)
    before = project.tree()
    status, said = project.run(*words.split())
    if expected is None:
        assert status != 0 and message in said, f"{what}: {status}, {said}"
        assert project.tree() == before, f"{what}: refused, but the tree is another"
    else:
        assert status == 0, f"{what}: {status}, {said}"
        through(project, expected, what)
    project.close()


def random_rebases(retort, count, seed):
    """Two sides of random length over a database that stands where they part, or on the side that stays."""
    chance = random.Random(seed)
    for number in range(count):
        names = list("abcdefghij")
        graph, sides = ["a"], [["a"], ["a"]]
        for name in names[1 : chance.randint(3, 9)]:
            side = chance.choice(sides)
            graph.append(f"{name}:{side[-1]}")
            side.append(name)
        stays, moves = (side[-1] for side in chance.sample(sides, 2))
        if stays == "a" or moves == "a":
            continue
        position = chance.choice(["aaaa", stays * 4])
        words = f"rebase {moves * 4} --onto {stays * 4} --yes"
        check(retort, " ".join(graph), position, words, [moves * 4], "")


def main():
    os.environ["DATABASE_URL"] = "postgresql://"
    os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="retort-config-")
    sys.dont_write_bytecode = True
    failures = 0
    for case in CASES:
        try:
            check(sys.argv[1], *case)
        except AssertionError as problem:
            failures += 1
            print(problem)
    random_rebases(sys.argv[1], int(os.environ.get("REBASES", "6")), 1)
    shutil.rmtree(os.environ["XDG_CONFIG_HOME"])
    print(f"{len(CASES)} cases, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
