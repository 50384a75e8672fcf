"""Which column of a table is which: the headers that 4CAT, twarc-csv and people use, in English and Indonesian."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

# Field -> headers, the most telling first: a row's value is that of the first header that is not empty.
HEADERS = {
    "id": "id tweet_id post_id media_id comment_id status_id id_str pk shortcode id_unggahan id_postingan id_cuitan id_komentar kode",
    "text": "text body full_text caption content message tweet teks isi pesan konten takarir unggahan cuitan isi_pesan isi_komentar komentar keluhan aduan",
    "time": "unix_timestamp created_at timestamp datetime date published_at posted_at tanggal_waktu waktu_unggah tanggal tgl waktu dibuat",
    "clock": "time jam pukul",
    "author_handle": "author_username author username screen_name user_name handle owner_username user akun nama_akun nama_pengguna pengguna penulis",
    "author_id": "author_id user_id owner_id id_akun id_pengguna",
    "url": "url link permalink post_url tweet_url tautan alamat_web",
    "platform": "platform source_platform sumber kanal media_sosial",
    "parent": "referenced_tweets_replied_to_id in_reply_to_status_id in_reply_to_tweet_id parent_id id_induk",
    "thread": "conversation_id thread_id id_percakapan",
    "lang": "lang language_guess language bahasa",
    "like_count": "public_metrics_like_count like_count num_likes likes favorite_count jumlah_suka suka",
    "reply_count": "public_metrics_reply_count reply_count num_comments comments_count comment_count jumlah_balasan jumlah_komentar balasan",
    "kind": "type kind jenis",
}
# Headers that only one platform's tables have.
_SIGNS = {
    "x": {"retweet_count", "tweet_id", "quote_count", "tweet", "cuitan", "public_metrics_like_count", "screen_name"},
    "instagram": {"num_media", "shortcode", "caption", "media_id", "takarir", "likes_hidden"},
}


def normalised(header: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", header.strip().lower()).strip("_")


@cache
def find_columns(header: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Field -> the columns that may hold it, the most telling first. A column serves one field."""
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        places.setdefault(normalised(name), place)
    found = {field: tuple(places[name] for name in names.split() if name in places) for field, names in HEADERS.items()}
    return {field: columns for field, columns in found.items() if columns}


def is_of_4cat(header: Sequence[str]) -> bool:
    """4CAT writes its times in UTC without saying so."""
    return {"thread_id", "body", "author"} <= {normalised(name) for name in header}


def platform_of(header: Sequence[str]) -> str | None:
    names = {normalised(name) for name in header}
    telling = [platform for platform, signs in _SIGNS.items() if names & signs]
    return telling[0] if len(telling) == 1 else None
