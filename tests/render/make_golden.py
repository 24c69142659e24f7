#!/usr/bin/env python3
"""Regenerates golden/*.sql with the Alembic and SQLAlchemy that this interpreter imports (1.19 / 2.0).

Each golden/NAME.py is rendered alone, in offline mode for PostgreSQL with literal_binds and paramstyle "named", and
written to golden/NAME.sql: the upgrade, a line "== downgrade", the downgrade.  Those of plugins need alembic_utils and
alembic_postgresql_enum installed; they are left alone without.
"""
import glob
import importlib.util
import io
import os

from alembic.migration import MigrationContext
from alembic.operations import Operations

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")


def render(path, which):
    spec = importlib.util.spec_from_file_location("golden", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    out = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": "named"},
        opts={"as_sql": True, "output_buffer": out, "literal_binds": True},
    )
    with Operations.context(context):
        getattr(module, which)()
    return out.getvalue()


try:
    import alembic_postgresql_enum, alembic_utils.replaceable_entity  # noqa: F401

    skipped = ()
except ImportError:
    skipped = ("41_plugins.py",)

for path in sorted(glob.glob(os.path.join(HERE, "*.py"))):
    if os.path.basename(path) in skipped:
        continue
    with open(path[:-3] + ".sql", "w") as out:
        out.write(render(path, "upgrade") + "== downgrade\n" + render(path, "downgrade"))
