# Criterion programs of the room base; link them with $(BASE_LIBS) $(BASE_EXT) only.
