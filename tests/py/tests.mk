# Criterion programs of the room py; link them with $(PY_LIBS) $(PY_EXT) only.
