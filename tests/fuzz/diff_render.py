#!/usr/bin/env python3
"""Differential fuzzer: random migrations, rendered by retort and by the Alembic this interpreter imports.

Usage: diff_render.py RENDER_DIR_PROGRAM [--seed N] [--count N] [--rounds N] [--minutes N] [--old]
       diff_render.py RENDER_DIR_PROGRAM --directives [--part I/N] [--old]

Every migration is a few random directives.  What retort refuses is counted; where both render, the text must be the
same, and where Alembic fails retort must fail with the same class of exception ("other words": its text differs, which
quotes Python's own objects and is nobody's statement) or refuse.  A difference is reduced to the single statement that
shows it.  --old tells render_dir to follow Alembic 1.8 / SQLAlchemy 1.4, for an interpreter that
imports those.
"""
import argparse
import collections
import contextlib
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import warnings

import directives

warnings.simplefilter("ignore")

HEAD = """import datetime
import decimal
import enum
import uuid
from alembic import op
import alembic.operations.ops as alembic_ops
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.sql import quoted_name
down_revision = None
T = sa.table("t", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("flag", sa.Boolean),
             sa.column("d", sa.Date), sa.column("ts", sa.DateTime), sa.column("n", sa.Numeric(10, 2)),
             sa.column("jb", postgresql.JSONB), sa.column("arr", postgresql.ARRAY(sa.Integer)),
             sa.column("tags", postgresql.ARRAY(sa.String)), sa.column("u", postgresql.UUID(as_uuid=True)),
             sa.column("f", sa.Float), sa.column("tm", sa.Time), sa.column("iv", sa.Interval),
             sa.column("js", sa.JSON), sa.column("hs", postgresql.HSTORE), sa.column("rg", postgresql.INT4RANGE),
             sa.column("ip", postgresql.INET), sa.column("bin", sa.LargeBinary), sa.column("en", sa.Enum("x", "y", name="en")))
O = sa.table("o", sa.column("id", sa.Integer), sa.column("t_id", sa.Integer), sa.column("label", sa.String), schema="s")
"""

# What the systematic directives use besides.
MORE = """class E1(enum.Enum):
    x = 1
    y = "why"


class E2(str, enum.Enum):
    a = "A"
    b = "it's"


class E3(enum.IntEnum):
    one = 1
    two = 2


class TD(sa.types.TypeDecorator):
    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else "<%s>" % value


class TDlen(sa.types.TypeDecorator):
    impl = sa.String
    cache_ok = True


class TDimpl(sa.types.TypeDecorator):
    impl = sa.String(7)

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(sa.Text() if dialect.name == "postgresql" else sa.String(9))


class TDliteral(sa.types.TypeDecorator):
    impl = sa.Integer
    cache_ok = True

    def process_literal_param(self, value, dialect):
        return value + 1 if isinstance(value, int) else value


class TDcache(sa.types.TypeDecorator):
    impl = postgresql.JSONB
    cache_ok = True


class TDdialect(sa.types.TypeDecorator):
    impl = sa.types.CHAR
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID())
        return dialect.type_descriptor(sa.CHAR(32))


class UDT(sa.types.UserDefinedType):
    cache_ok = True

    def __init__(self, n=None):
        self.n = n

    def get_col_spec(self, **kw):
        return "VECTOR" if self.n is None else "VECTOR(%d)" % self.n


class I1(enum.IntFlag):
    one = 1
    two = 2


TA = T.alias("ta")
V = sa.values(sa.column("a", sa.Integer), sa.column("b", sa.String), name="v").data([(1, "x"), (2, "y")])
PI = postgresql.insert(T).values(id=1, name="x")
META = sa.MetaData()
MT = sa.Table("mt", META, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(20), nullable=False),
              sa.Column("ts", sa.DateTime, server_default=sa.func.now()), sa.Column("k", sa.Integer, default=7))
MC = sa.Table("mc", META, sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("mt_id", sa.ForeignKey("mt.id")))
CUQ = sa.UniqueConstraint("a", name="cuq")
CT = sa.Table("ct", sa.MetaData(), sa.Column("a", sa.Integer, comment="ca"), sa.Column("b", sa.Text), CUQ, comment="com", schema="cs")
CIX = sa.Index("cix", CT.c.a)
CF = sa.Table("t", sa.MetaData(), sa.Column("a", sa.Integer, primary_key=True), sa.Column("b", sa.String(5)),
              sa.UniqueConstraint("b", name="uq"), sa.Index("ix", "b"), sa.CheckConstraint("a > 0", name="ck"))


def RC():
    c = sa.select(O.c.id, O.c.t_id).where(O.c.t_id == None).cte("c", recursive=True)
    o = O.alias("oo")
    return sa.select(c.union_all(sa.select(o.c.id, o.c.t_id).where(o.c.t_id == c.c.id)))
"""


