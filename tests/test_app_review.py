"""Queue, card and verdicts as the server answers them: who sees what, what is kept, what is told, what a page weighs."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from serving.pages import LARGEST_PAGE
from tests.app_fixtures import Browser, Desk, app_home, client_of, desk
from tests.review_rows import HOSTILE, NOW, post

SECRET = "RAHASIA"  # in every restricted text of the fixtures
Clients = Callable[[str], Browser]
JSON = {"accept": "application/json"}


def ids(number: int) -> str:
    return str(post(number, "")["mention_id"])


def decide(client: Browser, number: int, verdict: str = "ya", **fields: Any) -> Any:
    """A verdict as the card's form sends it, or as the script does with ``headers``."""
    headers = fields.pop("headers", {})
    data = {"verdict": verdict, "review_id": uuid.uuid4().hex} | fields
    return client.post(f"/kartu/{ids(number)}/putusan", data, headers=headers)


def test_the_queue_begins_with_danger_and_pages_on(desk: Desk, client_of: Clients) -> None:
    client = client_of("reviewer")
    first = client.get("/antrean").text
    assert re.findall(r'<li class="u(\d)"', first) == sorted(re.findall(r'<li class="u(\d)"', first), reverse=True)
    assert first.count("<li class=") == 20 and "Mulai memutuskan" in first and "Instagram gagal dibaca" in first
    second = client.get("/antrean?hal=2").text
    listed = r'href="/kartu/([^"?]+)'
    assert not set(re.findall(listed, first)[:20]) & set(re.findall(listed, second)[:20])
    assert "3 kartu terbatas" in first
    assert len(first.encode()) < LARGEST_PAGE / 4
    assert client.get("/antrean?sumber=facebook").status_code == 422


def test_filters_stay_with_the_card_and_say_when_nothing_fits(desk: Desk, client_of: Clients) -> None:
    client = client_of("reviewer")
    page = client.get("/antrean?kategori=rumah&sumber=x").text
    assert 0 < page.count("<li class=") < 20 and "Hapus saringan" in page
    card = re.search(r'href="(/kartu/[^"]+)"', page)
    assert card is not None and "kategori=rumah" in card[1]
    assert "Tidak ada yang cocok" in client.get("/antrean?kategori=kekerasan").text


def test_an_empty_queue_says_why(desk: Desk, client_of: Clients) -> None:
    client = client_of("reviewer")
    with_verdict = "INSERT INTO reviews (review_id, mention_id, reviewer, verdict, made_at) SELECT 'r' || mention_id, mention_id, 'dewi', 'ya', ? FROM mentions"
    desk.rows(with_verdict, NOW)
    assert "belum tentu sepi" in client.get("/antrean").text
    desk.rows("UPDATE collection_runs SET status = 'ok', error = NULL")
    page = client.get("/antrean").text
    assert "Semua sudah diputuskan" in page and "terakhir hari ini 06.48" in page
    desk.rows("DELETE FROM collection_runs")
    assert "belum tentu sepi" in client.get("/antrean").text  # switched on, and never read


def test_a_restricted_mention_is_nowhere_for_who_may_not(desk: Desk, client_of: Clients) -> None:
    for role in ("reviewer", "lead"):
        client = client_of(role)
        pages = [client.get(f"/antrean?hal={number}").text for number in (1, 2, 3, 4)]
        pages += [client.get("/antrean/tumpukan").text, client.get("/antrean?kategori=kekerasan").text]
        assert SECRET not in "".join(pages)
        for number in (300, 301, 302):
            assert client.get(f"/kartu/{ids(number)}").status_code == 404
            assert decide(client, number).status_code == 404
    assert desk.rows("SELECT count(*) FROM reviews") == [(0,)]
    officer = client_of("restricted_officer")
    assert "Kekerasan" in officer.get("/antrean").text
    card = officer.get(f"/kartu/{ids(300)}")
    assert card.status_code == 200 and SECRET in card.text and "tercatat" in card.text
    assert ("tuti", f"kartu {ids(300)}") in desk.rows("SELECT user_id, what FROM access_log")


@pytest.mark.parametrize("role", ["analyst", "admin"])
def test_who_does_not_review_has_no_queue(client_of: Clients, role: str) -> None:
    client = client_of(role)
    for address in ("/antrean", f"/kartu/{ids(1)}", "/antrean/tumpukan", "/antrean/lanjut", "/antrean/putusan"):
        assert client.get(address).status_code == 403
    assert decide(client, 1).status_code == 403


def test_a_form_keeps_a_verdict_and_brings_the_next_card(desk: Desk, client_of: Clients) -> None:
    client = client_of("reviewer")
    page = client.get(f"/kartu/{ids(2)}").text
    following = re.search(r'name="lanjut" value="([^"]+)"', page)
    assert following is not None
    answer = decide(
        client, 2, "ya", category="rumah", urgency="2", place_code="32.16.15", agency="dinsos", lanjut=following[1]
    )
    assert answer.status_code == 303
    onward = client.get(answer.headers["location"])
    assert onward.headers["location"].startswith(f"/kartu/{following[1]}?urung=")
    after = client.get(onward.headers["location"]).text
    assert "Urungkan putusan tadi" in after
    case = "SELECT category, urgency, place_code, agency, confirmed FROM cases JOIN case_mentions USING (case_id) WHERE mention_id = ?"
    assert desk.rows(case, ids(2)) == [("rumah", 2, "32.16.15", "dinsos", True)]
    undo = re.search(r'action="(/putusan/[0-9a-f]{32}/urung)"', after)
    assert undo is not None
    assert client.post(undo[1]).headers["location"] == f"/kartu/{ids(2)}"
    assert desk.rows("SELECT verdict FROM standing_reviews WHERE mention_id = ?", ids(2)) == [("ragu",)]


