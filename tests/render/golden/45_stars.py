from datetime import *
from enum import Enum

from alembic.op import *
from sqlalchemy import *
from sqlalchemy.dialects.postgresql import *
from sqlalchemy.schema import *

revision = "45"
down_revision = None

colours = Enum("red", "blue", name="colour")


def upgrade():
    create_table(
        "cars",
        Column("id", BigInteger, primary_key=True),
        Column("colour", colours, nullable=False),
        Column("extra", JSONB, server_default=text("'{}'")),
        Column("span", TSTZRANGE),
        Column("made", DateTime(timezone=True), server_default=func.now()),
        UniqueConstraint("colour", name="uq_cars_colour"),
    )
    cars = table("cars", column("id", BigInteger), column("made", DateTime))
    execute(insert(cars).values(id=7, made=datetime(2024, 1, 31)).on_conflict_do_nothing())
    execute(select(cars.c.id).where(and_(cars.c.id > 3, or_(cars.c.id < 9, not_(cars.c.made.is_(None))))))
    execute(CreateSequence(Sequence("cars_id_seq")))


def downgrade():
    drop_table("cars")
    colours.drop(get_bind(), checkfirst=False)
