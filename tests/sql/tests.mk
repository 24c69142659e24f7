# Criterion programs of the room sql; link them with $(SQL_LIBS) $(SQL_EXT) only.
