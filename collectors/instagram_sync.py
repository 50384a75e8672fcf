"""Are stored Instagram posts and comments still there? A post is opened by its shortcode, its comments are walked whole.

Instagram words "deleted" and "not for you" alike, so what is not shown is only refused: the flow counts refusals and looks at a
canary post before it believes them (protocol notes, section 4, row 21).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import instaloader
from instaloader.structures import get_json_structure

from collectors.instagram_client import Client, named_situations
from collectors.instagram_comments import comment_payloads
from collectors.instagram_mapping import SOURCE, map_payload
from mention import Mention, Page, Payload

TARGET = "sync"
_WHERE = "Instagram, look-up of stored posts"
_SHORTCODE = re.compile(r"/p/([A-Za-z0-9_-]{5,40})/")


@dataclass(frozen=True, slots=True)
class LookedUp:
    """One opened post: what was shown of it as a page to be stored, and what was not shown although it was asked for."""

    page: Page
    refused: set[str]


def shortcode_of(url: str | None) -> str | None:
    found = _SHORTCODE.search(url or "")
    return found.group(1) if found else None


def look_up(client: Client, shortcode: str, mention_ids: set[str]) -> LookedUp:
    """Open one post for its own mention or for comments under it. Raises a Situation for anything but a refusal.

    Comments of a list that ended before its count are neither shown nor refused.
    """
    before = client.pace.requests
    with named_situations(_WHERE):
        post = _open(client, shortcode)
        payloads = [get_json_structure(post)["node"]] if post else []
        comments = {one for one in mention_ids if one.startswith(f"{SOURCE}:c:")}
        whole = True
        if post and comments:
            shown = list(comment_payloads(post))
            whole = len(shown) >= (post.comments or 0)
            payloads += shown
    mapped = [(map_payload(payload, TARGET), payload) for payload in payloads]
    known = [(mention, payload) for mention, payload in mapped if mention and mention.mention_id in mention_ids]
    missing = mention_ids - {mention.mention_id for mention, _ in known}
    return LookedUp(_page(known, client.pace.requests - before), missing if whole else missing - comments)


def _open(client: Client, shortcode: str) -> instaloader.Post | None:
    """None when it is not shown."""
    try:
        post: instaloader.Post = instaloader.Post.from_shortcode(client.loader.context, shortcode)
    except (instaloader.BadResponseException, instaloader.QueryReturnedNotFoundException):
        return None
    return post


def _page(known: list[tuple[Mention, dict[str, object]]], requests: int) -> Page:
    payloads = [Payload(mention.mention_id, payload) for mention, payload in known]
    return Page(SOURCE, TARGET, [mention for mention, _ in known], payloads, {}, requests)
