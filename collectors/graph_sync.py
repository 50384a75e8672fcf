"""Are comments and tagged posts still there, by Instagram's official API? Comments by their ids, posts by walking the tags whole.

A post known by a hashtag or a mention alone cannot be asked for again: Meta offers no look-up by id of other people's posts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from collectors import situations
from collectors.graph_client import Client
from collectors.graph_deliveries import COMMENT_FIELDS, Questions
from collectors.instagram_graph import Target, collect
from collectors.instagram_graph_mapping import SOURCE, comment_payload, map_payload
from mention import Page, Payload

TARGET = "sync"
_WHERE = "Instagram (official), look-up of stored comments"
_FIELDS = f"{COMMENT_FIELDS},parent_id,media{{id,permalink}}"


def account_is_shown(client: Client, account_id: str) -> bool:
    """The canary: whether Meta shows us our own account."""
    try:
        return client.get(account_id, _WHERE, fields="username").get("id") == account_id
    except situations.NotThere:
        return False


def look_up_comment(client: Client, comment_id: str) -> Page | None:
    """The comment as a page to be stored; None when it is not shown. Raises any other Situation."""
    try:
        comment = client.get(comment_id, _WHERE, fields=_FIELDS)
    except situations.NotThere:
        return None
    payload = comment_payload(comment, comment.get("media") or {}, None)
    mention = map_payload(payload, TARGET)
    kept = [Payload(mention.mention_id, payload)] if mention else []
    return Page(SOURCE, TARGET, [mention] if mention else [], kept, {}, 1)


def tagged_pages(client: Client, target: Target) -> Iterator[Page]:
    """Every post the account is tagged in, as it is today. Raises a Situation when the list cannot be walked to its end."""
    nothing_known = Questions(lambda ids: set(), lambda account, hashtag: False, list)
    for page in collect(client, target, {}, questions=nothing_known, now=lambda: datetime.now(UTC)):
        yield replace(page, target=TARGET, state={})
