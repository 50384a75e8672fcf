"""Posts, users and places as X's API v2 writes them, cut to the fields that were asked for."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from demo import identity
from demo.clock import from_ms
from demo.wire import Request
from demo.world import Item, Person, Version, World
from demo.x_query import Text, mentioned, read_text

LONG_POST = 280  # characters; a longer text comes whole in note_tweet only
# New names of X's OpenAPI 2.167 (2026-08-07); prose pages still use the old ones. Both are understood.
NEW_NAMES = {
    "tweet.fields": "post.fields",
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    "pinned_tweet_id": "pinned_post_id",
}
_OLD_NAMES = {new: old for old, new in NEW_NAMES.items()}
_POST_FIELDS = (
    "article attachments author_id card_uri community_id context_annotations conversation_id created_at display_text_range edit_controls "
    "edit_history_tweet_ids entities geo id in_reply_to_user_id lang media_metadata non_public_metrics note_tweet organic_metrics "
    "possibly_sensitive promoted_metrics public_metrics referenced_tweets reply_settings scopes source suggested_source_links text withheld"
)
_USER_FIELDS = (
    "affiliation confirmed_email connection_status created_at description entities id is_identity_verified location most_recent_tweet_id name "
    "parody pinned_tweet_id profile_banner_url profile_image_url protected public_metrics receives_your_dm subscription subscription_type url "
    "username verified verified_followers_count verified_type withheld"
)
_PLACE_FIELDS = "contained_within country country_code full_name geo id name place_type"
_EXPANSIONS = (
    "article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet attachments.poll_ids author_id "
    "author_screen_name edit_history_tweet_ids entities.mentions.username entities.note.mentions.username geo.place_id in_reply_to_user_id "
    "pinned_tweet_id referenced_tweets.id referenced_tweets.id.author_id referenced_tweets.id.attachments.media_keys"
)
_ALLOWED = {
    name: frozenset(text.split())
    for name, text in (
        ("tweet.fields", _POST_FIELDS),
        ("user.fields", _USER_FIELDS),
        ("place.fields", _PLACE_FIELDS),
        ("expansions", _EXPANSIONS),
    )
}


class ParameterError(ValueError):
    """A request parameter that X refuses: its name and what the 400 says."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class Fields:
    """What a request wants to see of posts, users and places."""

    post: frozenset[str]
    user: frozenset[str]
    place: frozenset[str]
    expansions: frozenset[str]

    @classmethod
    def of(cls, request: Request) -> Fields:
        """Raises ParameterError for a name X does not know."""
        post = _wanted(request, "tweet.fields") | _wanted(request, "post.fields")
        return cls(
            post, _wanted(request, "user.fields"), _wanted(request, "place.fields"), _wanted(request, "expansions")
        )


def _wanted(request: Request, parameter: str) -> frozenset[str]:
    allowed = _ALLOWED[_OLD_NAMES.get(parameter, parameter)]
    wanted = set()
    for name in filter(None, request.query.get(parameter, "").split(",")):
        first, dot, rest = name.partition(".")
        old = _OLD_NAMES.get(first, first) + dot + rest
        if old not in allowed:
            raise ParameterError(
                parameter,
                f"The `{parameter}` query parameter value [{name}] is not one of [{','.join(sorted(allowed))}]",
            )
        wanted.add(old)
    return frozenset(wanted)