class Gen:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def one(self, *choices):
        c = self.r.choice(choices)
        return c() if callable(c) else c

    def chance(self, p):
        return self.r.random() < p

    def opt(self, p, text):
        return text() if callable(text) and self.chance(p) else text if not callable(text) and self.chance(p) else ""

    # --- names and literals
    def word(self):
        return self.one("a", "b", "c", "id", "name", "user", "order", "Mixed", "with space", "x1", "select", "größe", 'q"t', "a%b")

    def name(self):
        w = self.word()
        return self.one(repr(w), repr(w), repr(w), lambda: "op.f(%r)" % w, lambda: "quoted_name(%r, %s)" % (w, self.one("True", "False")))

    def plain(self):
        return repr(self.word())

    def names(self, n=2):
        pool = ["a", "b", "c", "id", "Mixed", "x y", "order"]
        return repr(self.r.sample(pool, self.r.randint(1, n)))

    def table(self):
        return self.one(repr("t"), repr("T"), repr("user"), repr("orders"), repr("a.b"))

    def schema(self):
        return self.opt(0.25, ", schema=%s" % self.one("'s'", "'My S'", "None", "'x.y'"))

    def string(self):
        return repr(self.one("x", "it's", "100%", "a:b", ":x", "back\\slash", "", "two\nlines", "tab\there", "ünï", "{}", '{"a": 1}', "a::text"))

    def type(self):
        return self.one(
            "sa.String", "sa.String(30)", "sa.String(length=5, collation='C')", "sa.Text()", "sa.Unicode(7)", "sa.Integer",
            "sa.BigInteger()", "sa.SmallInteger()", "sa.Numeric(10, 2)", "sa.Numeric()", "sa.Float()", "sa.Float(24)",
            "sa.Boolean()", "sa.Date()", "sa.Time()", "sa.DateTime(timezone=True)", "sa.DateTime()", "sa.Interval()",
            "sa.LargeBinary()", "sa.JSON()", "postgresql.JSONB(astext_type=sa.Text())", "postgresql.UUID(as_uuid=True)",
            "postgresql.ARRAY(sa.String())", "postgresql.ARRAY(sa.Integer, dimensions=2)", "postgresql.INET()",
            "postgresql.TSVECTOR()", "postgresql.TIMESTAMP(precision=3)", "postgresql.BIT(4)", "postgresql.INT4RANGE()",
            "sa.VARCHAR(9)", "sa.CHAR(2)", "sa.TEXT()", "sa.TIMESTAMP()", "postgresql.DOUBLE_PRECISION(precision=53)",
            "postgresql.INTERVAL(fields='DAY')", "postgresql.HSTORE()", "sa.Enum('x', 'y', name='en')",
            "postgresql.ENUM('p', 'q', name='pe', create_type=%s)" % self.one("True", "False"),
            "sa.Enum('k', 'lm', name='ne', native_enum=False)",
            "sa.Enum('k', name='ne', native_enum=False, create_constraint=True)",
            "sa.Enum('x', name='en', schema='s')", "sa.Boolean(create_constraint=True, name='ckb')",
            "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')",
        )

    def default(self):
        return self.one(
            self.string, self.string, "'0'", "sa.text('now()')", "sa.text(\"'{}'::jsonb\")", "sa.func.now()", "sa.true()",
            "sa.false()", "sa.func.gen_random_uuid()", "sa.literal(5)", "sa.literal_column(\"'x'\")", "sa.null()",
            "sa.text('a || :b')", "sa.func.current_date()", "sa.func.coalesce(sa.func.length('abc'), 1)", "None",
        )

    def fk(self):
        return "sa.ForeignKey(%s%s%s%s)" % (
            self.one("'o.id'", "'s.o.Id'", "'User.id'"),
            self.opt(0.3, ", name='fk'"),
            self.opt(0.3, ", ondelete=%r" % self.one("CASCADE", "SET NULL", "set null", "RESTRICT")),
            self.opt(0.2, ", deferrable=True, initially='DEFERRED'"),
        )

    def column(self, name=None):
        args = [name or self.plain(), self.type()]
        if self.chance(0.15):
            args.append(self.fk())
        if self.chance(0.05):
            args.append(self.one("sa.Identity()", "sa.Identity(always=True, start=3)", "sa.Computed('a + 1')", "sa.CheckConstraint('a > 1')"))
        if self.chance(0.4):
            args.append("nullable=%s" % self.one("True", "False"))
        if self.chance(0.3):
            args.append("server_default=%s" % self.default())
        if self.chance(0.1):
            args.append("primary_key=True")
        if self.chance(0.1):
            args.append("unique=True")
        elif self.chance(0.1):
            args.append("index=True")
        if self.chance(0.1):
            args.append("comment=%s" % self.string())
        if self.chance(0.1):
            args.append("autoincrement=%s" % self.one("True", "False", "'auto'"))
        return "sa.Column(%s)" % ", ".join(args)

    # --- expressions
    def col(self):
        return self.one("T.c.id", "T.c.name", "T.c.flag", "T.c.n", "T.c.ts", "T.c.d", "T.c.f", "sa.column('z')", "sa.column('w', sa.Integer)")

    def value_for(self, col):
        return {
            "T.c.id": lambda: self.one("5", "-1", "T.c.id + 1", "sa.func.length(T.c.name)", "True"),
            "T.c.name": lambda: self.one(self.string, "sa.func.lower(T.c.name)", "T.c.name + 'x'", "'p' + T.c.name", "None", "sa.literal('q')", "sa.cast(T.c.id, sa.String)"),
            "T.c.flag": lambda: self.one("True", "False", "None", "~T.c.flag", "sa.true()", "T.c.id > 3"),
            "T.c.n": lambda: self.one("decimal.Decimal('1.50')", "1.5", "2", "T.c.n * 2", "-T.c.n", "T.c.n / 3"),
            "T.c.ts": lambda: self.one("datetime.datetime(2020, 1, 2, 3, 4, 5)", "sa.func.now()", "None", "sa.text('now()')", "T.c.ts + datetime.timedelta(days=1)"),
            "T.c.d": lambda: self.one("datetime.date(2020, 1, 2)", "sa.func.current_date()", "T.c.d + 1"),
            "T.c.f": lambda: self.one("1.25", "1e10", "3", "T.c.f - 1"),
        }.get(col, lambda: self.one("5", "sa.text('x')", "None", "sa.null()"))()

    def cond(self, depth=0):
        if depth < 2 and self.chance(0.35):
            a, b = self.cond(depth + 1), self.cond(depth + 1)
            return self.one("sa.and_(%s, %s)" % (a, b), "sa.or_(%s, %s)" % (a, b), "(%s) & (%s)" % (a, b), "(%s) | (%s)" % (a, b), "sa.not_(%s)" % a, "~(%s)" % a)
        c = self.col()
        return self.one(
            lambda: "%s == %s" % (c, self.value_for(c)), lambda: "%s != %s" % (c, self.value_for(c)),
            lambda: "%s > %s" % (c, self.value_for(c)), lambda: "%s.is_(None)" % c, lambda: "%s.is_not(None)" % c,
            lambda: "T.c.id.in_([1, 2])", lambda: "T.c.name.in_(['a', \"b'c\"])", lambda: "T.c.id.not_in([])", lambda: "T.c.id.in_([])",
            lambda: "T.c.name.like(%s)" % self.string(), lambda: "T.c.name.ilike('%x')", lambda: "T.c.name.startswith('a%', autoescape=True)",
            lambda: "T.c.name.contains('b')", lambda: "T.c.id.between(1, 5)", lambda: "T.c.flag", lambda: "sa.text('1 = 1')",
            lambda: "sa.exists(sa.select(O.c.id).where(O.c.t_id == T.c.id))", lambda: "T.c.id.in_(sa.select(O.c.t_id))",
            lambda: "T.c.jb['a'].astext == 'x'", lambda: "T.c.tags.contains(['a'])", lambda: "T.c.jb.has_key('k')",
            lambda: "sa.func.lower(T.c.name) == 'x'", lambda: "T.c.name.op('~')('^a')", lambda: "T.c.id == sa.select(sa.func.max(O.c.id)).scalar_subquery()",
            lambda: "T.c.flag.is_(%s)" % self.one("True", "False"), lambda: "T.c.name.regexp_match('^x')", lambda: "T.c.id.is_distinct_from(5)",
        )

    def values(self):
        cols = self.r.sample(["id", "name", "flag", "n", "ts", "d", "f"], self.r.randint(1, 3))
        return ", ".join("%s=%s" % (c, self.value_for("T.c." + c)) for c in cols)

    def select(self):
        cols = self.one("T.c.id", "T.c.id, T.c.name", "sa.func.count()", "sa.func.max(T.c.id).label('m')", "T.c.name.label('x'), sa.literal(1)", "sa.case((T.c.id > 5, 'big'), else_='small')", "T")
        s = "sa.select(%s)" % cols
        if self.chance(0.6):
            s += ".where(%s)" % self.cond()
        if self.chance(0.3):
            s += ".order_by(%s)" % self.one("T.c.id", "T.c.id.desc()", "T.c.name.asc().nulls_last()")
        if self.chance(0.2):
            s += ".limit(5)"
        if self.chance(0.1):
            s += ".offset(2)"
        if self.chance(0.1):
            s += ".distinct()"
        if self.chance(0.1):
            s += ".group_by(T.c.id)"
        return s

    # --- directives
    def op_create_table(self):
        cols = self.r.sample(["a", "b", "c", "id", "Mixed", "order"], self.r.randint(0, 4))
        items = [self.column(repr(c)) for c in cols]
        if cols and self.chance(0.3):
            items.append("sa.PrimaryKeyConstraint(%r%s)" % (cols[0], self.opt(0.5, ", name='pk'")))
        if cols and self.chance(0.2):
            items.append("sa.UniqueConstraint(%s%s)" % (", ".join(map(repr, cols[:2])), self.opt(0.5, ", name=op.f('uq')")))
        if self.chance(0.2):
            items.append("sa.CheckConstraint(%r%s)" % (self.one("a > 1", "a LIKE 'x%'", "b ~ ':y'"), self.opt(0.5, ", name='ck'")))
        if cols and self.chance(0.15):
            items.append("sa.ForeignKeyConstraint([%r], ['o.id']%s)" % (cols[0], self.opt(0.4, ", ondelete='CASCADE', onupdate='NO ACTION'")))
        if cols and self.chance(0.1):
            items.append("sa.Index('ix', %r)" % cols[0])
        kw = self.schema() + self.opt(0.1, ", comment=%s" % self.string()) + self.opt(0.1, ", if_not_exists=True") + self.opt(0.05, ", prefixes=['UNLOGGED']")
        return "op.create_table(%s%s)" % (", ".join([self.table()] + items), kw)

    def op_add_column(self):
        return "op.add_column(%s, %s%s%s)" % (self.table(), self.column(), self.schema(), self.opt(0.1, ", if_not_exists=True"))

    def op_alter_column(self):
        kw = ""
        if self.chance(0.3):
            kw += ", nullable=%s" % self.one("True", "False")
        if self.chance(0.3):
            kw += ", type_=%s" % self.type()
            kw += self.opt(0.3, ", postgresql_using='c::int'")
        if self.chance(0.3):
            kw += ", server_default=%s" % self.default()
        if self.chance(0.2):
            kw += ", new_column_name=%s" % self.plain()
        if self.chance(0.2):
            kw += ", comment=%s" % self.one(self.string, "None")
        if self.chance(0.5):
            kw += ", existing_type=%s" % self.type()
        if self.chance(0.3):
            kw += ", existing_nullable=True"
        return "op.alter_column(%s, %s%s%s)" % (self.table(), self.plain(), kw, self.schema())

    def op_index(self):
        cols = self.one(self.names, "[sa.text('lower(a)'), 'b']", "[sa.func.lower(sa.column('A'))]", "[sa.column('a').desc()]", "[sa.text('a DESC')]")
        kw = ""
        for p, text in (
            (0.3, ", unique=True"), (0.2, ", postgresql_using=%r" % self.one("gin", "BTREE")), (0.2, ", postgresql_concurrently=True"),
            (0.2, ", postgresql_where=%s" % self.one("sa.text('a > 1')", "sa.column('a').is_(None)", "sa.column('a') == 'x'", "'a > 2'")),
            (0.1, ", postgresql_include=['z']"), (0.1, ", postgresql_ops={'a': 'int4_ops'}"), (0.1, ", postgresql_with={'fillfactor': 50}"),
            (0.1, ", if_not_exists=True"), (0.1, ", postgresql_nulls_not_distinct=%s" % self.one("True", "False")), (0.05, ", mysql_length=5"),
        ):
            kw += self.opt(p, text)
        return "op.create_index(%s, %s, %s%s%s)" % (self.name(), self.table(), cols, self.schema(), kw)

    def op_constraint(self):
        return self.one(
            lambda: "op.create_unique_constraint(%s, %s, %s%s%s)" % (self.one(self.name, "None"), self.table(), self.names(), self.schema(), self.opt(0.2, ", deferrable=True")),
            lambda: "op.create_primary_key(%s, %s, %s%s)" % (self.one(self.name, "None"), self.table(), self.names(), self.schema()),
            lambda: "op.create_check_constraint(%s, %s, %s%s%s)" % (self.name(), self.table(), self.one(self.string, "sa.column('a') > 5", "sa.and_(sa.column('a') > 5, sa.column('b') == 'x')", "sa.text('a')"), self.schema(), self.opt(0.2, ", postgresql_not_valid=True")),
            lambda: "op.create_foreign_key(%s, %s, %s, ['a'], ['id']%s%s%s)" % (self.one(self.name, "None"), self.table(), self.table(), self.opt(0.3, ", ondelete='CASCADE'"), self.opt(0.2, ", source_schema='s', referent_schema='S2'"), self.opt(0.2, ", initially='DEFERRED', deferrable=True")),
            lambda: "op.create_exclude_constraint(%s, %s, ('a', '&&')%s%s)" % (self.plain(), self.table(), self.opt(0.3, ", where='a > 1'"), self.opt(0.3, ", using='gist'")),
            lambda: "op.drop_constraint(%s, %s%s%s%s)" % (self.name(), self.table(), self.opt(0.6, ", type_=%r" % self.one("unique", "check", "foreignkey", "primary")), self.schema(), self.opt(0.1, ", if_exists=True")),
        )

    def op_simple(self):
        return self.one(
            lambda: "op.drop_table(%s%s%s)" % (self.table(), self.schema(), self.opt(0.2, ", if_exists=True")),
            lambda: "op.drop_column(%s, %s%s%s)" % (self.table(), self.plain(), self.schema(), self.opt(0.2, ", if_exists=True")),
            lambda: "op.drop_index(%s%s%s%s%s)" % (self.name(), self.opt(0.6, lambda: ", " + self.table()), self.schema(), self.opt(0.2, ", if_exists=True"), self.opt(0.2, ", postgresql_concurrently=True")),
            lambda: "op.rename_table(%s, %s%s)" % (self.table(), self.table(), self.schema()),
            lambda: "op.create_table_comment(%s, %s%s)" % (self.table(), self.one(self.string, "None"), self.schema()),
            lambda: "op.drop_table_comment(%s%s)" % (self.table(), self.schema()),
            lambda: "op.execute(%s)" % self.string(),
            lambda: "op.execute(sa.text(%s))" % self.string(),
            lambda: "op.execute(sa.text('select :x, :y').bindparams(x=%s))" % self.one("1", "None", "'a'", "True", "1.5", "datetime.date(2020, 1, 1)", "[1, 2]", "b'x'"),
            lambda: "op.execute(sa.schema.CreateSequence(sa.Sequence(%s)))" % self.plain(),
            lambda: "op.execute(sa.schema.%s(%s))" % (self.one("CreateSchema", "DropSchema"), self.plain()),
            lambda: "%s.create(op.get_bind(), checkfirst=False)" % self.one("sa.Enum('a', 'b', name='en')", "postgresql.ENUM('x', name='E N', schema='s')"),
            lambda: "sa.Enum(name='en').drop(op.get_bind())",
        )

    def op_dml(self):
        return "op.execute(%s)" % self.one(
            lambda: "T.insert().values(%s)" % self.values(),
            lambda: "T.update().values(%s)%s" % (self.values(), self.opt(0.7, lambda: ".where(%s)" % self.cond())),
            lambda: "T.delete()%s" % self.opt(0.8, lambda: ".where(%s)" % self.cond()),
            self.select,
            lambda: "T.insert().from_select(['id'], sa.select(O.c.id).where(O.c.label == 'x'))",
            lambda: "postgresql.insert(T).values(%s).on_conflict_do_nothing()" % self.values(),
            lambda: "postgresql.insert(T).values(%s).on_conflict_do_update(index_elements=['id'], set_={'name': 'z'})" % self.values(),
            lambda: "T.update().values(name=O.c.label).where(T.c.id == O.c.t_id)",
            lambda: "T.insert().values([{'id': 1, 'name': %s}, {'id': 2, 'name': 'y'}])" % self.string(),
            lambda: "T.insert().values(%s).returning(T.c.id)" % self.values(),
        )

    def op_bulk(self):
        rows = []
        for _ in range(self.r.randint(0, 2)):
            cells = {"id": self.one("1", "None", "-5"), "name": self.one(self.string, "None", "op.inline_literal('x')"), "flag": self.one("True", "False"), "n": self.one("1.5", "decimal.Decimal('2.0')"), "d": "datetime.date(2021, 2, 3)", "u": "uuid.UUID(int=5)", "arr": "[1, 2]", "tags": "['a', 'b']"}
            keys = self.r.sample(sorted(cells), self.r.randint(1, 3))
            rows.append("{%s}" % ", ".join("%r: %s" % (k, cells[k]) for k in keys))
        return "op.bulk_insert(T, [%s])" % ", ".join(rows)

    def op_batch(self):
        lines = ["with op.batch_alter_table(%s%s) as b:" % (self.table(), self.schema())]
        for _ in range(self.r.randint(1, 3)):
            lines.append("    " + self.one(
                lambda: "b.add_column(%s)" % self.column(), lambda: "b.drop_column(%s)" % self.plain(),
                lambda: "b.alter_column(%s, nullable=True, type_=%s)" % (self.plain(), self.type()),
                lambda: "b.create_index(%s, %s)" % (self.name(), self.names()), lambda: "b.drop_index(%s)" % self.name(),
                lambda: "b.create_unique_constraint(%s, %s)" % (self.name(), self.names()),
                lambda: "b.drop_constraint(%s, type_='unique')" % self.name(), lambda: "b.execute('select 1')",
                lambda: "b.create_foreign_key(%s, 'o', ['a'], ['id'])" % self.one(self.name, "None"),
            ))
        return "\n".join(lines)

    # --- anything of directives.py, put together at random
    def pick(self):
        r = self.r.choice
        e = lambda: r(directives.EXPRESSIONS)
        both = self.one(e, e, lambda: "(%s) == (%s)" % (e(), e()), lambda: "sa.and_(%s, %s)" % (e(), e()), lambda: "sa.func.coalesce(%s, %s)" % (e(), e()), lambda: "(%s) + (%s)" % (e(), e()),
                        lambda: "sa.case((%s, %s), else_=%s)" % (e(), e(), e()), lambda: "(%s).in_([%s])" % (e(), e()), lambda: "sa.cast(%s, %s)" % (e(), r(directives.TYPES)), lambda: "sa.select(%s).where(%s).scalar_subquery()" % (e(), e()))
        name, args, options = r(directives.OPS)
        keys = self.r.sample(sorted(options), min(len(options), self.r.randint(0, 4)))
        call = ", ".join([args] + ["%s=%s" % (k, r(options[k])) for k in keys])
        return self.one(
            r(directives.EXPRESSION_PLACES).replace("{e}", both), r(directives.EXPRESSION_PLACES).replace("{e}", both), r(directives.PLACES).replace("%s", r(directives.TYPES)),
            r(directives.VALUE_PLACES).format(t=r(directives.VALUE_TYPES), v=r(directives.VALUES)), r(directives.UNTYPED_PLACES).format(v=r(directives.VALUES)), "op.execute(%s)" % r(directives.STATEMENTS),
            "op.execute(%s(%s))" % (name, call) if not name.startswith("op.") else "%s(%s)" % (name, call) if "batch" not in name else "pass",
            "op.create_table('t', sa.Column('a', %s, %s), sa.Column('b', %s), %s)" % (r(directives.TYPES), r(directives.IDENTITIES), r(directives.TYPES), r(directives.TABLE_ITEMS)),
            "with op.batch_alter_table('t') as b:\n    %s\n    %s" % (r(directives.BATCH), r(directives.BATCH)), r(directives.PROGRAMS),
        )

    def statement(self):
        if self.chance(0.5):
            return self.pick()
        return self.one(self.op_create_table, self.op_create_table, self.op_add_column, self.op_add_column, self.op_alter_column, self.op_alter_column,
                        self.op_index, self.op_index, self.op_constraint, self.op_constraint, self.op_simple, self.op_simple, self.op_dml, self.op_dml, self.op_dml,
                        self.op_bulk, self.op_batch)

    def migration(self):
        return [self.statement() for _ in range(self.r.randint(1, 3))]


