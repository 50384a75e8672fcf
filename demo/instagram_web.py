"""The stand-in's Instagram: profile pages, GraphQL queries and the phone app's comment endpoints, as instaloader 4.16 asks for them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from demo import instagram_nodes as nodes
from demo.instagram_comments import phone_comments, phone_replies, web_comments, web_replies
from demo.instagram_lists import CursorError, tagged_page, timeline_page
from demo.instagram_session import SESSION, USERNAME, csrf_matches, session_of
from demo.wire import Answer, Request, html
from demo.world import Item, Person, World

LOGIN_PAGE = "https://www.instagram.com/accounts/login/"
# The smallest PNG there is, for every picture.
_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63a8aeae0600022e0116a1ae74c50000000049454e44ae426082"
)

Variables = dict[str, Any]


class InstagramWeb:
    """Answers one request at a time; the caller holds the lock. ``dead_sessions`` are refused as logged out."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.dead_sessions: set[str] = set()
        # Query -> (answer, whether a stranger may ask it). The numbers are instaloader 4.16's.
        self._queries: dict[str, tuple[Callable[[Variables, int, bool], Any], bool]] = {
            "d6f4427fbe92d846298cf93df0b937d3": (self._viewer, True),
            "27937681195819736": (self._profile, False),
            "e31a871f7301132ceaab56507a66bbb7": (self._tagged, False),
            "29104886249145907": (self._timeline, False),
            "28904005159232689": (self._stranger_timeline, True),
            "27128499623469141": (self._metadata, True),
            "97b41c52301f77ce508f55e66d17620e": (self._comments, False),
            "51fdd02b67508306ad4484ff574a0b62": (self._replies, False),
        }

    def answer(self, request: Request, now_ms: int) -> Answer:
        session = session_of(request)
        logged_in = session == SESSION["sessionid"] and session not in self.dead_sessions
        if request.host == "scontent.cdninstagram.com":
            return Answer(body=_PIXEL, content_type="image/png")
        try:
            if request.path in ("/graphql/query", "/api/graphql"):
                return self._graphql(request, now_ms, session, logged_in)
            if request.host == "i.instagram.com":
                return self._phone(request, now_ms, logged_in)
            return self._web(request, now_ms, session, logged_in)
        except CursorError as error:
            return failure(400, str(error))

    def _web(self, request: Request, now_ms: int, session: str, logged_in: bool) -> Answer:
        if session and not logged_in:
            return login_redirect()
        if request.path == "/":
            return _start(logged_in)
        if request.path == "/api/v1/users/web_profile_info/":
            person = self._person(request.query.get("username", ""))
            return (
                failure(404, "user not found")
                if person is None
                else ok({"data": {"user": nodes.legacy_profile(self.world, person, now_ms)}})
            )
        if found := re.fullmatch(r"/([A-Za-z0-9._]{1,30})/", request.path):
            return self._profile_page(found.group(1), now_ms)
        return failure(404, "Not found")

    def _profile_page(self, handle: str, now_ms: int) -> Answer:
        person = self._person(handle)
        if person is None:
            return html("<!DOCTYPE html>\n<html><body>Sorry, this page isn't available.</body></html>\n", 404)
        details = nodes.profile_details(self.world, person, now_ms, logged_in=False)
        return html(nodes.profile_page(person, details, timeline_page(self.world, person, None, now_ms, full=False)))

    def _graphql(self, request: Request, now_ms: int, session: str, logged_in: bool) -> Answer:
        known = self._queries.get(request.operation)
        if session and not logged_in and request.operation != "d6f4427fbe92d846298cf93df0b937d3":
            return login_redirect()
        if request.method == "POST" and not _tokens_fit(request, logged_in):
            return failure(403, "CSRF token missing or incorrect")
        if known is None:
            return withdrawn_query()
        answer, for_strangers = known
        if not logged_in and not for_strangers:
            return please_wait()
        try:
            variables = json.loads(request.form.get("variables") or request.query.get("variables") or "{}")
            data = answer(variables, now_ms, logged_in)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, CursorError):
                raise
            return failure(400, "variables are not valid")
        # The web app's own endpoint says nothing of a status.
        return (
            ok({"data": data})
            if request.path == "/graphql/query"
            else Answer(payload={"data": data, "extensions": {"is_final": True}})
        )

    def _viewer(self, variables: Variables, now_ms: int, logged_in: bool) -> Any:
        return {"user": {"id": SESSION["ds_user_id"], "username": USERNAME} if logged_in else None}

    def _profile(self, variables: Variables, now_ms: int, logged_in: bool) -> Any:
        person = self.world.people_by_id.get(("instagram", str(variables["id"])))
        return {"user": nodes.profile_details(self.world, person, now_ms, logged_in=True) if person else None}

    def _tagged(self, variables: Variables, now_ms: int, logged_in: bool) -> Any:
        return {
            "user": {"edge_user_to_photos_of_you": tagged_page(self.world, str(variables["id"]), variables, now_ms)}
        }

    def _timeline(self, variables: Variables, now_ms: int, logged_in: bool) -> Any:
        person = self._person(variables["username"])
        page = timeline_page(self.world, person, variables.get("after"), now_ms, full=True) if person else None
        return {"xdt_api__v1__feed__user_timeline_graphql_connection": page}

    def _stranger_timeline(self, variables: Variables, now_ms: int, logged_in: bool) -> Any:
        people = self.world.people_by_id.items()
        person = next(
            (
                person
                for (platform, _), person in people
                if platform == "instagram" and nodes.page_id(person) == str(variables["id"])
            ),
            None,
        )
        page = timeline_page(self.world, person, variables.get("after"), now_ms, full=False) if person else None
        return {"node": {"polaris_ordered_timeline_connection": page} if page else None}

    def _metadata(self, variables: Variables, now_ms: int, logged_in: bool) -> Any:
        post = self._post(self.world.by_shortcode(variables["shortcode"]), now_ms)
        return {
            "xdt_api__v1__media__shortcode__web_info": {
                "items": [nodes.media_item(self.world, post, now_ms)] if post else []
            }
        }

    def _comments(self, variables: Variables, now_ms: int, logged_in: bool) -> Any:
        post = self._post(self.world.by_shortcode(variables["shortcode"]), now_ms)
        return {
            "shortcode_media": {"edge_media_to_parent_comment": web_comments(self.world, post, variables, now_ms)}
            if post
            else None
        }

    def _replies(self, variables: Variables, now_ms: int, logged_in: bool) -> Any:
        comment = self._post(self.world.by_comment.get(int(variables["comment_id"])), now_ms)
        return {
            "comment": {"edge_threaded_comments": web_replies(self.world, comment, variables, now_ms)}
            if comment
            else None
        }

    def _phone(self, request: Request, now_ms: int, logged_in: bool) -> Answer:
        if not logged_in:
            return failure(403, "login_required", require_login=True)
        if found := re.fullmatch(r"/api/v1/media/(\d+)/comments/(?:(\d+)/child_comments/)?", request.path):
            media, comment_pk = found.groups()
            post = self._post(self.world.by_media.get(int(media)), now_ms)
            comment = self._post(self.world.by_comment.get(int(comment_pk)), now_ms) if comment_pk else None
            if post and comment_pk is None:
                return Answer(payload=phone_comments(self.world, post, request.query.get("min_id"), now_ms))
            if post and comment and comment.parent == post.key:
                return Answer(payload=phone_replies(self.world, comment, request.query.get("max_id", ""), now_ms))
            return failure(404, "Media not found or unavailable")
        if found := re.fullmatch(r"/api/v1/media/(\d+)/info/", request.path):
            post = self._post(self.world.by_media.get(int(found.group(1))), now_ms)
            return (
                ok({"items": [nodes.media_item(self.world, post, now_ms)]})
                if post
                else failure(404, "Media not found or unavailable")
            )
        return failure(404, "Not found")

    def _person(self, handle: str) -> Person | None:
        return self.world.people.get(("instagram", handle.lower()))

    def _post(self, key: str | None, now_ms: int) -> Item | None:
        item = self.world.items.get(key or "")
        return item if item and self.world.visible(item, now_ms) else None


