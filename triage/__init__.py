"""Triage: mentions and opinions become tables. The only room that opens DuckDB; the questions stand in .sql files."""
