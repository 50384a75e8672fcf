"""The commands of `tanggap`, a file a subject: each adds its parsers in ``add_parsers`` and calls a room."""
