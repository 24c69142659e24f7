#!/usr/bin/env python3
"""Writes an Alembic environment with many revisions, for benchmarks.

    gen_revisions.py N FOLDER [--branches SHARE] [--heads H] [--depends SHARE] [--seed S]

FOLDER gets alembic.ini, a script location with a plain env.py, and N revision files as a team would leave them:
one trunk, feature branches of a few revisions that are merged again, H open heads, and now and then a depends_on
between a second base and the trunk.  The same arguments give the same files.
"""

import argparse
import datetime
import os
import random

INI = """[alembic]
script_location = %(here)s/migrations
sqlalchemy.url = postgresql://localhost/postgres

[loggers]
keys = root

[handlers]
keys = console

[formatters]
keys = plain

[logger_root]
level = WARNING
handlers = console
qualname =

[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = plain

[formatter_plain]
format = %(levelname)-5.5s [%(name)s] %(message)s
"""

ENV = """from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config


def run_offline():
    context.configure(url=config.get_main_option("sqlalchemy.url"), literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_online():
    engine = engine_from_config(config.get_section(config.config_ini_section), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
"""

REVISION = '''"""{message}

Revision ID: {id}
Revises: {revises}
Create Date: {date}

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = {id!r}
down_revision = {down!r}
branch_labels = {labels!r}
depends_on = {depends!r}


def upgrade():
    op.create_table(
        "t_{id}",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_t_{id}_name", "t_{id}", ["name"], unique=False)


def downgrade():
    op.drop_index("ix_t_{id}_name", table_name="t_{id}")
    op.drop_table("t_{id}")
'''

WORDS = "add drop index column orders invoices users payments email status total created table constraint".split()


class Generator:
    def __init__(self, options):
        self.options = options
        self.random = random.Random(options.seed)
        self.date = datetime.datetime(2015, 1, 5, 9, 0, 0)
        self.revisions = []
        self.ids = set()

    def new_id(self):
        while True:
            text = "%012x" % self.random.getrandbits(48)
            if text not in self.ids:
                self.ids.add(text)
                return text

    def add(self, down, depends=None, labels=None):
        self.date += datetime.timedelta(minutes=self.random.randint(10, 600))
        revision = dict(
            id=self.new_id(),
            down=down,
            depends=depends,
            labels=labels,
            date=self.date,
            message=" ".join(self.random.choice(WORDS) for _ in range(self.random.randint(2, 6))),
        )
        self.revisions.append(revision)
        return revision["id"]

    def build(self, n):
        """The trunk, with what happens beside it; stops at n revisions and leaves what is open open."""
        trunk = self.add(None)
        second = self.add(None, labels="second") if self.options.depends else None
        heads_left = self.options.heads - 1
        spacing = max(1, n // max(1, self.options.heads))
        while len(self.revisions) < n:
            left = n - len(self.revisions)
            chance = self.random.random()
            if heads_left > 0 and len(self.revisions) % spacing == 0:
                self.add(trunk)
                heads_left -= 1
                if left > 1:
                    trunk = self.add(trunk)
            elif chance < self.options.branches and left > 8:
                side = trunk
                for _ in range(self.random.randint(1, 4)):
                    side = self.add(side)
                trunk = self.add(trunk)
                trunk = self.add((trunk, side))
            elif second and chance < self.options.branches + self.options.depends:
                second = self.add(second, depends=trunk)
            else:
                trunk = self.add(trunk)


def write(folder, revisions):
    versions = os.path.join(folder, "migrations", "versions")
    os.makedirs(versions, exist_ok=True)
    with open(os.path.join(folder, "alembic.ini"), "w") as f:
        f.write(INI)
    with open(os.path.join(folder, "migrations", "env.py"), "w") as f:
        f.write(ENV)
    for revision in revisions:
        down = revision["down"]
        revises = "" if down is None else down if isinstance(down, str) else ", ".join(down)
        slug = revision["message"].replace(" ", "_")[:40]
        with open(os.path.join(versions, "%s_%s.py" % (revision["id"], slug)), "w") as f:
            f.write(REVISION.format(revises=revises, **revision))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("n", type=int)
    parser.add_argument("folder")
    parser.add_argument("--branches", type=float, default=0.05, help="share of merged feature branches")
    parser.add_argument("--heads", type=int, default=2)
    parser.add_argument("--depends", type=float, default=0.02, help="share of revisions on a second base")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    generator = Generator(options)
    generator.build(options.n)
    write(options.folder, generator.revisions)
    print("%d revisions in %s" % (len(generator.revisions), options.folder))


if __name__ == "__main__":
    main()
