#!/usr/bin/env python3
"""Rebases over the forms in which people write down_revision and docstrings.

    forms.py PATH/retort          with PG* naming a server (tests/with-postgres)

Each form is a file cccc, moved onto one parent, two and none.  Then its bytes outside the value of down_revision and the
docstring's line are as they were, real Alembic sees the graph that was asked for and takes a database up and down
through it.  What is refused says why and leaves every file as it was.
"""

import ast
import io
import os
import shutil
import sys
import tempfile
import tokenize

from alembic.config import Config
from alembic.script import ScriptDirectory

import upgrade_through

BODY = '''

def upgrade():
    from alembic import op
    op.execute('CREATE TABLE c()')


def downgrade():
    from alembic import op
    op.execute('DROP TABLE c')
'''
DOC = '"""make c\n\nRevision ID: cccc\nRevises: {}\nCreate Date: 2026-01-01 10:00:00\n\n"""\n'
HEAD = "revision = 'cccc'\n"


def form(line, doc=DOC.format("aaaa")):
    return (doc + HEAD + line + "\nbranch_labels = None\ndepends_on = None\n" + BODY).encode()


def pair(line):
    return form(line, DOC.format("bbbb, dddd"))


# What the file looks like; its bytes; None, or the words of the refusal
FORMS = [
    ("plain", form("down_revision = 'aaaa'"), None),
    ("double quotes", form('down_revision = "aaaa"'), None),
    ("triple quotes", form('down_revision = """aaaa"""'), None),
    ("triple single quotes", form("down_revision = '''aaaa'''"), None),
    ("u prefix", form("down_revision = u'aaaa'"), None),
    ("r prefix", form("down_revision = R\"aaaa\""), None),
    ("none", form("down_revision = None", DOC.format("")), None),
    ("none, annotated", form("down_revision: str | None = None", DOC.format("")), None),
    ("annotated", "\n".join(["from __future__ import annotations", "down_revision: Union[str, None] = 'aaaa'  # kept"]).join(
        [DOC.format("aaaa"), "\n" + HEAD + BODY]).encode(), None),
    ("annotated, as a sequence", b"from typing import Sequence, Union\n" + form(
        'down_revision: Union[str, Sequence[str], None] = "aaaa"', ""), None),
    ("declared, then set", form("down_revision: str\ndown_revision = 'aaaa'"), None),
    ("no spaces", form("down_revision='aaaa'"), None),
    ("many spaces and a tab", form("down_revision   =\t'aaaa'  \t"), None),
    ("a comment beside it", form("down_revision = 'aaaa'  # aaaa is the first, 'really'"), None),
    ("parentheses", form("down_revision = ('aaaa')"), None),
    ("parentheses over lines", form("down_revision = (\n    # the first\n    'aaaa'\n)"), None),
    ("a backslash", form("down_revision = \\\n    'aaaa'"), None),
    ("strings side by side", form("down_revision = 'aa' 'aa'"), None),
    ("strings below each other", form("down_revision = (\n    'aa'  # one\n    \"aa\"  # two\n)"), None),
    ("an escape", form("down_revision = '\\x61aaa'"), None),
    ("a tuple of one", form("down_revision = ('aaaa',)"), None),
    ("a tuple of one without parentheses", form("down_revision = 'aaaa',"), None),
    ("a list of one", form("down_revision = ['aaaa']"), None),
    ("a tuple", pair("down_revision = ('bbbb', 'dddd')"), None),
    ("a tuple with a comma behind", pair("down_revision = ('bbbb', \"dddd\",)"), None),
    ("a tuple without parentheses", pair("down_revision = 'bbbb', 'dddd'"), None),
    ("a tuple over lines", pair("down_revision = (\n    'bbbb',  # ours\n    'dddd',  # theirs\n)  # both"), None),
    ("a tuple with comments of its own", pair("down_revision = (  # two\n    # ours:\n    'bbbb'\n    ,\n    # theirs:\n    'dddd'\n)"), None),
    ("a tuple with a split string", pair("down_revision = (\n    'bb'  # ours\n    'bb',\n    'dddd')"), None),
    ("a list with comments", pair("down_revision = [\n    'bbbb',  # ours\n    'dddd',  # theirs\n]  # both"), None),
    ("a list", pair("down_revision = ['bbbb', 'dddd']"), None),
    ("a list over lines, indented by tabs", pair("down_revision = [\n\t'bbbb',\n\t'dddd'\n\t]"), None),
    ("semicolons", form("x = 1; down_revision = 'aaaa'; y = 2"), None),
    ("one line for all", (DOC.format("aaaa") + "revision = 'cccc'; down_revision = 'aaaa'; branch_labels = None" + BODY).encode(), None),
    ("before the id", (DOC.format("aaaa") + "down_revision = 'aaaa'\n" + HEAD + BODY).encode(), None),
    ("behind the functions", (DOC.format("aaaa") + HEAD + BODY + "\n\ndown_revision = 'aaaa'\n").encode(), None),
    ("at the end of the file, without a newline", (DOC.format("aaaa") + HEAD + BODY + "\n\ndown_revision = 'aaaa'").encode(), None),
    ("DOS lines", form("down_revision = 'aaaa'  # kept").replace(b"\n", b"\r\n"), None),
    ("DOS lines, a tuple", pair("down_revision = (\n    'bbbb',\n    'dddd',\n)").replace(b"\n", b"\r\n"), None),
    ("DOS lines, some", form("down_revision = 'aaaa'\r"), None),
    ("Mac lines", form("down_revision = 'aaaa'").replace(b"\n", b"\r"), None),
    ("a byte order mark", b"\xef\xbb\xbf" + form("down_revision = 'aaaa'"), None),
    ("a byte order mark and DOS lines", b"\xef\xbb\xbf" + form("down_revision = 'aaaa'").replace(b"\n", b"\r\n"), None),
    ("UTF-8", form("down_revision = 'aaaa'  # größer", '"""größer: ✓ 日本\n\nRevises: aaaa\n"""\n'), None),
    ("a cookie for UTF-8", b"# -*- coding: utf-8 -*-\n" + form("down_revision = 'aaaa'  # größer"), None),
    ("Latin-1", b"# -*- coding: latin-1 -*-\n" + form("down_revision = 'aaaa'  # größer").decode().encode("latin-1"), None),
    ("Windows-1252", b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n" + form("down_revision = 'aaaa'  # €").decode().encode("cp1252"),
     None),
    ("KOI8-R", b"# coding: koi8-r\n" + form("down_revision = 'aaaa'  # так").decode().encode("koi8-r"), None),
    ("Shift JIS", b"# coding: shift_jis\n" + form("down_revision = 'aaaa'  # 日本").decode().encode("shift_jis"), None),
    ("a form feed", form("\f\ndown_revision = 'aaaa'"), None),
    ("no docstring", form("down_revision = 'aaaa'", ""), None),
    ("comments above the docstring", form("down_revision = 'aaaa'", "# ours\n\n" + DOC.format("aaaa")), None),
    ("a docstring with other quotes", form("down_revision = 'aaaa'", "'''make c\n\nRevises: aaaa\n'''\n"), None),
    ("a raw docstring", form("down_revision = 'aaaa'", 'r"""make c \\d\n\nRevises: aaaa\n"""\n'), None),
    ("a docstring of one line", form("down_revision = 'aaaa'", '"make c"\n'), None),
    ("a docstring that is Revises alone", form("down_revision = 'aaaa'", '"""Revises: aaaa"""\n'), None),
    ("a docstring that ends with Revises", form("down_revision = 'aaaa'", '"""make c\n\nRevises: aaaa"""\n'), None),
    ("a docstring with words behind", form("down_revision = 'aaaa'", '"""make c\n\nRevises: aaaa (the first)\n"""\n'), None),
    ("a docstring without Revises", form("down_revision = 'aaaa'", '"""make c"""\n'), None),
    ("a docstring with another Revises", form("down_revision = 'aaaa'", '"""make c\n\nRevises: nothing of note\n"""\n'), None),
    ("a docstring in other words", form("down_revision = 'aaaa'", '"""make c\n\nThis revises aaaa.\nPrevious: aaaa\n"""\n'), None),
    ("a docstring indented", form("down_revision = 'aaaa'", '"""make c\n\n    Revises: aaaa\n    """\n'), None),
    ("a docstring that tells of others", form("down_revision = 'aaaa'", '"""make c\n\nRevises: aaaa\n\nRevises: aaaa again\n"""\n'), None),
    ("a docstring in brackets", pair("down_revision = ('bbbb', 'dddd')").replace(b"Revises: bbbb, dddd", b"Revises: ('bbbb', 'dddd')"), None),
    ("a docstring in another order", pair("down_revision = ('bbbb', 'dddd')").replace(b"Revises: bbbb, dddd", b"Revises: dddd, bbbb"), None),
    ("in a function, too", form("down_revision = 'aaaa'\n\n\ndef other():\n    down_revision = 'aaaa'\n    return down_revision\n"), None),
    ("as a keyword, too", form("down_revision = 'aaaa'\nboth = dict(down_revision='aaaa')"), None),
    ("read elsewhere", form("down_revision = 'aaaa'\nif down_revision is None:\n    print('first')\n"), "plain assignment"),
    ("under another name", form("Revision_down_revision = 'aaaa'\ndown_revision = 'aaaa'\ndown_revision_ = 'aaaa'"), None),
    ("twice", form("down_revision = 'dddd'\ndown_revision = 'aaaa'"), "2 times"),
    ("twice in a line", form("down_revision = 'aaaa'; down_revision = 'aaaa'"), "2 times"),
    ("with another name", form("first = down_revision = 'aaaa'"), "plain assignment"),
    ("unpacked", form("branch_labels, down_revision = None, 'aaaa'"), "plain assignment"),
    ("unpacked from a list", form("[down_revision, x] = ['aaaa', 1]"), "plain assignment"),
    ("in an if", form("if True:\n    down_revision = 'aaaa'"), "plain assignment"),
    ("in a try", form("try:\n    down_revision = 'aaaa'\nfinally:\n    pass"), "plain assignment"),
    ("in a loop", form("for down_revision in ('aaaa',):\n    pass"), "plain assignment"),
    ("added to", form("down_revision = ()\ndown_revision += ('aaaa',)"), "plain assignment"),
    ("by a walrus", form("print(down_revision := 'aaaa')"), 'does not set "down_revision"'),
    ("deleted", form("down_revision = 'aaaa'\nx = down_revision\ndel x"), None),
    ("a name", form("first = 'aaaa'\ndown_revision = first"), "computed"),
    ("a sum", form("down_revision = 'aa' + 'aa'"), None),
    ("an expression", form("down_revision = 'aa' * 2"), "computed"),
    ("an f-string", form("down_revision = f'aaaa'"), "computed"),
    ("a call", form("down_revision = str('aaaa')"), "computed"),
    ("a tuple of a call", form("down_revision = tuple(['aaaa'])"), "computed"),
    ("a choice", form("down_revision = 'aaaa' if revision else None"), "computed"),
    ("another file's", form("from os import sep as down_revision\ndown_revision = 'aaaa'"), None),
]

