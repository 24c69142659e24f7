# Criterion programs of the room review; link them with $(REVIEW_LIBS) $(REVIEW_EXT) only.
