"""Who asks X: an app with its bearer token, or the program's own account with four OAuth 1.0a keys."""

from __future__ import annotations

import hmac
from base64 import b64encode
from urllib.parse import parse_qsl, quote, unquote

from demo.identity import KNOWN_USERS
from demo.wire import Request

BEARER_TOKEN = "demo-bearer-token"  # noqa: S105 - good for the stand-in only
API_KEY = "demo-api-key"
API_SECRET = "demo-api-secret"  # noqa: S105 - good for the stand-in only
ACCESS_TOKEN = f"{KNOWN_USERS['x', 'qr_kabbekasi']}-demo-access-token"
ACCESS_TOKEN_SECRET = "demo-access-token-secret"  # noqa: S105 - good for the stand-in only


def identify(request: Request) -> str | None:
    """The user id of the account that asks, "" for an app-only bearer token, None when the credentials are wrong."""
    kind, _, rest = request.headers.get("Authorization", "").partition(" ")
    if kind == "Bearer":
        return "" if rest == BEARER_TOKEN else None
    if kind == "OAuth" and _signed(request, rest):
        return ACCESS_TOKEN.partition("-")[0]
    return None


def _signed(request: Request, header: str) -> bool:
    """OAuth 1.0a, HMAC-SHA1 (RFC 5849, 3.4): the keys must be the known ones and the signature must fit the request."""
    pairs = (part.strip().partition("=") for part in header.split(","))
    oauth = {unquote(name): unquote(value.strip('"')) for name, _, value in pairs}
    if oauth.get("oauth_consumer_key") != API_KEY or oauth.get("oauth_token") != ACCESS_TOKEN:
        return False
    signature = oauth.pop("oauth_signature", "")
    oauth.pop("realm", None)
    everything = [*oauth.items(), *parse_qsl(request.raw_query, keep_blank_values=True)]
    pairs_text = "&".join(
        f"{name}={value}" for name, value in sorted((_escaped(name), _escaped(value)) for name, value in everything)
    )
    base = "&".join((request.method, _escaped(f"https://{request.host}{request.path}"), _escaped(pairs_text)))
    digest = hmac.digest(f"{API_SECRET}&{ACCESS_TOKEN_SECRET}".encode(), base.encode(), "sha1")
    return hmac.compare_digest(b64encode(digest).decode(), signature)


def _escaped(text: str) -> str:
    return quote(text, safe="~")