TARGETS = (("bbbb",), ("bbbb", "dddd"), ())


def parents_of(project):
    directory = ScriptDirectory.from_config(Config(project.path("alembic.ini")))
    script = directory.get_revision("cccc")
    return tuple(script._all_down_revisions)


def value_span(source):
    """Where the value of down_revision stands in UTF-8 text, by Python's own parser."""
    def offset(line, column):
        return sum(len(text) for text in lines[: line - 1]) + column

    lines = source.encode().splitlines(keepends=True)
    for node in ast.parse(source).body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        if any(isinstance(target, ast.Name) and target.id == "down_revision" for target in targets) and node.value:
            before = getattr(node, "annotation", None) or node.targets[0]
            # brackets around the value belong to it
            return source.encode().index(b"=", offset(before.end_lineno, before.end_col_offset)) + 1, \
                offset(node.end_lineno, node.end_col_offset)
    raise AssertionError("no down_revision")


def outside(data):
    """The text without the value and the docstring's line, and all comments."""
    mark = data.startswith(b"\xef\xbb\xbf")
    words = data.split(b"coding", 1)
    name = words[1].lstrip(b":= ").split()[0].decode() if len(words) > 1 and b"\n" not in words[0].split(b"\n", 1)[-1] else "utf-8"
    source = data.decode("utf-8-sig" if mark else name)
    # ast counts lines as Python does: neither a form feed nor U+2028 ends one
    clean = source.replace("\f", " ")
    start, end = value_span(clean)
    text = clean.encode()
    rest = text[:start] + b"@" + text[end:]
    kept = [b"" if part.strip(b"\"' ").startswith(b"Revises:") else part for part in rest.splitlines()]
    comments = [token.string for token in tokenize.tokenize(io.BytesIO(text).readline) if token.type == tokenize.COMMENT]
    return mark, name, kept, comments


