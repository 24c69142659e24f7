#!/usr/bin/env python3
"""Revision and merge files, byte for byte, by Alembic and by retort: templates, options, names, encodings, time zones.

    compare_files.py PATH/draft_file [--template FILE]... [--all] [--verbose]

Alembic is whatever `import alembic` gives; without one the exit status is 77.  Both write into projects of their own
with the same identifier and the same moment.  Where Alembic fails, retort has to fail, and to leave the tree as it
was, also where a hook cannot be run; where retort hands over to Alembic (a template beyond its subset), that is counted.  Besides Alembic's own templates
and the odd ones below, --template adds others; --all takes every combination rather than a sample.
"""

import argparse
import contextlib
import datetime
import io
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import warnings

try:
    import alembic
    from alembic import command
    from alembic.config import Config
    from alembic.script import base
except ImportError as problem:
    print(f"skipped: {problem}")
    sys.exit(77)

VERSION = tuple(int(part) for part in alembic.__version__.split(".")[:3])
WINTER = datetime.datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=datetime.timezone.utc)
SUMMER = datetime.datetime(2025, 7, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc)
WHOLE = datetime.datetime(2000, 2, 29, 0, 0, 0, 0, tzinfo=datetime.timezone.utc)

ODD_TEMPLATES = {
    "loops": (
        '<%!\nimport re\n%>\\\n"""${message}\n\n${up_revision} on ${down_revision | comma,n} at ${create_date}\n"""\n'
        "revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n"
        "branch_labels = ${repr(branch_labels)}\ndepends_on = ${repr(depends_on)}\n"
        "% for name in ['up', 'down']:\n## each\ndef ${name}grade():\n"
        "% if name == 'up':\n    ${upgrades if upgrades else 'pass'}\n% else:\n    ${downgrades or 'pass'}\n% endif\n"
        "% endfor\n<%doc>gone</%doc><%text>${raw} ##</%text>\n# ${re.sub('e', 'E', message)} 100%\n"
    ),
    "filters": (
        '"""${message | h}|${message | trim}|${message | n,trim}"""\nrevision = "${up_revision}"\n'
        'down_revision = ${repr(down_revision) | n}\n<% x = create_date.year %># ${x} ${create_date.strftime("%Y/%m/%d")}\n'
        "# ${message.upper()} ${len(message)} ${message.replace(' ', '-')[:10]}\n"
        "# ${create_date.isoformat()} ${'{:%H:%M}'.format(create_date)} ${'%s' % (message,)}\n"
    ),
    "old": (
        '"""${message}\n\nRevision ID: ${up_revision}\nRevises: ${down_revision}\nCreate Date: ${create_date}\n\n"""\n\n'
        "# revision identifiers, used by Alembic.\nrevision = '${up_revision}'\ndown_revision = ${repr(down_revision)}\n\n"
        'from alembic import op\nimport sqlalchemy as sa\n${imports if imports else ""}\n\n'
        'def upgrade():\n    ${upgrades if upgrades else "pass"}\n\n\ndef downgrade():\n    ${downgrades if downgrades else "pass"}\n'
    ),
    "quoted": (
        '"""${message}${", " + more if more else ""}"""\nrevision = "${up_revision}"\ndown_revision = "${down_revision}"\n'
        "${('\\n'.join(line.strip() for line in lines) + '\\n') if lines else ''}\n"
        'def upgrade():\n    """Apply ${message}"""\n    ${upgrades if upgrades else "pass"}\n'
    ),
    "dos": '"""${message}"""\r\nrevision = ${repr(up_revision)}\r\ndown_revision = ${repr(down_revision)}\r\n',
    "not closed": '"""${message"""\n',
    "no such name": '"""${nobody}"""\nrevision = ${repr(up_revision)}\n',
    "fails": '"""${1 / 0}"""\nrevision = ${repr(up_revision)}\n',
}

# The graph that is built on: two heads under a, a labelled base in the second place.
REVISIONS = {
    "versions/a.py": ("aaaa1111", "None", "None", "None"),
    "versions/b.py": ("bbbb2222", "'aaaa1111'", "None", "None"),
    "versions/c.py": ("cccc3333", "'aaaa1111'", "None", "'dddd4444'"),
    "more/d.py": ("dddd4444", "None", "('side',)", "None"),
}

