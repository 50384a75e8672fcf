"""Files that other tools saved, as rows: one module a format, each with ``read`` (a file, streamed) and ``map_row`` (one payload)."""
