"""Links that may be followed: https addresses of the two platforms, nothing else."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

HOSTS = {
    "x.com": "X", "www.x.com": "X", "twitter.com": "X", "www.twitter.com": "X", "mobile.twitter.com": "X",
    "instagram.com": "Instagram", "www.instagram.com": "Instagram",
}  # fmt: skip
_PLAIN = re.compile(r"https://[a-z.]+/[A-Za-z0-9._~/?=&%-]*")


def platform_of(url: str | None) -> str | None:
    """ "X" or "Instagram" when the address is plainly theirs, else None: then it is shown as text, not as a link."""
    if not url or not _PLAIN.fullmatch(url):
        return None
    return HOSTS.get(urlsplit(url).hostname or "")
