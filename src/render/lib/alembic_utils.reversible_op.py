# op.create_entity() and its likes.
from alembic import op


def create_entity(target):
    op.execute(target.to_sql_statement_create())


def drop_entity(target, cascade=False):
    op.execute(target.to_sql_statement_drop(cascade=cascade))


def replace_entity(target):
    for statement in target.to_sql_statement_create_or_replace():
        op.execute(statement)
