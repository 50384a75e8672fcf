"""Names of people in free text: after "a.n.", "nama saya", "Pak", "almarhum" and the like. Offices (Pak Camat) and kin words stay."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from lokal.samaran import _names as lists
from lokal.wilayah import list_wilayah

MOST_WORDS = 4  # of one name
_TITLES = r"bapak|bpk|bp|pak|ibu|bu|ibuk|bang|mas|mbak|mba|kang|teh|teteh|mang|ceu|eceu|nek|nenek|kakek|kek|mbah|abah|aki|nini|emak|mak|engkong|encang|encing|haji|ustad|ustadz|ustadzah|kyai|sdr|sdri|saudara|saudari|tn|ny|ananda|om|tante|almarhum|almarhumah|alm|almh|uwa|bibi|paman|neng|nyi|mpok|pakde|bude"  # fmt: skip
_KIN = r"anak|putra|putri|suami|istri|bini|laki|adik|adek|ade|kakak|kaka|abang|bapak|ibu|ayah|mama|mamah|papa|nenek|kakek|mertua|keponakan|sepupu|cucu|tetangga|teman|temen|sodara|saudara|murid|pasien|incu|pun"  # fmt: skip
_WORD_AHEAD = r"(?=[A-Za-z])"
# After these a name follows for sure, whatever its spelling.
_SURE = re.compile(
    r"\b(?:a\.\s?n\b\.?|a/n|(?-i:an\.)|atas\s+nama|nama\s+(?:saya|sy|aku|gue|gw|beliau|anak(?:nya)?|ibu(?:nya)?|bapak(?:nya)?|korban|pasien|almarhum(?:ah)?)"
    r"|nama(?:nya|ku|na)|bernama|ngaran(?:\s+abdi|na)|wasta(?:na)?|nama(?:\s+lengkap)?\s*[:=])"
    r"\s*[:=]?\s*(?:(?:adalah|itu|teh|yaitu)\s+)?(?:(?:" + _TITLES + r")\b\.?\s+)?" + _WORD_AHEAD,
    re.IGNORECASE,
)
# After these a name may follow: in capitals, or a word that is no ordinary one.
_TITLED = re.compile(rf"\b(?:{_TITLES})\b\.?[ \t]+{_WORD_AHEAD}", re.IGNORECASE)
# After these only a capital makes a name.
_CAPITAL_ONLY = re.compile(
    rf"(?:\b(?i:{_KIN})(?:nya|ku|na)?\s*(?i:saya|sy|aku|gue|gw|kami|abdi|beliau)?,?[ \t]+|\b(?:H|Hj|KH|Ust|Drs|Dra|Ir|Dr|dr|Sdr|Sdri)\b\.?[ \t]+)(?=[A-Z])"
)
_WORD = re.compile(r"[ \t]*([A-Za-z][A-Za-z'’]*)")
_INITIAL = re.compile(r"\.[ \t]?(?=[A-Z])")  # "Moh. Rizki" goes on, "Dulnya. Kerugian" does not
_AFTER_INSTITUTION = re.compile(
    r"\b(?:rs|rsu|rsud|rsup|rsia|rshs|rumah sakit|klinik|stadion|jalan|jl|jln|gedung|masjid|mesjid|musholla|pasar|terminal|taman|waduk|situ|kali|perum|perumahan|kp|kampung|desa|kecamatan|kec|perumda|pdam|pt|cv|sd|sdn|smp|smpn|sma|smk|gang|gg)\.?\s*$",
    re.IGNORECASE,
)
_AFFIXED = re.compile(
    r"(?:meng|meny|mem|men|di|ber|ter|peng|peny|pem|nge|ng|ny)[a-z]{4,}|[a-z]{3,}(?:nya|kan|lah|kah|ku|mu|keun|na|in)"
)
_GIVEN = frozenset(lists.GIVEN_NAMES | lists.FAMILY_NAMES | lists.SECOND_NAMES)
_LOWER_IS_A_WORD = frozenset("adi ari dina tina dede ema ani oki eka tri dwi sari bintang fajar surya bayu cahyo sandi citra dewi indah permata wulan bulan nur".split())  # fmt: skip
_NOT_NAMES = frozenset(
    """bupati wakil wabup gubernur wagub presiden menteri mensos camat lurah kades kadus sekdes kuwu kasi kaur kabid kepala dewan ketua anggota dprd rt rw
    polisi tni tentara damkar dokter dr bidan perawat suster guru kepsek kadis admin min mimin petugas relawan sopir supir satpam kader posyandu pkk
    hamil menyusui nifas tiri kandung mertua angkat asuh yatim piatu sulung bungsu tunggal kota kabupaten pertiwi tangga jari punk presiden kapolri kapolres
    assalamualaikum assalamu wassalam wr wb salam permisi punten izin ijin tolong mohon bantu maaf makasih makasi terima kasih hatur nuhun tabik ass
    saha naha kumaha iraha dimana ieu eta ari mah atuh euy teu henteu aya bade abdi urang pun hoyong gering maot kula kulo lan ora ning
    senin selasa rabu kamis jumat sabtu ahad minggu januari februari maret april mei juni juli agustus september oktober november desember
    jawa sunda betawi indonesia jabar jakarta bandung bogor karawang purwakarta cikarang tambun bekasi islam kristen muslim
    bpjs kis kip pkh bansos ktp kk pbi igd icu rsud rs puskesmas baznas pmi bpbd pln pdam polres polsek kua taspen tirta bhagasasi
    total trauma estimasi penegak pabrik mesin minat nama namanya alamat kartu inisial calo kerugian roh ruh oleh sewa kaki man anta abaikan biasana
    bengek bup gub checking dimasukkan doktere eman jantungan kaserempet kiamat kokoro kumis maap momod ogah omah pensi penyiar ramai semarang syok team
    tiheula toh tonggo telkom malaysia saudi taiwan kamboja cimanuk ciliwung citarum kerbau kambing lele nyamuk omdo telolet aria arya gadis jejaka lanang wedok program quick response haji hajah haj hj soleh
    almarhum almarhumah alm almh sdr sdri bapak ibu pak bu hai halo bersih ganteng cantik""".split()
)
_HOSPITALS = frozenset(("hasan sadikin", "cipto mangunkusumo", "hermina", "siloam", "mitra keluarga"))
_PLACES_IN = ("32.16", "32.75")  # names of kecamatan and desa around here are places, not people
_NEVER_A_PLACE = frozenset(
    "wangi jaya mulya asih sari rahayu mukti karya".split()
)  # parts of place names that are given names too


@lru_cache(maxsize=1)
def _place_words() -> frozenset[str]:
    """Every word of a kecamatan or desa name of Kabupaten and Kota Bekasi, lower case."""
    kecamatan = [k for code in _PLACES_IN for k in list_wilayah(code)]
    words = {
        word for area in kecamatan for place in [area, *list_wilayah(area.code)] for word in place.name.lower().split()
    }
    return frozenset(words - _NEVER_A_PLACE)


@lru_cache(maxsize=1)
def _common_words() -> frozenset[str]:
    lines = (Path(__file__).parent / "common_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def _is_name_word(word: str, sure: bool, capital_only: bool, shouting: bool) -> bool:
    lower = word.lower().replace("’", "'")
    capital = word[0].isupper() and not shouting
    if capital_only and not capital:
        return False
    if len(lower) < 3 or lower in _NOT_NAMES or lower in _place_words():
        return False
    if capital and word.isupper() and len(word) <= 5 and lower not in _GIVEN:
        return False  # ODGJ, SMK, PHK
    if lower in _GIVEN:
        return capital or lower not in _LOWER_IS_A_WORD
    if lower in _common_words():
        return False
    return sure or capital or not _AFFIXED.fullmatch(lower)


def _name_end(text: str, start: int, sure: bool = False, capital_only: bool = False, shouting: bool = False) -> int:
    """Where a name that begins at ``start`` ends; ``start`` when there is none. The first word decides how the others are written."""
    end = position = start
    first_is_capital = False
    for count in range(MOST_WORDS):
        match = _WORD.match(text, position)
        if match is None:
            break
        word = match[1]
        if count and (word[0].isupper() != first_is_capital or (not first_is_capital and word.lower() not in _GIVEN)):
            break
        particle = count > 0 and word.lower() in ("bin", "binti")
        if not particle and not _is_name_word(word, sure, capital_only, shouting):
            break
        first_is_capital = first_is_capital or word[0].isupper()
        end = position = match.end()
        if (initial := _INITIAL.match(text, end)) and len(word) <= 4:
            position = initial.end()
    return end


def _is_shouting(text: str) -> bool:
    """Written mostly in capitals: a capital says nothing about names then."""
    letters = [c for c in text if c.isalpha()]
    return sum(c.isupper() for c in letters) > 0.6 * len(letters)


def name_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of every name that something in front announces."""
    shouting = _is_shouting(text)
    found: list[tuple[int, int]] = []
    for pattern, sure, capital_only in ((_SURE, True, False), (_TITLED, False, False), (_CAPITAL_ONLY, False, True)):
        for match in pattern.finditer(text):
            if pattern is _TITLED and _AFTER_INSTITUTION.search(text, max(0, match.start() - 20), match.start()):
                continue
            start = match.end()
            end = _name_end(text, start, sure, capital_only, shouting)
            if end > start and text[start:end].lower() not in _HOSPITALS:
                found.append((start, end))
    return found


def _is_institution(text: str, start: int, end: int) -> bool:
    return text[start:end].lower() in _HOSPITALS or bool(_AFTER_INSTITUTION.search(text[max(0, start - 20) : start]))


def trimmed_name(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A name found by lokal-id without the words that are not part of it ("Sarti lumpuh"); None when nothing is left."""
    if _is_institution(text, start, end):
        return None
    kept_end = _name_end(text[:end], start, capital_only=text[start].isupper(), shouting=_is_shouting(text))
    return (start, kept_end) if kept_end > start else None
