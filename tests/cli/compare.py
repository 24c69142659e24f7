#!/usr/bin/env python3
"""Asks Alembic and retort the same on the command line and compares stdout, exit status and log lines.

    compare.py RETORT NAME=SCRIPT_LOCATION[,VERSIONS...] ... [--alembic-path A:B] [--only WORD] [--verbose]
    tests/with-postgres compare.py ... --database        also runs upgrade, downgrade, stamp and current

SCRIPT_LOCATION is the folder with script.py.mako; VERSIONS names folders below it (default: each that has revision
files).  Works on copies with a plain env.py and alembic.ini of its own, one for each program.  Modules of the
application that revision files import are replaced by empty stand-ins, so that Alembic can load the files; what
matters of them is put in by --define (neutron: --define cli.CONTRACT_BRANCH=contract).

Alembic is whatever `import alembic` gives the Python that runs this, --alembic-path puts folders before it.  One
process imports it once and forks for each question.  Status 1 when anything differs that is not justified below.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

INI = """[alembic]
script_location = %(here)s/migrations
version_locations = {versions}
sqlalchemy.url = {url}

[loggers]
keys = root,alembic

[handlers]
keys = console

[formatters]
keys = plain

[logger_root]
level = WARNING
handlers = console
qualname =

[logger_alembic]
level = INFO
handlers =
qualname = alembic

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = plain

[formatter_plain]
format = %(levelname)-5.5s [%(name)s] %(message)s
"""

ENV = """from logging.config import fileConfig

from alembic import context
from sqlalchemy import create_engine, pool

config = context.config
fileConfig(config.config_file_name)
url = config.get_main_option("sqlalchemy.url")

