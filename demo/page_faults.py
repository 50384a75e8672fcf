"""Faults that change a real page: what is missing, doubled, renamed or poisoned in it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from demo.x_objects import NEW_NAMES

Page = dict[str, Any]
Change = Callable[[Page, Page | None], Page]  # (this page, the page this endpoint sent before) -> what is sent

_LISTS = (
    ("user", "edge_user_to_photos_of_you"),
    ("xdt_api__v1__feed__user_timeline_graphql_connection",),
    ("node", "polaris_ordered_timeline_connection"),
    ("shortcode_media", "edge_media_to_parent_comment"),
    ("comment", "edge_threaded_comments"),
)


def connection(page: Page) -> Page | None:
    """The list (edges and page_info) inside an Instagram GraphQL answer."""
    for path in _LISTS:
        found: Any = page.get("data")
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        if isinstance(found, dict):
            return found
    return None


def _empty_page(page: Page, before: Page | None) -> Page:
    """Nothing on it, yet it says that more follows."""
    listed = connection(page)
    if listed is not None:
        listed["page_info"] = {"has_next_page": True, "end_cursor": listed["page_info"].get("end_cursor") or "QVFE"}
        listed["edges"] = []
        return page
    if "comments" in page:
        return page | {"comments": []}
    if "paging" in page:
        return page | {"data": []}
    token = {"next_token": page["meta"]["next_token"]} if "next_token" in page.get("meta", {}) else {}
    return {"meta": {"result_count": 0} | token}


def _equal_page(page: Page, before: Page | None) -> Page:
    return deepcopy(before) if before is not None else page


def _suspended_author(page: Page, before: Page | None) -> Page:
    """The first post's author is gone: no user in includes, an entry in errors."""
    users = page.get("includes", {}).get("users", [])
    if not users:
        return page
    gone = users.pop(0)["id"]
    error = {
        "value": gone,
        "resource_id": gone,
        "resource_type": "user",
        "parameter": "author_id",
        "title": "Forbidden",
    }
    error |= {
        "detail": f"User has been suspended: [{gone}].",
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }
    return page | {"errors": [*page.get("errors", []), error]}


def rename(page: Any) -> Any:
    """X's answer with the names of its OpenAPI of 2026-08-07."""
    if isinstance(page, dict):
        return {NEW_NAMES.get(name, name): rename(value) for name, value in page.items()}
    return [rename(value) for value in page] if isinstance(page, list) else page


def _poisoned_node(page: Page, before: Page | None) -> Page:
    """One item a client cannot read: a time without fraction (X), an unknown kind of media, a post without owner."""
    listed = connection(page)
    if listed is not None:
        for edge in listed["edges"][:1]:
            if "media_type" in edge["node"]:
                edge["node"]["media_type"] = 99
            else:
                edge["node"].pop("owner", None)
        return page
    data = page.get("data")
    if "paging" in page and data:
        data[0].pop("timestamp", None)
    elif isinstance(data, list) and data and "created_at" in data[0]:
        data[0]["created_at"] = data[0]["created_at"].replace(".000Z", "Z")
    elif isinstance(data, dict):
        for item in data.get("xdt_api__v1__media__shortcode__web_info", {}).get("items", []):
            item["media_type"] = 99
    return page


def _no_username(page: Page, before: Page | None) -> Page:
    listed = connection(page)
    for edge in listed["edges"] if listed else []:
        edge["node"].get("owner", {}).pop("username", None)
    for user in page.get("includes", {}).get("users", []):
        user.pop("username", None)
    return page


def _no_next_min_id(page: Page, before: Page | None) -> Page:
    return {name: value for name, value in page.items() if name != "next_min_id"}


def _no_comments(page: Page, before: Page | None) -> Page:
    return {name: value for name, value in page.items() if name not in ("comments", "next_min_id")}


def _cut_replies(page: Page, before: Page | None) -> Page:
    """Half of the replies, and no way to the others."""
    replies = page.get("child_comments", [])
    return page | {"child_comments": replies[: len(replies) // 2], "has_more_tail_child_comments": True}


CHANGES: dict[str, Change] = {
    "empty-page": _empty_page,
    "equal-page": _equal_page,
    "suspended-author": _suspended_author,
    "new-field-names": lambda page, before: rename(page),
    "poisoned-node": _poisoned_node,
    "no-username": _no_username,
    "next_min_id-missing": _no_next_min_id,
    "comments-missing": _no_comments,
    "child-page-cut": _cut_replies,
}
