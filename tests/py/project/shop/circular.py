import shop.circular

from shop import consts

B = "b"
