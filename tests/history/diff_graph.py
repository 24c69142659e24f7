#!/usr/bin/env python3
"""Asks Alembic and retort the same questions about random graphs and compares the answers.

    diff_graph.py PATH/graph_answers [--seconds 20] [--seed N] [--graphs N]

Alembic is whatever `import alembic` gives; with 1.17.1 and later every answer must agree, with earlier ones what
changed since is left out (see OLD).  Where Alembic iterates over a set, any order is right.  Where it dies with a
traceback, an error or a plan is.  Prints the first differences with the graph; status 1 when there are any.
"""

import argparse
import json
import random
import subprocess
import sys
import time
import types
import warnings

from alembic import __version__ as alembic_version
from alembic import util
from alembic.runtime import migration
from alembic.script import Script, ScriptDirectory
from alembic.script import revision as revision_module

VERSION = tuple(int(part) for part in alembic_version.split(".")[:3])
# Unmerging with parents that depend on each other inserted a row too many.
OLD = VERSION < (1, 17, 1)
COMMAND_ERROR = 1


def as_list(value):
    return [] if value is None else [value] if isinstance(value, str) else list(value)


class Rows(migration.HeadMaintainer):
    """Keeps the version rows and writes down what would be done to the table."""

    def __init__(self, rows):
        self.heads = set(rows)
        self.ops = []

    def _insert_version(self, version):
        assert version not in self.heads
        self.heads.add(version)
        self.ops.append(["INSERT", version])

    def _delete_version(self, version):
        self.heads.remove(version)
        self.ops.append(["DELETE", version])

    def _update_version(self, from_, to_):
        assert to_ not in self.heads
        self.heads.remove(from_)
        self.heads.add(to_)
        self.ops.append(["UPDATE", from_, to_])


def make_directory(graph):
    def generate():
        for row in graph:
            module = types.SimpleNamespace(
                down_revision=row["down_revision"],
                branch_labels=row["branch_labels"],
                depends_on=row["depends_on"],
                upgrade=lambda **kw: None,
                downgrade=lambda **kw: None,
                __doc__="rev " + row["revision"],
            )
            module.upgrade.__name__ = "upgrade"
            module.downgrade.__name__ = "downgrade"
            yield Script(module, row["revision"], "/versions/%s.py" % row["revision"])

    directory = ScriptDirectory.__new__(ScriptDirectory)
    directory.revision_map = revision_module.RevisionMap(generate)
    return directory


def plan(directory, query):
    rows = tuple(query["from"])
    if query["kind"] == "upgrade":
        steps = directory._upgrade_revs(query["target"], rows)
    elif query["kind"] == "downgrade":
        steps = directory._downgrade_revs(query["target"], rows)
    else:
        steps = directory._stamp_revs(tuple(as_list(query["target"])), rows)
    keeper = Rows(rows)
    result = []
    for step in steps:
        keeper.ops = []
        entry = {"log": str(step)}
        if query["kind"] != "stamp":
            entry["revision"] = step.revision.revision
        result.append(entry)
        try:
            keeper.update_to_step(step)
        except Exception:
            entry["died"] = True
            break
        entry["row_ops"] = keeper.ops
        entry["rows"] = sorted(keeper.heads)
    return {"steps": result, "final_rows": sorted(keeper.heads)}


def ask_alembic(directory, query):
    kind = query["kind"]
    if kind in ("upgrade", "downgrade", "stamp"):
        return plan(directory, query)
    if kind == "walk":
        return [r.revision for r in directory.walk_revisions(query["base"], query["head"])]
    if kind == "get_revisions":
        return [r if r is None else "base" if r == "base" else r.revision for r in directory.get_revisions(query["id"])]
    if kind == "get_revision":
        found = directory.get_revision(query["id"])
        return found and found.revision
    if kind == "current":
        return sorted(r.revision for r in directory.get_all_current(tuple(query["from"])))
    if kind == "heads":
        return list(directory.revision_map.heads)
    if kind == "effective_heads":
        return list(directory.revision_map._real_heads)
    if kind == "bases":
        return list(directory.revision_map.bases)
    if kind == "revision_info":
        r = directory.revision_map.get_revision(query["revision"])
        return {
            "dependencies_normalized": sorted(r._normalized_resolved_dependencies),
            "branch_labels": sorted(r.branch_labels),
            "next": sorted(r.nextrev),
            "all_next": sorted(r._all_nextrev),
        }
    raise ValueError(kind)


