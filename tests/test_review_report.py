"""The written report: everything is in it, nothing runs, nothing restricted shows, and it fits."""

from __future__ import annotations

import csv
import dataclasses
import html
import io
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from review.daily_report import ReportError, write_report
from review.ordering import ordered, urgency_of
from review.page import LARGEST_PAGE
from review.spreadsheet import safe_cell
from settings import Settings
from tests.review_rows import DAY, HOSTILE, NEEDS, NOW, facts_of, invented, post, run, store
from triage.reporting import ReportFacts

KNOWN_TAGS = set(
    re.findall(
        r"\w+",
        "html head meta link title style body svg defs symbol path circle header p span h1 main section b h2 ul li nav a div article q dl dt dd i br"
        " small details summary mark figure figcaption desc rect text use footer em",
    )
)


class Page(HTMLParser):
    """What a browser would find: tags, links, and for every mention whether it lies in a closed <details>."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.folded: dict[str, bool] = {}
        self._open = 0
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._open += tag == "details"
        if mention := dict(attrs).get("data-mention"):
            self.folded[mention] = self._open > 0

    def handle_endtag(self, tag: str) -> None:
        self._open -= tag == "details"


def rows_of(sheet: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sheet.read_text(encoding="utf-8-sig"))))


@pytest.fixture
def facts(database: Path) -> Iterator[ReportFacts]:
    store(database, invented())
    run(database, "instagram", "ok", None, 30)
    run(
        database,
        "instagram",
        "failed",
        "Instagram, tagged:qr.kabbekasi: the Instagram session has ended; make a new one.",
        2,
        unmapped=2,
    )
    yield facts_of(database)


@pytest.fixture
def written(facts: ReportFacts, settings: Settings) -> Path:
    return write_report(facts, settings)


def test_the_files_stand_where_they_are_looked_for(written: Path, settings: Settings) -> None:
    assert written == settings.reports / "2026-11-24.html"
    assert written.with_suffix(".csv").exists()
    assert (settings.reports / "latest.html").read_bytes() == written.read_bytes()
    assert not [file for file in settings.reports.iterdir() if file.name.startswith(".")]


def test_nothing_is_dropped(facts: ReportFacts, written: Path) -> None:
    wanted = set(facts.flagged["mention_id"])
    assert len(wanted) > 50
    assert set(Page(written.read_text(encoding="utf-8")).folded) == wanted
    assert [row["ID"] for row in rows_of(written.with_suffix(".csv"))] == [
        row["mention_id"] for group in ordered(facts, 40).all_groups for row in group.rows
    ]


def test_a_life_at_risk_is_never_folded(facts: ReportFacts, settings: Settings) -> None:
    program = settings.program.model_copy(update={"capacity_per_day": 1})
    page = Page(write_report(facts, dataclasses.replace(settings, program=program)).read_text(encoding="utf-8"))
    urgent = {row["mention_id"] for row in facts.flagged.to_dict("records") if urgency_of(row) == 2}
    assert len(urgent) > 10
    assert not {mention for mention in urgent if page.folded[mention]}
    assert sum(page.folded.values()) > 10, "the others are folded when one is all the staff can see"


def test_no_citizen_writes_html_into_the_page(written: Path) -> None:
    content = written.read_text(encoding="utf-8")
    page = Page(content)
    assert page.tags <= KNOWN_TAGS
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name == "style"]
    assert "alert(&#39;x&#39;)" in content
    assert "{{ 7*7 }}" in content
    assert "49" not in re.sub(r"<style>.*?</style>", "", content, flags=re.S).split("{{ 7*7 }}")[1][:40]


def test_every_hostile_text_is_shown_as_text(written: Path) -> None:
    shown = " ".join(html.unescape(re.sub(r"<[^>]+>", "", written.read_text(encoding="utf-8"))).split())
    for text in HOSTILE:
        words = re.findall(r"[a-z]{5,}", text)
        if words and len(text) < 300 and "\u0336" not in text:
            assert words[-1] in shown, text
    assert "⟂ tanda tersembunyi dihapus" in shown
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b]", shown)


def test_the_page_asks_nobody_for_anything(written: Path) -> None:
    content = written.read_text(encoding="utf-8")
    page = Page(content)
    sources = [
        (tag, name, value)
        for tag, name, value in page.attributes
        if name in ("src", "href", "action", "srcset", "data", "poster")
    ]
    for tag, _, value in sources:
        assert value.startswith(("#", "data:,")) or (
            tag == "a" and re.match(r"https://(x\.com|www\.instagram\.com)/", value)
        ), value
    assert "@import" not in content
    assert "url(" not in content.split("</style>")[0]
    assert "default-src 'none'" in content
    assert all("noreferrer noopener" in rel for tag, name, rel in page.attributes if tag == "a" and name == "rel")


def test_only_the_platforms_addresses_become_links(database: Path, settings: Settings) -> None:
    bad = [
        "javascript:alert(1)",
        "http://x.com/a",
        "https://x.com.evil.example/a",
        "https://evil@x.com/a",
        "https://x.com:8443/a",
        "https://X.com\\@evil.example/",
    ]
    store(
        database,
        [post(n, "tolong", url=url) for n, url in enumerate(bad)]
        + [post(99, "tolong", url="https://www.instagram.com/p/Abc/c/12/")],
    )
    page = Page(write_report(facts_of(database), settings).read_text(encoding="utf-8"))
    assert [
        value for tag, name, value in page.attributes if tag == "a" and name == "href" and not value.startswith("#")
    ] == ["https://www.instagram.com/p/Abc/c/12/"]


def test_restricted_mentions_are_a_number_and_a_pointer(written: Path) -> None:
    content = written.read_text(encoding="utf-8")
    assert "RAHASIA" not in content + written.with_suffix(".csv").read_text(encoding="utf-8-sig")
    first = content.split('id="hari-ini"')[0]
    assert "3 laporan terbatas" in first
    assert "petugas kasus terbatas" in first


def test_a_restricted_post_does_not_show_through_its_replies(database: Path, settings: Settings) -> None:
    parent = post(1, "RAHASIA bapak tirinya memukuli dia", restricted=True)
    store(
        database,
        [
            parent,
            post(2, "iya min tolong cepat dibantu, dia belum makan", kind="reply", parent_id=parent["mention_id"]),
        ],
    )
    assert "RAHASIA" not in write_report(facts_of(database), settings).read_text(encoding="utf-8")


def test_a_reply_shows_the_start_of_what_it_answers(database: Path, settings: Settings) -> None:
    parent = post(1, "Banjir di Kebalen, hubungi bu Sarti 0812-0000-1234 ya", flag_score=0.01)
    store(database, [parent, post(2, "iya min di sini juga", kind="reply", parent_id=parent["mention_id"])])
    content = write_report(facts_of(database), settings).read_text(encoding="utf-8")
    assert "Menjawab: <q>Banjir di Kebalen, hubungi bu [nama] [no. HP] ya</q>" in content


def test_a_dead_source_is_on_the_first_screen(written: Path) -> None:
    first = html.unescape(re.sub(r"<[^>]+>", "", written.read_text(encoding="utf-8").split('id="hari-ini"')[0]))
    assert (
        "Instagram gagal dibaca. Sejak hari ini 05.12, karena sesi Instagram sudah berakhir, perlu masuk ulang. Terakhir baik kemarin 01.12."
        in first
    )
    assert "X belum pernah dibaca." in first
    assert "session" not in first


def test_sentences_for_every_way_a_source_fails(database: Path, settings: Settings) -> None:
    run(database, "x", "degraded", "X, search: the rate limit is used up until 03:00 UTC; the next run goes on.", 1)
    first = html.unescape(
        write_report(facts_of(database), settings).read_text(encoding="utf-8").split('id="hari-ini"')[0]
    )
    assert "X terganggu." in first
    assert "platform meminta jeda" in first
    assert "40 dibaca, 12 baru" in first


def test_near_duplicates_stand_under_the_first(facts: ReportFacts, written: Path) -> None:
    groups = [group for group in ordered(facts, 40).all_groups if group.others]
    assert [len(group.others) for group in groups] == [3]
    assert "+1 unggahan serupa" in written.read_text(encoding="utf-8")
    assert [row["Serupa dengan"] for row in rows_of(written.with_suffix(".csv"))].count(
        groups[0].head["mention_id"]
    ) == 3


def test_duplicates_of_a_post_that_is_gone_still_stand_together(database: Path) -> None:
    gone = post(4, "a", deleted=True)
    store(database, [gone, *(post(n, "a", duplicate_of=gone["mention_id"]) for n in (1, 2)), post(3, "c")])
    assert sorted(len(group.rows) for group in ordered(facts_of(database), 40).all_groups) == [1, 2]


def test_a_circle_of_duplicates_ends(database: Path) -> None:
    one, two = post(1, "a"), post(2, "b")
    store(database, [one | {"duplicate_of": two["mention_id"]}, two | {"duplicate_of": one["mention_id"]}])
    assert sum(len(group.rows) for group in ordered(facts_of(database), 40).all_groups) == 2


def test_yesterdays_morning_is_fresh_and_the_evening_before_is_not(database: Path) -> None:
    """Midnight is the program's: 17:00 UTC."""
    start_of_yesterday = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    hours = (NOW - start_of_yesterday).total_seconds() / 3600
    store(database, [post(1, "baru", hours_ago=hours - 0.01), post(2, "lama", hours_ago=hours + 0.01)])
    parts = ordered(facts_of(database), 40)
    assert [group.head["text"] for group in parts.fresh] == ["baru"]
    assert [group.head["text"] for group in parts.older] == ["lama"]


