# Data that travels with the source: the sample shop of `./bootstrap demo`.
EXTRA_DIST += data/demo
