"""What points to a person is hidden, what tells the need stays. Every identifier here is invented."""

from __future__ import annotations

import pytest

from review.cleaning import clean
from review.masking import SHOWN, mask, masked, shorten

MUST_MASK = [
    ("PKH a.n. Nani binti Saim tos turun can?", "Saim"),
    ("NIK saya 3216011508950001", "3216011508950001"),
    ("nik 3216 0115 0895 0001 tolong", "0895 0001"),
    ("No KK 3216011234567890", "3216011234567890"),
    ("BPJS 0001234567890 nonaktif", "0001234567890"),
    ("hub 0812-3456-7890", "7890"),
    ("08 12-0000 1234 wa ya", "1234"),
    ("wa 0812.0000.1234", "1234"),
    ("+62 812 0000 1234", "1234"),
    ("(+62)81200001234", "1234"),
    ("62 812-0000-1234", "1234"),
    ("0 8 1 2 0 0 0 0 1 2 3 4", "1 2 3 4"),
    ("o8l2 0000 1234", "1234"),
    ("nol delapan satu dua tiga empat lima enam tujuh delapan", "enam tujuh"),
    ("kosong delapan satu dua, tiga empat lima enam tujuh", "enam tujuh"),
    ("wa.me/6281200001234", "1200001234"),
    ("telp 021-89971234", "8997"),
    ("0\u200b8\u200b1\u200b2\u200b0\u200b0\u200b0\u200b0\u200b7\u200b7\u200b7\u200b7", "7777"),
    ("０８１２００００１２３４", "1234"),
    ("0️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣0️⃣", "567890"),
    ("𝟎𝟖𝟏𝟐𝟎𝟎𝟎𝟎𝟏𝟐𝟑𝟒", "1234"),
    ("rek BCA 1234567890 an Dewi Lestari", "1234567890"),
    ("rek BCA 1234567890 a.n. Dewi Lestari", "Dewi"),
    ("norek 0123-01-012345-50-1 BRI", "012345"),
    ("mandiri 1560001234567", "1560001234567"),
    ("budi.s@gmail.com", "budi.s"),
    ("kirim ke budi (at) gmail (dot) com", "gmail"),
    ("Plat B 1234 KLM ngebut", "1234 KLM"),
    ("motor B 3456 XYZ hilang", "3456"),
    ("@budi.santoso99 tolong", "budi.santoso99"),
    ("Kp. Pulo RT 03/05 Desa Sukamukti", "03/05"),
    ("Kp. Pulo RT 03/05 Desa Sukamukti", "Pulo"),
    ("di kp rawa bangkong rt 3 rw 5", "rt 3"),
    ("rt3 rw 5", "rw 5"),
    ("Rt.04/02 mati lampu", "04/02"),
    ("RT 007 RW 012 Kel. Kebalen", "012"),
    ("Jl. Melati No. 12 Cikarang Utara", "Melati"),
    ("jl raya imam bonjol no.5 telaga asih", "no.5"),
    ("gg mawar 12", "12"),
    ("Blok C3 no 7 Grand Wisata", "C3"),
    ("blok D/14", "D/14"),
    ("rumah nomor 22 cat hijau", "22"),
    ("a.n. Siti Aminah", "Siti"),
    ("a/n siti aminah", "aminah"),
    ("atas nama Rohmat Hidayat", "Rohmat"),
    ("nama saya budi, anak 3", "budi"),
    ("nama pasien Karsih", "Karsih"),
    ("bernama rudi hartono umur 5 tahun", "hartono"),
    ("Nama: Enah Suhaenah", "Enah"),
    ("bu onih buta", "onih"),
    ("pak karso sakit", "karso"),
    ("Bapak/Bu Wati", "Wati"),
    ("ibu Sarti lumpuh", "Sarti"),
    ("alm. pak Karso meninggalkan 3 anak", "Karso"),
    ("almarhum Sutrisno", "Sutrisno"),
    ("teh Yuni tetangga saya", "Yuni"),
    ("mang Ujang teu tiasa leumpang", "Ujang"),
    ("abah Karta tidur di teras", "Karta"),
    ("kontrakan H Amsor belakang pasar", "Amsor"),
    ("suami saya Karta kena stroke", "Karta"),
    ("ijazah anak saya Rafi ditahan", "Rafi"),
    ("imah Pa Sardi di Cibingbin", "Sardi"),
    ("si ujang teu sakola", "ujang"),
    ("istri sy rina lumpuh", "rina"),
    ("tatanggi, Intan 15 taun, hamil", "Intan"),
    ("lahir 31-12-1950", "31-12-1950"),
    ("https://maps.app.goo.gl/abc123 rumah saya", "abc123"),
    ("-6.261234, 107.152345", "152345"),
]
MUST_KEEP = [
    "ibu hamil 8 bulan ketuban pecah",
    "nenek stroke lumpuh, gula darah 450, HIV, ODGJ",
    "pak tolong bapak saya sakit kanker paru",
    "Kec. Sukatani Desa Sukamulya Kab. Bekasi",
    "Kecamatan Cikarang Utara, Kelurahan Kebalen",
    "butuh Rp 1.500.000 buat berobat",
    "biaya 12.500.000 nunggak 2,4 juta",
    "air 2 meter, 300 KK, 1200 jiwa, 6,8 kg",
    "umur 65 tahun sejak jam 05.12",
    "hubungi 119 atau 112 atau 110",
    "tanggal 24 November 2026",
    "Pak Bupati dan Bu Camat tolong",
    "ADUH PAK TOLONG BU LURAH SUKATANI",
    "Bu Lurah Sukatani",
    "pak RT sudah tahu",
    "dirawat di RS Hasan Sadikin",
    "@pemkabbekasi @bpbd_kabbekasi",
    "lapor ke @qr.kabbekasi",
    "PDAM Tirta Bhagasasi mati 4 hari",
    "anak yatim piatu tidak sekolah SMK",
    "blok F banjir",
    "warga Garut sudah 3 tahun, anak 5 tahun",
    "Balita 2 tahun gizi buruk, Lansia 70 tahun",
    "janda anak 3 belum makan 2 hari",
    "warga Kp. Beting Pantai Bahagia",
    "TOLONG MIN ANAK SAYA SESAK NAPAS",
    "mbah sesak napas, kakek pikun",
    "istri saya pendarahan",
    "tetangga ODGJ ngamuk",
    "akun diblokir terus",
    "jalan ditutup 3 hari",
    "tahun 2024-2026",
]


