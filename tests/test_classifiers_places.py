"""Place names in free text: found, kept open where they are ambiguous, and not found where they are words."""

from __future__ import annotations

import pytest

from classifiers.place_names import PlaceDataError, read_names
from classifiers.places import Gazetteer

SURE = 0.6


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    """The shipped names."""
    return Gazetteer()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("banjir di cikut", "32.16.09"),
        ("warga tamsel butuh air", "32.16.06"),
        ("m. gembong gelap total", "32.16.17"),
        ("Muara Gembong rob lagi", "32.16.17"),
        ("muaragembong", "32.16.17"),
        ("rumah di pebayurn ambruk", "32.16.13"),  # one letter missing
        ("Kec. Cabang Bungin", "32.16.16"),
        ("Kp. Ceger RT 02/03 desa Sukamulya kec Sukatani", "32.16.15.2001"),
        ("Sukatani Purwakarta longsor", "32.14.05"),
        ("Cibitung", "32.16.07"),
        ("Cibitung Sukabumi", "32.02.25"),
        ("telaga murni blok F", "32.16.08.2001"),
        ("perum di kota bekasi", "32.75"),
        ("bekasi timur macet", "32.75.01"),
        ("pemkab: kab bekasi", "32.16"),
        ("warga lembang", "32.17.01"),
        ("di Lippo Cikarang", "32.16.19"),
        ("#Cibarusah gelap", "32.16.22"),
        ("kota semarang banjir", "33.74"),
    ],
)
def test_named_places(gazetteer: Gazetteer, text: str, code: str) -> None:
    best = gazetteer.find(text)[0]
    assert best.code == code
    assert best.weight >= SURE


def test_bekasi_alone_stays_open_between_two_governments(gazetteer: Gazetteer) -> None:
    found = gazetteer.find("banjir di bekasi")
    assert {c.code for c in found} == {"32.16", "32.75"}
    assert all(c.weight < SURE for c in found)


def test_what_all_readings_share_is_said(gazetteer: Gazetteer) -> None:
    found = gazetteer.find("tolong daerah tambun")
    assert found[0].code == "32.16" and found[0].weight >= SURE and found[0].kecamatan is None
    assert {"32.16.05", "32.16.06"} <= {c.code for c in found}


def test_home_is_a_prior(gazetteer: Gazetteer) -> None:
    assert gazetteer.find("Sukatani", home="32.16")[0].code == "32.16.15"
    assert gazetteer.find("Sukatani", home="32.14")[0].code == "32.14.05"


@pytest.mark.parametrize(
    "text",
    [
        "aku bahagia banget hari ini",
        "mancing di situ setu babakan",
        "musuh serang balik",
        "lagu band sukamaju enak",
        "makan nasi padang",
        "badan makin tambun",
        "cinta itu buta",
        "air di tengah jalan, genteng di gudang",
        "@disdukcapilkabbekasi kapan",
        "kasih tau dong",
        "",
        "😭",
    ],
)
def test_words_that_are_no_places(gazetteer: Gazetteer, text: str) -> None:
    assert gazetteer.find(text) == []


def test_weights_are_shares_and_the_written_form_is_kept(gazetteer: Gazetteer) -> None:
    found = gazetteer.find("rumah di SUKAMAJU é roboh")
    assert 0 < sum(c.weight for c in found if c.kind != "kabkota") <= 1.0001
    assert found[0].written == "SUKAMAJU"
    assert found == sorted(found, key=lambda c: (-c.weight, c.code)) or found[0].kind in ("kabkota", "kecamatan")


def test_all_kecamatan_of_home_are_found_by_their_names(gazetteer: Gazetteer) -> None:
    names = {code: name for code, name in gazetteer.names.region_names.items() if code.startswith("32.16.")}
    districts = {code: name for code, name in names.items() if code.count(".") == 2}
    assert len(districts) == 23 and len(names) - 23 == 187
    for code, name in districts.items():
        assert gazetteer.find(f"tolong warga kecamatan {name}")[0].code == code


def test_bad_place_data_is_named(tmp_path) -> None:
    (tmp_path / "not_places.tsv").write_text("", encoding="utf-8")
    (tmp_path / "names.tsv").write_text("x\tdesa\t99.99\t[G]\n", encoding="utf-8")
    with pytest.raises(PlaceDataError, match=r"names\.tsv line 1: there is no region with the code '99\.99'"):
        read_names(tmp_path)
    (tmp_path / "names.tsv").write_text("x\tdesa\n", encoding="utf-8")
    with pytest.raises(PlaceDataError, match="line 1: 2 columns where 4"):
        read_names(tmp_path)
