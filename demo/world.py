"""The world behind the stand-in: feed rows with ids and times, and what of them can be seen at a moment.

Day 0 is the Jakarta date of (anchor - 6 h), so every row of day 0 (00:05-05:50) lies in the past at the anchor. Late rows and
edits are visible by 06:00 of day 0 at the latest: a second run of the demo finds nothing new. Deletions may lie later.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from demo import identity
from demo.clock import to_ms
from demo.feed import FeedError, read_feed

JAKARTA = timezone(timedelta(hours=7), "WIB")
PLATFORM_OF = {
    "own": "instagram",
    "tagged": "instagram",
    "comment": "instagram",
    "reply": "instagram",
    "mention": "x",
    "search": "x",
}
X_PROGRAM = "qr_kabbekasi"
INSTAGRAM_PROGRAM = "qr.kabbekasi"
# Accounts that exist although they write nothing in the feed.
SILENT_PEOPLE = (
    ("x", X_PROGRAM, "Quick Response Kab. Bekasi"),
    ("x", "pemkabbekasi", "Pemkab Bekasi"),
    ("instagram", INSTAGRAM_PROGRAM, "Quick Response Kab. Bekasi"),
    ("instagram", "pemkabbekasi", "Pemerintah Kabupaten Bekasi"),
    ("instagram", "tanggap.demo", "Tanggap Demo"),
)


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    handle: str
    name: str


@dataclass(frozen=True, slots=True)
class Version:
    """A text of an item and the moment from which it is shown; on X every version has an id of its own."""

    from_ms: int
    text: str
    id: int


@dataclass(slots=True)
class Item:
    """A post, comment or reply. ``id`` is the X post id, the Instagram media pk or the comment pk."""

    key: str
    platform: str
    channel: str
    author: Person
    created_ms: int
    visible_ms: int
    deleted_ms: int | None
    parent: str | None
    likes: int
    extra: dict[str, Any]
    versions: list[Version]

    @property
    def id(self) -> int:
        return self.versions[0].id

    def version_at(self, now_ms: int) -> Version:
        return next((v for v in reversed(self.versions) if v.from_ms <= now_ms), self.versions[0])

    def exists(self, now_ms: int) -> bool:
        return self.visible_ms <= now_ms and (self.deleted_ms is None or now_ms < self.deleted_ms)


@dataclass(slots=True)
class World:
    """All items, indexed the way the platforms list them. Not thread-safe: the stand-in holds one lock around it."""

    items: dict[str, Item] = field(default_factory=dict)
    people: dict[tuple[str, str], Person] = field(default_factory=dict)
    people_by_id: dict[tuple[str, str], Person] = field(default_factory=dict)
    x_versions: list[tuple[int, str]] = field(default_factory=list)  # (post id, key), ascending; one entry per version
    x_mentions: list[tuple[int, str]] = field(default_factory=list)  # those of them that mention the program
    tagged: list[tuple[int, str]] = field(default_factory=list)  # (media pk, key), ascending
    by_media: dict[int, str] = field(default_factory=dict)
    by_comment: dict[int, str] = field(default_factory=dict)
    timelines: dict[str, list[tuple[int, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )  # Instagram user id -> posts
    children: dict[str, list[tuple[int, int, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )  # key -> (ms, id, key)
    by_graph: dict[str, str] = field(default_factory=dict)  # id in the official API -> key of an Instagram post
    protected: set[str] = field(default_factory=set)  # ids of people who show their posts to followers only
    hidden: set[str] = field(default_factory=set)  # keys withheld for the moment (fault "late-index")

    def __post_init__(self) -> None:
        for platform, handle, name in SILENT_PEOPLE:
            self.person(platform, handle, name)

    def person(self, platform: str, handle: str, name: str = "") -> Person:
        known = self.people.get((platform, handle.lower()))
        if known is None:
            known = Person(str(identity.user_id(platform, handle)), handle, name or handle)
            self.people[platform, handle.lower()] = self.people_by_id[platform, known.id] = known
        return known

    @property
    def program(self) -> Person:
        """The program's account on X."""
        return self.people["x", X_PROGRAM]

    @property
    def tagged_user(self) -> Person:
        """The program's account on Instagram: the one that is tagged."""
        return self.people["instagram", INSTAGRAM_PROGRAM]

    def by_shortcode(self, code: str) -> str | None:
        """The key of the Instagram post an address names."""
        return self.by_media.get(identity.shortcode_pk(code))

    def x_item(self, post_id: int) -> Item | None:
        position = bisect_left(self.x_versions, (post_id, ""))
        if position < len(self.x_versions) and self.x_versions[position][0] == post_id:
            return self.items[self.x_versions[position][1]]
        return None

    def by_graph_id(self, graph_id: str) -> str | None:
        """The key of the Instagram post with that id in the official API."""
        return self.by_graph.get(graph_id)

    def add(self, item: Item) -> None:
        """Raises FeedError for a key or an id that is taken, or a parent that is missing or later than the child."""
        if item.key in self.items:
            raise FeedError(f"the key {item.key} is used twice")
        self._check_parent(item)
        self.items[item.key] = item
        if item.parent is not None:
            insort(self.children[self.thread_parent(item)], (item.created_ms, item.id, item.key))
        if item.platform == "x":
            for version in item.versions:
                self._index_x(version, item)
        elif item.channel in ("comment", "reply"):
            self._claim(self.by_comment, item.id, item.key)
        else:
            self._claim(self.by_media, item.id, item.key)
            self.by_graph[identity.graph_media_id(item.key)] = item.key
            insort(self.timelines[item.author.id], (item.id, item.key))
            if item.channel == "tagged":
                insort(self.tagged, (item.id, item.key))

    def edit(self, key: str, text: str, now_ms: int) -> Item:
        """Raises KeyError when there is no such item."""
        item = self.items[key]
        version_id = identity.snowflake(now_ms, f"{key}#{len(item.versions)}") if item.platform == "x" else item.id
        version = Version(now_ms, text, version_id)
        item.versions.append(version)
        if item.platform == "x":
            self._index_x(version, item)
        return item

    def delete(self, key: str, now_ms: int) -> Item:
        """Raises KeyError when there is no such item."""
        item = self.items[key]
        item.deleted_ms = now_ms
        return item

    def visible(self, item: Item, now_ms: int) -> bool:
        """Whether a stranger sees the item: on Instagram a comment goes with its post and a reply with its comment."""
        if item.key in self.hidden or item.author.id in self.protected or not item.exists(now_ms):
            return False
        if item.channel in ("comment", "reply"):
            return self.visible(self.items[self.thread_parent(item)], now_ms)
        return True

    def thread_parent(self, item: Item) -> str:
        """The key under which a child hangs: Instagram knows two levels only, a reply to a reply joins its comment."""
        assert item.parent is not None
        parent = self.items[item.parent]
        return self.thread_parent(parent) if item.platform == "instagram" and parent.channel == "reply" else parent.key

    def children_of(self, key: str, now_ms: int) -> list[Item]:
        """Visible children, oldest first."""
        return [item for _, _, child in self.children.get(key, ()) if self.visible(item := self.items[child], now_ms)]

    def newest(self, index: list[tuple[int, str]], below: int | None, now_ms: int) -> Iterator[tuple[int, Item]]:
        """Walk an index downwards from just below an id: (id, item) of what can be seen; on X only the newest version."""
        position = len(index) if below is None else bisect_left(index, (below, ""))
        for entry_id, key in reversed(index[:position]):
            item = self.items[key]
            if self.visible(item, now_ms) and (item.platform != "x" or item.version_at(now_ms).id == entry_id):
                yield entry_id, item

    def _check_parent(self, item: Item) -> None:
        needs = item.channel in ("comment", "reply")
        if item.parent is None and needs:
            raise FeedError(f"{item.key} is a {item.channel} without a parent")
        if item.parent is None:
            return
        parent = self.items.get(item.parent)
        if parent is None or parent.platform != item.platform:
            raise FeedError(f"{item.key} answers {item.parent}, which is not there")
        if parent.created_ms > item.created_ms:
            raise FeedError(f"{item.key} is earlier than {item.parent}, which it answers")
        if item.channel == "comment" and parent.channel not in ("own", "tagged"):
            raise FeedError(f"{item.key} is a comment, but {item.parent} is no post")
        if item.channel == "reply" and parent.channel not in ("comment", "reply"):
            raise FeedError(f"{item.key} is a reply, but {item.parent} is no comment")

    def _index_x(self, version: Version, item: Item) -> None:
        if self.x_item(version.id) is not None:
            raise FeedError(f"{item.key} has the id of another post")
        insort(self.x_versions, (version.id, item.key))
        if item.channel == "mention" or f"@{X_PROGRAM}" in version.text.lower():
            insort(self.x_mentions, (version.id, item.key))

    @staticmethod
    def _claim(index: dict[int, str], number: int, key: str) -> None:
        if index.setdefault(number, key) != key:
            raise FeedError(f"{key} has the id of {index[number]}")


