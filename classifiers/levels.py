"""Which government a post is for: the regency, the province, a ministry, or another regency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classifiers.places import Candidate

# UU 23/2014, annex: SMA/SMK/SLB, labour inspection and residential social care are provincial.
PROVINCE = frozenset(("sma", "smk", "slb", "sman", "smkn", "panti", "samsat", "disnakertrans", "wasnaker"))
PROVINCE_PHRASES = ("jalan provinsi", "pengawas ketenagakerjaan", "pengawasan ketenagakerjaan")
NATION = frozenset(
    ("kedubes", "kbri", "kjri", "bp2mi", "tkw", "tki", "pmi", "tol", "krl", "kai", "imigrasi", "kemensos", "pertamina")
)
NATION_PHRASES = ("jalan nasional", "pekerja migran", "kereta api", "jasa marga")


def responsible_level(
    tokens: Sequence[str], named: Candidate | None, candidates: Sequence[Candidate], home: str
) -> str | None:
    """kabkota | provinsi | pusat | luar_wilayah, or None when neither words nor place say it."""
    text = " ".join(tokens)
    words = set(tokens)
    inside = [c.weight for c in candidates if c.code == home or c.code.startswith(home + ".")]
    if named is not None and not inside and not home.startswith(named.code):
        return "luar_wilayah"
    if words & NATION or any(phrase in text for phrase in NATION_PHRASES):
        return "pusat"
    if words & PROVINCE or any(phrase in text for phrase in PROVINCE_PHRASES):
        return "provinsi"
    return "kabkota" if sum(inside) >= 0.5 else None
