"""The stand-in's official Instagram API (graph.facebook.com): tags, mentions, own media, comments, hashtags.

Ids of accounts and media are Meta's own and not those of the web app; comments have one id on both ways. Captions and comments
of others come without the @ sign. Wire facts: protocol notes section 7 and Meta's reference pages of v26.0.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from demo import identity
from demo.clock import DAY_MS, from_ms, to_ms
from demo.graph_fields import Field, FieldsError, parse_fields
from demo.instagram_nodes import comment_count
from demo.wire import Answer, Request
from demo.world import INSTAGRAM_PROGRAM, Item, World

ACCESS_TOKEN = "EAADemoTokenOfTheStandIn000000"  # noqa: S105 - opens nothing but the stand-in
APP_SECRET = "demo-app-secret"  # noqa: S105
VERIFY_TOKEN = "demo-verify-token"  # noqa: S105
ACCOUNT_ID = "17841400000501001"
HASHTAGS_A_WEEK = 30
WEEK = timedelta(days=7)
_MEDIA_FIELDS = frozenset(
    [
        "id",
        "caption",
        "media_type",
        "permalink",
        "shortcode",
        "timestamp",
        "username",
        "owner",
        "comments_count",
        "like_count",
        "media_url",
    ]
)
_COMMENT_FIELDS = frozenset(
    ["id", "text", "timestamp", "username", "from", "like_count", "parent_id", "media", "replies"]
)
_NAMELESS = _MEDIA_FIELDS - {"username", "owner", "shortcode"}  # what a hashtag's media tell
Fields = dict[str, Field]


class GraphError(Exception):
    """An error in Meta's form."""

    def __init__(self, code: int, message: str, subcode: int | None = None) -> None:
        super().__init__(message)
        self.code, self.subcode = code, subcode


