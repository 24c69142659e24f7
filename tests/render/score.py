#!/usr/bin/env python3
"""Compares what retort renders with what Alembic rendered.

Usage: score.py RENDER_DIR_PROGRAM ORACLE.json[,AGAIN.json] VERSIONS_DIR [-v] [--old]

ORACLE.json maps each file to {upgrade: {sql} or {error, partial}, downgrade: likewise}.  A body that Alembic renders
is exact, refused or WRONG here; statements whose order Alembic itself leaves to chance (constraints and indexes of one
table live in Python sets) count as exact when they are the same ones.  A body on which Alembic fails is agreed (retort
fails with the same error, too), refused, extra (retort renders it although Alembic, or the modules installed
beside it, could not) or WRONG (the text before the failure differs).

AGAIN.json is a second run of the same oracle, best with another PYTHONHASHSEED.  Where Alembic itself wrote something
else the second time (uuid4(), utcnow(), the order of a set) no rendering can be right: those bodies are counted apart, as unrepeatable, unless
retort claims to know them, which is WRONG.
"""
import collections
import json
import subprocess
import sys


def split(sql):
    return sorted(sql.split(";\n\n"))


def judge(want, got, again):
    if "sql" in want and "._Any object at 0x" in want["sql"]:
        want = {"error": "a stub of a module that is not installed, as text"}
    if want.get("sql") != again.get("sql") and got["state"] != "exact":
        return "unrepeatable"
    if "sql" in want and split(want["sql"]) != split(again.get("sql", "")):
        return "WRONG"
    if "sql" in want:
        if got["state"] != "exact":
            return "refused"
        if got.get("error"):
            return "WRONG"
        if got["sql"] == want["sql"]:
            return "exact"
        return "exact" if split(got["sql"]) == split(want["sql"]) else "WRONG"
    if got["state"] != "exact":
        return "refused-as-failed"
    if not got.get("error"):
        return "extra"
    return "agreed"


def main():
    args = [a for a in sys.argv[1:] if not a.startswith("-")]
    flags = [a for a in sys.argv[1:] if a.startswith("-")]
    program, oracles, folders = args[0], args[1].split(","), args[2:]
    want, again = json.load(open(oracles[0])), json.load(open(oracles[-1]))
    out = subprocess.run([program] + (["--old"] if "--old" in flags else []) + folders, stdout=subprocess.PIPE, check=True)
    got = json.loads(out.stdout)
    reasons = collections.Counter()
    wrong = 0
    for direction in ("upgrade", "downgrade"):
        count = collections.Counter()
        for path, entry in sorted(want.items()):
            if "load_error" in entry:
                count["load-error"] += 1
                continue
            mine = got[path][direction]
            if entry[direction].get("error") == "no " + direction:
                count["absent"] += 1
                continue
            verdict = judge(entry[direction], mine, again[path][direction])
            count[verdict] += 1
            if verdict == "WRONG":
                wrong += 1
                if "-v" in flags:
                    print("WRONG", direction, path, mine.get("error") or "")
                    if "-vv" in flags:
                        print("--- alembic\n" + entry[direction].get("sql", entry[direction].get("partial", "")))
                        print("--- retort\n" + mine["sql"])
            elif verdict == "refused":
                for reason in mine["reasons"][:1]:
                    reasons[reason.split(": ", 1)[1]] += 1
                    if "-r" in flags:
                        print("refused", direction, path, reason)
            elif verdict == "extra" and "-x" in flags:
                print("extra", direction, path, entry[direction].get("error"))
            elif verdict == "agreed" and "-x" in flags:
                print("agreed", direction, path, entry[direction].get("error"), "|", mine["error"])
            elif verdict == "refused-as-failed" and "-x" in flags:
                print("failed", direction, path, entry[direction].get("error"), "|", mine["reasons"][:1])
        print("%-10s %s" % (direction, "  ".join("%s %d" % (k, v) for k, v in sorted(count.items()))))
    for reason, n in reasons.most_common(40):
        print("%5d  %s" % (n, reason))
    return 1 if wrong else 0


sys.exit(main())