def answer(directory, query):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = {"result": ask_alembic(directory, query)}
        except util.CommandError as error:
            result = {"error": str(error)}
        except Exception as error:
            result = {"died": repr(error)}
    result["warnings"] = [str(w.message) for w in caught if w.category is UserWarning]
    return result


def changes(ops):
    """Which rows go and which come, whatever is updated to whatever."""
    gone = sorted(op[1] for op in ops if op[0] != "INSERT")
    come = sorted(op[-1] for op in ops if op[0] != "DELETE")
    return gone, come


def same_step(theirs, ours):
    if theirs["log"] != ours["log"] or theirs.get("revision") != ours.get("revision"):
        return False
    return theirs["rows"] == ours["rows"] and changes(theirs["row_ops"]) == changes(ours["row_ops"])


def same_plan(theirs, ours, query, loose):
    died = any("died" in step for step in theirs["steps"])
    names = [[step["log"] for step in side["steps"]] for side in (theirs, ours)]
    if died and query["kind"] == "stamp":
        return True
    if OLD and query["kind"] == "downgrade":
        return sorted(names[0]) == sorted(names[1]) if loose or died else names[0] == names[1]
    if loose:
        # On the way down even the last rows depend on the order.
        same_rows = query["kind"] == "downgrade" or theirs["final_rows"] == ours["final_rows"]
        return died or (sorted(names[0]) == sorted(names[1]) and same_rows)
    for i, step in enumerate(theirs["steps"]):
        if "died" in step:
            return i < len(ours["steps"]) and ours["steps"][i]["log"] == step["log"]
        if i >= len(ours["steps"]) or not same_step(step, ours["steps"][i]):
            return False
    return names[0] == names[1] and theirs["final_rows"] == ours["final_rows"]


def same(theirs, ours, query, loose):
    if "died" in theirs:
        return True
    if "error" in theirs:
        if "error" not in ours or ours["error"]["code"] != COMMAND_ERROR:
            return False
        message = ours["error"]["message"]
        if "overlaps with other" in theirs["error"]:
            return "overlaps with other" in message
        return message == theirs["error"]
    if "result" not in ours:
        steps = theirs["result"]["steps"] if query["kind"] in ("upgrade", "downgrade", "stamp") else []
        return any("died" in step for step in steps)
    a, b = theirs["result"], ours["result"]
    if query["kind"] in ("upgrade", "downgrade", "stamp"):
        return same_plan(a, b, query, loose)
    if query["kind"] == "revision_info":
        return all(a[key] == b[key] for key in a)
    if loose and query["kind"] == "walk":
        return sorted(a) == sorted(b)
    return a == b


def random_graph(rng):
    n = rng.choice((3, 5, 8, 12, 20, 40))
    width, merges, deps, labels = rng.randint(1, 8), rng.random() * 0.4, rng.random() * 0.4, rng.random() * 0.3
    ids = ["%0*x" % (rng.choice((1, 4, 8, 12)), rng.getrandbits(48)) for _ in range(n)]
    ids = ["%s%d" % (text[:12], i) for i, text in enumerate(ids)]
    graph, known = [], []
    for i, name in enumerate(ids):
        near = ids[max(0, i - width) : i]
        down = None
        if near and rng.random() > 0.12:
            down = rng.choice(near)
            if rng.random() < merges and len(near) > 1:
                down = rng.sample(near, rng.randint(2, min(3, len(near))))
        depends = None
        if near and rng.random() < deps:
            others = rng.sample(ids[:i], rng.randint(1, min(i, rng.choice((1, 1, 1, 2, 3)))))
            depends = [rng.choice(known) if known and rng.random() < 0.2 else other for other in others]
            depends = depends[0] if len(depends) == 1 else depends
        label = None
        if rng.random() < labels:
            label = "%s%d" % (rng.choice(("lab", "branch", "x")), i)
            known.append(label)
            label = rng.choice((label, [label]))
        graph.append({"revision": name, "down_revision": down, "branch_labels": label, "depends_on": depends})
    # A label may only be depended on by what comes later than its revision, or there may be a cycle; load order is free.
    rng.shuffle(graph)
    return graph, ids, known


