#!/usr/bin/env python3
"""New revisions that the project's own Alembic makes from its models, shown with their SQL and their findings.

    autogenerate.py PATH/retort         with PG* naming a server (tests/with-postgres)

The database has orders and customers; the models have neither customers nor a note that may be empty, and a wider
total: one of each kind of change that wants a second look.
"""

import os
import shutil
import subprocess
import sys
import tempfile

ENV = '''
from alembic import context
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, create_engine, pool

models = MetaData()
Table("orders", models, Column("id", Integer, primary_key=True), Column("total", BigInteger),
      Column("note", Text, nullable=False))
engine = create_engine("postgresql+psycopg2://", poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=models, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
'''
MAKO = '''"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}

"""
from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
'''
FIRST = '''"""tables"""
from alembic import op
import sqlalchemy as sa

revision = "aaaa"
down_revision = None


def upgrade():
    op.create_table("orders", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("total", sa.Integer()))
    op.create_table("customers", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("customers")
    op.drop_table("orders")
'''


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def write_project(folder):
    """With a configuration of retort's that names this very Python's Alembic."""
    write(folder, "shop/alembic.ini", "[alembic]\nscript_location = %(here)s/scripts\n")
    write(folder, "shop/scripts/env.py", ENV)
    write(folder, "shop/scripts/script.py.mako", MAKO)
    write(folder, "shop/scripts/versions/aaaa.py", FIRST)
    write(folder, "config/retort/config", f"[retort]\nalembic = {sys.executable} -m alembic\n")


class Shop:
    def __init__(self, retort):
        self.retort = os.path.abspath(retort)
        self.folder = tempfile.mkdtemp(prefix="retort-autogenerate-")
        write_project(self.folder)

    def run(self, *words):
        environment = dict(os.environ, XDG_CONFIG_HOME=os.path.join(self.folder, "config"), DATABASE_URL="postgresql://",
                           XDG_STATE_HOME=self.folder, PYTHONDONTWRITEBYTECODE="1", LC_ALL="C.UTF-8")
        done = subprocess.run([self.retort, *words], cwd=os.path.join(self.folder, "shop"), env=environment,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        return done.returncode, done.stdout + done.stderr

    def versions(self):
        return sorted(os.listdir(os.path.join(self.folder, "shop/scripts/versions")))


def expect(shop, words, status, *texts):
    got, said = shop.run(*words)
    wrong = [text for text in texts if text not in said]
    if got != status or wrong:
        print(f"retort {' '.join(words)}: status {got}, want {status}; without {wrong}\n{said}")
        return 1
    return 0


def check(shop):
    failures = expect(shop, ["--url", "postgresql://", "upgrade", "head"], 0)
    failures += expect(shop, ["revision", "--autogenerate", "-m", "grow", "--rev-id", "bbbb"], 0, "Generating", "bbbb_grow.py")
    failures += expect(shop, ["heads"], 0, "bbbb (head)")
    failures += expect(shop, ["upgrade", "aaaa:bbbb", "--sql"], 0, "DROP TABLE customers;",
                       "ALTER TABLE orders ADD COLUMN note TEXT NOT NULL;",
                       "ALTER TABLE orders ALTER COLUMN total TYPE BIGINT;")
    # what the checks say of it, each with its statement
    failures += expect(shop, ["review", "bbbb"], 1, "drop", "customers", "note", "total")
    # a database that is not at the head is Alembic's to refuse, and nothing is written
    before = shop.versions()
    failures += expect(shop, ["revision", "--autogenerate", "-m", "again"], 255, "Target database is not up to date")
    if shop.versions() != before:
        print(f"refused, but there is {shop.versions()}")
        failures += 1
    failures += expect(shop, ["--url", "postgresql://", "delete", "bbbb", "--yes"], 0, "removed")
    return failures


def main():
    shop = Shop(sys.argv[1])
    failures = check(shop)
    shutil.rmtree(shop.folder)
    print(f"autogenerate: {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
