# Criterion programs of the room edit; link them with $(EDIT_LIBS) $(EDIT_EXT) only.
