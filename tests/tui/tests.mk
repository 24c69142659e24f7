# Criterion programs of the room tui; link them with $(TUI_LIBS) $(TUI_EXT) only.
