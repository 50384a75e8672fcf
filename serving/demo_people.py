"""The people of a demo database: one of each role, with one password that everybody may know."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from serving.passwords import hash_password
from serving.people import Role
from triage.accounts import NewAccount, add_account, read_account

DEMO_PASSWORD = "coba-tanggap-dulu"  # noqa: S105 - for invented data only: a demo database never becomes a real one
DEMO_PEOPLE = {
    "rina": ("Rina Peninjau", Role.reviewer),
    "dewi": ("Dewi Koordinator", Role.lead),
    "tuti": ("Tuti Petugas Terbatas", Role.restricted_officer),
    "agus": ("Agus Analis", Role.analyst),
    "budi": ("Budi Admin", Role.admin),
}


def add_demo_people(connection: Any, now: datetime) -> None:
    """Those who are missing; the others keep what they have changed."""
    missing = [user_id for user_id in DEMO_PEOPLE if read_account(connection, user_id) is None]
    password_hash = hash_password(DEMO_PASSWORD) if missing else ""
    for user_id in missing:
        name, role = DEMO_PEOPLE[user_id]
        add_account(connection, NewAccount(user_id, name, role, password_hash, must_change=False), "demo", now)
