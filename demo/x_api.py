"""The stand-in's X API v2: recent search, mentions, timelines, look-ups, counts, usage; errors as X words them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

from demo import identity
from demo.billing import Bill
from demo.clock import DAY_MS, from_ms
from demo.wire import Answer, Request
from demo.world import Item, Person, Version, World
from demo.x_auth import identify
from demo.x_limits import Windows
from demo.x_objects import Fields, ParameterError, Writer, searchable, timestamp
from demo.x_pages import MENTIONS, SEARCH, TIMELINE, limited, read_window, write_page
from demo.x_query import Matcher, QueryError, parse_query

PROBLEMS = "https://api.twitter.com/2/problems/"
CAP = 3_000_000  # post reads a month (docs.x.com of 2026-08-21)
_GRANULARITY_MS = {"minute": 60_000, "hour": 3_600_000, "day": DAY_MS}


class XApi:
    """Answers one request at a time; the caller holds the lock."""

    def __init__(self, world: World, bill: Bill) -> None:
        self.world = world
        self.bill = bill
        self.windows = Windows()
        self._matches: dict[tuple[str, int], bool] = {}
        routes: list[tuple[str, str, Callable[..., Answer]]] = [
            (r"/2/tweets/search/recent", "search", self._search),
            (r"/2/tweets/counts/recent", "counts", self._counts),
            (r"/2/users/(\d+)/mentions", "mentions", self._mentions),
            (r"/2/users/(\d+)/tweets", "timeline", self._timeline),
            (r"/2/tweets", "tweets", self._tweets),
            (r"/2/tweets/(\d+)", "tweets", self._tweet),
            (r"/2/users/me", "users", self._me),
            (r"/2/users/by/username/(\w+)", "users", self._username),
            (r"/2/users/by", "users", self._usernames),
            (r"/2/users/(\d+)", "users", self._user),
            (r"/2/users", "users", self._users),
            (r"/2/usage/tweets", "usage", self._usage),
        ]
        self._routes = [(re.compile(pattern), endpoint, answer) for pattern, endpoint, answer in routes]

    def answer(self, request: Request, now_ms: int) -> Answer:
        account = identify(request)
        if account is None:
            return problem(401, "Unauthorized")
        for pattern, endpoint, answer in self._routes:
            if request.method == "GET" and (found := pattern.fullmatch(request.path)):
                allowed, headers = self.windows.count(endpoint, bool(account), now_ms)
                reply = (
                    self._guarded(answer, request, now_ms, account, found.groups())
                    if allowed
                    else problem(429, "Too Many Requests")
                )
                reply.headers += headers
                return reply
        return problem(404, "Not Found")

    def _guarded(
        self, answer: Callable[..., Answer], request: Request, now_ms: int, account: str, parts: tuple[str, ...]
    ) -> Answer:
        try:
            return answer(request, now_ms, account, *parts)
        except ParameterError as error:
            return invalid(error.parameter, request.query.get(error.parameter, ""), str(error))
        except QueryError as error:
            return invalid(
                "query", request.query.get("query", ""), f"There were errors processing your request: {error}"
            )

    def _search(self, request: Request, now_ms: int, account: str) -> Answer:
        query = request.query.get("query", "")
        matcher = parse_query(query)
        page = write_page(
            request, SEARCH, lambda ceiling: self._found(query, matcher, ceiling, now_ms), self._writer(request, now_ms)
        )
        return Answer(payload=page, price="x.post_read")

    def _counts(self, request: Request, now_ms: int, account: str) -> Answer:
        query, granularity = request.query.get("query", ""), request.query.get("granularity", "hour")
        matcher = parse_query(query)
        step = _GRANULARITY_MS.get(granularity)
        if step is None:
            raise ParameterError(
                "granularity",
                f"The `granularity` query parameter value [{granularity}] is not one of [minute,hour,day]",
            )
        window = read_window(request, SEARCH, now_ms)
        times = [
            item.version_at(now_ms).from_ms
            for post_id, item in self._found(query, matcher, window.ceiling, now_ms, window.floor)
        ]
        start, end = identity.snowflake_ms(window.floor + 1), identity.snowflake_ms(window.ceiling)
        edges = [start, *range((start // step + 1) * step, end, step), end]
        buckets = [
            {"start": timestamp(low), "end": timestamp(high), "tweet_count": sum(low <= ms < high for ms in times)}
            for low, high in pairwise(edges)
        ]
        self.bill.charge_request(now_ms)
        return Answer(payload={"data": buckets, "meta": {"total_tweet_count": len(times)}})

    def _mentions(self, request: Request, now_ms: int, account: str, user_id: str) -> Answer:
        person = self.world.people_by_id.get(("x", user_id))
        if person is None:
            return Answer(payload={"errors": [not_found("user", "id", user_id)]})
        newest = list(limited(self._mentioning(person, None, now_ms), MENTIONS.reach))
        page = write_page(
            request,
            MENTIONS,
            lambda ceiling: (entry for entry in newest if entry[0] < ceiling),
            self._writer(request, now_ms),
        )
        return Answer(payload=page, price="x.owned_read" if account == user_id else "x.post_read")

    def _timeline(self, request: Request, now_ms: int, account: str, user_id: str) -> Answer:
        if ("x", user_id) not in self.world.people_by_id:
            return Answer(payload={"errors": [not_found("user", "id", user_id)]})
        no_replies = "replies" in request.query.get("exclude", "").split(",")

        def entries(ceiling: int) -> Iterator[tuple[int, Item]]:
            for post_id, item in self.world.newest(self.world.x_versions, ceiling, now_ms):
                if item.author.id == user_id and not (no_replies and item.parent):
                    yield post_id, item

        page = write_page(request, TIMELINE, entries, self._writer(request, now_ms))
        return Answer(payload=page, price="x.owned_read" if account == user_id else "x.post_read")

    def _tweets(self, request: Request, now_ms: int, account: str) -> Answer:
        ids = request.query.get("ids", "").split(",")
        if len(ids) > 100 or not all(re.fullmatch(r"[0-9]{1,19}", post_id) for post_id in ids):
            raise ParameterError(
                "ids", f"The `ids` query parameter value [{','.join(ids)[:60]}] must hold 1 to 100 post ids"
            )
        return self._lookup(request, now_ms, ids, "ids")

    def _tweet(self, request: Request, now_ms: int, account: str, post_id: str) -> Answer:
        reply = self._lookup(request, now_ms, [post_id], "id")
        if "data" in reply.payload:
            reply.payload["data"] = reply.payload["data"][0]
        return reply

    def _lookup(self, request: Request, now_ms: int, ids: list[str], parameter: str) -> Answer:
        writer = self._writer(request, now_ms)
        posts, errors = [], []
        for post_id in dict.fromkeys(ids):
            found = self._version(int(post_id), now_ms)
            if found:
                posts.append(writer.post(*found))
            else:
                errors.append(self._unseen(post_id, parameter))
        payload: dict[str, Any] = {}
        if posts:
            payload["data"] = posts
            if includes := writer.includes():
                payload["includes"] = includes
        if errors:
            payload["errors"] = errors
        return Answer(payload=payload, price="x.post_read")

    def _unseen(self, post_id: str, parameter: str) -> dict[str, str]:
        """Why a post is not shown: its author protects it, or it is gone."""
        item = self.world.x_item(int(post_id))
        if item is None or item.author.id not in self.world.protected:
            return not_found("tweet", parameter, post_id)
        detail = f"Sorry, you are not authorized to see the Tweet with {parameter}: [{post_id}]."
        changed = {"title": "Authorization Error", "detail": detail}
        return not_found("tweet", parameter, post_id) | changed | {"type": PROBLEMS + "not-authorized-for-resource"}

    def _me(self, request: Request, now_ms: int, account: str) -> Answer:
        if not account:
            return problem(
                403,
                "Unsupported Authentication",
                detail="Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.",
            )
        return self._people(request, now_ms, "id", [account], single=True)

    def _username(self, request: Request, now_ms: int, account: str, handle: str) -> Answer:
        return self._people(request, now_ms, "username", [handle], single=True)

    def _usernames(self, request: Request, now_ms: int, account: str) -> Answer:
        return self._people(request, now_ms, "usernames", request.query.get("usernames", "").split(","))

    def _user(self, request: Request, now_ms: int, account: str, user_id: str) -> Answer:
        return self._people(request, now_ms, "id", [user_id], single=True)

    def _users(self, request: Request, now_ms: int, account: str) -> Answer:
        return self._people(request, now_ms, "ids", request.query.get("ids", "").split(","))

    def _people(
        self, request: Request, now_ms: int, parameter: str, names: list[str], *, single: bool = False
    ) -> Answer:
        if not names[0] or len(names) > 100:
            raise ParameterError(parameter, f"The `{parameter}` query parameter must hold 1 to 100 values")
        writer, people, errors = self._writer(request, now_ms), [], []
        for name in dict.fromkeys(names):
            person = self._person(parameter, name)
            if person:
                people.append(writer.user(person))
            else:
                errors.append(not_found("user", parameter, name))
        payload: dict[str, Any] = {}
        if people:
            payload["data"] = people[0] if single else people
        if errors:
            payload["errors"] = errors
        return Answer(payload=payload, price="x.user_read")

    def _usage(self, request: Request, now_ms: int, account: str) -> Answer:
        days = request.query.get("days", "7")
        if not days.isdigit() or not 1 <= int(days) <= 90:
            raise ParameterError("days", f"The `days` query parameter value [{days}] is not between 1 and 90")
        dates = [(from_ms(now_ms) - timedelta(days=back)).date() for back in reversed(range(int(days)))]
        usage = [
            {"date": f"{date}T00:00:00.000Z", "usage": str(self.bill.post_reads(date.isoformat()))} for date in dates
        ]
        usage = [entry for entry in usage if entry["usage"] != "0"]
        data = {
            "project_id": "1",
            "project_cap": str(CAP),
            "project_usage": str(self.bill.post_reads()),
            "cap_reset_day": 1,
        }
        return Answer(payload={"data": data | {"daily_project_usage": {"project_id": "1", "usage": usage}}})

    def _writer(self, request: Request, now_ms: int) -> Writer:
        return Writer(self.world, Fields.of(request), now_ms)

    def _person(self, parameter: str, name: str) -> Person | None:
        if parameter.startswith("id"):
            return self.world.people_by_id.get(("x", name))
        return self.world.people.get(("x", name.lower()))

    def _found(
        self, query: str, matcher: Matcher, ceiling: int, now_ms: int, floor: int = 0
    ) -> Iterator[tuple[int, Item]]:
        """Posts that match, newest first; what a query said about a version is remembered, big feeds are walked often."""
        for post_id, item in self.world.newest(self.world.x_versions, ceiling, now_ms):
            if post_id <= floor:
                return
            known = self._matches.get((query, post_id))
            if known is None:
                known = self._matches[query, post_id] = matcher(searchable(self.world, item, item.version_at(now_ms)))
            if known:
                yield post_id, item

    def _mentioning(self, person: Person, ceiling: int | None, now_ms: int) -> Iterator[tuple[int, Item]]:
        if person == self.world.program:
            yield from self.world.newest(self.world.x_mentions, ceiling, now_ms)
            return
        for post_id, item in self.world.newest(self.world.x_versions, ceiling, now_ms):
            if person.handle.casefold() in searchable(self.world, item, item.version_at(now_ms)).mentions:
                yield post_id, item

    def _version(self, post_id: int, now_ms: int) -> tuple[Item, Version] | None:
        """The item a post id names, in the version of that id: an older version can still be looked up."""
        item = self.world.x_item(post_id)
        if item is None or not self.world.visible(item, now_ms):
            return None
        version = next(version for version in item.versions if version.id == post_id)
        return (item, version) if version.from_ms <= now_ms else None


def problem(status: int, title: str, detail: str | None = None, **more: Any) -> Answer:
    """An error in X's common form."""
    return Answer(status, {"title": title, "type": "about:blank", "status": status, "detail": detail or title} | more)


def invalid(parameter: str, value: str, message: str) -> Answer:
    errors = [{"parameters": {parameter: [value]}, "message": message}]
    detail = "One or more parameters to your request was invalid."
    return Answer(
        400, {"errors": errors, "title": "Invalid Request", "detail": detail, "type": PROBLEMS + "invalid-request"}
    )


def not_found(kind: str, parameter: str, value: str) -> dict[str, str]:
    """An entry of ``errors`` in a reply of status 200: deleted or never there."""
    return {
        "value": value,
        "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": parameter,
        "resource_id": value,
        "type": PROBLEMS + "resource-not-found",
    }