def load_world(feed_dir: Path, anchored_at: datetime) -> World:
    """Read the feed and place it in time. Raises FeedError, one sentence naming file and line."""
    world = World()
    midnight = day_zero(anchored_at)
    cutoff_ms = to_ms(midnight + timedelta(hours=5, minutes=59))
    # Parents first: the two halves of a thread may stand in any order in the files.
    rows = sorted(read_feed(feed_dir), key=lambda placed: (placed.row["day"], placed.row["time"], placed.number))
    for placed in rows:
        created_ms = _created_ms(world, placed.row, midnight)
        try:
            world.add(make_item(world, placed.row, created_ms, cutoff_ms))
        except FeedError as error:
            raise FeedError(f"{placed.where}: {error}; mend the feed.") from None
    return world


def day_zero(anchored_at: datetime) -> datetime:
    """Midnight in Jakarta at which day 0 begins."""
    return (anchored_at.astimezone(JAKARTA) - timedelta(hours=6)).replace(hour=0, minute=0, second=0, microsecond=0)


def make_item(world: World, row: dict[str, Any], created_ms: int, latest_ms: int | None = None) -> Item:
    """One feed row as an item; ``latest_ms`` bounds the moment at which it and its edits are seen. Raises FeedError."""
    if latest_ms is not None and created_ms > latest_ms:
        raise FeedError(f"{row['key']} lies after 05:58 of day 0, in the future of the first run")
    channel, extra = row["channel"], dict(row.get("extra") or {})
    platform = PLATFORM_OF[channel]

    def bounded(ms: float) -> int:
        return int(ms if latest_ms is None else min(ms, latest_ms))

    hours = extra.get("deleted_after_hours")
    item = Item(
        key=row["key"],
        platform=platform,
        channel=channel,
        author=world.person(platform, row["author"], row.get("name") or ""),
        created_ms=created_ms,
        visible_ms=bounded(created_ms + extra.get("late_minutes", 0) * 60_000),
        deleted_ms=None if hours is None else created_ms + round(hours * 3_600_000),
        parent=row.get("parent"),
        likes=int(row.get("likes") or 0),
        extra=extra,
        versions=[Version(created_ms, row["text"], _item_id(platform, channel, row["key"], created_ms))],
    )
    for number, edit in enumerate(extra.get("edits") or (), 1):
        edited_ms = max(bounded(created_ms + edit["after_minutes"] * 60_000), item.versions[-1].from_ms + 1)
        version = Version(edited_ms, edit["text"], item.id)
        item.versions.append(
            replace(version, id=identity.snowflake(edited_ms, f"{item.key}#{number}")) if platform == "x" else version
        )
    return item


def _item_id(platform: str, channel: str, key: str, created_ms: int) -> int:
    if platform == "x":
        return identity.snowflake(created_ms, key)
    return identity.comment_pk(key) if channel in ("comment", "reply") else identity.media_pk(created_ms, key)


def _created_ms(world: World, row: dict[str, Any], midnight: datetime) -> int:
    """The row's minute, with seconds of its own (rows of one minute keep an order), never before its parent."""
    hour, minute = map(int, row["time"].split(":"))
    created = midnight + timedelta(days=row["day"], hours=hour, minutes=minute)
    ms = to_ms(created) + identity.stable_number(f"second:{row['key']}", 32) % 60_000
    parent = world.items.get(row.get("parent") or "")
    if parent is not None and to_ms(created) <= parent.created_ms < to_ms(created) + 60_000:
        ms = max(ms, parent.created_ms + 1000)
    return ms
