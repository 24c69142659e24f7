"""Column level unique, index, defaults"""
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ENUM, JSONB, UUID

revision = "15"
down_revision = "14"

status = ENUM("on", "off", name="switch", create_type=False)


def upgrade():
    status.create(op.get_bind(), checkfirst=True)
    op.create_table(
        "devices",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("serial", sa.String(40), unique=True, nullable=False),
        sa.Column("owner", sa.Integer, sa.ForeignKey("accounts.id"), index=True),
        sa.Column("state", status, server_default="off", nullable=False),
        sa.Column("meta", JSONB, server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("seen", sa.DateTime, default=sa.func.now()),
    )


def downgrade():
    op.drop_table("devices")
    status.drop(op.get_bind(), checkfirst=True)