class GraphApi:
    """Answers one request at a time; the caller holds the lock."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.no_permalink = False  # whether mentioned_media withholds it: Meta's page does not list it
        self._hashtags: dict[str, tuple[str, int]] = {}  # hashtag -> (its id, when it was first asked in its window)
        self._places: dict[str, int] = {}  # hashtag id -> how far its pages were read: the cursor itself never changes
        routes: list[tuple[str, Callable[..., Any]]] = [
            (r"ig_hashtag_search", self._hashtag_search),
            (r"(\d+)/recent_media", self._recent_media),
            (r"(\d+)/tags", self._tags),
            (r"(\d+)/media", self._media),
            (r"(\d+)/comments", self._comments),
            (r"(\d+)/replies", self._replies),
            (r"(\d+)", self._node),
        ]
        self._routes = [(re.compile(rf"/(?:v\d+\.\d+/)?{pattern}"), answer) for pattern, answer in routes]

    def answer(self, request: Request, now_ms: int) -> Answer:
        if _token(request) != ACCESS_TOKEN:
            return failure(190, "Error validating access token: Session has expired.", 463)
        try:
            for pattern, answer in self._routes:
                if request.method == "GET" and (found := pattern.fullmatch(request.path)):
                    fields = parse_fields(request.query.get("fields", "id"))
                    return Answer(payload=answer(request, fields, now_ms, *found.groups()), headers=usage(3))
        except FieldsError as error:
            return failure(2500, str(error))
        except GraphError as error:
            return failure(error.code, str(error), error.subcode)
        return failure(100, "Unsupported get request.", 33)

    def _tags(self, request: Request, fields: Fields, now_ms: int, account: str) -> Any:
        self._own(account)
        return self._page(request, fields, now_ms, self.world.tagged, _MEDIA_FIELDS - {"owner"})

    def _media(self, request: Request, fields: Fields, now_ms: int, account: str) -> Any:
        self._own(account)
        own = self.world.timelines[self.world.tagged_user.id]
        return self._page(request, fields, now_ms, own, _MEDIA_FIELDS)

    def _page(
        self, request: Request, fields: Fields, now_ms: int, index: list[tuple[int, str]], allowed: frozenset[str]
    ) -> dict[str, Any]:
        """Newest first; the cursor names the last item, so a growing head moves nothing."""
        below = _number(request.query.get("after"))
        items = [item for _, item in self.world.newest(index, below, now_ms)]
        shown = items[: _limit(request)]
        cursor = identity.pack_cursor(str(shown[-1].id)) if shown else ""
        data = [self._media_node(item, fields, now_ms, allowed) for item in shown]
        return _paged(data, cursor, more=len(items) > len(shown))

    def _comments(self, request: Request, fields: Fields, now_ms: int, media_id: str) -> Any:
        post = self._found(media_id, now_ms)
        if post.channel != "own":
            raise _missing(media_id)
        return self._children(request, fields, now_ms, self.world.children_of(post.key, now_ms)[::-1])

    def _replies(self, request: Request, fields: Fields, now_ms: int, comment_id: str) -> Any:
        comment = self._found(comment_id, now_ms)
        return self._children(request, fields, now_ms, self.world.children_of(comment.key, now_ms))

    def _children(self, request: Request, fields: Fields, now_ms: int, items: list[Item]) -> dict[str, Any]:
        after = request.query.get("after")
        start = 0
        if after:
            place = identity.unpack_cursor(after)
            start = next((number for number, item in enumerate(items, 1) if str(item.id) == place), len(items))
        shown = items[start : start + _limit(request)]
        cursor = identity.pack_cursor(str(shown[-1].id)) if shown else ""
        data = [self._comment_node(item, fields, now_ms) for item in shown]
        return _paged(data, cursor, more=start + len(shown) < len(items))

    def _node(self, request: Request, fields: Fields, now_ms: int, node_id: str) -> Any:
        if node_id != ACCOUNT_ID:
            item = self._found(node_id, now_ms)
            if item.channel in ("comment", "reply"):
                return self._comment_node(item, fields, now_ms)
            if item.channel != "own":
                raise _missing(node_id)  # another account's media is not open by its id
            return self._media_node(item, fields, now_ms, _MEDIA_FIELDS)
        account: dict[str, Any] = {"id": ACCOUNT_ID}
        if "username" in fields:
            account["username"] = INSTAGRAM_PROGRAM
        if media := fields.get("mentioned_media"):
            account["mentioned_media"] = self._mentioned_media(media, now_ms)
        if comment := fields.get("mentioned_comment"):
            item = self._mentioning(comment.arguments.get("comment_id", ""), now_ms)
            account["mentioned_comment"] = self._comment_node(item, comment.inner, now_ms)
        return account

    def _mentioned_media(self, asked: Field, now_ms: int) -> dict[str, Any]:
        item = self._mentioning(asked.arguments.get("media_id", ""), now_ms)
        allowed = _MEDIA_FIELDS - ({"permalink", "shortcode"} if self.no_permalink else set())
        return self._media_node(item, asked.inner, now_ms, allowed)

    def _mentioning(self, node_id: str, now_ms: int) -> Item:
        item = self._found(node_id, now_ms)
        if f"@{INSTAGRAM_PROGRAM}" not in item.version_at(now_ms).text:
            raise _missing(node_id)
        return item

    def _hashtag_search(self, request: Request, fields: Fields, now_ms: int) -> Any:
        self._own(request.query.get("user_id", ""))
        name = request.query.get("q", "").lower()
        first = now_ms - to_ms(from_ms(0) + WEEK)
        self._hashtags = {tag: (number, at) for tag, (number, at) in self._hashtags.items() if at > first}
        if name not in self._hashtags:
            if len(self._hashtags) >= HASHTAGS_A_WEEK:
                raise GraphError(18, "Max. Amount of Hashtag Queries reached", 2207034)
            self._hashtags[name] = (str(17_840_000_000_000_000 + identity.stable_number(f"tag:{name}", 40)), now_ms)
        return {"data": [{"id": self._hashtags[name][0]}]}

    def _recent_media(self, request: Request, fields: Fields, now_ms: int, hashtag_id: str) -> Any:
        """The last 24 hours, in no order, without names; the cursor is always the same."""
        self._own(request.query.get("user_id", ""))
        names = [name for name, (number, _) in self._hashtags.items() if number == hashtag_id]
        if not names:
            raise _missing(hashtag_id)
        items = sorted(self._tagged_with(names[0], now_ms), key=lambda item: identity.stable_number(item.key, 30))
        start = self._places.get(hashtag_id, 0) if request.query.get("after") else 0
        shown = items[start : start + min(_limit(request), 50)]
        self._places[hashtag_id] = start + len(shown)
        data = [self._media_node(item, fields, now_ms, _NAMELESS) for item in shown]
        return _paged(data, "QVFIUalwaysTheSame", more=start + len(shown) < len(items))

    def _tagged_with(self, hashtag: str, now_ms: int) -> list[Item]:
        wanted = re.compile(rf"#{re.escape(hashtag)}\b", re.IGNORECASE)
        posts = (self.world.items[key] for key in self.world.by_media.values())
        return [
            item
            for item in posts
            if item.created_ms > now_ms - DAY_MS
            and self.world.visible(item, now_ms)
            and wanted.search(item.version_at(now_ms).text)
        ]

    def _found(self, node_id: str, now_ms: int) -> Item:
        key = self.world.by_graph_id(node_id) or self.world.by_comment.get(int(node_id) if node_id.isdigit() else 0)
        item = self.world.items.get(key or "")
        if item is None or not self.world.visible(item, now_ms):
            raise _missing(node_id)
        return item

    def _own(self, account: str) -> None:
        if account != ACCOUNT_ID:
            raise _missing(account)

    def _media_node(self, item: Item, fields: Fields, now_ms: int, allowed: frozenset[str]) -> dict[str, Any]:
        _refuse_unknown(fields, allowed)
        code = identity.shortcode(item.id)
        text = item.version_at(now_ms).text
        known = {
            "caption": text if item.channel == "own" else without_at(text),
            "media_type": "IMAGE",
            "permalink": f"https://www.instagram.com/p/{code}/",
            "shortcode": code,
            "timestamp": timestamp(item),
            "username": item.author.handle,
            "owner": {"id": scoped_id(item)},
            "comments_count": comment_count(self.world, item, now_ms),
            "like_count": item.likes,
        }
        if not text:
            del known["caption"]
        chosen = {name: known[name] for name in fields if name in known}
        return chosen | {"id": identity.graph_media_id(item.key)}

    def _comment_node(self, item: Item, fields: Fields, now_ms: int) -> dict[str, Any]:
        _refuse_unknown(fields, _COMMENT_FIELDS)
        parent = self.world.items[self.world.thread_parent(item)]
        known: dict[str, Any] = {
            "text": without_at(item.version_at(now_ms).text),
            "timestamp": timestamp(item),
            "username": item.author.handle,
            "from": {"id": scoped_id(item), "username": item.author.handle},
            "like_count": item.likes,
        }
        if item.channel == "reply":
            known["parent_id"] = str(parent.id)
        chosen = {name: known[name] for name in fields if name in known} | {"id": str(item.id)}
        if "media" in fields:
            post = self.world.items[self.world.thread_parent(parent)] if item.channel == "reply" else parent
            inner = fields["media"].inner or {"id": Field()}
            chosen["media"] = self._media_node(post, inner, now_ms, _MEDIA_FIELDS)
        if "replies" in fields and (replies := self.world.children_of(item.key, now_ms)):
            inner, size = fields["replies"].inner, int(fields["replies"].arguments.get("limit", "25"))
            shown = [self._comment_node(reply, inner, now_ms) for reply in replies[:size]]
            cursor = identity.pack_cursor(shown[-1]["id"])
            chosen["replies"] = _paged(shown, cursor, more=len(replies) > size)
        return chosen


def failure(code: int, message: str, subcode: int | None = None) -> Answer:
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "Ademo"}
    if subcode is not None:
        error["error_subcode"] = subcode
    return Answer(401 if code == 190 else 400, {"error": error})


def limited() -> Answer:
    """The account's calls of the day are used up; the header says for how many minutes."""
    answer = failure(80002, "(#80002) There have been too many calls to this Instagram account.")
    answer.headers = usage(100, minutes=42)
    return answer