def test_the_second_reviewer_is_told_by_page_and_by_script(desk: Desk, client_of: Clients) -> None:
    rina, dewi = client_of("reviewer"), client_of("lead")
    dewi.get(f"/kartu/{ids(2)}")
    assert decide(rina, 2, "bukan", headers=JSON).json() == {"keadaan": "tersimpan", "putusan": "bukan"}
    told = decide(dewi, 2, "ya", headers=JSON)
    assert (told.status_code, told.json()["siapa"], told.json()["putusan"]) == (409, "Rina", "bukan")
    page = decide(dewi, 2, "ya")
    assert page.status_code == 409 and "Rina lebih dulu" in page.text and "belum disimpan" in page.text
    again = dewi.get(f"/kartu/{ids(2)}").text
    seen = re.search(r'name="seen" value="([0-9a-f]{32})"', again)
    assert seen is not None and "sudah memutuskan bukan" in again
    assert decide(dewi, 2, "ya", seen=seen[1], headers=JSON).status_code == 200
    assert desk.rows("SELECT reviewer, verdict FROM standing_reviews WHERE mention_id = ?", ids(2)) == [("dewi", "ya")]


def test_sent_twice_is_one_verdict_and_a_broken_one_is_refused(desk: Desk, client_of: Clients) -> None:
    client, same = client_of("reviewer"), str(uuid.uuid4())
    for _ in range(2):
        assert decide(client, 2, "ya", review_id=same, headers=JSON).status_code == 200
    assert len(desk.rows("SELECT 1 FROM reviews WHERE shown_because <> 'serupa'")) == 1
    for wrong in ({"review_id": "x"}, {"verdict": "entah"}, {"category": "lapar"}, {"urgency": "9"}):
        assert decide(client, 3, **{"verdict": "ya"} | wrong, headers=JSON).status_code == 422
    assert client.http.post(f"/kartu/{ids(3)}/putusan", data={"verdict": "ya"}).status_code == 403  # no token
    assert client.get("/kartu/x:404").status_code == client.get("/kartu/..%2f..").status_code == 404


def test_two_reviewers_begin_with_different_cards(client_of: Clients) -> None:
    rina, dewi = client_of("reviewer"), client_of("lead")
    first = rina.get("/antrean/lanjut").headers["location"]
    rina.get(first)
    assert dewi.get("/antrean/lanjut").headers["location"] != first
    assert first in dewi.get("/antrean").text  # listed, but not the one to begin with
    assert rina.get("/antrean/lanjut").headers["location"] == first


def test_skipping_leads_on_and_ends(client_of: Clients) -> None:
    client, seen = client_of("reviewer"), []
    address = "/antrean/lanjut?kategori=sarana_darurat"
    while (to := client.get(address).headers["location"]).startswith("/kartu/"):
        seen.append(re.match(r"/kartu/([^?]+)", to)[1])  # type: ignore[index]
        address = f"/antrean/lanjut?kategori=sarana_darurat&lewat={seen[-1]}"
    assert len(seen) == len(set(seen)) > 1 and to == "/antrean?kategori=sarana_darurat"


def test_what_a_phone_holds_ahead_is_bounded_and_leaves_out_what_it_has(client_of: Clients) -> None:
    client = client_of("reviewer")
    cards = r'data-card="([^"]+)"'
    ahead = client.get("/antrean/tumpukan")
    first = re.findall(cards, ahead.text)
    assert len(first) == 4 and len(ahead.content) < 45_000 and ahead.headers["cache-control"] == "no-store"
    assert not set(first) & set(re.findall(cards, client.get(f"/antrean/tumpukan?kecuali={','.join(first)}").text))


def test_every_hostile_text_is_only_text(client_of: Clients) -> None:
    client = client_of("reviewer")
    for number in range(len(HOSTILE)):
        page = client.get(f"/kartu/{ids(100 + number)}")
        assert page.status_code == 200 and len(page.content) < LARGEST_PAGE / 4
        assert not re.search(
            r"<script>alert|<img src=x|<style>body|onerror=alert\(1\)>|<a href='https://x\.com'>", page.text
        )
        assert "49" not in re.findall(r'class="text"[^>]*>(.*?)</p>', page.text, re.DOTALL)[0]


def test_the_shell_is_kept_and_nothing_of_anybody(desk: Desk) -> None:
    client = desk.client()
    worker, offline, manifest = (client.get(one) for one in ("/sw.js", "/luring", "/manifest.webmanifest"))
    kept = re.search(r"FILES = (\[.*?\])", worker.text)
    assert kept is not None and all(
        one.startswith(("/static/", "/luring")) for one in re.findall(r'"([^"]+)"', kept[1])
    )
    assert all(client.get(one).status_code == 200 for one in re.findall(r'"([^"]+)"', kept[1]))
    assert "Tidak ada sinyal" in offline.text
    icons = manifest.json()["icons"]
    assert {client.get(icon["src"]).headers["content-type"] for icon in icons} == {"image/png"}


def test_in_english_the_frame_speaks_english(desk: Desk, client_of: Clients) -> None:
    desk.rows("UPDATE users SET language = 'en' WHERE user_id = 'rina'")
    client = client_of("reviewer")
    page = client.get("/antrean").text
    assert "Start deciding" in page and "Mulai memutuskan" not in page
