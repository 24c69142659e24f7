# Criterion programs of the room render; link them with $(RENDER_LIBS) $(RENDER_EXT) only.
