"""Names of people in free text: after "a.n.", "nama saya", "Pak", "almarhum" and the like. Offices (Pak Camat) and kin words stay."""

from __future__ import annotations

import re
from functools import lru_cache

from lokal.samaran import _names as lists
from lokal.wilayah import list_wilayah

MOST_WORDS = 4  # of one name
_TITLES = r"bapak|bpk|bp|pak|ibu|bu|ibuk|bang|mas|mbak|mba|kang|teh|teteh|mang|ceu|nek|nenek|kakek|kek|mbah|abah|aki|nini|emak|mak|engkong|encang|encing|haji|hj|ustad|ustadz|ustadzah|kyai|sdr|sdri|saudara|saudari|tn|ny|an|ananda|anak|adik|kakak|kak|om|tante|almarhum|almarhumah|alm|almh|uwa|bi|bibi|paman"  # fmt: skip
# After these a name follows for sure, whatever its spelling.
_SURE = re.compile(
    r"\b(?:a\.\s?n\.?|a/n|atas nama|nama (?:saya|sy|aku|gue|gw|beliau|anak(?:nya)?|ibu(?:nya)?|bapak(?:nya)?|korban|pasien|almarhum(?:ah)?)|nama(?:nya|ku|na)|bernama|ngaran(?: abdi|na)|pasien an\.?|nama(?: lengkap)?\s*[:=])"
    r"\s*[:=]?\s*(?:(?:adalah|itu|teh)\s+)?((?:" + _TITLES + r")\.?\s+)?(?=[a-z])",
    re.IGNORECASE,
)
_TITLED = re.compile(rf"\b(?:{_TITLES})\b\.?\s+(?=[a-z])", re.IGNORECASE)
_WORD = re.compile(r"[ \t]*([A-Za-z][A-Za-z'’]*)\.?")
_GIVEN = frozenset(lists.GIVEN_NAMES | lists.FAMILY_NAMES | lists.SECOND_NAMES)
# Words that stand after a title or "nama saya" without being a name.
_NOT_NAMES = frozenset(
    ["saya", "sy", "aku", "gue", "gw", "kami", "kita", "kamu", "anda", "dia", "mereka", "beliau", "ini", "itu", "nya", "tersebut", "tsb", "yang", "yg", "dan", "atau", "di", "ke", "dari", "untuk", "utk", "dengan", "dgn", "pada", "dalam", "bupati", "wakil", "wabup", "gubernur", "wagub", "presiden", "menteri", "camat", "lurah", "kades", "kepala", "desa", "dusun", "kadus", "sekdes", "dewan", "ketua", "anggota", "dprd", "rt", "rw", "rukun", "warga", "tetangga", "polisi", "tni", "dokter", "dr", "bidan", "perawat", "suster", "guru", "kepsek", "kepala", "dinas", "kadis", "admin", "min", "mimin", "petugas", "relawan", "ojol", "sopir", "supir", "satpam", "kader", "posyandu", "pkk", "hamil", "menyusui", "tiri", "kandung", "mertua", "angkat", "asuh", "yatim", "piatu", "sulung", "bungsu", "tunggal", "kecil", "besar", "tua", "muda", "kota", "kabupaten", "pertiwi", "rumah", "tangga", "jari", "bangsa", "tolong", "mohon", "bantu", "tulung", "minta", "maaf", "makasih", "terima", "kasih", "hatur", "nuhun", "tabik", "ass", "assalamualaikum", "assalamu", "wr", "wb", "salam", "permisi", "punten", "izin", "ijin", "mau", "ingin", "bisa", "boleh", "gimana", "bagaimana", "kapan", "kenapa", "mengapa", "apa", "apakah", "siapa", "mana", "dimana", "kemana", "berapa", "sudah", "udah", "udh", "sdh", "belum", "blm", "lagi", "masih", "baru", "lama", "sedang", "kalau", "kalo", "kl", "klo", "karena", "krn", "jadi", "biar", "supaya", "agar", "tapi", "tp", "namun", "juga", "jg", "pun", "sih", "dong", "deh", "nih", "tuh", "kok", "ya", "yah", "iya", "ga", "gak", "nggak", "ngga", "enggak", "tidak", "tdk", "tak", "bukan", "jangan", "jgn", "ada", "adalah", "punya", "jalan", "jalannya", "jln", "jl", "kp", "kampung", "perum", "perumahan", "blok", "banjir", "air", "listrik", "sakit", "lumpuh", "stroke", "meninggal", "wafat", "hilang", "sendiri", "sendirian", "berdua", "bertiga", "terlantar", "kelaparan", "lapar", "demam", "sesak", "pingsan", "kecelakaan", "jatuh", "luka", "usia", "umur", "tahun", "thn", "th", "bulan", "bln", "hari", "minggu", "jam", "anak", "istri", "suami", "bapak", "ibu", "ayah", "mama", "papa", "nenek", "kakek", "adik", "kakak", "cucu", "keponakan", "sepupu", "orang", "orangtua", "ortu", "keluarga", "janda", "duda", "lansia", "difabel", "odgj", "butuh", "perlu", "kerja", "bekerja", "buruh", "tani", "nelayan", "pedagang", "dagang", "pensiunan", "guru", "sekolah", "kelas", "smp", "sma", "smk", "sd", "tk", "paud", "kuliah", "satu", "dua", "tiga", "empat", "lima", "semua", "smua", "para", "tim", "program", "quick", "response", "laporan", "aduan", "kabar", "berita", "grup", "selamat", "sukses", "semangat", "sehat", "amanah", "hebat", "mantap", "keren", "juara", "semoga", "pagi", "siang", "sore", "malam", "besok", "kemarin", "tadi", "sekarang", "skrg", "skg", "nanti", "sampai", "sampe", "terus", "trus", "lalu", "kemudian", "hanya", "cuma", "cuman", "saja", "aja", "doang", "bgt", "banget", "senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "ahad", "jawa", "barat", "timur", "utara", "selatan", "pusat", "indonesia", "jabar", "jakarta", "bandung", "bekasi", "cikarang", "tambun", "bogor", "karawang", "saha", "naha", "kumaha", "iraha", "dimana", "ieu", "eta", "teh", "mah", "atuh", "euy", "nu", "teu", "henteu", "aya", "tos", "parantos", "atos", "bade", "abdi", "urang", "pun", "hoyong", "gering", "maot", "balik", "dapet", "dapat", "dikasih", "kasih", "dibawa", "bawa", "dirawat", "rawat", "ditolak", "tolak", "dipukul", "diusir", "ngontrak", "tinggal", "tidur", "makan", "minum", "mandi", "pulang", "pergi", "datang", "dateng", "bener", "benar", "betul", "setuju", "pengen", "pgn", "coba", "cek", "liat", "lihat", "dengar", "baca", "tau", "tahu", "ngerti", "harus", "wajib", "lewat", "depan", "belakang", "samping", "atas", "bawah", "susah", "senang", "sedih", "nangis", "capek", "cape", "pusing", "bingung", "takut", "malu", "kasihan", "kasian", "sayang", "cantik", "ganteng", "baik", "jahat", "pinter", "rajin", "gula", "darah", "jantung", "ginjal", "kanker", "tumor", "paru", "tbc", "tipes", "dbd", "gizi", "stunting", "cuci", "operasi", "obat", "bpjs", "kis", "kip", "pkh", "bansos", "sembako", "beras", "susu", "popok", "dijual", "jual", "beli", "promo", "diskon", "gratis", "murah", "ready", "cod", "order", "wa", "dm", "hubungi", "info", "loker", "lowongan", "pinjaman", "dana", "cair", "modal", "tukang", "pemulung", "pengemis", "pengamen", "mungut", "mungutin", "nyari", "cari", "jualan", "ngaji", "pengajian", "majelis", "masjid", "musholla", "gereja", "pondok", "pesantren", "almarhum", "almarhumah", "alm", "almh", "haji", "hajah", "soleh", "sholeh", "solehah"]
)
_PLACES_IN = ("32.16", "32.75")  # names of kecamatan and desa around here are places, not people


@lru_cache(maxsize=1)
def _place_words() -> frozenset[str]:
    """Every word of a kecamatan or desa name of Kabupaten and Kota Bekasi, lower case."""
    kecamatan = [k for code in _PLACES_IN for k in list_wilayah(code)]
    return frozenset(
        word for area in kecamatan for place in [area, *list_wilayah(area.code)] for word in place.name.lower().split()
    )


def _is_name_word(word: str, sure: bool, shouting: bool) -> bool:
    lower = word.lower().replace("’", "'")
    if lower in _GIVEN and lower not in _NOT_NAMES:
        return True
    if lower in _NOT_NAMES or lower in _place_words() or len(lower) < 3:
        return False
    if sure:
        return True
    return word[0].isupper() and not shouting and not (word.isupper() and len(word) <= 4)


def _name_end(text: str, start: int, sure: bool, shouting: bool) -> int:
    """Where a name that begins at ``start`` ends; ``start`` when there is none."""
    end, position, capital = start, start, False
    for number in range(MOST_WORDS):
        match = _WORD.match(text, position)
        if match is None:
            break
        word = match[1]
        first_sure = sure and number == 0
        if number and capital and not word[0].isupper():
            break
        if word.lower() not in ("bin", "binti") and not _is_name_word(word, first_sure, shouting):
            break
        capital = capital or word[0].isupper()
        end = match.end(1)
        position = match.end()
    return end


def _is_shouting(text: str) -> bool:
    """Written mostly in capitals: a capital says nothing about names then."""
    letters = [c for c in text if c.isalpha()]
    return sum(c.isupper() for c in letters) > 0.6 * len(letters)


def name_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of every name that something in front announces."""
    shouting = _is_shouting(text)
    found: list[tuple[int, int]] = []
    for pattern, sure in ((_SURE, True), (_TITLED, False)):
        for match in pattern.finditer(text):
            start = match.end()
            end = _name_end(text, start, sure, shouting)
            if end > start:
                found.append((start, end))
    return found


def trimmed_name(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A name found by lokal-id without the words that are not part of it ("Sarti lumpuh"); None when nothing is left."""
    kept_end = _name_end(text[:end], start, sure=False, shouting=_is_shouting(text))
    return (start, kept_end) if kept_end > start else None