def loose_order(graph):
    """Several dependencies of one revision come from a set, and with them the order of plans."""
    return any(len(as_list(row["depends_on"])) > 1 for row in graph)


def random_symbol(rng, ids, labels):
    word = rng.choice(ids)
    if labels and rng.random() < 0.3:
        word = rng.choice(labels)
    elif rng.random() < 0.2:
        word = word[: rng.randint(1, len(word))]
    pick = rng.random()
    if pick < 0.25:
        return word
    if pick < 0.45:
        return rng.choice(("head", "heads", "base"))
    prefix = rng.choice(labels) if labels and rng.random() < 0.7 else rng.choice(ids)
    number = "%+d" % rng.choice((-3, -2, -1, 0, 1, 2, 3, 5))
    return rng.choice(
        (
            number,
            word + number,
            prefix + "@" + number,
            prefix + "@" + word + number,
            prefix + "@" + word,
            prefix + "@" + rng.choice(("head", "heads", "base")),
            "nosuch",
            "nosuch@head",
            "nosuch@" + word,
            "",
            "@",
            "@head",
            word + "@",
        )
    )


def random_rows(rng, directory, ids):
    """Rows a database could have: what is left of a random set of revisions and all below them."""
    if rng.random() < 0.15:
        return rng.sample(ids, rng.randint(1, min(3, len(ids))))
    wanted = rng.sample(ids, rng.randint(0, min(4, len(ids))))
    try:
        revision_map = directory.revision_map
        active = {r.revision for r in revision_map._get_ancestor_nodes(revision_map.get_revisions(wanted))}
    except Exception:
        return wanted
    below = {d for r in active for d in revision_map.get_revision(r)._normalized_down_revisions}
    rows = sorted(active - below)
    rng.shuffle(rows)
    return rows


def random_queries(rng, directory, ids, labels):
    queries = [{"kind": kind} for kind in ("heads", "effective_heads", "bases")]
    queries += [{"kind": "revision_info", "revision": name} for name in rng.sample(ids, min(4, len(ids)))]
    for _ in range(12):
        symbol = random_symbol(rng, ids, labels)
        queries.append({"kind": "get_revisions", "id": symbol})
        queries.append({"kind": "get_revision", "id": symbol})
        queries.append(
            {"kind": "walk", "base": random_symbol(rng, ids, labels) or "base", "head": random_symbol(rng, ids, labels) or "heads"}
        )
    for _ in range(25):
        rows = random_rows(rng, directory, ids)
        queries.append({"kind": "current", "from": rows})
        for kind in ("upgrade", "downgrade", "stamp"):
            queries.append({"kind": kind, "from": rows, "target": random_symbol(rng, ids, labels)})
        if rng.random() < 0.3:
            queries.append(
                {"kind": "stamp", "from": rows, "target": [random_symbol(rng, ids, labels) for _ in range(2)]}
            )
    return queries


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("answers")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--graphs", type=int, default=10**9)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().getrandbits(31)
    process = subprocess.Popen([options.answers], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    end = time.monotonic() + options.seconds
    graphs = queries = bad = 0
    while time.monotonic() < end and graphs < options.graphs and bad < 5:
        rng = random.Random(seed + graphs)
        graph, ids, labels = random_graph(rng)
        directory = make_directory(graph)
        questions = random_queries(rng, directory, ids, labels)
        process.stdin.write(json.dumps({"graph": graph, "queries": questions}) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            print("seed %d: no answer for %s" % (seed + graphs, json.dumps(graph)))
            return 1
        loose = loose_order(graph)
        for question, ours in zip(questions, json.loads(line)):
            theirs = answer(directory, question)
            queries += 1
            if not same(theirs, ours, question, loose):
                bad += 1
                print("seed %d: %s" % (seed + graphs, json.dumps(question)))
                print("  graph:   %s" % json.dumps(graph))
                print("  alembic: %s" % json.dumps(theirs))
                print("  retort:  %s" % json.dumps(ours))
                break
        graphs += 1
    process.stdin.close()
    process.wait()
    print("%d graphs, %d questions, %d differ (Alembic %s, from seed %d)" % (graphs, queries, bad, alembic_version, seed))
    return 1 if bad or process.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