if context.is_offline_mode():
    context.configure(url=url, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""

# What may differ, and why: (name, test of question, theirs, ours).  An answer has status, out and log.
JUSTIFIED = [
    (
        "a traceback of Python is a clear error in retort, with the same status",
        lambda q, a, b: a["trace"] and a["status"] == 1 and b["status"] == 1,
    ),
    (
        "retort refuses what it cannot render exactly, names the line and sends nothing",
        lambda q, a, b: b["refused"] and b["status"] in (1, 255),
    ),
    (
        "usage: retort's own usage text, with the same status",
        lambda q, a, b: a["status"] == 2 and b["status"] == 2,
    ),
    (
        "retort stands for the newest Alembic: one that is offered since (check, -q, current -c, merge --splice)",
        lambda q, a, b: a["old"] and a["status"] == 2 and re.search(r"^(check|-q|current (-c|--check)|merge .*--splice)", q),
    ),
    (
        "before 1.19 going to base --sql dropped the version table",
        lambda q, a, b: a["old"]
        and "--sql" in q
        and re.sub(r"DROP TABLE alembic_version;\n\n", "", a["out"]) == b["out"]
        and a["status"] == b["status"],
    ),
    (
        "retort has templates of newer versions; Alembic lists them as the folder has them",
        lambda q, a, b: q == "list_templates" and set(names(a["out"])) <= set(names(b["out"])) and b["status"] == 0,
    ),
    (
        "before 1.16 a missing configuration was named otherwise",
        lambda q, a, b: a["old"] and "No config file" in a["out"] and "No 'script_location' key" in b["out"] and b["status"] == 255,
    ),
    (
        "retort writes no merge of one head, none, or a revision and its ancestor",
        lambda q, a, b: q.startswith("merge") and "nothing to merge" in b["err"] and b["status"] == 255,
    ),
    (
        "the help of Alembic describes Alembic",
        lambda q, a, b: "--help" in q and a["status"] == b["status"] == 0,
    ),
    (
        "Alembic prints the current revisions as a set has them",
        lambda q, a, b: q.startswith("current")
        and a["status"] == b["status"]
        and sorted(a["out"].split("\n")) == sorted(b["out"].split("\n")),
    ),
    (
        "Alembic names the children of a branch point as a set has them",
        lambda q, a, b: q.startswith(("branches", "history", "show"))
        and a["status"] == b["status"]
        and children_sorted(a["out"]) == children_sorted(b["out"]),
    ),
    (
        "SQLAlchemy creates the indexes of a new table as a set has them",
        lambda q, a, b: "--sql" in q and a["status"] == b["status"] and indexes_sorted(a["out"]) == indexes_sorted(b["out"]),
    ),
    (
        "--version is the program's own",
        lambda q, a, b: q == "--version" and a["status"] == b["status"] == 0,
    ),
    (
        "before SQLAlchemy 2 literals of types and comments were written otherwise",
        lambda q, a, b: a["old"] and "--sql" in q and b["status"] == 0 and a["status"] in (0, 1) and spelled_alike(a["out"], b["out"]),
    ),
]


# Where Alembic iterates over a set, one of so many hash seeds has to give retort's answer.
SEEDS = 8


def names(text):
    return re.findall(r"^(\w+) - ", text, re.M)


def children_sorted(text):
    """With the lines and lists of what a branch point branches into in order."""
    text = re.sub(r"(?:^ +-> .*\n)+", lambda m: "".join(sorted(m[0].splitlines(True))), text, flags=re.M)
    return re.sub(r"^(Branches into: )(.*)$", lambda m: m[1] + ", ".join(sorted(m[2].split(", "))), text, flags=re.M)


def indexes_sorted(text):
    """With neighbouring CREATE INDEX statements in order."""
    return re.sub(r"(?:^CREATE (?:UNIQUE )?INDEX [^;]*;\n\n)+", lambda m: "".join(sorted(m[0].split(";\n\n"))), text, flags=re.M)


def spelled_alike(theirs, ours):
    """Whether only statements differ that the old SQLAlchemy cannot write or writes in other words."""
    def frame(text):
        return re.findall(r"^(?:-- Running .*|INSERT INTO alembic_version .*|UPDATE alembic_version .*|DELETE FROM alembic_version .*)$", text, re.M)
    return frame(ours)[: len(frame(theirs))] == frame(theirs)


def worker(stubs):
    """Answers questions from stdin: {"argv", "cwd"} -> {"status", "out", "err"}."""
    import importlib.abc
    import importlib.machinery
    import types

    class Anything(str):
        """Text, callable, with every attribute, and a base class."""

        def __new__(cls, *args, **_):
            return super().__new__(cls, args[0] if args and isinstance(args[0], str) else "anything")

        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            return Anything(name)

        def __getitem__(self, key):
            return Anything(key)

        def __call__(self, *_, **__):
            return self

        __or__ = __ror__ = __call__

        def __mro_entries__(self, bases):
            return ()

    class StandIn(types.ModuleType):
        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            return Anything(name)

    class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
        def find_spec(self, name, path, target=None):
            top = name.split(".")[0]
            if top in stubs:
                return importlib.machinery.ModuleSpec(name, self, is_package=True)
            return None

        def create_module(self, spec):
            return StandIn(spec.name)

        def exec_module(self, module):
            module.__path__ = []

    sys.meta_path.append(Finder())
    import alembic
    import alembic.autogenerate
    import alembic.command
    import alembic.config
    import psycopg2  # noqa: F401
    import sqlalchemy.dialects.postgresql  # noqa: F401

    print(alembic.__version__, flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = os.fork()
            if child == 0:
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                os.dup2(out.fileno(), 1)
                os.dup2(err.fileno(), 2)
                os.chdir(question["cwd"])
                status = 0
                try:
                    alembic.config.main(argv=question["argv"], prog="alembic")
                except SystemExit as leave:
                    code = leave.code
                    status = 0 if code is None else code if isinstance(code, int) else 1
                except BaseException:
                    import traceback

                    traceback.print_exc()
                    status = 1
                try:
                    sys.stdout.flush()
                    sys.stderr.flush()
                finally:
                    os._exit(status & 255)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            out.seek(0)
            err.seek(0)
            answer = {"status": status, "out": out.read().decode(), "err": err.read().decode()}
        print(json.dumps(answer), flush=True)


class Alembic:
    def __init__(self, path, stubs, seed):
        env = dict(os.environ, PYTHONHASHSEED=str(seed))
        if path:
            env["PYTHONPATH"] = path
        command = [sys.executable, os.path.abspath(__file__), "--worker", ",".join(sorted(stubs))]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
        self.version = self.process.stdout.readline().strip()
        self.old = tuple(int(n) for n in self.version.split(".")[:2]) < (1, 19)

    def ask(self, argv, folder):
        self.process.stdin.write(json.dumps({"argv": argv, "cwd": folder}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        answer["old"] = self.old
        answer["trace"] = "Traceback (most recent call last)" in answer["err"]
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Retort:
    def __init__(self, program):
        self.program = os.path.abspath(program)

    def ask(self, argv, folder):
        done = subprocess.run([self.program] + argv, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        answer = {"status": done.returncode, "out": done.stdout.decode(), "err": done.stderr.decode()}
        said = answer["err"] + answer["out"]
        answer["refused"] = bool(re.search(r"cannot be rendered|cannot render|needs Python|needs the database", said))
        return answer


def normal(answer, folder):
    for key in ("out", "err"):
        answer[key] = re.sub(r"\bcompare_[ab]\b", "DATABASE", answer[key].replace(folder, "DIR"))
    lines = answer["err"].split("\n")
    answer["log"] = "\n".join(line for line in lines if re.match(r"(INFO |WARNI|ERROR|CRITI|DEBUG) ", line))
    return answer


def revision_folders(location):
    found = []
    for folder, _, files in os.walk(location):
        for name in files:
            if name.endswith(".py") and name not in ("env.py", "__init__.py"):
                with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                    if re.search(r"^revision\b", file.read(), re.M):
                        found.append(os.path.relpath(folder, location))
                        break
    return sorted(found)


def missing_modules(folder):
    """The modules that revision files import and this Python does not have."""
    import importlib.util

    names = set()
    for path, _, files in os.walk(folder):
        for name in files:
            if name.endswith(".py"):
                with open(os.path.join(path, name), encoding="utf-8", errors="replace") as file:
                    names.update(re.findall(r"^\s*(?:from|import)\s+([A-Za-z_]\w*)", file.read(), re.M))
    missing = set()
    for name in names:
        try:
            if importlib.util.find_spec(name) is None:
                missing.add(name)
        except (ImportError, ValueError):
            missing.add(name)
    return missing


def copy(location, versions, folder, url, defines):
    shutil.copytree(location, os.path.join(folder, "migrations"), symlinks=True)
    with open(os.path.join(folder, "migrations", "env.py"), "w", encoding="utf-8") as file:
        file.write(ENV)
    for define in defines:
        name, _, value = define.partition("=")
        for path, _, files in os.walk(folder):
            for one in (os.path.join(path, f) for f in files if f.endswith(".py")):
                with open(one, encoding="utf-8") as file:
                    text = file.read()
                if name in text:
                    with open(one, "w", encoding="utf-8") as file:
                        file.write(text.replace(name, repr(value)))
    listed = " ".join("%(here)s/migrations" + ("" if v == "." else "/" + v) for v in versions)
    with open(os.path.join(folder, "alembic.ini"), "w", encoding="utf-8") as file:
        file.write(INI.format(versions=listed, url=url))


def landmarks(alembic, folder):
    """Revisions of the project worth asking about, as its own history tells."""
    history = alembic.ask(["history"], folder)["out"].strip().split("\n")
    rows = [re.match(r"([^>]+?) -> (\S+?)((?: \([^)]*\))*), ", line) for line in history]
    rows = [row for row in rows if row]
    ids = [row[2] for row in rows]
    labels = []
    for row in rows:
        for group in re.findall(r"\(([^)]*)\)", row[3]):
            labels += [w.strip() for w in group.split(",") if not w.strip().endswith(("head", "branchpoint", "mergepoint"))]
    merges = [row[2] for row in rows if "," in row[1]]
    points = [row[2] for row in rows if "(branchpoint)" in row[3]]
    return ids, sorted(set(labels)), merges, points


def reading_questions(ids, labels, merges, points):
    n = len(ids)
    newest, oldest, middle, lower = ids[0], ids[-1], ids[n // 2], ids[n * 3 // 4]
    ask = """
        heads|heads -v|heads --verbose|heads --resolve-dependencies|heads --resolve-dependencies -v|-q heads
        branches|branches -v|branches --verbose
        history|history -v|history --verbose|history -r base:|history -r :|history -r :head|history -r :heads
        history -r-3:|history -r -3:|history --rev-range=:-2|history -r head-3:head|history -r head:|history -r heads:
        history -r {newest}:|history -r {middle}:|history -r :{middle}|history -r {lower}:{middle}|history -r {middle}:{lower}
        history -r {middle}|history -r {lower}:+3|history -r {middle}-2:{middle}|history -r {middle}-2:{middle}+2 -v
        history -r {middle}:{middle}|history -r nope:|history -r :nope|history -r a:b:c|history -r nope|history -r base:base
        history -r {oldest}:{oldest}+1|history -r +2:|history -r :+2|history -r {middle}+99999:|history -r {middle}-99999:
        show head|show heads|show base|show {newest}|show {middle}|show {oldest}|show {short}|show {one}|show nope
        show -1|show +1|show head-1|show {middle}+1|show {middle}-1|show {oldest}-1|show {newest}+1|show {middle}@head
        show {middle}@base|show nope@head|show @|show :|show current|show {lower}:{middle}|show|show a b
        upgrade head --sql|upgrade heads --sql|upgrade {middle} --sql|upgrade {lower}:{middle} --sql|upgrade {middle}:{lower} --sql
        upgrade {middle}:+1 --sql|upgrade {middle}:+2 --sql|upgrade {middle}:+99999 --sql|upgrade {middle}:-1 --sql|upgrade +1 --sql
        upgrade +0 --sql|upgrade -1 --sql|upgrade base --sql|upgrade nope --sql|upgrade nope:{middle} --sql|upgrade {lower}:nope --sql
        upgrade {middle}@head --sql|upgrade nope@head --sql|upgrade {middle}:{middle}@head --sql|upgrade :{lower} --sql
        upgrade {lower}: --sql|upgrade a:b:c --sql|upgrade {one} --sql|upgrade|upgrade head --tag x --sql|upgrade {middle}:heads --sql
        upgrade {lower}:{lower}+2 --sql|upgrade {middle}:{middle} --sql|upgrade {oldest} --sql|upgrade {oldest}:+1 --sql
        downgrade {middle}:{lower} --sql|downgrade {middle}:-1 --sql|downgrade {middle}:-2 --sql|downgrade {middle}:base --sql
        downgrade {middle}:+1 --sql|downgrade {lower}:{middle} --sql|downgrade {middle} --sql|downgrade base --sql|downgrade -1 --sql
        downgrade {middle}:nope --sql|downgrade nope:base --sql|downgrade {middle}:{middle} --sql|downgrade {oldest}:base --sql
        downgrade {middle}:-99999 --sql|downgrade {middle}:{middle}-1 --sql|downgrade head:-1 --sql|downgrade heads:{middle} --sql|downgrade {newest}:{newest}-1 --sql
        stamp head --sql|stamp heads --sql|stamp {middle} --sql|stamp {lower}:{middle} --sql|stamp {middle}:{lower} --sql|stamp base --sql
        stamp {middle}:base --sql|stamp nope --sql|stamp nope:{middle} --sql|stamp {middle} --sql --purge|stamp {middle} {lower} --sql
        stamp +1 --sql|stamp {middle}:+1 --sql|stamp {middle}:-1 --sql|stamp {middle} --sql --tag x|stamp
        ensure_version --sql|current extra|list_templates|list_templates extra|--version|--help|heads --help|bogus||-c
        -c nowhere.ini heads|-n nowhere heads|-c alembic.ini heads|-c ./alembic.ini -n alembic heads|-x a=b heads|-x a heads
        --raiseerr show nope|--raiseerr heads|heads extra|heads --bogus|heads --verb|history --rev={lower}:{middle}|history -ver
        edit base|edit nope|merge nope|merge {middle}|merge {lower} {middle} -m x|revision --head nope|revision --head {middle} -m x
        revision --sql|revision --depends-on nope -m x|revision --version-path nowhere -m x|revision --splice --head nope -m x
        init migrations|init migrations -t nope|init|check extra|upgrade --sql|upgrade a b|stamp --purge
    """
    for label in labels[:3]:
        ask += """
        show {0}|show {0}@head|show {0}@base|history -r {0}:|history -r :{0}|history -r {0}@base:{0}@head|upgrade {0}@head --sql
        upgrade {0} --sql|upgrade {0}@+1 --sql|upgrade {0}@{{middle}} --sql|stamp {0}@head --sql|downgrade {0}@head:{0}@base --sql
        downgrade {0}@head:{0}@-1 --sql|downgrade {0}@head:-1 --sql|history -r {0}@head-2:|revision --branch-label {0} -m x
        show {0}@heads|show {0}@head-1|upgrade {0}@heads --sql|upgrade base:{0}@+1 --sql
        """.format(label)
    for mark in merges[:2] + points[:2]:
        ask += """
        show {0}|show {0}-1|show {0}+1|history -r {0}-1:{0}|history -r {0}:{0}+1|history -r {0}-2: |upgrade {0} --sql
        upgrade {0}:+1 --sql|downgrade {0}:-1 --sql|downgrade {0}:base --sql|stamp {0}:-1 --sql|upgrade {0}-1:{0} --sql|downgrade {0}:{0}-1 --sql
        """.format(mark)
    names = dict(newest=newest, oldest=oldest, middle=middle, lower=lower, short=middle[:4], one=middle[:1])
    return [line.format(**names).strip() for row in ask.strip().split("\n") for line in row.strip().split("|")]


def database_questions(ids, labels, merges, points):
    n = len(ids)
    newest, oldest, middle, lower = ids[0], ids[-1], ids[n // 2], ids[n * 3 // 4]
    ask = """
        current|current -v|history -i -r base:{oldest}|upgrade +1|current|current -v|upgrade +2|current|downgrade -1|current
        upgrade nope|downgrade nope|upgrade {one}|downgrade +1|downgrade -99999|upgrade +99999|upgrade -1|stamp nope|show current
        history -r current:{middle}|history -r :current|history -r -1:current|history -i -r :{lower}|upgrade {lower}|upgrade {lower}
        downgrade {middle}|upgrade {middle}|current|downgrade -2|upgrade +1|upgrade nope@head|upgrade {middle}@head|upgrade heads
        current|current -v|upgrade head|upgrade heads|downgrade head|downgrade {middle}@base|downgrade {newest}-1|current|upgrade heads
        stamp {middle}|current|stamp {middle} {lower}|current|stamp heads|current|stamp --purge {lower}|current|stamp base|current
        stamp +1|current|stamp -1|stamp heads|current|ensure_version|downgrade -1|upgrade +1|downgrade current|upgrade current
        stamp --purge heads|current|downgrade base|current|upgrade heads|current -v|downgrade {lower}|downgrade base|current|upgrade :{lower}
        upgrade {lower}:{middle}|downgrade base
    """
    for label in labels[:2]:
        ask += """
        upgrade {0}@+1|current|upgrade {0}@+1|current|downgrade {0}@-1|current|upgrade {0}@head|current|upgrade heads|downgrade {0}@-1|current
        downgrade {0}@base|current|stamp {0}@head|current|stamp {0}@base|current|stamp base|upgrade {0}|current|upgrade heads
        history -r current: -i|downgrade base
        """.format(label)
    for mark in merges[:1] + points[:1]:
        ask += """
        upgrade {0}|current|downgrade -1|current|downgrade {0}-1|current|upgrade heads|downgrade {0}|current|downgrade -1|current
        upgrade +1|current|stamp {0}|current|stamp {0}-1|current|stamp heads|upgrade heads|downgrade base|stamp --purge base
        """.format(mark)
    names = dict(newest=newest, oldest=oldest, middle=middle, lower=lower, one=middle[:1])
    return [line.format(**names).strip() for row in ask.strip().split("\n") for line in row.strip().split("|")]


class Comparison:
    def __init__(self, name, alembics, retort, folders, verbose):
        self.name, self.alembics, self.retort, self.folders, self.verbose = name, alembics, retort, folders, verbose
        self.alembic = alembics[0]
        self.asked = self.differ = 0
        self.justified = {}

    def ask(self, question, rows=None):
        argv = question.split()
        theirs = normal(self.alembic.ask(argv, self.folders[0]), self.folders[0])
        ours = normal(self.retort.ask(argv, self.folders[1]), self.folders[1])
        self.asked += 1
        fields = [key for key in ("status", "out", "log") if theirs[key] != ours[key]]
        if rows:
            their_rows, our_rows = rows()
            if their_rows != our_rows and ours["refused"]:
                # Alembic got some steps further before it failed, if it did: go on from the same place.
                psql("postgres", "DROP DATABASE compare_a")
                psql("postgres", "CREATE DATABASE compare_a TEMPLATE compare_b")
            elif their_rows != our_rows:
                fields.append("rows")
        if not fields:
            return theirs, ours
        if "rows" not in fields:
            reads = not rows or argv[0] in ("current", "history", "show")
            if reads and not theirs["trace"] and self.another_seed(argv, ours):
                self.justified.setdefault("Alembic's answer depends on Python's hash seed", []).append(question)
                return theirs, ours
            for reason, test in JUSTIFIED:
                if test(question, theirs, ours):
                    self.justified.setdefault(reason, []).append(question)
                    return theirs, ours
        self.differ += 1
        print("%s: DIFFERS in %s: %s" % (self.name, ", ".join(fields), question))
        for key in fields:
            if key == "rows":
                print("    alembic's rows: %s\n    retort's rows:  %s" % (their_rows, our_rows))
            elif key == "status":
                print("    status: alembic %s, retort %s" % (theirs["status"], ours["status"]))
            else:
                self.show(key, theirs[key].split("\n"), ours[key].split("\n"))
        if theirs["trace"]:
            print("    alembic: " + theirs["err"].strip().split("\n")[-1][:300])
        elif ours["status"] != theirs["status"]:
            print("    alembic: " + theirs["err"].strip()[-300:])
        if ours["status"] not in (0, theirs["status"]) or self.verbose:
            print("    retort: " + ours["err"].strip()[:600])
        return theirs, ours

    def another_seed(self, argv, ours):
        for alembic in self.alembics[1:]:
            theirs = normal(alembic.ask(argv, self.folders[0]), self.folders[0])
            if all(theirs[key] == ours[key] for key in ("status", "out", "log")):
                return True
        return False

    @staticmethod
    def show(key, theirs, ours):
        at = 0
        while at < min(len(theirs), len(ours)) and theirs[at] == ours[at]:
            at += 1
        print("    %s, line %d:" % (key, at + 1))
        for mark, lines in (("alembic", theirs), ("retort ", ours)):
            print("      %s %s" % (mark, "\n              ".join(line[:200] for line in lines[at : at + 3])))


def psql(database, query):
    done = subprocess.run(["psql", "-XAtq", "-d", database, "-c", query], capture_output=True, text=True, check=False)
    # No table is as good as an empty one: unlike Alembic, retort creates none only to look.
    return done.stdout.strip()


def run(name, location, versions, options):
    versions = versions or revision_folders(location)
    base = tempfile.mkdtemp(prefix="retort-compare-")
    folders = [os.path.join(base, "a"), os.path.join(base, "b")]
    databases = ["compare_a", "compare_b"]
    try:
        for folder, database in zip(folders, databases):
            os.mkdir(folder)
            url = "postgresql:///%s" % database
            if options.database:
                url += "?host=%s&port=%s&user=%s" % tuple(os.environ[v] for v in ("PGHOST", "PGPORT", "PGUSER"))
            copy(location, versions, folder, url, options.define)
        missing = missing_modules(location)
        alembics = [Alembic(options.alembic_path, missing, seed) for seed in range(SEEDS)]
        alembic = alembics[0]
        both = Comparison(name, alembics, Retort(options.retort), folders, options.verbose)
        ids, labels, merges, points = landmarks(alembic, folders[0])
        if not ids:
            print("%s: Alembic %s finds no revisions: %s" % (name, alembic.version, alembic.ask(["history"], folders[0])["err"][-400:]))
            return 1
        for question in reading_questions(ids, labels, merges, points):
            if not options.only or options.only in question:
                both.ask(question)
        if options.database:
            for database in databases:
                psql("postgres", "DROP DATABASE IF EXISTS %s" % database)
                psql("postgres", "CREATE DATABASE %s" % database)

            def rows():
                query = "SELECT version_num FROM alembic_version ORDER BY 1"
                return [psql(database, query).split("\n") for database in databases]

            for question in database_questions(ids, labels, merges, points):
                both.ask(question, rows)
            dumps = [subprocess.run(["pg_dump", "-s", d], capture_output=True, text=True, check=False).stdout for d in databases]
            dumps = [re.sub(r"^\\(un)?restrict .*$", "", dump, flags=re.M) for dump in dumps]
            if dumps[0] != dumps[1]:
                both.differ += 1
                print("%s: DIFFERS: the schemas at the end" % name)
                both.show("dump", dumps[0].split("\n"), dumps[1].split("\n"))
        for one in alembics:
            one.close()
        print("%s: %d revisions, %d questions to Alembic %s, %d differ" % (name, len(ids), both.asked, alembic.version, both.differ))
        for reason, questions in both.justified.items():
            print("    %3d justified: %s" % (len(questions), reason))
            if options.verbose:
                print("        " + "; ".join(questions))
        return both.differ
    finally:
        shutil.rmtree(base, ignore_errors=True)


def main():
    if sys.argv[1:2] == ["--worker"]:
        worker(set(filter(None, sys.argv[2].split(","))))
        return 0
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("retort")
    parser.add_argument("projects", nargs="+")
    parser.add_argument("--alembic-path", help="PYTHONPATH of another Alembic")
    parser.add_argument("--database", action="store_true")
    parser.add_argument("--only", help="ask only what contains this")
    parser.add_argument(
        "--define", action="append", default=[], metavar="NAME=TEXT", help="put a text for a name in the copies"
    )
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    differ = 0
    for project in options.projects:
        name, _, where = project.partition("=")
        location, *versions = where.split(",")
        differ += run(name, os.path.abspath(location), versions, options)
        sys.stdout.flush()
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