def test_a_late_indexed_plea_comes_with_the_fresh_ones(database: Path) -> None:
    from triage.database import unit_of_work

    store(
        database,
        [post(1, "terlambat", hours_ago=200, seen_hours_ago=1), post(2, "lama", hours_ago=200, seen_hours_ago=150)],
    )
    with unit_of_work(database) as connection:
        day, at = DAY - timedelta(days=1), NOW - timedelta(hours=24)
        connection.execute("INSERT INTO reports VALUES (?, ?, NULL, ?, 'x.html')", [day, at, at])
    parts = ordered(facts_of(database), 40)
    assert [group.head["text"] for group in parts.fresh] == ["terlambat"]
    assert [group.head["text"] for group in parts.older] == ["lama"]


def test_four_hundred_long_posts_fit(database: Path, settings: Settings) -> None:
    long = "Assalamualaikum min, 🙏 tolong keluarga kami <b>kelaparan</b> & sakit. " * 20
    store(
        database,
        [
            post(n, f"{n} {long}", hours_ago=1 + n / 40, urgency=n % 10 // 5 + (n % 20 == 0), phrases=["kelaparan"])
            for n in range(400)
        ],
    )
    path = write_report(facts_of(database), settings)
    assert path.stat().st_size <= LARGEST_PAGE
    assert len(Page(path.read_text(encoding="utf-8")).folded) == 400


def test_a_backlog_of_thousands_fits_too_and_is_whole_in_the_table(database: Path, settings: Settings) -> None:
    store(
        database, [post(n, NEEDS[n % 8][1], urgency=2 if n % 40 == 0 else 1, hours_ago=1 + n / 20) for n in range(3000)]
    )
    path = write_report(facts_of(database), settings)
    content = path.read_text(encoding="utf-8")
    folded = Page(content).folded
    assert path.stat().st_size <= LARGEST_PAGE
    assert sum(not is_folded for is_folded in folded.values()) >= 75, "every life at risk stands open"
    assert (
        f"{3000 - len(folded):,}".replace(",", ".") + " laporan lagi</b> hanya ada di tabel 2026-11-24.csv" in content
    )
    assert len(rows_of(path.with_suffix(".csv"))) == 3000


def test_an_empty_day_says_so(database: Path, settings: Settings) -> None:
    content = write_report(facts_of(database), settings).read_text(encoding="utf-8")
    assert "Tidak ada laporan baru yang ditandai." in content
    assert "Belum ada model." in content


def test_the_demo_is_marked_and_the_real_is_not(facts: ReportFacts, settings: Settings) -> None:
    assert "DATA CONTOH" in write_report(facts, settings).read_text(encoding="utf-8")
    assert "DATA CONTOH" not in write_report(facts, dataclasses.replace(settings, demo=False)).read_text(
        encoding="utf-8"
    )


def test_words_that_flagged_are_marked_and_masked_ones_do_not_come_back(database: Path, settings: Settings) -> None:
    store(database, [post(1, "ibu Sarti lumpuh & <lapar>", phrases=["ibu Sarti", "lumpuh & <lapar>", "Sarti"])])
    path = write_report(facts_of(database), settings)
    content = path.read_text(encoding="utf-8")
    assert (
        "ibu <i>[nama]</i> <mark>lumpuh &amp; &lt;lapar&gt;</mark>" in content
        or "<mark>lumpuh &amp; &lt;lapar</mark>" in content
    )
    assert "Sarti" not in content + path.with_suffix(".csv").read_text(encoding="utf-8-sig")


def test_places_say_how_sure_they_are(written: Path) -> None:
    content = written.read_text(encoding="utf-8")
    assert "Sukatani (Kab. Bekasi) atau Sukatani (Kab. Purwakarta)" in content
    assert "Kel. Kebalen, Kec. Babelan, Kab. Bekasi" in content


def test_no_cell_runs_as_a_formula(written: Path) -> None:
    cells = [cell for row in rows_of(written.with_suffix(".csv")) for cell in row.values()]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝"])
def test_safe_cells(start: str) -> None:
    assert safe_cell(f"{start}1+1").startswith("'")
    assert safe_cell("a=1") == "a=1"


def test_the_sheet_opens_in_a_spreadsheet(written: Path) -> None:
    raw = written.with_suffix(".csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert {"ID", "Kategori", "Urgensi", "Teks (disamarkan)", "Usulan dinas"} <= set(
        rows_of(written.with_suffix(".csv"))[0]
    )


def test_writing_again_gives_the_same_page(facts: ReportFacts, settings: Settings) -> None:
    assert write_report(facts, settings).read_bytes() == write_report(facts, settings).read_bytes()


def test_a_folder_that_cannot_be_written_is_one_sentence(facts: ReportFacts, settings: Settings) -> None:
    settings.var.mkdir(exist_ok=True)
    settings.reports.write_text("in the way", encoding="utf-8")
    with pytest.raises(ReportError, match=r"2026-11-24\.csv cannot be written .*run it again\.$"):
        write_report(facts, settings)
    settings.reports.unlink()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here: a full disk cannot be shown")
def test_a_full_disk_leaves_the_old_report(
    facts: ReportFacts, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_report(facts, settings)
    before = path.read_bytes()
    monkeypatch.setattr(
        "review.daily_report.tempfile.mkstemp",
        lambda **_: (os.open("/dev/full", os.O_WRONLY), str(settings.reports / ".part")),
    )
    with pytest.raises(ReportError, match="No space left"):
        write_report(facts, settings)
    assert path.read_bytes() == before


def test_every_category_is_in_the_page_by_its_name(written: Path) -> None:
    content = html.unescape(written.read_text(encoding="utf-8"))
    for name in (
        "Kesehatan",
        "Bencana",
        "Pangan & ekonomi",
        "Rumah tidak layak",
        "Pendidikan",
        "Terlantar",
        "Orang hilang",
        "Sarana darurat",
    ):
        assert name in content
    assert len(NEEDS) == 8


def test_its_cards_open_in_the_app_where_there_is_one(facts: ReportFacts, settings: Settings) -> None:
    address = "https://qr.example.go.id"
    with_app = dataclasses.replace(settings, app=settings.app.model_copy(update={"address": address}))
    page = Page(write_report(facts, with_app).read_text(encoding="utf-8"))
    links = {
        value for tag, name, value in page.attributes if (tag, name) == ("a", "href") and not value.startswith("#")
    }
    assert {f"{address}/kartu/{mention_id}" for mention_id in facts.flagged["mention_id"]} <= links
    assert all(link.startswith(f"{address}/kartu/") for link in links)
