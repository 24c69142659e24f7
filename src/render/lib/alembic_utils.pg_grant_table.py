from alembic_utils.entities import PGGrantTable, PGGrantTableChoice
