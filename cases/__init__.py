"""Cases: what the rules in data/ say about a need. Pure Python: no database, no platform, no Prefect, no clock of its own."""
