"""Which format a file has, from what is in it; its name is not trusted."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from collectors.files import instaloader_json, tables, twarc, zeeschuimer
from collectors.files.rows import FileFormat, ImportFileError, Place, Reading, json_lines

FORMATS = {one.name: one for one in (twarc.FORMAT, instaloader_json.FORMAT, zeeschuimer.FORMAT, tables.FORMAT)}
SUFFIXES = (".jsonl", ".ndjson", ".json", ".json.xz", ".csv", ".tsv")
_FIRST_LINES = 50  # broken ones at the head must not hide what the rest is


def recognise(path: Path, platform: str | None, zone: str) -> tuple[FileFormat, Reading]:
    """Raises ImportFileError when the file cannot be read or is none of the known formats."""
    try:
        with path.open("rb") as stream:
            head = stream.read(64)
    except OSError as error:
        raise ImportFileError(f"{path} cannot be read ({error.strerror}).") from None
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ImportFileError(f"{path} is UTF-16: save it again as UTF-8.")
    if not head.strip():
        raise ImportFileError(f"{path} is empty.")
    if head.startswith(instaloader_json.XZ_MAGIC) or head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return _json_format(path), Reading(platform, zone)
    return tables.FORMAT, tables.table_reading(path, platform, zone)


def _json_format(path: Path) -> FileFormat:
    if path.stat().st_size <= instaloader_json.MAX_BYTES and instaloader_json.is_json_document(path):
        return instaloader_json.FORMAT
    for parsed, _, _ in islice(json_lines(path, Place()), _FIRST_LINES):
        if isinstance(parsed, dict):
            if zeeschuimer.fits(parsed):
                return zeeschuimer.FORMAT
            if twarc.fits(parsed):
                return twarc.FORMAT
    raise ImportFileError(
        f"{path} is none of the known formats (twarc2 JSONL, instaloader .json or .json.xz, Zeeschuimer NDJSON, CSV)."
    )