def usage(percent: int, minutes: int = 0) -> list[tuple[str, str]]:
    """How much of the account's calls of the day is used."""
    told = f'{{"{ACCOUNT_ID}":[{{"type":"instagram","call_count":{percent},"total_cputime":1,"total_time":1,'
    return [("X-Business-Use-Case-Usage", f'{told}"estimated_time_to_regain_access":{minutes}}}]}}')]


def timestamp(item: Item) -> str:
    return from_ms(item.created_ms).strftime("%Y-%m-%dT%H:%M:%S+0000")


def scoped_id(item: Item) -> str:
    """Meta's id of a person, made for one app: not the one of the web app."""
    return str(10_000_000_000_000_000 + identity.stable_number(f"scoped:{item.author.handle}", 50))


def without_at(text: str) -> str:
    return re.sub(r"@(?=\w)", "", text)


def _paged(data: list[dict[str, Any]], cursor: str, *, more: bool) -> dict[str, Any]:
    paging: dict[str, Any] = {"cursors": {"before": "QVFIU", "after": cursor}}
    if more:
        paging["next"] = f"https://graph.facebook.com/next?after={cursor}"
    return {"data": data, "paging": paging} if data else {"data": []}


def _token(request: Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ") or request.query.get("access_token", "")


def _missing(node_id: str) -> GraphError:
    message = f"Unsupported get request. Object with ID '{node_id}' does not exist, cannot be loaded due to missing permissions"
    return GraphError(100, message, 33)


def _refuse_unknown(fields: Fields, allowed: frozenset[str]) -> None:
    for name in fields:
        if name not in allowed:
            raise GraphError(100, f"(#100) Tried accessing nonexisting field ({name})")


def _limit(request: Request) -> int:
    return max(1, min(int(request.query.get("limit", "25")), 100))


def _number(cursor: str | None) -> int | None:
    try:
        return int(identity.unpack_cursor(cursor)) if cursor else None
    except ValueError:
        raise GraphError(100, "Invalid parameter: after") from None