MESSAGES = [
    "add a table",
    None,
    "",
    "it's \"quoted\" \\ and \\n",
    "Größe — 日本 ∀x",
    "a rather long message that the file's name has to be cut down for somewhere",
    "100% of ${x} and % y ## z",
    "  spaces  and\ttabs ",
    "two\nlines",
]
REQUESTS = [
    ["head=bbbb2222"],
    ["head=bbbb2222", "label=lab"],
    ["head=aaaa1111", "splice"],
    ["head=base"],
    ["head=base", "path=more", "label=it's"],
    ["head=bbbb2222", "depends=cccc3333"],
    ["head=bbbb2222", "depends=cccc", "depends=side"],
    ["head=side@head"],
    ["head=bbbb", "head=cccc"],
    ["head=heads"],
    ["head=cccc3333", "head=bbbb2222", "head=dddd4444", "label=joined"],
    ["head=bbbb2222", "head=bbbb2222"],
    ["head=aaaa1111", "head=bbbb2222"],
    ["head=aaaa1111"],
    ["head=head"],
    ["head=nope"],
    ["head=bbbb2222", "depends=nope"],
    ["head=bbbb2222", "path=elsewhere"],
]
MOMENTS = [WINTER, SUMMER, WHOLE]
PROCESS_ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kolkata"]
TIME_ZONES = [None, "UTC", "utc", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "europe/berlin", "Nowhere/At_All"]
FILE_TEMPLATES = [
    None,
    "%%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d-%%(rev)s_%%(slug)s",
    "%%(epoch)s_%%(rev)s",
    "%%(slug)s-%%(second).2d.%%(rev)5s",
    "%%(rev).4s%%%%_%%(slug)-12s|",
    "%%(year)d/%%(month).2d/%%(rev)s",
    "%%(rev)s_%%(nobody)s",
    "plain",
]
ENCODINGS = [None, "utf-8", "latin-1", "utf-16", "utf-8-sig", "cp1252", "ascii", "no-such-codec"]
SLUG_LENGTHS = [None, "10", "1", "0"]
HOOKS = [
    None,
    "one.type = exec\none.executable = sed\none.options = -i s/e/E/g REVISION_SCRIPT_FILENAME",
    "one.type = exec\none.executable = true\none.options = -n",
    "one.type = exec\none.executable = false",
    "one.type = exec\none.executable = sh\none.options = -c 'echo \"# $1\" >> REVISION_SCRIPT_FILENAME' x 'y z'",
    "one.type = exec\none.executable = no-such-program-anywhere",
    "one.type = exec",
    "one.type = zip",
    "one.executable = cat",
    "one.type = console_scripts\none.entrypoint = no-such-entry-point",
    "one.type = module\none.module = no_such_module",
]


def templates(extra):
    """Name -> text: those of `init`, the odd ones, and the given files."""
    found = dict(ODD_TEMPLATES)
    folder = os.path.join(os.path.dirname(alembic.__file__), "templates")
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name, "script.py.mako")
        if os.path.exists(path):
            found["init " + name] = open(path, encoding="utf-8").read()
    for path in extra:
        found[path] = open(path, encoding="utf-8", newline="").read()
    return found


def make_project(folder, case, texts):
    os.makedirs(os.path.join(folder, "scripts/versions"))
    os.makedirs(os.path.join(folder, "scripts/more"))
    for name, (revision, down, labels, depends) in REVISIONS.items():
        with open(os.path.join(folder, "scripts", name), "w", encoding="utf-8") as out:
            out.write(
                f'"""{revision}"""\nrevision = "{revision}"\ndown_revision = {down}\n'
                f"branch_labels = {labels}\ndepends_on = {depends}\n"
            )
    options = {
        "script_location": "%(here)s/scripts",
        "version_locations": "%(here)s/scripts/versions %(here)s/scripts/more",
        "timezone": case["timezone"],
        "file_template": case["file_template"],
        "output_encoding": case["encoding"],
        "truncate_slug_length": case["slug"],
        "databases": "one, two",
    }
    with open(os.path.join(folder, "alembic.ini"), "w", encoding="utf-8") as out:
        out.write("[alembic]\n")
        for name, value in options.items():
            if value is not None:
                out.write(f"{name} = {value}\n")
        out.write("[one]\n[two]\n")
        if case["hooks"]:
            out.write("[post_write_hooks]\nhooks = one\n" + case["hooks"] + "\n")
    with open(os.path.join(folder, "scripts/script.py.mako"), "w", encoding="utf-8", newline="") as out:
        out.write(texts[case["template"]])


