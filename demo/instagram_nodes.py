"""Instagram's posts, people and pages, in the four shapes the web app, the phone app and the logged-out page know."""

from __future__ import annotations

import html
import json
from typing import Any

from demo import identity
from demo.world import Item, Person, World

PICTURE = "https://scontent.cdninstagram.com/v/demo/{name}.png"
PINNED_AT_MOST = 3


def comment_count(world: World, item: Item, now_ms: int) -> int:
    """Comments and the replies to them, as Instagram counts."""
    comments = world.children_of(item.key, now_ms)
    return len(comments) + sum(len(world.children_of(comment.key, now_ms)) for comment in comments)


def tagged_node(world: World, item: Item, now_ms: int) -> dict[str, Any]:
    """A post in the old GraphQL form, as the list of tagged posts still has it."""
    code = identity.shortcode(item.id)
    text = item.version_at(now_ms).text
    return {
        "__typename": "GraphImage",
        "id": str(item.id),
        "shortcode": code,
        "is_video": False,
        "taken_at_timestamp": item.created_ms // 1000,
        "dimensions": {"height": 1080, "width": 1080},
        "display_url": PICTURE.format(name=code),
        "thumbnail_src": PICTURE.format(name=code),
        "owner": {"id": item.author.id, "username": item.author.handle},
        "edge_media_to_caption": {"edges": [{"node": {"text": text}}] if text else []},
        "edge_media_to_comment": {"count": comment_count(world, item, now_ms)},
        "edge_media_preview_like": {"count": item.likes},
        "edge_liked_by": {"count": item.likes},
        "comments_disabled": False,
        "accessibility_caption": None,
    }


def media_item(world: World, item: Item, now_ms: int) -> dict[str, Any]:
    """A post in the newer form ("Polaris"): timelines and the metadata of one post."""
    code = identity.shortcode(item.id)
    text = item.version_at(now_ms).text
    tagged = world.tagged_user if item.channel == "tagged" else None
    return {
        "code": code,
        "pk": str(item.id),
        "id": f"{item.id}_{item.author.id}",
        "media_type": 1,
        "taken_at": item.created_ms // 1000,
        "has_liked": False,
        "like_count": item.likes,
        "comment_count": comment_count(world, item, now_ms),
        "user": app_user(item.author),
        "caption": {"text": text, "pk": str(item.id), "created_at": item.created_ms // 1000} if text else None,
        "caption_is_edited": len(item.versions) > 1 and item.versions[1].from_ms <= now_ms,
        "image_versions2": {"candidates": [{"url": PICTURE.format(name=code), "width": 1080, "height": 1080}]},
        "video_versions": None,
        "carousel_media": None,
        "usertags": {"in": [{"user": app_user(tagged), "position": [0.5, 0.5]}]} if tagged else None,
        "location": None,
        "timeline_pinned_user_ids": [item.author.id] if is_pinned(item) else [],
        "accessibility_caption": None,
    }


def is_pinned(item: Item) -> bool:
    return bool(item.extra.get("pinned")) and item.channel == "own"


def app_user(person: Person) -> dict[str, Any]:
    return {
        "pk": person.id,
        "id": person.id,
        "username": person.handle,
        "full_name": person.name,
        "is_private": False,
        "is_verified": False,
        "profile_pic_url": PICTURE.format(name=person.handle),
    }


def profile_details(world: World, person: Person, now_ms: int, *, logged_in: bool) -> dict[str, Any]:
    posts = sum(world.visible(world.items[key], now_ms) for _, key in world.timelines.get(person.id, ()))
    followers = identity.stable_number(f"followers:{person.handle}", 12)
    details = app_user(person) | {
        "biography": "",
        "external_url": None,
        "is_business": False,
        "category": None,
        "media_count": posts,
        "follower_count": followers,
        "following_count": followers // 3,
        "hd_profile_pic_url_info": {"url": PICTURE.format(name=person.handle)},
    }
    if logged_in:
        return details | {
            "friendship_status": {
                "following": False,
                "blocking": False,
                "incoming_request": False,
                "outgoing_request": False,
            }
        }
    return details


def legacy_profile(world: World, person: Person, now_ms: int) -> dict[str, Any]:
    """What web_profile_info says to a visitor who is not logged in."""
    details = profile_details(world, person, now_ms, logged_in=False)
    return details | {
        "edge_owner_to_timeline_media": {
            "count": details["media_count"],
            "edges": [],
            "page_info": {"has_next_page": False, "end_cursor": None},
        },
        "edge_followed_by": {"count": details["follower_count"]},
        "edge_follow": {"count": details["following_count"]},
        "edge_felix_video_timeline": {"count": 0, "edges": []},
        "profile_pic_url_hd": details["profile_pic_url"],
        "is_business_account": False,
        "business_category_name": None,
        "followed_by_viewer": False,
        "has_blocked_viewer": False,
    }


def page_id(person: Person) -> str:
    """The id the logged-out profile page uses, which is not the user id."""
    return f"17841{int(person.id) % 10**12:012d}"


def start_page(*, logged_in: bool) -> str:
    """The page at / : the tokens that the web app sends along with its queries."""
    tokens: list[Any] = [
        ["LSD", [], {"token": "lsd-demo"}, 323],
        ["CurrentUserInitialData", [], {"IG_USER_EIMU": "17841400000009001" if logged_in else "0"}, 258],
    ]
    if logged_in:
        tokens.append(["DTSGInitialData", [], {"token": "dtsg-demo"}, 258])
    return _document("Instagram", _script({"define": tokens}))


def profile_page(person: Person, details: dict[str, Any], timeline: dict[str, Any]) -> str:
    first = {
        name: details[name]
        for name in (
            "pk",
            "username",
            "full_name",
            "is_private",
            "is_verified",
            "profile_pic_url",
            "biography",
            "follower_count",
        )
    }
    queries = [
        first | {"id": page_id(person), "all_media_count": details["media_count"]},
        {"id": page_id(person), "is_private": details["is_private"], "polaris_ordered_timeline_connection": timeline},
    ]
    scripts = [
        _script(
            {
                "require": [
                    [
                        "Relay",
                        "next",
                        [],
                        [{"__bbox": {"complete": True, "result": {"data": {"xig_user_by_username": user}}}}],
                    ]
                ]
            }
        )
        for user in queries
    ]
    return _document(f"{person.name} (@{person.handle})", "\n".join(scripts))


def _script(tree: Any) -> str:
    # A text that holds </script> must not end the script.
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return f'<script type="application/json" data-sjs>{text}</script>'


def _document(title: str, body: str) -> str:
    return f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title></head><body>\n{body}\n</body></html>\n'