def heads_of(parents):
    return sorted({"aaaa", "bbbb", "dddd", "cccc"} - {"aaaa"} - set(parents))


def one(retort, data, refusal, parents):
    project = upgrade_through.Project(retort, "a b:a d:a")
    path = project.path("scripts/versions/cccc.py")
    with open(path, "wb") as out:
        out.write(data)
    project.makers.add("cccc")
    try:
        if parents_of(project) == parents:
            return
        before = project.tree()
        words = [word for parent in parents or ("base",) for word in ("--parent", parent)]
        status, said = project.run("rebase", "cccc", *words, "--confirm", "cccc")
        after = project.tree()
        if refusal is not None:
            assert status == 1 and refusal in said and after == before, f"{status}: {said}"
            return
        assert status == 0, f"{status}: {said}"
        assert {name for name in after if after[name] != before[name]} == {"cccc.py"}, "other files changed"
        assert outside(data) == outside(after["cccc.py"]), f"more than the value has changed:\n{said}"
        assert parents_of(project) == parents, f"Alembic says {parents_of(project)}:\n{said}"
        upgrade_through.reset()
        upgrade_through.through(project, heads_of(parents), "heads")
    finally:
        project.close()


def main():
    os.environ.pop("DATABASE_URL", None)
    os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="retort-config-")
    sys.dont_write_bytecode = True
    failures = 0
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    for name, data, refusal in FORMS:
        for parents in TARGETS:
            if only not in name:
                continue
            try:
                one(sys.argv[1], data, refusal, parents)
            except AssertionError as problem:
                failures += 1
                print(f"{name}, onto {', '.join(parents) or 'nothing'}: {problem}")
    shutil.rmtree(os.environ["XDG_CONFIG_HOME"])
    print(f"{len(FORMS)} forms, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
