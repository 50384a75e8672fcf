"""X's search language, as far as a complaint desk uses it: words, "phrases", @, #, from:, to:, is:, lang:, OR, (), -."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

MAX_LENGTH = 512
_TOKEN = re.compile(r'\s*(?:(?P<open>\()|(?P<close>\))|(?P<term>-?(?:"[^"]*"|[^\s()"]+)|-(?=\()))')
_WORD = re.compile(r"\w+")
_MENTION = re.compile(r"(?<!\w)@(\w{1,15})(?!\w)")
_HASHTAG = re.compile(r"(?<!\w)#(\w+)")


class QueryError(ValueError):
    """The query cannot be understood; the message is what X's 400 would say about it."""


@dataclass(frozen=True, slots=True)
class Text:
    """A post as the search sees it. Everything is lower case."""

    words: tuple[str, ...]
    mentions: frozenset[str]
    hashtags: frozenset[str]
    author: str
    answers: str | None  # handle of the one it replies to
    lang: str


Matcher = Callable[[Text], bool]


def read_text(text: str, author: str, answers: str | None, lang: str) -> Text:
    lowered = text.casefold()
    return Text(
        tuple(_WORD.findall(lowered)),
        frozenset(_MENTION.findall(lowered)),
        frozenset(_HASHTAG.findall(lowered)),
        author.casefold(),
        answers.casefold() if answers else None,
        lang,
    )


def mentioned(text: str) -> list[str]:
    """Handles in a text, in its order and spelling."""
    return _MENTION.findall(text)


def parse_query(query: str) -> Matcher:
    """Raises QueryError."""
    if not query.strip():
        raise QueryError("The `query` query parameter can not be empty")
    if len(query) > MAX_LENGTH:
        raise QueryError(f"Rule length {len(query)} exceeds the maximum of {MAX_LENGTH}: shorten the query")
    parser = _Parser(_tokens(query))
    matcher = parser.either()
    if parser.rest():
        raise QueryError(f"no viable alternative at input '{parser.rest()}'")
    if not parser.positive:
        raise QueryError("Rules must contain at least one positive, non-stopword operand")
    return matcher


def _tokens(query: str) -> list[str]:
    tokens, position = [], 0
    query = query.rstrip()
    while position < len(query):
        found = _TOKEN.match(query, position)
        if found is None or found.end() == position:
            raise QueryError(f"missing closing quote at position {position + 1}")
        tokens.append(found.group("open") or found.group("close") or found.group("term"))
        position = found.end()
    return tokens


class _Parser:
    """either := both (OR both)*; both := term+; term := -? (word | "phrase" | (either)). A space binds before OR."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._position = 0
        self.positive = False

    def rest(self) -> str:
        return " ".join(self._tokens[self._position :])

    def either(self) -> Matcher:
        parts = [self._both()]
        while self._peek() == "OR":
            self._position += 1
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda text: any(part(text) for part in parts)

    def _both(self) -> Matcher:
        parts = []
        while self._peek() not in (None, "OR", ")"):
            parts.append(self._term())
        if not parts:
            raise QueryError(f"no viable alternative at input '{self.rest() or 'EOF'}'")
        return parts[0] if len(parts) == 1 else lambda text: all(part(text) for part in parts)

    def _term(self) -> Matcher:
        word = self._tokens[self._position]
        self._position += 1
        if word in ("(", "-"):
            if word == "-":
                self._position += 1  # the token pattern promises a parenthesis
            inner = self.either()
            if self._peek() != ")":
                raise QueryError("missing ')' at 'EOF'")
            self._position += 1
            return _negated(inner) if word == "-" else inner
        if word.startswith("-"):
            return _negated(_operand(word[1:]))
        self.positive = True
        return _operand(word)

    def _peek(self) -> str | None:
        return self._tokens[self._position] if self._position < len(self._tokens) else None


def _negated(matcher: Matcher) -> Matcher:
    return lambda text: not matcher(text)


def _operand(token: str) -> Matcher:
    if token.startswith('"'):
        return _phrase(tuple(_WORD.findall(token.casefold())))
    lowered = token.casefold()
    if lowered.startswith("@"):
        return lambda text: lowered[1:] in text.mentions
    if lowered.startswith("#"):
        return lambda text: lowered[1:] in text.hashtags
    name, colon, value = lowered.partition(":")
    if colon:
        return _operator(name, value)
    return _phrase(tuple(_WORD.findall(lowered)))


def _operator(name: str, value: str) -> Matcher:
    if name == "from":
        return lambda text: text.author == value.removeprefix("@")
    if name == "to":
        return lambda text: text.answers == value.removeprefix("@")
    if name == "lang":
        return lambda text: text.lang == value
    if name == "is" and value == "reply":
        return lambda text: text.answers is not None
    if name == "is" and value in ("retweet", "quote", "verified", "nullcast"):
        return lambda text: (
            False
        )  # keyword search returns no retweets since 2026-05-04; the feed has none of the others
    raise QueryError(
        f"Reference to invalid operator '{name}:{value}'. Operator is not available in current product or product packaging."
    )


def _phrase(words: tuple[str, ...]) -> Matcher:
    if not words:
        raise QueryError("a keyword must hold at least one letter or digit")
    if len(words) == 1:
        return lambda text: words[0] in text.words
    return lambda text: any(
        text.words[start : start + len(words)] == words for start in range(len(text.words) - len(words) + 1)
    )
