"""Serving: the one HTTP server of `tanggap serve`. What comes in from platforms and people's phones; no Prefect, no SQL."""