class Moment(datetime.datetime):
    """The clock stands still."""

    at = WINTER

    @classmethod
    def now(cls, tz=None):
        return cls.at.astimezone(tz) if tz else cls.at.astimezone().replace(tzinfo=None)

    @classmethod
    def utcnow(cls):
        return cls.at.replace(tzinfo=None)


class Clock:
    """Stands for the module that Alembic takes the time from."""

    timezone = datetime.timezone
    timedelta = datetime.timedelta
    datetime = Moment


def words(case, name):
    return [word.split("=", 1)[1] for word in case["request"] if word.startswith(name + "=")]


def by_alembic(folder, case):
    """None, or the kind of failure and its message."""
    Moment.at = case["moment"]
    os.environ["TZ"] = case["zone"]
    time.tzset()
    os.chdir(folder)
    config = Config(os.path.join(folder, "alembic.ini"))
    heads, labels, depends, path = (words(case, name) for name in ("head", "label", "depends", "path"))
    options = {"message": case["message"], "rev_id": "eeee5555", "branch_label": labels[0] if labels else None}
    if "splice" in case["request"]:
        options["splice"] = True
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            if len(heads) > 1 or heads == ["heads"]:
                command.merge(config, heads, **options)
            else:
                command.revision(
                    config,
                    head=heads[0],
                    depends_on=depends or None,
                    version_path=os.path.join(folder, "scripts", path[0]) if path else None,
                    **options,
                )
    except Exception as error:
        kind = "command" if type(error).__name__ == "CommandError" else "traceback"
        return kind, str(error)
    return None


def escape(text):
    out = text.encode("utf-8").decode("latin-1")
    return "".join(
        c if 0x20 < ord(c) < 0x7F and c != "\\" else "\\%03o" % ord(c) for c in out
    )


def by_retort(process, folder, case):
    moment = int(case["moment"].timestamp()) * 1000000 + case["moment"].microsecond
    fields = [os.path.join(folder, "alembic.ini"), str(moment), case["zone"], "eeee5555"]
    for word in case["request"]:
        if word.startswith("path="):
            word = "path=" + os.path.join(folder, "scripts", word[5:])
        fields.append(word)
    if case["message"] is not None:
        fields.append("m=" + case["message"])
    process.stdin.write("\t".join(escape(field) for field in fields) + "\n")
    process.stdin.flush()
    answer = process.stdout.readline().rstrip("\n")
    if not answer:
        raise SystemExit(f"draft_file died on {fields}")
    return tuple(answer[2:].split(" ", 1)) if answer.startswith("! ") else None


