from logging import *
from logging import getLogger
