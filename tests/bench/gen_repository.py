#!/usr/bin/env python3
"""Makes a git repository with a long history around a project of gen_revisions.py, for benchmarks.

    gen_repository.py FOLDER COMMITS

FOLDER/migrations/versions/*.py come in one by one, spread over COMMITS commits of other work (and one); every
fiftieth commit is a merge of a side branch.
"""

import glob
import os
import subprocess
import sys


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder, commits = os.path.abspath(sys.argv[1]), int(sys.argv[2])
    revisions = sorted(glob.glob(os.path.join(folder, "migrations", "versions", "*.py")))
    subprocess.run(["git", "-C", folder, "init", "-q", "-b", "main"], check=True)
    importing = subprocess.Popen(
        ["git", "-C", folder, "fast-import", "--quiet", "--done"], stdin=subprocess.PIPE, cwd=folder
    )
    out = importing.stdin

    def data(text):
        blob = text if isinstance(text, bytes) else text.encode()
        out.write(b"data %d\n%s\n" % (len(blob), blob))

    def put(path, text):
        out.write(b"M 100644 inline %s\n" % path.encode())
        data(text)

    def commit(ref, number, merge=None, start=None):
        out.write(b"commit refs/heads/%s\nmark :%d\n" % (ref.encode(), number))
        out.write(b"committer Author %d <a%d@example.com> %d +0000\n" % (number % 40, number % 40, 1400000000 + number * 3600))
        data("change %d" % number)
        if start:
            out.write(b"from :%d\n" % start)
        if merge:
            out.write(b"merge :%d\n" % merge)

    side = tip = None
    done = 0
    for number in range(1, commits + 2):
        if number % 50 == 48 and tip:
            commit("side", number, start=tip)
            side = number
            put("src/side%d.py" % (number % 300), "side %d\n" % number)
            continue
        commit("main", number, merge=side if number % 50 == 0 else None)
        tip = number
        put("src/package%d/module%d.py" % (number % 17, number % 400), "value = %d\n" % number)
        while number % 50 != 0 and done < len(revisions) * min(number + 3, commits) // commits:
            with open(revisions[done], "rb") as file:
                put(os.path.relpath(revisions[done], folder), file.read())
            done += 1
    out.write(b"reset refs/heads/side\nfrom 0000000000000000000000000000000000000000\n\ndone\n")
    out.close()
    if importing.wait() != 0:
        sys.exit("git fast-import failed")
    subprocess.run(["git", "-C", folder, "reset", "-q"], check=True)


if __name__ == "__main__":
    main()
