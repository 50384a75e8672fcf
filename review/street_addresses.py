"""House addresses in free text: street, kampung, block, house number, RT/RW. Desa and kecamatan stay, staff need them."""

from __future__ import annotations

import re

_NUMBER = r"(?:no(?:mor|mer)?\b\.?|nomer|#|/)"
_RT = r"r\.?t\.?\s*[:.]?\s*0*\d{1,3}(?:\s*[/,.\- ]?\s*(?:r\.?w\.?\s*[:.]?\s*)?0*\d{1,3}(?!\d))?"
_RW = r"r\.?w\.?\s*[:.]?\s*0*\d{1,3}\b"
_BLOCK = rf"blo[ck]k?\s*\.?\s*[a-z]{{1,3}}\s*[-./]?\s*\d{{0,3}}(?:\s*[-/.]\s*\d{{1,3}})?(?:\s*,?\s*{_NUMBER}\s*\d{{1,4}}\s*[a-z]?\b)?"
# Words after a street word that belong to its name: not a preposition, not the next part of the address.
_STOP = (
    r"(?:di|ke|dari|yang|yg|dan|deket|dekat|depan|belakang|samping|seberang|sebelah|sudah|udah|udh|sdh|belum|blm|lagi|ini|itu|juga|ada|gak|ga|nggak|"
    r"masih|pada|sampai|sampe|desa|ds|kel|kelurahan|kec|kecamatan|kab|kabupaten|kota|rt|rw|no|nomor|blok|block|rusak|banjir|macet|gelap|berlubang|longsor|"
    r"tolong|mohon|min|pak|bu|bang|mau|bisa|kena|butuh|perlu|sakit|saya|sy|kami|warga|orang|anak|rumah|air|listrik|mati|sama|atau|karena|krn|kalau|kalo|"
    r"terus|trus|hari|tahun|bulan|minggu|jam|satu|dua|tiga|sekitar|sini|situ|sana|kaki|raya|tol|provinsi|nasional|utama|umum|keluar|masuk|terendam|kebanjiran)"
)
_NAME = rf"(?:\s+(?!{_STOP}\b)[a-z][a-z'’.-]*){{1,4}}?"
_STREET = rf"(?:jl|jln|jalan|gg|gang)\b\.?(?:\s*(?!{_STOP}\b)[a-z0-9][\w'’.-]*){{1,4}}?"
_KAMPUNG = r"(?:kp|kamp|kmp|kmpg|kampung|dusun|dsn|perum|perumahan|komplek|kompleks|lingkungan|griya|villa|cluster|klaster)\b\.?"
_HOUSE = rf"(?:\s*,?\s*(?:{_NUMBER}\s*\d{{1,4}}\s*[a-z]?\b|{_BLOCK}|{_RT}|{_RW}))"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_STREET}{_HOUSE}+",  # Jl. Melati No. 12, gg mawar rt 3/5
        rf"\b{_KAMPUNG}{_NAME}{_HOUSE}+",  # Kp. Pulo RT 03/05
        rf"\b{_RT}(?:\s*,?\s*{_RW})?(?:\s*,?\s*{_NUMBER}\s*\d{{1,4}}\b)?",
        rf"\b{_RW}",
        rf"\b{_BLOCK}",
        r"\b(?:rumah|kontrakan|kamar|pintu|unit)\s+(?:no(?:mor|mer)?\.?|nomer)\s*\d{1,4}\s*[a-z]?\b",
        r"\b(?:gg|gang)\b\.?\s+[A-Z][\w'’-]*(?:\s+[A-Z0-9][\w'’-]*){0,2}",
    )
)
_NOT_A_BLOCK = re.compile(r"blo[ck]k?\s+(?:me|ig|wa|in|m|apa|itu|ini|aja|dia|dan|di|ku)\b", re.IGNORECASE)


def address_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of every part of an address that leads to a house."""
    found = [
        (m.start(), m.end()) for pattern in _PATTERNS for m in pattern.finditer(text) if not _NOT_A_BLOCK.match(m[0])
    ]
    return [(start, start + len(text[start:end].rstrip(" ,."))) for start, end in found]
