"""The Instagram session: a JSON file of cookies, for the owner's eyes only, imported from a browser. Never a password, never a pickle."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from collectors import situations

NEEDED = frozenset({"csrftoken", "sessionid", "ds_user_id"})
KEPT = NEEDED | {"mid", "ig_did", "rur", "datr", "ig_nrcb", "ig_pr", "ig_vw"}
HOW = "run 'tanggap session import FILE' with the cookies of a browser (README, 'Instagram')"
_COLUMNS = 7  # of Netscape's cookies.txt: domain, subdomains, path, secure, expires, name, value


class SessionError(Exception):
    """A browser's cookie file cannot be used; the message names the file and the way out, never a cookie."""


def read_session(secrets: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """(user name, cookies) of INSTAGRAM_SESSION_FILE. Raises AccessRefused."""
    file, username = secrets.get("INSTAGRAM_SESSION_FILE"), secrets.get("INSTAGRAM_USERNAME")
    if not file or not username:
        raise situations.AccessRefused(
            f"Instagram has no session: set INSTAGRAM_SESSION_FILE and INSTAGRAM_USERNAME in .env, and {HOW}."
        )
    path = Path(file).expanduser()
    try:
        cookies = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise situations.AccessRefused(
            f"The Instagram session file {file} cannot be read ({error.strerror}); {HOW}."
        ) from None
    except ValueError:
        raise situations.AccessRefused(f"The Instagram session file {file} is not JSON; {HOW}.") from None
    if not isinstance(cookies, dict) or not cookies.keys() >= NEEDED:
        raise situations.AccessRefused(
            f"The Instagram session file {file} lacks csrftoken, sessionid or ds_user_id; {HOW}."
        )
    if path.stat().st_mode & 0o077:
        raise situations.AccessRefused(
            f"The Instagram session file {file} can be read by other users: run chmod 600 on it."
        )
    return username, {str(name): str(value) for name, value in cookies.items()}


def import_session(browser_file: Path, session_file: Path) -> None:
    """Write the Instagram cookies of a browser's export as our session file, readable by its owner alone. Raises SessionError."""
    cookies = read_browser_cookies(browser_file)
    try:
        session_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, draft = tempfile.mkstemp(dir=session_file.parent, prefix=f".{session_file.name}.")  # 0600
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(cookies, stream)
        os.replace(draft, session_file)
    except OSError as error:
        raise SessionError(
            f"{session_file} cannot be written ({error.strerror}): make its folder writable, or set INSTAGRAM_SESSION_FILE to another."
        ) from None


def read_browser_cookies(file: Path) -> dict[str, str]:
    """instagram.com's cookies of a Netscape cookies.txt or of a JSON export (Cookie-Editor, EditThisCookie, Playwright, a plain object).

    Raises SessionError when the file cannot be read or the account was not signed in.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SessionError(
            f"{file} cannot be read ({error.strerror}): name the file that the browser exported."
        ) from None
    except UnicodeDecodeError:
        raise SessionError(f"{file} is not text: export the cookies as cookies.txt or JSON.") from None
    cookies = _from_json(file, text) if text.lstrip()[:1] in ("{", "[") else _from_netscape(text)
    kept = {name: value for name, value in cookies.items() if name in KEPT and value}
    if missing := sorted(NEEDED - kept.keys()):
        raise SessionError(
            f"{file} has no {', '.join(missing)} for instagram.com: sign in to instagram.com in that browser, then export its cookies again."
        )
    return kept


def _from_netscape(text: str) -> dict[str, str]:
    found = {}
    for line in text.splitlines():
        fields = line.removeprefix("#HttpOnly_").split("\t")
        if len(fields) == _COLUMNS and _is_instagram(fields[0]):
            found[fields[5]] = fields[6].strip()
    return found


def _from_json(file: Path, text: str) -> dict[str, str]:
    try:
        content: Any = json.loads(text)
    except ValueError:
        raise SessionError(f"{file} begins like JSON but is none: export the cookies again.") from None
    if isinstance(content, dict) and isinstance(content.get("cookies"), list):
        content = content["cookies"]
    if isinstance(content, dict):
        return {name: value for name, value in content.items() if isinstance(value, str)}
    entries = [entry for entry in content if isinstance(entry, dict)]
    return {
        str(entry["name"]): str(entry["value"])
        for entry in entries
        if {"name", "value"} <= entry.keys() and _is_instagram(str(entry.get("domain", "instagram.com")))
    }


def _is_instagram(domain: str) -> bool:
    return domain.lstrip(".").lower() in ("instagram.com", "www.instagram.com")
