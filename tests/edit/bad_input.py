#!/usr/bin/env python3
"""What merge, rebase, revision and delete do with bad input and bad surroundings: they say what happened, end with a
status that is not 0, and leave every byte of the tree, git's included, as it was.

    bad_input.py PATH/retort

As root the commands run as somebody else where permissions matter, and on a small file system of their own for a full
disk; without the right to do so those situations are left out.
"""

import contextlib
import hashlib
import os
import pty
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

NOBODY = 65534
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
FILE = '''"""make {0}

Revision ID: {0}
Revises: {1}
Create Date: 2026-01-01 10:00:00

"""
revision = {0!r}
down_revision = {2!r}
branch_labels = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
'''


class Project:
    """aaaa with bbbb and cccc on it, in a git repository with everything committed."""

    def __init__(self, retort, folder=None):
        self.retort = os.path.abspath(retort)
        self.folder = folder or tempfile.mkdtemp(prefix="retort-bad-")
        self.home = tempfile.mkdtemp(prefix="retort-home-")
        self.user = None
        os.makedirs(self.path("scripts/versions"))
        self.write("alembic.ini", "[alembic]\nscript_location = %(here)s/scripts\n")
        self.write("scripts/env.py", "from alembic import context\n")
        self.write("scripts/script.py.mako", MAKO)
        for name, parent in (("aaaa", None), ("bbbb", "aaaa"), ("cccc", "aaaa")):
            self.write(f"scripts/versions/{name}.py", FILE.format(name, parent or "", parent))
        self.git("init", "-q")
        self.git("config", "user.email", "a@b")
        self.git("config", "user.name", "a")
        self.git("config", "core.hooksPath", "/dev/null")
        self.commit()

    def path(self, name):
        return os.path.join(self.folder, name)

    def revision(self, name):
        return self.path(f"scripts/versions/{name}.py")

    def write(self, name, text):
        with open(self.path(name), "wb" if isinstance(text, bytes) else "w") as out:
            out.write(text)

    def git(self, *words):
        subprocess.run(["git", "-c", "safe.directory=*", *words], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-qm", "one")

    def option(self, text):
        with open(self.path("alembic.ini"), "a", encoding="utf-8") as out:
            out.write(text)

    def become(self):
        """From now on somebody who owns the tree and is not root."""
        if os.getuid() == 0:
            self.user = NOBODY
            # where it was built others may have no right to look
            self.retort = shutil.copy(self.retort, self.home)
            for top in (self.folder, self.home):
                for where, folders, files in os.walk(top):
                    for name in [""] + folders + files:
                        os.chown(os.path.join(where, name), NOBODY, NOBODY, follow_symlinks=False)

    def drop(self):
        if self.user is not None:
            os.setgid(self.user)
            os.setuid(self.user)

    def environment(self):
        # A PATH without an Alembic to hand over to.
        return {"HOME": self.home, "XDG_CONFIG_HOME": self.home, "XDG_STATE_HOME": self.home, "PATH": self.home, "LC_ALL": "C.UTF-8",
                "TERM": "dumb"}

    def start(self, words):
        return subprocess.Popen([self.retort, *words], cwd=self.folder, env=self.environment(), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=self.drop)

    def run(self, words):
        child = self.start(words)
        said = child.communicate(timeout=120)[0].decode()
        return child.returncode, said

    def tree(self):
        """Names, kinds, modes and contents."""
        found = {}
        for where, folders, files in os.walk(self.folder):
            for name in folders + files:
                path = os.path.join(where, name)
                state = os.lstat(path)
                what = os.readlink(path) if stat.S_ISLNK(state.st_mode) else ""
                if stat.S_ISREG(state.st_mode):
                    with open(path, "rb") as data:
                        what = hashlib.sha256(data.read()).hexdigest()
                found[os.path.relpath(path, self.folder)] = (stat.filemode(state.st_mode), what)
        return found

    def close(self):
        for folder in (self.folder, self.home):
            shutil.rmtree(folder)


def difference(before, after):
    """Objects that nothing refers to are git's to collect."""
    return sorted(name for name in before.keys() | after.keys()
                  if before.get(name) != after.get(name) and not name.startswith(".git/objects/"))


# ---- situations: functions that spoil a project

def nothing(project):
    del project


def template(text):
    def spoil(project):
        project.write("scripts/script.py.mako", text)
    return spoil


def no_template(project):
    os.remove(project.path("scripts/script.py.mako"))


def hook(script, **options):
    """An executable of the project's own as a hook."""
    def spoil(project):
        path = os.path.join(project.home, "hook")
        with open(path, "w", encoding="utf-8") as out:
            out.write("#!/bin/sh\nPATH=/usr/bin:/bin\n" + script + "\n")
        os.chmod(path, 0o755)
        settings = dict({"type": "exec", "executable": path, "options": "REVISION_SCRIPT_FILENAME"}, **options)
        lines = "".join(f"h.{key} = {value}\n" for key, value in settings.items() if value is not None)
        project.option("\n[post_write_hooks]\nhooks = h\n" + lines)
    return spoil


def dirty(project):
    with open(project.revision("cccc"), "a", encoding="utf-8") as out:
        out.write("# mine\n")


def locked_index(project):
    project.write(".git/index.lock", "")


def read_only_folder(project):
    project.become()
    os.chmod(project.path("scripts/versions"), 0o555)


def read_only_file(project):
    project.become()
    os.chmod(project.revision("cccc"), 0o444)


def unreadable_file(project):
    project.become()
    os.chmod(project.revision("cccc"), 0o000)


def read_only_git(project):
    project.become()
    os.chmod(project.path(".git"), 0o555)


def dangling_file(project):
    os.rename(project.revision("cccc"), project.path("elsewhere"))
    os.symlink("../../nowhere", project.revision("cccc"))


def dangling_folder(project):
    shutil.rmtree(project.path("scripts/versions"))
    os.symlink("../nowhere", project.path("scripts/versions"))


def in_the_way(project):
    os.mkdir(project.path("scripts/versions/mmmm_join.py"))


def link_in_the_way(project):
    os.symlink("../../nowhere", project.path("scripts/versions/mmmm_join.py"))


def linked_file(project):
    """A link in the folder whose name and file are as file_template makes them, but elsewhere."""
    project.option("timezone = UTC\nfile_template = %%(year)d_%%(rev)s\n")
    os.mkdir(project.path("elsewhere"))
    os.remove(project.revision("cccc"))
    text = FILE.format("cccc", "aaaa", "aaaa").replace("2026-01-01", "2001-01-01")
    project.write("elsewhere/2001_cccc.py", text)
    os.symlink("../../elsewhere/2001_cccc.py", project.revision("2001_cccc"))
    project.commit()


def linked_folder(project):
    os.rename(project.path("scripts/versions"), project.path("elsewhere"))
    os.symlink("../elsewhere", project.path("scripts/versions"))
    project.commit()


MERGE = "merge heads -m join --rev-id mmmm"
REBASE = "rebase cccc --onto bbbb --confirm cccc"
DELETE = "delete cccc --confirm cccc"
NEW = "revision -m new --rev-id nnnn --head bbbb"

# what is wrong; retort's words; what it has to say
CASES = [
    ("its own ancestor", nothing, "merge bbbb aaaa", "aaaa is not a head"),
    ("its own ancestor, spliced", nothing, "merge bbbb aaaa --splice", "bbbb stands on aaaa already: nothing to merge"),
    ("one head", lambda p: os.remove(p.revision("cccc")), "merge heads", "there is one head (bbbb): nothing to merge"),
    ("one of two heads", nothing, "merge bbbb", "there is one head (bbbb): nothing to merge"),
    ("a computed parent, merging", lambda p: p.write("scripts/versions/dddd.py", "revision = 'dddd'\ndown_revision = f()\n"), MERGE,
     "dddd.py"),
    ("a computed id, new", lambda p: p.write("scripts/versions/dddd.py", "revision = f()\ndown_revision = 'aaaa'\n"), NEW, "dddd.py"),
    ("the same one twice", nothing, "merge bbbb bbbb", "Duplicate head revisions specified"),
    ("an unknown id", nothing, "merge bbbb nope", "Can't locate revision identified by 'nope'"),
    ("no head", nothing, "merge bbbb aaaa", "aaaa"),
    ("an id with bad characters", nothing, "merge heads --rev-id a@b", "a@b"),
    ("a label that is taken", nothing, MERGE + " --branch-label bbbb", "bbbb"),
    ("rebase: an unknown id", nothing, "rebase nope --onto bbbb", "nope"),
    ("rebase: onto an unknown id", nothing, "rebase cccc --onto nope", "nope"),
    ("rebase: onto itself", nothing, "rebase cccc --onto cccc", "cccc"),
    ("rebase: onto its ancestor", nothing, "rebase cccc --onto aaaa", "stands on aaaa already"),
    ("rebase: the ancestor", nothing, "rebase aaaa --onto cccc", "is below cccc"),
    ("rebase: three heads", lambda p: p.write("scripts/versions/dddd.py", FILE.format("dddd", "aaaa", "aaaa")), "rebase", "heads: "),
    ("rebase: not said what", lambda p: os.remove(p.revision("cccc")), "rebase", "there is one head (bbbb)"),
    ("delete: an unknown id", nothing, "delete nope", "nope"),
    ("delete: one that carries others", nothing, "delete aaaa", "stands on aaaa"),
    ("nobody to say yes", nothing, "rebase cccc --onto bbbb", "--confirm=cccc"),
    ("another id typed", nothing, "rebase cccc --onto bbbb --confirm bbbb", "--confirm=cccc"),
    ("a template that fails", template('${message.nope()}'), MERGE, "nope"),
    ("a template that divides by nought", template('${1/0}'), MERGE, "ero"),
    ("a template with an unknown name", template('${nobody_knows}'), MERGE, "nobody_knows"),
    ("a template that does not parse", template('% if message\nx\n'), MERGE, "script.py.mako"),
    ("a template that never ends", template('<%\nwhile True:\n    pass\n%>'), MERGE, "script.py.mako"),
    ("a template beyond the subset", template('<%include file="x"/>'), MERGE, "include"),
    ("a template that is not text", template(b"\xff\xfe\x00${message}"), MERGE, "script.py.mako"),
    ("no template", no_template, MERGE, "script.py.mako"),
    ("a template that writes no revision", template("x = 1\n"), MERGE, "Could not determine revision id"),
    ("a template that writes no Python", template("def ${message}(:\n"), MERGE, "mmmm_join.py"),
    ("a template without labels", template("revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n"),
     MERGE + " --branch-label l", "branch_labels"),
    ("a bad encoding", lambda p: p.option("output_encoding = no-such\n"), MERGE, "no-such"),
    ("text beyond the encoding", lambda p: p.option("output_encoding = ascii\n"), "merge heads -m Größe", "ascii"),
    ("a bad time zone", lambda p: p.option("timezone = Nowhere/Land\n"), MERGE, "Nowhere/Land"),
    ("a bad file template", lambda p: p.option("file_template = %%(nope)s\n"), MERGE, "nope"),
    ("a hook without a type", hook("", type=None), MERGE, "h.type"),
    ("a hook of no known type", hook("", type="nope"), MERGE, "nope"),
    ("a hook without a program", hook("", executable=None), MERGE, "executable"),
    ("a hook whose program is missing", hook("", executable="/no/such/program"), MERGE, "/no/such/program"),
    ("a hook with an open quote", hook("", options="'x"), MERGE, "post write hook 'h'"),
    ("a hook that takes the file away", hook('rm "$1"'), MERGE, "mmmm_join.py"),
    ("a hook that breaks the file", hook('echo "def (:" > "$1"'), MERGE, "mmmm_join.py"),
    ("a hook that writes another id", hook('echo "revision = 1" > "$1"'), MERGE, "mmmm_join.py"),
    ("a name that is taken by a folder", in_the_way, MERGE, "mmmm_join.py"),
    ("a name that is taken by a link to nowhere", link_in_the_way, MERGE, "mmmm_join.py"),
    ("a dirty file to be staged", dirty, REBASE + " --stage", "not committed"),
    ("a locked index", locked_index, REBASE + " --stage", "index"),
    ("a locked index, deleting", locked_index, DELETE + " --stage", "index"),
    ("no git repository to stage in", lambda p: shutil.rmtree(p.path(".git")), REBASE + " --stage", "git"),
    ("a broken git repository", lambda p: p.write(".git/config", "[nonsense\n"), REBASE + " --stage", "git"),
    ("a read-only folder, merging", read_only_folder, MERGE, "Permission denied"),
    ("a read-only folder, rebasing", read_only_folder, REBASE, "Permission denied"),
    ("a read-only folder, deleting", read_only_folder, DELETE, "Permission denied"),
    ("a read-only file", read_only_file, REBASE, "Permission denied"),
    ("a file that cannot be read", unreadable_file, REBASE, "Permission denied"),
    ("a file that cannot be read, merging", unreadable_file, MERGE, "Permission denied"),
    ("a read-only git folder", read_only_git, REBASE + " --stage", "index"),
    ("a linked file, deleting", linked_file, DELETE, "a link leads to it"),
    ("a link to nowhere for a file", dangling_file, MERGE, "cccc"),
    ("a link to nowhere for the folder", dangling_folder, MERGE, "versions"),
]


# what is unusual; retort's words; what has changed afterwards
GOOD = [
    ("a linked file", linked_file, REBASE + " --stage", [".git/index", "elsewhere/2001_cccc.py"]),
    ("a linked file that keeps its name", linked_file, REBASE + " --date", ["elsewhere/2001_cccc.py"]),
    ("a linked folder", linked_folder, REBASE + " --stage", [".git/index", "elsewhere/cccc.py"]),
    ("a linked folder, merging", linked_folder, MERGE, ["elsewhere/mmmm_join.py"]),
    ("a dirty file", dirty, REBASE, ["scripts/versions/cccc.py"]),
    ("a hook that fails", hook("exit 3"), MERGE, ["scripts/versions/mmmm_join.py"]),
]


def close(project):
    for folder in (project.path(".git"), project.path("scripts/versions")):
        if os.path.isdir(folder):
            os.chmod(folder, 0o755)
    project.close()


def check(retort, spoil, words, message):
    project = Project(retort)
    try:
        spoil(project)
        before = project.tree()
        status, said = project.run(words.split())
        changed = difference(before, project.tree())
        assert status != 0 and message in said and not changed, f"status {status}; changed {changed}; said:\n{said}"
    finally:
        close(project)


def check_good(retort, spoil, words, expected):
    project = Project(retort)
    try:
        spoil(project)
        before = project.tree()
        status, said = project.run(words.split())
        changed = difference(before, project.tree())
        assert status == 0 and changed == expected, f"status {status}; changed {changed}; said:\n{said}"
    finally:
        close(project)


# ---- with somebody at the terminal, or at the same files

class Terminal:
    """retort on a terminal of its own."""

    def __init__(self, project, words):
        self.said = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(project.folder)
            os.execve(project.retort, [project.retort, *words], project.environment())

    def read(self):
        if not select.select([self.fd], [], [], 60)[0]:
            raise AssertionError(f"nothing more is said after:\n{self.said.decode()}")
        try:
            data = os.read(self.fd, 65536)
        except OSError:  # Linux says so when the other side is closed
            data = b""
        self.said += data
        return data

    def wait_for(self, text):
        while text.encode() not in self.said:
            if not self.read():
                raise AssertionError(f"never said {text!r}:\n{self.said.decode()}")

    def type(self, text):
        os.write(self.fd, text.encode())

    def end(self):
        while self.read():
            pass
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def changed_at_the_prompt(retort):
    """An editor saves the file while the question stands."""
    project = Project(retort)
    terminal = Terminal(project, ["rebase", "cccc", "--onto", "bbbb"])
    terminal.wait_for("Type cccc")
    dirty(project)
    before = project.tree()
    terminal.type("cccc\n")
    status, changed = terminal.end(), difference(before, project.tree())
    project.close()
    assert status != 0 and b"was changed meanwhile" in terminal.said and not changed, f"{status}, {changed}, {terminal.said}"


def gone_at_the_prompt(retort):
    project = Project(retort)
    terminal = Terminal(project, ["rebase", "cccc", "--onto", "bbbb"])
    terminal.wait_for("Type cccc")
    os.remove(project.revision("cccc"))
    before = project.tree()
    terminal.type("cccc\n")
    status, changed = terminal.end(), difference(before, project.tree())
    project.close()
    assert status != 0 and b"cccc.py" in terminal.said and not changed, f"{status}, {changed}, {terminal.said}"


def hanging_hook(retort):
    """Ctrl-C at a hook that never ends."""
    project = Project(retort)
    hook("echo hanging; exec sleep 1000")(project)
    before = project.tree()
    terminal = Terminal(project, MERGE.split())
    terminal.wait_for("hanging")
    terminal.type("\x03")
    status, changed = terminal.end(), difference(before, project.tree())
    project.close()
    assert status != 0 and b"was stopped" in terminal.said and not changed, f"{status}, {changed}, {terminal.said}"


def ended_hook(retort):
    """A pipeline that is called off ends retort while a hook is at work."""
    project = Project(retort)
    hook(f"echo hanging > {project.home}/started; exec sleep 1000")(project)
    before = project.tree()
    child = project.start(MERGE.split())
    deadline = time.monotonic() + 60
    while not os.path.exists(os.path.join(project.home, "started")) and time.monotonic() < deadline and child.poll() is None:
        time.sleep(0.02)
    child.send_signal(signal.SIGTERM)
    said = child.communicate(timeout=60)[0].decode()
    changed = difference(before, project.tree())
    project.close()
    assert child.returncode != 0 and "was stopped" in said and not changed, f"{child.returncode}, {changed}, {said}"


@contextlib.contextmanager
def small_disk():
    """A file system of its own; None where there is no right to mount one."""
    folder = tempfile.mkdtemp(prefix="retort-full-")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", folder], stderr=subprocess.DEVNULL, check=False)
    try:
        yield folder if mounted.returncode == 0 else None
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", folder], check=True)
        os.rmdir(folder)


def fill(folder):
    try:
        with open(os.path.join(folder, "filling"), "wb", buffering=0) as filling:
            while True:
                filling.write(b"x" * 512)
    except OSError:
        pass


def full_disk(retort):
    with small_disk() as folder:
        if folder is None:
            return
        project = Project(retort, folder)
        fill(folder)
        for words in (MERGE, REBASE, REBASE + " --stage"):
            before = project.tree()
            status, said = project.run(words.split())
            changed = difference(before, project.tree())
            assert status != 0 and "No space left" in said and not changed, f"{words}: {status}, {changed}, {said}"
        # taking away needs no room
        status, said = project.run(DELETE.split())
        assert status == 0 and not os.path.exists(project.revision("cccc")), f"{DELETE}: {status}, {said}"
        shutil.rmtree(project.home)


def full_disk_of_git(retort):
    """There is room for the files, none for git's index."""
    with small_disk() as folder:
        if folder is None:
            return
        project = Project(retort)
        shutil.move(project.path(".git"), os.path.join(folder, "git"))
        project.write(".git", f"gitdir: {folder}/git\n")
        fill(folder)
        before = project.tree()
        status, said = project.run((REBASE + " --stage").split())
        changed = difference(before, project.tree())
        project.close()
        assert status != 0 and "not staged" in said and not changed, f"{status}, {changed}, {said}"


WITH_OTHERS = [changed_at_the_prompt, gone_at_the_prompt, hanging_hook, ended_hook, full_disk, full_disk_of_git]


def main():
    failures = 0
    for function, cases in ((check, CASES), (check_good, GOOD)):
        for name, spoil, words, expected in cases:
            try:
                function(sys.argv[1], spoil, words, expected)
            except (AssertionError, subprocess.TimeoutExpired) as problem:
                failures += 1
                print(f"{name}: retort {words}: {problem}")
    for function in WITH_OTHERS:
        try:
            function(sys.argv[1])
        except (AssertionError, subprocess.TimeoutExpired) as problem:
            failures += 1
            print(f"{function.__name__}: {problem}")
    print(f"{len(CASES) + len(GOOD) + len(WITH_OTHERS)} cases, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