def source(statements, more=MORE):
    body = "\n".join("    " + line for s in statements for line in s.split("\n"))
    return HEAD + more + "\n\ndef upgrade():\n" + body + "\n\n\ndef downgrade():\n    pass\n"


def alembic_render(text):
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    out = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", dialect_opts={"paramstyle": "named"}, opts={"as_sql": True, "output_buffer": out, "literal_binds": True}
    )
    scope = {}
    try:
        exec(compile(text, "m.py", "exec"), scope)
        with Operations.context(context), contextlib.redirect_stdout(io.StringIO()):
            scope["upgrade"]()
    except Exception as e:  # whatever Alembic raises is its answer
        return {"error": "%s: %s" % (type(e).__name__, e), "sql": out.getvalue()}
    return {"sql": out.getvalue()}


def retort_render(program, texts, old):
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        for i, text in enumerate(texts):
            with open(os.path.join(folder, "m%05d.py" % i), "w") as f:
                f.write(text)
        out = subprocess.run([program, "--named"] + (["--old"] if old else []) + [folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if out.returncode != 0 and len(texts) > 1:  # which one was it?
        half = len(texts) // 2
        return retort_render(program, texts[:half], old) + retort_render(program, texts[half:], old)
    if out.returncode != 0:
        return [{"state": "exact", "error": "CRASH %d" % out.returncode, "sql": out.stderr.decode()[-2000:], "reasons": []}]
    got = json.loads(out.stdout)
    return [got["m%05d.py" % i]["upgrade"] for i in range(len(texts))]


def judge_errors(want, got):
    want, got = want.split("\n(Background")[0].removesuffix(": "), re.sub(r"^[\w.]*\.", "", got)
    if want == got:
        return "agreed"
    return "other words" if want.split(":")[0] == got.split(":")[0] else "other error"


def judge(want, got):
    if got.get("error", "").startswith("CRASH"):
        return "WRONG"
    if got["state"] != "exact":
        return "refused"
    if want.get("error", "").startswith("SyntaxError") and sys.version_info < (3, 12):
        return "f-string of Python 3.12"
    if "error" in want:
        if "error" in got:
            return judge_errors(want["error"], got["error"])
        return "WRONG"
    if "error" in got:
        return "WRONG"
    if want["sql"] == got["sql"]:
        return "exact"
    return "reordered" if sorted(want["sql"].split(";\n\n")) == sorted(got["sql"].split(";\n\n")) else "WRONG"


def report(program, statements, want, got, old):
    for s in statements:
        text = source([s])
        w, g = alembic_render(text), retort_render(program, [text], old)[0]
        if judge(w, g) in ("WRONG", "other error"):
            statements, want, got = [s], w, g
            break
    print("=" * 30)
    print("\n".join(statements))
    print("--- alembic", want.get("error", ""))
    print(want["sql"])
    print("--- retort", got.get("error", ""))
    print(got["sql"])


def main():
    p = argparse.ArgumentParser()
    p.add_argument("program")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--count", type=int, default=300)
    p.add_argument("--rounds", type=int, default=1)
    p.add_argument("--minutes", type=float, default=1e9, help="no new round after that many")
    p.add_argument("--show", type=int, default=10)
    p.add_argument("--old", action="store_true")
    p.add_argument("--directives", action="store_true", help="all of directives.py, one by one, instead of random ones")
    p.add_argument("--part", default="0/1", help="of --directives: i/n")
    args = p.parse_args()
    import alembic.op, sqlalchemy.dialects.postgresql  # noqa: F401

    return systematic(args) if args.directives else at_random(args)


def shorten(reason):
    return re.sub(r"'[^']*'|\b\d+\b", "_", reason.split(": ", 1)[-1])[:110]


def systematic(args):
    part, parts = (int(n) for n in args.part.split("/"))
    cases = sorted(set(directives.directives()))[part::parts]
    tally, reasons, examples = collections.Counter(), collections.Counter(), {}
    for start in range(0, len(cases), args.count):
        chunk = cases[start : start + args.count]
        texts = [source([case]) for case in chunk]
        for case, text, got in zip(chunk, texts, retort_render(args.program, texts, args.old)):
            want = alembic_render(text)
            verdict = judge(want, got)
            if verdict == "refused" and "error" in want:
                verdict = "refused as failed"
            tally[verdict] += 1
            if verdict == "refused":
                reasons[shorten(got["reasons"][0])] += 1
                examples.setdefault(shorten(got["reasons"][0]), case)
            if verdict in ("WRONG", "other error"):
                print("=" * 30, verdict, "\n" + case)
                print("--- alembic", want.get("error", ""), "\n" + want["sql"])
                print("--- retort", got.get("error", ""), "\n" + got["sql"])
    print(dict(tally))
    for reason, n in reasons.most_common():
        print("%5d  %s\n       %s" % (n, reason, examples[reason].replace("\n", "\\n")))
    return 1 if tally["WRONG"] or tally["other error"] else 0


def at_random(args):
    tally, reasons, shown = collections.Counter(), collections.Counter(), 0
    end = time.monotonic() + 60 * args.minutes
    for round_ in range(args.rounds):
        if time.monotonic() > end:
            break
        gen = Gen(args.seed + round_)
        migrations = [gen.migration() for _ in range(args.count)]
        texts = [source(m) for m in migrations]
        gots = retort_render(args.program, texts, args.old)
        for statements, text, got in zip(migrations, texts, gots):
            want = alembic_render(text)
            verdict = judge(want, got)
            tally[verdict] += 1
            if verdict == "refused":
                reasons[got["reasons"][0].split(": ", 1)[1]] += 1
            if verdict in ("WRONG", "other error") and shown < args.show:
                shown += 1
                report(args.program, statements, want, got, args.old)
    print("%d rounds:" % (round_ + 1), dict(tally))
    for reason, n in reasons.most_common(15):
        print("%5d  %s" % (n, reason))
    return 1 if tally["WRONG"] or tally["other error"] else 0


sys.exit(main())
