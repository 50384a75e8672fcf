"""The second factor: time-based codes (TOTP, RFC 6238), each good once, shown to a phone as a QR code of our own making."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

import pyotp
import segno
from markupsafe import Markup

STEP = 30  # seconds
_NEIGHBOURS = (0, -1, 1)  # a telephone's clock may be half a minute off


def offered_secret(key: bytes, session_id: str) -> str:
    """The secret offered to a session: the same on every look, kept nowhere until it is confirmed. 160 bits, base32."""
    digest = hmac.new(key, b"totp:" + session_id.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:20]).decode()


def accepted_step(secret: str, code: str, last_step: int | None, now: datetime) -> int | None:
    """The time step of a right code that was not used yet, else None."""
    present = int(now.timestamp()) // STEP
    typed = "".join(code.split())
    found = None
    for step in (present + offset for offset in _NEIGHBOURS):
        right = hmac.compare_digest(pyotp.TOTP(secret).generate_otp(step).encode(), typed.encode())
        if right and (last_step is None or step > last_step):
            found = step
    return found


def setup_address(secret: str, user_id: str, program: str) -> str:
    """otpauth://…: what a code app reads from the picture, or opens on the same telephone."""
    return pyotp.TOTP(secret, name=user_id, issuer=f"Tanggap {program}"[:60]).provisioning_uri()


def picture(address: str) -> Markup:
    svg = segno.make(address, error="m").svg_inline(scale=5, border=3, dark="#000", light="#fff", omitsize=True)
    return Markup(svg)  # noqa: S704 - drawn by segno from a text that stands nowhere in it


def grouped(secret: str) -> str:
    """In fours, to be typed by hand."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
