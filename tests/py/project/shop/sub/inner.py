from .. import consts
from ..consts import NAME as OUTER

NAME = "inner"


def up():
    return consts.NAME if OUTER == consts.NAME else None