@pytest.mark.parametrize(("text", "secret"), MUST_MASK)
def test_what_points_to_a_person_is_hidden(text: str, secret: str) -> None:
    assert secret.lower() in clean(text).text.lower(), "the case itself must hold the secret"
    assert secret.lower() not in mask(text).lower()


@pytest.mark.parametrize("text", MUST_KEEP)
def test_the_need_and_the_place_stay_readable(text: str) -> None:
    assert mask(text, ["qr.kabbekasi"]) == text


def test_hidden_characters_go_and_are_said() -> None:
    shown = masked("tolong \u202enak\u202c ada\u200b yang\u2066 hanyut\u2069")
    assert shown.text == "tolong nak ada yang hanyut"
    assert shown.hidden


def test_emoji_families_are_no_hidden_characters() -> None:
    family = "👨\u200d👩\u200d👧 ❤️ 🙏🏽"
    shown = masked(family)
    assert shown.text == family
    assert not shown.hidden


def test_long_texts_are_cut_between_words_and_never_inside_a_mask() -> None:
    text = "lapar " * 95 + "a.n. Siti Aminah " * 20
    shown = masked(text)
    assert len(shown.text) <= SHOWN + 1
    assert shown.shortened
    assert shown.text.endswith("…")
    assert shown.text.count("[") == shown.text.count("]")
    assert shorten("x" * 700, 600) == "x" * 600 + "…"


def test_a_lone_surrogate_becomes_a_mark_that_can_be_written() -> None:
    assert "\ufffd" in mask("tolong \ud83d min")
    mask("\ud83d").encode("utf-8")


def test_masking_again_changes_nothing() -> None:
    for text, _ in MUST_MASK:
        once = mask(text)
        assert mask(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "0" * 4000,
        "rt " * 1500,
        "jl a " * 900,
        "nol " * 1000,
        "@" * 4000,
        "pak " * 1000,
        "a. " * 1300,
        "[" * 4000,
        "blok a " * 600,
    ],
)
def test_no_text_holds_the_masks_up(text: str) -> None:
    assert len(mask(text)) <= SHOWN + 1
