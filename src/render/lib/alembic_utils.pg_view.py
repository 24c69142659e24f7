from alembic_utils.entities import PGView
