"""X's search language: what matches, what does not, what is refused."""

from __future__ import annotations

import pytest

from demo.x_query import QueryError, parse_query, read_text

POST = read_text(
    "Banjir di Setu! Tolong @PemkabBekasi #BanjirBekasi quick response, Bekasi.", "Dina_ckr", "qr_kabbekasi", "in"
)


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ("banjir", True),
        ("BANJIR setu", True),
        ("banjir babelan", False),
        ("banjir OR babelan", True),
        ("babelan OR banjir setu", True),  # a space binds before OR
        ("babelan banjir OR setu", True),
        ("babelan (banjir OR setu)", False),
        ("(babelan OR setu) banjir", True),
        ("((banjir))", True),
        ('"quick response bekasi"', True),  # punctuation parts words, it does not part phrases
        ('"response quick"', False),
        ("anjir", False),  # whole words
        ("pemkabbekasi", True),  # a word of the text, with or without its @
        ("@pemkabbekasi", True),
        ("@pemkab", False),
        ("#banjirbekasi", True),
        ("#banjir", False),
        ("from:dina_ckr", True),
        ("from:@dina_ckr", True),
        ("-from:dina_ckr banjir", False),
        ("-from:lain banjir", True),
        ("to:qr_kabbekasi", True),
        ("banjir -@pemkabbekasi", False),
        ("banjir -(setu OR babelan)", False),
        ("banjir -(cikarang OR babelan)", True),
        ('banjir -"quick response"', False),
        ("banjir is:reply", True),
        ("banjir -is:retweet", True),
        ("banjir is:retweet", False),
        ("banjir lang:in", True),
        ("banjir lang:en", False),
    ],
)
def test_what_matches(query: str, matches: bool) -> None:
    assert parse_query(query)(POST) is matches


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "can not be empty"),
        ("(banjir", "missing '\\)'"),
        ("banjir)", "no viable alternative at input '\\)'"),
        ("OR banjir", "no viable alternative"),
        ("banjir OR", "no viable alternative at input 'EOF'"),
        ("()", "no viable alternative"),
        ('"banjir', "closing quote"),
        ("-banjir", "at least one positive"),
        ("warna:biru", "invalid operator 'warna:biru'"),
        ("!!!", "at least one letter"),
        ("a " * 257, "exceeds the maximum of 512"),
    ],
)
def test_what_is_refused(query: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        parse_query(query)
