"""Flows: the order of the work, its schedule and its retries. Prefect lives only here."""
