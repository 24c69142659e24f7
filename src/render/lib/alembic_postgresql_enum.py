# op.sync_enum_values(): the labels of a type are replaced by making a new type beside the old one.
import re
from enum import Enum as PyEnum
from alembic import op
from sqlalchemy import ARRAY, Enum, text


class ColumnType(PyEnum):
    COMMON = Enum
    ARRAY = ARRAY


Unspecified = object()


class TableReference:
    def __init__(self, table_name, column_name, table_schema=Unspecified, column_type=ColumnType.COMMON, existing_server_default=None):
        self.table_name = table_name
        self.column_name = column_name
        self.table_schema = table_schema
        self.column_type = column_type
        self.existing_server_default = existing_server_default

    @property
    def table(self):
        return '"%s"."%s"' % (self.table_schema, self.table_name) if self.table_schema else '"%s"' % self.table_name

    @property
    def column(self):
        return '"%s"' % self.column_name


class Config:
    def __init__(self, **options):
        pass


def set_configuration(config):
    pass


def send(sql):
    return op.get_bind().execute(text(sql))


DEFAULT_OF = """
        SELECT column_default
        FROM information_schema.columns
        WHERE 
            table_schema = '{}' AND 
            table_name = '{}' AND 
            column_name = '{}'
    """

COMPARE_RENAMED = """
            CREATE FUNCTION {function}(
                new_enum_val {new}, old_enum_val {old}
            )
            RETURNS boolean AS $$
                SELECT new_enum_val::text {operator} CASE
                    {whens}

                    ELSE old_enum_val::text
                END;
            $$ LANGUAGE SQL IMMUTABLE
        """

COMPARE = """
            CREATE FUNCTION {function}(
                new_enum_val {new}, old_enum_val {old}
            )
            RETURNS boolean AS $$
                SELECT new_enum_val::text {operator} old_enum_val::text;
            $$ LANGUAGE SQL IMMUTABLE
        """

OPERATOR = """
        CREATE OPERATOR {operator} (
            leftarg = {new},
            rightarg = {old},
            procedure = {function}
        )
    """

DROP_COMPARE = """
        DROP FUNCTION {function}(
            new_enum_val {new}, old_enum_val {old}
        ) CASCADE
    """

CAST_ARRAY = """ALTER TABLE {table} 
            ALTER COLUMN {column} TYPE {type}[]
            USING {value}::{type}[]
            """

CAST_RENAMED = """ALTER TABLE {table} 
                ALTER COLUMN {column} TYPE {type} 
                USING CASE 
                {whens}

                ELSE {column}::text::{type}
                END
                """

CAST = """ALTER TABLE {table} 
                ALTER COLUMN {column} TYPE {type} 
                USING {column}::text::{type}
                """

DROP_DEFAULT = """ALTER TABLE {table}
             ALTER COLUMN {column} DROP DEFAULT"""

SET_DEFAULT = """ALTER TABLE {table}
            ALTER COLUMN {column} SET DEFAULT {default}"""

OPERATORS = (("!=", "new_old_not_equals"), ("=", "new_old_equals"))


def reference(column, enum_schema):
    if isinstance(column, tuple):
        kind = column[2] if len(column) > 2 else ColumnType.COMMON
        default = send(DEFAULT_OF.format(enum_schema, column[0], column[1])).scalar()
        return TableReference(column[0], column[1], enum_schema, kind, default)
    if not isinstance(column, TableReference):
        raise ValueError("Affected columns must contain tuples or TableReferences")
    if column.table_schema is Unspecified:
        return TableReference(column.table_name, column.column_name, enum_schema, column.column_type, column.existing_server_default)
    return column


def cast(column, enum, renamed):
    values = {"table": column.table, "column": column.column, "type": enum}
    if column.column_type == ColumnType.ARRAY:
        value = column.column + "::text[]"
        for old, new in renamed:
            value = "array_replace(%s, '%s', '%s')" % (value, old, new)
        send(CAST_ARRAY.format(value=value, **values))
    elif renamed:
        whens = " ".join("WHEN %s::text = '%s' THEN '%s'::%s" % (column.column, old, new, enum) for old, new in renamed)
        send(CAST_RENAMED.format(whens=whens, **values))
    else:
        send(CAST.format(**values))


def renamed_default(default, schema, name, renamed):
    enum = "%s.%s" % (schema, name) if schema else name
    array = default.startswith("ARRAY[")
    of_array = default.endswith("[]")
    value = default if array else default[: default.find("::")]
    for old, new in renamed:
        value = value.replace("'%s'" % old, "'%s'" % new).replace('"%s"' % old, '"%s"' % new)
    if array:
        return re.sub(r"::[.\w]+", "::" + enum, value)
    return "%s::%s%s" % (value, enum, "[]" if of_array else "")


def sync_enum_values(enum_schema, enum_name, new_values, affected_columns, enum_values_to_rename=()):
    renamed = list(enum_values_to_rename)
    columns = [reference(column, enum_schema) for column in affected_columns]
    new = '"%s"."%s"' % (enum_schema, enum_name)
    old = '"%s"."%s_old"' % (enum_schema, enum_name)
    send("ALTER TYPE %s RENAME TO %s_old" % (new, enum_name))
    send("CREATE TYPE %s AS ENUM(%s)" % (new, ", ".join("'%s'" % value for value in new_values)))
    whens = " ".join("WHEN old_enum_val::text = '%s' THEN '%s'" % pair for pair in renamed)
    for operator, function in OPERATORS:
        names = {"operator": operator, "function": function, "new": new, "old": old}
        send((COMPARE_RENAMED if renamed else COMPARE).format(whens=whens, **names))
        send(OPERATOR.format(**names))
    for column in columns:
        names = {"table": column.table, "column": column.column}
        default = column.existing_server_default
        if default is not None:
            send(DROP_DEFAULT.format(**names))
        cast(column, new, renamed)
        if default is not None:
            send(SET_DEFAULT.format(default=renamed_default(default, enum_schema, enum_name, renamed), **names))
    for operator, function in OPERATORS:
        send(DROP_COMPARE.format(function=function, new=new, old=old))
    send("DROP TYPE %s" % old)
