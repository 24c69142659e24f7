from alembic_utils.entities import PGFunction
