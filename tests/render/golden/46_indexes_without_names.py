import sqlalchemy as sa
from alembic import op

revision = "46"
down_revision = None
shop = sa.Table("shop", sa.MetaData(), sa.Column("id", sa.Integer), sa.Column("name", sa.String(20)))
pair = sa.tuple_(shop.c.id, shop.c.name)


def upgrade():
    op.create_index(None, "shop", ["name"])
    op.create_index(None, "shop", [sa.text("lower(name)"), "id"], schema="east")
    op.create_index(None, "shop", ["id", sa.text("name DESC")], unique=True)
    op.create_index(None, "shop", [shop.c.id])
    sa.Index(None, shop.c.name, shop.c.id).create(op.get_bind())
    with op.batch_alter_table("shop") as batch:
        batch.create_index(None, ["name"])
    op.execute(sa.select(shop.c.id).where(pair.in_([])))
    op.execute(shop.delete().where(pair.not_in([])))
    op.execute(sa.select(shop.c.id).where(sa.tuple_(shop.c.id).in_([])))


def downgrade():
    op.drop_index(None, "shop")
    op.drop_index(None, "shop", schema="east")
    op.drop_index(None)
    sa.Index(None, shop.c.name, shop.c.id).drop(op.get_bind())
    with op.batch_alter_table("shop") as batch:
        batch.drop_index(None)
