# What the entities of alembic_utils send; what they look up in a database is not followed.
import re
from enum import Enum
from sqlalchemy import text
from _retort import unknown


class SQLParseFailure(Exception):
    pass


class BadInputException(Exception):
    pass


def one_line(sql):
    return " ".join(sql.split())


def without_semicolon(sql):
    return sql.strip().rstrip(";").strip()


def unquoted(name):
    return name.replace('"', "")


def bare(name):
    return name.strip().rstrip('"').strip().lstrip('"').strip()


def quoted(name):
    schema, dot, rest = name.partition(".")
    return '"%s"."%s"' % (bare(schema), bare(rest)) if dot else '"%s"' % bare(name)


def escape_colons(sql, kept):
    # Colons would be parameters of text(), but not inside any of the kept marks.
    if not kept:
        return sql.replace(":", "\\:")
    return kept[0].join(escape_colons(part, kept[1:]) for part in sql.split(kept[0]))


class ReplaceableEntity:
    def __init__(self, schema, signature, definition):
        self.schema = unquoted(one_line(schema))
        self.signature = unquoted(one_line(signature))
        self.definition = escape_colons(without_semicolon(definition), ["::"])

    @classmethod
    def from_sql(cls, sql):
        return unknown("python", cls.__name__ + ".from_sql()")

    @classmethod
    def from_path(cls, path):
        return unknown("python", cls.__name__ + ".from_path()")

    @property
    def literal_schema(self):
        return quoted(self.schema)

    @property
    def identity(self):
        return "%s: %s.%s" % (self.__class__.__name__, self.schema, self.signature)


class OnEntityMixin:
    def __init__(self, schema, signature, definition, on_entity):
        super().__init__(schema=schema, signature=signature, definition=definition)
        if "." not in on_entity:
            on_entity = "public." + on_entity
        self.on_entity = unquoted(on_entity)


class PGFunction(ReplaceableEntity):
    type_ = "function"

    def __init__(self, schema, signature, definition):
        super().__init__(schema, signature, definition)
        plpgsql = "language plpgsql" in one_line(definition).lower().replace("'", "")
        self.definition = escape_colons(without_semicolon(definition), ["::", ":=", "\\:"] if plpgsql else ["::"])

    @property
    def literal_signature(self):
        name, rest = self.signature.split("(", 1)
        return '"' + name.strip() + '"(' + rest

    def to_sql_statement_create(self):
        return text("CREATE FUNCTION %s.%s %s" % (self.literal_schema, self.literal_signature, self.definition))

    def to_sql_statement_drop(self, cascade=False):
        match = re.fullmatch(r"(.+?)\((.*)\)", self.signature, re.DOTALL)
        if match is None:
            return unknown("python", "the parameters of " + self.signature)
        parameters = [p[: len(p.lower().split("default")[0])].strip() for p in match.group(2).strip().split(",")]
        return text(
            'DROP FUNCTION %s."%s"(%s) %s'
            % (self.literal_schema, match.group(1).strip(), ", ".join(parameters), "cascade" if cascade else "")
        )

    def to_sql_statement_create_or_replace(self):
        yield text("CREATE OR REPLACE FUNCTION %s.%s %s" % (self.literal_schema, self.literal_signature, self.definition))


class PGTrigger(OnEntityMixin, ReplaceableEntity):
    type_ = "trigger"

    def __init__(self, schema, signature, definition, on_entity, is_constraint=False):
        super().__init__(schema=schema, signature=signature, definition=definition, on_entity=on_entity)
        self.is_constraint = is_constraint

    def to_sql_statement_create(self):
        match = re.fullmatch(r"(.+?)\s+ON\s+(.+?)\s+(.+)", self.definition, re.DOTALL | re.IGNORECASE)
        if not match:
            raise SQLParseFailure('Failed to parse SQL into PGTrigger.definition """%s"""' % self.definition)
        table = match.group(2)
        if "." in table:
            table = table.partition(".")[2]
        return text(
            'CREATE%sTRIGGER "%s" %s ON %s.%s %s'
            % (" CONSTRAINT " if self.is_constraint else " ", self.signature, match.group(1), self.schema, table, match.group(3))
        )

    def to_sql_statement_drop(self, cascade=False):
        return text('DROP TRIGGER "%s" ON %s %s' % (self.signature, self.on_entity, "cascade" if cascade else ""))

    def to_sql_statement_create_or_replace(self):
        yield text('DROP TRIGGER IF EXISTS "%s" ON %s;' % (self.signature, self.on_entity))
        yield self.to_sql_statement_create()


