"""Table options"""
from alembic import op
import sqlalchemy as sa

revision = "19"
down_revision = "18"


def upgrade():
    op.create_table(
        "measurements",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        postgresql_partition_by="RANGE (at)",
    )
    for month in range(1, 4):
        op.execute(
            f"CREATE TABLE measurements_{month:02d} PARTITION OF measurements "
            f"FOR VALUES FROM ('2024-{month:02d}-01') TO ('2024-{month + 1:02d}-01')"
        )
    op.create_table("fast", sa.Column("x", sa.Integer), prefixes=["UNLOGGED"], postgresql_tablespace="ssd")
    op.create_table("child", sa.Column("y", sa.Integer), postgresql_inherits="parent", if_not_exists=True)


def downgrade():
    op.drop_table("child", if_exists=True)
    op.drop_table("fast")
    op.drop_table("measurements")
