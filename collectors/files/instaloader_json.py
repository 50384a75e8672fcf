"""What instaloader saves: a post as .json or .json.xz, and its comments as ``<post>_comments.json`` beside it."""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from collectors.files.rows import FileFormat, ImportFileError, Place, Reading, Row, Unmappable, checked, parse_object
from collectors.instagram_mapping import map_payload
from mention import Mention

MAX_BYTES = 64 << 20  # of one document, unpacked
XZ_MAGIC = b"\xfd7zXZ\x00"
_COMMENTS = "_comments.json"
# Parts of a saved post that hold other people's words or faces.
_OTHERS = {
    "edge_media_to_parent_comment",
    "edge_media_to_hoisted_comment",
    "edge_media_preview_comment",
    "edge_media_to_tagged_user",
    "edge_media_to_sponsor_user",
    "iphone_struct",
}


def fits(document: Any) -> bool:
    """A structure of instaloader (of any kind: what is no post is passed over), or a list of comments."""
    if isinstance(document, dict):
        return "instaloader" in document and "node" in document
    return isinstance(document, list) and any(_is_comment(one) for one in document)


def _is_comment(one: Any) -> bool:
    return isinstance(one, dict) and {"id", "created_at", "text", "owner"} <= one.keys()


def load(path: Path) -> Any:
    """The JSON of a file, packed or not. Raises ImportFileError."""
    try:
        with path.open("rb") as stream:
            packed = stream.read(len(XZ_MAGIC)) == XZ_MAGIC
        with lzma.open(path) if packed else path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (lzma.LZMAError, EOFError):
        raise ImportFileError(f"{path} is a damaged .xz file: save it again with instaloader.") from None
    if len(raw) > MAX_BYTES:
        raise ImportFileError(f"{path} is larger than {MAX_BYTES >> 20} MB as one JSON document: import it as JSONL.")
    if raw.lstrip().startswith(b"["):
        wrapped = parse_object(b'{"list":' + raw + b"}")
        return wrapped if isinstance(wrapped, str) else wrapped["list"]
    return parse_object(raw)


def read(path: Path, start: Place, reading: Reading) -> Iterator[Row]:
    document = load(path)
    if isinstance(document, dict):
        if (document.get("instaloader") or {}).get("node_type") == "Post" and isinstance(document["node"], dict):
            yield Row(1, _post_alone(document["node"]), None)
        return  # a profile, a hashtag, a frozen iterator: no mention in it
    post = _post_of(path)
    for number, comment in enumerate(document, 1):
        yield from _comment_rows(comment, post, number)


def map_row(payload: dict[str, Any], matched: str) -> Mention:
    try:
        return checked(map_payload(payload, matched))
    except (OverflowError, OSError):
        raise Unmappable("has a time that is none") from None


def _post_alone(node: dict[str, Any]) -> dict[str, Any]:
    owner = node.get("owner") or (node.get("iphone_struct") or {}).get("user") or {}
    comments = node.get("edge_media_to_comment") or node.get("edge_media_to_parent_comment") or {}
    return {name: value for name, value in node.items() if name not in _OTHERS} | {
        "owner": {"id": owner.get("id") or owner.get("pk"), "username": owner.get("username")},
        "edge_media_to_comment": {"count": comments.get("count", node.get("comments"))},
    }


def _post_of(comments: Path) -> dict[str, Any] | None:
    """id and shortcode of the post whose comments these are: the file of the same name beside them says."""
    stem = comments.name.removesuffix(_COMMENTS)
    for suffix in (".json.xz", ".json"):
        beside = comments.with_name(stem + suffix)
        if stem != comments.name and beside.is_file():
            document = load(beside)
            node = document.get("node") if isinstance(document, dict) else None
            if isinstance(node, dict) and "id" in node:
                return {"id": str(node["id"]), "shortcode": node.get("shortcode") or node.get("code")}
    return None


def _comment_rows(comment: Any, post: dict[str, Any] | None, number: int) -> Iterator[Row]:
    """A comment and its answers, in the form the collector stores."""
    if not _is_comment(comment):
        yield Row(number, None, None, "is no comment of instaloader's")
        return
    if post is None:
        yield Row(number, None, None, "is a comment whose post is not in a file of the same name beside it")
        return
    answers = comment.get("answers")
    yield Row(number, _comment_payload(comment, post, None), None)
    for answer in answers if isinstance(answers, list) else []:
        if isinstance(answer, dict) and "id" in answer:
            yield Row(number, _comment_payload(answer, post, str(comment["id"])), None)


def _comment_payload(comment: dict[str, Any], post: dict[str, Any], parent: str | None) -> dict[str, Any]:
    owner = comment.get("owner")
    owner = owner if isinstance(owner, dict) else {}
    return {
        "type": "comment",
        "id": str(comment["id"]),
        "created_at": comment.get("created_at"),
        "text": comment.get("text"),
        "owner": {"id": owner.get("id") or owner.get("pk"), "username": owner.get("username")},
        "likes": comment.get("likes_count"),
        "post": post,
        "parent": parent,
    }


def is_json_document(path: Path) -> bool:
    """Whether the whole file is one JSON document of instaloader's."""
    try:
        document = load(path)
    except ImportFileError:
        return False
    return not isinstance(document, str) and fits(document)


FORMAT = FileFormat("instaloader", read, map_row, resumable=False)