@dataclass(slots=True)
class Writer:
    """Writes the objects of one reply and remembers what must come along in ``includes``."""

    world: World
    fields: Fields
    now_ms: int
    users: dict[str, Person] = field(default_factory=dict)
    places: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: dict[str, Item] = field(default_factory=dict)

    def post(self, item: Item, version: Version, *, included: bool = False) -> dict[str, Any]:
        text = html.escape(version.text, quote=False)  # X sends & < > as entities (seen 2013-2023, e.g. FxEmbed#24)
        shown = (
            text if len(version.text) <= LONG_POST else html.escape(version.text[: LONG_POST - 3], quote=False) + "…"
        )
        written = {
            "id": str(version.id),
            "text": shown,
            "edit_history_tweet_ids": [str(known.id) for known in item.versions if known.from_ms <= self.now_ms],
        }
        wanted = self.fields.post | self._implied()
        for name in sorted(wanted):
            value = self._post_field(name, item, version, text)
            if value is not None:
                written[name] = value
        if not included:
            self._remember(item, version)
        return written

    def user(self, person: Person) -> dict[str, Any]:
        seed = identity.stable_number(f"x:{person.handle}", 32)
        everything: dict[str, Any] = {
            "created_at": timestamp(1_300_000_000_000 + seed * 80),
            "description": "",
            "protected": False,
            "verified": False,
            "profile_image_url": "https://abs.twimg.com/sticky/default_profile_images/default_profile_normal.png",
            "public_metrics": {
                "followers_count": seed % 900,
                "following_count": seed % 700,
                "tweet_count": seed % 9000,
                "listed_count": 0,
            },
            "url": "",
        }
        chosen = {name: everything[name] for name in sorted(self.fields.user) if name in everything}
        return {"id": person.id, "name": person.name, "username": person.handle} | chosen

    def includes(self) -> dict[str, Any]:
        """Call it last: included posts may bring their authors along."""
        found: dict[str, Any] = {}
        if self.posts:
            found["tweets"] = [
                self.post(item, item.version_at(self.now_ms), included=True) for item in self.posts.values()
            ]
            if "referenced_tweets.id.author_id" in self.fields.expansions:
                self.users.update((item.author.id, item.author) for item in self.posts.values())
        if self.users:
            found["users"] = [self.user(person) for person in self.users.values()]
        if self.places:
            found["places"] = list(self.places.values())
        return found

    def _implied(self) -> set[str]:
        """An expansion brings the field it follows."""
        return {name.split(".")[0] for name in self.fields.expansions} & {
            "author_id",
            "geo",
            "in_reply_to_user_id",
            "referenced_tweets",
            "entities",
        }

    def _post_field(self, name: str, item: Item, version: Version, text: str) -> Any:
        parent = self.world.items.get(item.parent or "")
        fields: dict[str, Callable[[], Any]] = {
            "author_id": lambda: item.author.id,
            "created_at": lambda: timestamp(version.from_ms),
            "conversation_id": lambda: str(conversation_root(self.world, item).id),
            "lang": lambda: guessed_language(item, version),
            "in_reply_to_user_id": lambda: parent.author.id if parent else None,
            "referenced_tweets": lambda: [{"type": "replied_to", "id": str(parent.id)}] if parent else None,
            "public_metrics": lambda: self._metrics(item),
            "note_tweet": lambda: {"text": text} if len(version.text) > LONG_POST else None,
            "entities": lambda: _entities(self.world, version.text),
            "geo": lambda: {"place_id": place_id(item.extra["place"])} if item.extra.get("place") else None,
            "possibly_sensitive": lambda: False,
            "reply_settings": lambda: "everyone",
        }
        return fields[name]() if name in fields else None

    def _metrics(self, item: Item) -> dict[str, int]:
        replies = len(self.world.children_of(item.key, self.now_ms))
        seen = item.likes * 31 + replies * 17 + identity.stable_number(f"seen:{item.key}", 7)
        return {
            "retweet_count": item.likes // 7,
            "reply_count": replies,
            "like_count": item.likes,
            "quote_count": item.likes // 40,
            "bookmark_count": item.likes // 25,
            "impression_count": seen,
        }

    def _remember(self, item: Item, version: Version) -> None:
        parent = self.world.items.get(item.parent or "")
        expansions = self.fields.expansions
        if "author_id" in expansions:
            self.users.setdefault(item.author.id, item.author)
        if "in_reply_to_user_id" in expansions and parent:
            self.users.setdefault(parent.author.id, parent.author)
        if "entities.mentions.username" in expansions:
            known = (self.world.people.get(("x", handle.lower())) for handle in mentioned(version.text))
            self.users.update((person.id, person) for person in known if person)
        if (
            parent
            and any(name.startswith("referenced_tweets.id") for name in expansions)
            and self.world.visible(parent, self.now_ms)
        ):
            self.posts.setdefault(str(parent.id), parent)
        if "geo.place_id" in expansions and (place := item.extra.get("place")):
            self.places.setdefault(place, _place(place, self.fields.place))


def timestamp(ms: int) -> str:
    """Whole seconds with the fraction X always writes: tweepy refuses a time without one."""
    return from_ms(ms).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def conversation_root(world: World, item: Item) -> Item:
    return item if item.parent is None else conversation_root(world, world.items[item.parent])


def guessed_language(item: Item, version: Version) -> str:
    """X knows no Sundanese or Javanese: it says "in", or "und" for the short ones."""
    if named := item.extra.get("lang_platform"):
        return str(named)
    words = re.findall(r"[^\W\d_]{2,}", re.sub(r"[@#]\w+|https?://\S+", " ", version.text))
    return "in" if len(words) >= 3 else "und"


def searchable(world: World, item: Item, version: Version) -> Text:
    parent = world.items.get(item.parent or "")
    return read_text(
        version.text, item.author.handle, parent.author.handle if parent else None, guessed_language(item, version)
    )


def place_id(name: str) -> str:
    return f"{identity.stable_number('place:' + name, 60):015x}"


def _place(name: str, wanted: frozenset[str]) -> dict[str, Any]:
    everything = {"name": name, "country": "Indonesia", "country_code": "ID", "place_type": "city"}
    return {"id": place_id(name), "full_name": f"{name}, Indonesia"} | {
        key: everything[key] for key in sorted(wanted) if key in everything
    }


def _entities(world: World, text: str) -> dict[str, Any] | None:
    mentions: list[dict[str, Any]] = [
        {"start": found.start(), "end": found.end(), "username": found.group(1)}
        for found in re.finditer(r"(?<!\w)@(\w{1,15})(?!\w)", text)
    ]
    for mention in mentions:
        if person := world.people.get(("x", mention["username"].lower())):
            mention["id"] = person.id
    hashtags = [
        {"start": found.start(), "end": found.end(), "tag": found.group(1)}
        for found in re.finditer(r"(?<!\w)#(\w+)", text)
    ]
    entities: dict[str, Any] = {}
    if hashtags:
        entities["hashtags"] = hashtags
    if mentions:
        entities["mentions"] = mentions
    return entities or None
