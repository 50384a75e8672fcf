"""The figures of the desk as people read them."""

from __future__ import annotations

from cases.regions import region_name
from cases.routing import agency_name
from cases.rules import Rules
from review.wording import decimal, label
from triage.stats import By, Figures

HEADS: dict[By, str] = {
    "semua": "",
    "week": "Minggu mulai",
    "category": "Kategori",
    "kecamatan": "Kecamatan",
    "agency": "Dinas",
}
COLUMNS = ("kasus", "tindakan 1", "diteruskan", "selesai", "darurat tepat", "terlambat", "salah dinas", "dibuka lagi")
ABOUT = "Angka tengah (median), dihitung sejak kebutuhan sampai di meja. Terlambat: dinas bergerak setelah batasnya, dari yang bisa dinilai."


def group_words(rules: Rules, by: By, name: str) -> str:
    """What a group is called: a category, a kecamatan, an agency, the Monday of a week."""
    if name == "-" or by in {"semua", "week"}:
        return {"-": "belum jelas", "semua": "Semua"}.get(name, name)
    if by == "category":
        return label("category" if name in rules.taxonomy.category else "topic", name)
    if by == "kecamatan":
        return region_name(name) or name
    return agency_name(rules, name) if name in rules.agencies.agency else name


def row_words(one: Figures) -> tuple[str, ...]:
    """A group's figures, in the order of COLUMNS."""
    emergencies = f"{one.emergencies_in_time}/{one.emergencies}" if one.emergencies else "-"
    late = f"{one.late}/{one.handlings} {one.late_share:.0%}" if one.late_share is not None else "-"
    return (
        str(one.cases),
        _with_unit(one.first_action_hours, "jam"),
        _with_unit(one.forward_hours, "jam"),
        _with_unit(one.finish_days, "hari"),
        emergencies,
        late,
        str(one.rerouted),
        str(one.reopened),
    )


def _with_unit(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{decimal(value, 1)} {unit}"