class PGPolicy(OnEntityMixin, ReplaceableEntity):
    type_ = "policy"

    def to_sql_statement_create(self):
        return text("CREATE POLICY %s on %s %s" % (self.signature, self.on_entity, self.definition))

    def to_sql_statement_drop(self, cascade=False):
        return text("DROP POLICY %s on %s %s" % (self.signature, self.on_entity, "cascade" if cascade else ""))

    def to_sql_statement_create_or_replace(self):
        yield text("DROP POLICY IF EXISTS %s on %s;" % (self.signature, self.on_entity))
        yield text("CREATE POLICY %s on %s %s;" % (self.signature, self.on_entity, self.definition))


REPLACE_VIEW = """
        do $$
            begin
                CREATE OR REPLACE VIEW {0} AS {1};

            exception when others then
                DROP VIEW IF EXISTS {0};

                CREATE VIEW {0} AS {1};
            end;
        $$ language 'plpgsql'
        """


class PGView(ReplaceableEntity):
    type_ = "view"

    def __init__(self, schema, signature, definition):
        super().__init__(schema, signature, definition)
        self.definition = without_semicolon(definition)

    @property
    def name(self):
        return '%s."%s"' % (self.literal_schema, self.signature)

    def to_sql_statement_create(self):
        return text("CREATE VIEW %s AS %s;" % (self.name, self.definition))

    def to_sql_statement_drop(self, cascade=False):
        return text("DROP VIEW %s %s" % (self.name, "cascade" if cascade else ""))

    def to_sql_statement_create_or_replace(self):
        yield text(REPLACE_VIEW.format(self.name, self.definition))


class PGMaterializedView(PGView):
    type_ = "materialized_view"

    def __init__(self, schema, signature, definition, with_data=True):
        super().__init__(schema, signature, definition)
        self.with_data = with_data

    @property
    def body(self):
        return "%s WITH %s DATA" % (self.definition.rstrip().rstrip(";"), "" if self.with_data else "NO")

    def to_sql_statement_create(self):
        return text("CREATE MATERIALIZED VIEW %s AS %s;" % (self.name, self.body))

    def to_sql_statement_drop(self, cascade=False):
        return text("DROP MATERIALIZED VIEW %s %s" % (self.name, "cascade" if cascade else ""))

    def to_sql_statement_create_or_replace(self):
        yield text("DROP MATERIALIZED VIEW IF EXISTS %s; " % self.name)
        yield text("CREATE MATERIALIZED VIEW %s AS %s" % (self.name, self.body))


class PGExtension(ReplaceableEntity):
    type_ = "extension"

    def __init__(self, schema, signature):
        super().__init__(schema, signature, "")

    def to_sql_statement_create(self):
        return text('CREATE EXTENSION "%s" WITH SCHEMA %s;' % (self.signature, self.literal_schema))

    def to_sql_statement_drop(self, cascade=False):
        return text('DROP EXTENSION "%s" %s' % (self.signature, "CASCADE" if cascade else ""))

    def to_sql_statement_create_or_replace(self):
        raise NotImplementedError()


class PGGrantTableChoice(str, Enum):
    SELECT = "SELECT"
    INSERT = "INSERT"
    UPDATE = "UPDATE"
    REFERENCES = "REFERENCES"
    DELETE = "DELETE"
    TRUNCATE = "TRUNCATE"
    TRIGGER = "TRIGGER"

    def __str__(self):
        return self.value


class PGGrantTable(ReplaceableEntity):
    type_ = "grant_table"

    def __init__(self, schema, table, role, grant, columns=None, with_grant_option=False):
        self.schema = unquoted(schema)
        self.table = unquoted(table)
        self.columns = sorted(columns) if columns else []
        self.role = unquoted(role)
        self.grant = PGGrantTableChoice(grant)
        self.with_grant_option = with_grant_option
        by_column = self.grant.value in ("SELECT", "INSERT", "UPDATE", "REFERENCES")
        if by_column != bool(self.columns):
            raise BadInputException(
                "When grant type is %s a value must %sbe provided for columns" % (self.grant.value, "" if by_column else "not ")
            )
        self.signature = "PGGrantTable: %s.%s.%s.%s" % (self.schema, self.table, self.role, self.grant.value)

    @property
    def on(self):
        return "%s.%s" % (self.literal_schema, quoted(self.table))

    def to_sql_statement_create(self):
        columns = "( %s )" % ", ".join(self.columns) if self.columns else ""
        option = " WITH GRANT OPTION" if self.with_grant_option else ""
        return text("GRANT %s %s ON %s TO %s %s" % (self.grant.value, columns, self.on, quoted(self.role), option))

    def to_sql_statement_drop(self, cascade=False):
        return text("REVOKE %s ON %s FROM %s" % (self.grant.value, self.on, quoted(self.role)))

    def to_sql_statement_create_or_replace(self):
        yield self.to_sql_statement_drop()
        yield self.to_sql_statement_create()
