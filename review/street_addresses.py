"""House addresses in free text: street with number, kampung with RT/RW, block, house number. Desa and kecamatan stay, staff need them."""

from __future__ import annotations

import re

_NUMBER = r"(?:no(?:mor|mer)?\b\.?|nomer|#)"
_RT = r"\br\.?t\.?\s*[:.]?\s*0*\d{1,3}(?:\s*[/,.-]\s*(?:r\.?w\.?\s*[:.]?\s*)?0*\d{1,3}(?!\d)|\s+r\.?w\.?\s*[:.]?\s*0*\d{1,3}(?!\d)|\s+0\d{1,2}(?!\d))?"
_RW = r"\br\.?w\.?\s*[:.]?\s*0*\d{1,3}\b"
# "blok C3 no 7", "blok D/14", "blok F no 2": a block alone ("blok F") is fifty houses and stays.
_HOUSE_NUMBER = rf"(?:\s*,?\s*{_NUMBER}\s*\d{{1,4}}\s?[a-z]?\b)"
_BLOCK_NUMBER = rf"(?:\s*[-./]?\s*\d{{1,3}}(?:\s*[-/.]\s*\d{{1,3}})?{_HOUSE_NUMBER}?|{_HOUSE_NUMBER})"
_BLOCK = rf"\bblo[ck]k?\b\.?\s*[a-z]{{1,3}}{_BLOCK_NUMBER}"
# Words that do not belong to a street's name.
_STOP = (
    r"(?:di|ke|dari|yang|yg|dan|deket|dekat|depan|belakang|samping|seberang|sebelah|sudah|udah|udh|sdh|belum|blm|lagi|ini|itu|juga|ada|gak|ga|nggak|"
    r"masih|pada|sampai|sampe|desa|ds|kel|kelurahan|kec|kecamatan|kab|kabupaten|kota|rt|rw|no|nomor|nomer|blok|block|rusak|banjir|macet|gelap|longsor|"
    r"tolong|mohon|min|pak|bu|bang|mau|bisa|kena|butuh|perlu|sakit|saya|sy|kami|warga|orang|anak|rumah|air|listrik|mati|sama|atau|karena|krn|kalau|kalo)"
)
_NAME = rf"(?:\s+(?!{_STOP}\b)[a-z][\w'’.-]*){{1,4}}?"
_SHORT_STREET = rf"\b(?:jl|jln|gg)\b\.?{_NAME}"
_STREET = rf"\b(?:(?:jl|jln|gg)\b\.?|(?:jalan|gang)\b){_NAME}"
_KAMPUNG = rf"\b(?:kp|kamp|kmp|kmpg|kampung|dusun|dsn|perum|perumahan|komplek|kompleks|griya|villa|cluster|klaster)\b\.?{_NAME}"
_HOUSE = rf"(?:\s*,?\s*(?:{_NUMBER}\s*\d{{1,4}}\s?[a-z]?\b|{_BLOCK}|{_RT}|{_RW}))"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_STREET}{_HOUSE}+",  # Jl. Melati No. 12
        rf"{_SHORT_STREET}(?:\s+\d{{1,4}}\s?[a-z]?\b(?!\s*(?:rt|rumah|kk|orang|hari|jam|cm|meter|m|km|tahun|x|kali)\b))",
        rf"{_KAMPUNG}{_HOUSE}+",  # Kp. Pulo RT 03/05
        rf"{_RT}(?:\s*,?\s*{_RW})?(?:\s*,?\s*{_NUMBER}\s*\d{{1,4}}\b)?",
        _RW,
        _BLOCK,
        rf"\b(?:rumah|kontrakan|kamar|pintu|unit)(?:nya|ku)?\s+{_NUMBER}\s*\d{{1,4}}\s?[a-z]?\b",
        r"(?-i:\b(?:[Gg]g\b\.?|[Gg]ang\b)\s+(?:H\.?\s+|Haji\s+)?[A-Z][a-z]+(?:\s+(?:\d{1,3}|[IVX]{1,4})\b)?)",  # a lane is a few houses
        r"(?-i:\b(?:kontrakan|rumah|kosan|kost|warung)\s+(?:H|Hj|Haji)\b\.?\s+[A-Z][a-z]+)",
    )
)


def address_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of every part of an address that leads to a house."""
    found = [(m.start(), m.end()) for pattern in _PATTERNS for m in pattern.finditer(text)]
    return [(start, start + len(text[start:end].rstrip(" ,."))) for start, end in found]
