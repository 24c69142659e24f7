# Criterion programs of the room history; link them with $(HISTORY_LIBS) $(HISTORY_EXT) only.