def tree(folder):
    found = {}
    for where, _, names in os.walk(os.path.join(folder, "scripts")):
        if "__pycache__" in where:
            continue
        for name in names:
            path = os.path.join(where, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found


DEFAULT = {
    "message": MESSAGES[0],
    "request": REQUESTS[0],
    "moment": WINTER,
    "zone": "Europe/Berlin",
    "timezone": None,
    "file_template": None,
    "encoding": None,
    "slug": None,
    "hooks": None,
}
AXES = {
    "message": MESSAGES,
    "request": REQUESTS,
    "moment": MOMENTS,
    "zone": PROCESS_ZONES,
    "timezone": TIME_ZONES,
    "file_template": FILE_TEMPLATES,
    "encoding": ENCODINGS,
    "slug": SLUG_LENGTHS,
    "hooks": HOOKS,
}


def cases(texts, everything, count, seed):
    """Each value of each axis on each template, then pairs of axes at random; with everything, all pairs."""
    for template in texts:
        for axis, values in AXES.items():
            for value in values:
                yield dict(DEFAULT, template=template, **{axis: value})
    pairs = [
        dict(DEFAULT, template=template, **{one: x, two: y})
        for template in texts
        for one, two in itertools.combinations(AXES, 2)
        for x in AXES[one]
        for y in AXES[two]
    ]
    if not everything:
        pairs = random.Random(seed).sample(pairs, min(count, len(pairs)))
    yield from pairs


def too_new(case):
    """What this Alembic does not know yet, or did differently."""
    if VERSION < (1, 18, 5) and "splice" in case["request"] and len(words(case, "head")) > 1:
        return True
    if VERSION < (1, 16, 3) and case["hooks"]:
        return True
    # Files were loaded in the order of the folder, by accident.
    if VERSION < (1, 10) and "head=heads" in case["request"]:
        return True
    if case["timezone"] and getattr(base, "tz", True) is None:
        return True
    # Templates were not given the configuration for a merge.
    if VERSION < (1, 12) and "multidb" in case["template"] and len(words(case, "head")) > 1:
        return True
    if VERSION < (1, 18) and "/" in (case["file_template"] or ""):
        return True
    # dateutil knew names of its own.
    return VERSION < (1, 13) and case["timezone"] in ("europe/berlin", "Nowhere/At_All")


def judge(case, theirs, ours, before, alembic_tree, retort_tree):
    """What is wrong, or None; "handed over" is fine."""
    if ours is not None and retort_tree != before:
        return f"retort failed ({ours}) and left something behind"
    if ours is not None and ours[0] == "refused":
        return "handed over"
    if theirs is not None:
        # A file that cannot be loaded back, or whose label is taken, is written first: there Alembic is late.
        if ours is None and alembic_tree != before:
            return None if alembic_tree == retort_tree else "late failure, other files"
        if ours is None:
            return f"Alembic fails: {theirs[1]}"
        if theirs[0] == "command" and ours[0] == "command" and theirs[1] != ours[1]:
            # Of two faults either may be named.
            two = case["request"] != REQUESTS[0] and (case["timezone"] or case["hooks"])
            if not theirs[1].startswith("Template rendering failed") and not two:
                return f"other words: {theirs[1]!r}, retort {ours[1]!r}"
        return None
    if ours is not None:
        return f"retort fails: {ours}"
    if alembic_tree == retort_tree:
        return None
    new = {path: text for path, text in alembic_tree.items() if path not in before}
    got = {path: text for path, text in retort_tree.items() if path not in before}
    return f"Alembic wrote {new}\n    retort {got}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("draft_file")
    parser.add_argument("--template", action="append", default=[])
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    sys.dont_write_bytecode = True
    texts = templates(arguments.template)
    base.datetime = Clock
    process = subprocess.Popen(
        [os.path.abspath(arguments.draft_file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    scratch = tempfile.mkdtemp(prefix="retort-files-")
    folder = os.path.join(scratch, "project")
    counts = {"same": 0, "handed over": 0, "different": 0, "left out": 0}
    for case in cases(texts, arguments.all, arguments.count, arguments.seed):
        if too_new(case):
            counts["left out"] += 1
            continue
        # One after the other in the same place: paths are part of messages.
        make_project(folder, case, texts)
        before = tree(folder)
        theirs = by_alembic(folder, case)
        alembic_tree = tree(folder)
        os.chdir("/")
        shutil.rmtree(folder)
        make_project(folder, case, texts)
        ours = by_retort(process, folder, case)
        problem = judge(case, theirs, ours, before, alembic_tree, tree(folder))
        shutil.rmtree(folder)
        verdict = "same" if problem is None else problem if problem in counts else "different"
        counts[verdict] += 1
        if verdict == "different" or (arguments.verbose and verdict == "handed over"):
            changed = {name: value for name, value in case.items() if value != DEFAULT.get(name)}
            if counts["different"] <= 20:
                print(f"{changed}\n    {problem} {ours or ''}")
    process.stdin.close()
    process.wait()
    shutil.rmtree(scratch)
    total = sum(counts.values()) - counts["left out"]
    print(f"Alembic {alembic.__version__}: {total} files, " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    return 1 if counts["different"] else 0


if __name__ == "__main__":
    sys.exit(main())