def ok(payload: dict[str, Any]) -> Answer:
    return Answer(payload=payload | {"status": "ok"})


def failure(status: int, message: str, **more: Any) -> Answer:
    return Answer(status, {"message": message, **more, "status": "fail"})


def please_wait() -> Answer:
    """How Instagram turns a stranger (or a tired account) away."""
    return failure(401, "Please wait a few minutes before you try again.", require_login=True)


def login_redirect() -> Answer:
    return Answer(302, body=b"", content_type="text/html", headers=[("Location", LOGIN_PAGE)])


def withdrawn_query() -> Answer:
    """A query Instagram no longer knows (instaloader issues 2688, 2710)."""
    return Answer(
        payload={"data": None, "errors": [{"message": "execution error", "severity": "CRITICAL"}], "status": "ok"}
    )


def _start(logged_in: bool) -> Answer:
    page = html(nodes.start_page(logged_in=logged_in))
    if not logged_in:  # a logged-in browser keeps its token
        page.headers += [
            ("Set-Cookie", f"{name}={value}; Domain=.instagram.com; Path=/; Secure")
            for name, value in (("csrftoken", "csrf-stranger"), ("mid", "mid-stranger"))
        ]
    return page


def _tokens_fit(request: Request, logged_in: bool) -> bool:
    if not csrf_matches(request):
        return False
    if request.path != "/api/graphql":
        return True
    return request.form.get("lsd") == "lsd-demo" and (not logged_in or request.form.get("fb_dtsg") == "dtsg-demo")
