"""Drafts of answers: the right door, never a citizen's data, nothing in public that must not stand there, nothing sent."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from cases.case import Case
from cases.rule_file import RulesError
from review.masking import mask
from review.reading import Reader, ReaderRefused
from review.replies import (
    LANGUAGES,
    PLATFORMS,
    DraftRefused,
    Drafts,
    Wish,
    draft_for_case,
    draft_for_topic,
    handover,
    kind_for,
    load_drafts,
    missing_facts,
    whatsapp_link,
)
from settings import DATA, ROOT, Settings
from tests.case_fixtures import done, new_case, shipped_rules
from tests.test_architecture import imports_of
from tests.test_commands_casework import said
from tests.test_triage_casework import store
from triage.database import unit_of_work

RULES = shipped_rules()
DAY = date(2026, 11, 25)
PLEA = "Tolong Ibu Siti Aminah di Jl Melati No 5 belum makan, hubungi 0812-3456-7890 @budi_santoso"


@pytest.fixture
def drafts(settings: Settings) -> Drafts:
    return load_drafts(settings, RULES)


def forwarded(agency: str = "dinkes") -> Case:
    return done(new_case()[0], "forward", agency=agency)


def test_every_draft_fits_its_platform_for_every_agency(drafts: Drafts) -> None:
    """Also the longest name: a refusal here would leave somebody without an answer."""
    for agency, kind, lang in product(
        RULES.agencies.agency, ("received", "see_direct", "forwarded", "right_door", "finished"), LANGUAGES
    ):
        draft = draft_for_case(drafts, forwarded(agency), Wish(kind, "x", lang, "public"), Reader(), DAY)
        assert len(draft.text) <= 280
        assert "{" not in draft.text and "  " not in draft.text
    for topic, lang in product(RULES.taxonomy.topic, LANGUAGES):
        topical = draft_for_topic(drafts, topic, None, Wish("right_door", "x", lang), DAY)
        assert topical is None or len(topical.text) <= 280


def test_no_draft_holds_what_a_citizen_wrote(drafts: Drafts) -> None:
    case = forwarded()
    for kind, platform, lang in product(drafts.file.reply, PLATFORMS, LANGUAGES):
        try:
            text = draft_for_case(drafts, case, Wish(kind, platform, lang), Reader(), DAY).text
        except DraftRefused:
            continue
        assert case.case_id in text or kind in {"right_door", "offer"}
        assert "[nama]" not in mask(text) and "[no. HP]" not in mask(text)


def test_facts_are_asked_by_direct_message_alone(drafts: Drafts) -> None:
    case = new_case()[0]
    with pytest.raises(DraftRefused, match="hanya lewat pesan langsung"):
        draft_for_case(drafts, case, Wish("ask_facts", "x", "id", "public"), Reader(), DAY)
    draft = draft_for_case(drafts, case, Wish("ask_facts", "instagram", "id"), Reader(), DAY)
    assert draft.channel == "direct"
    assert "desa atau kelurahan" in draft.text and "BPJS" in draft.text
    assert missing_facts(drafts, "kesehatan", "32.16.06.2003") == ["kesehatan", "household", "contact"]
    assert missing_facts(drafts, None, "32.16.06") == ["place", "need", "household", "contact"]
    assert missing_facts(drafts, "terlantar", None) == ["place", "household", "contact"]
    with pytest.raises(DraftRefused, match="hanya lewat tempat umum"):
        draft_for_case(drafts, case, Wish("see_direct", "x", "id", "direct"), Reader(), DAY)


def test_restricted_cases_have_no_public_draft(drafts: Drafts) -> None:
    case = new_case(category="kekerasan", restricted=True)[0]
    assert case.agency == "dp3a" and kind_for(case) == "contact_safely"
    keeper = Reader("dewi", "restricted")
    for kind, platform, channel in product(drafts.file.reply, PLATFORMS, (None, "public", "direct")):
        if kind == "contact_safely" and channel != "public":
            continue
        with pytest.raises(DraftRefused):
            draft_for_case(drafts, case, Wish(kind, platform, "id", channel), keeper, DAY)  # type: ignore[arg-type]
    text = draft_for_case(drafts, case, Wish("contact_safely", "x"), keeper, DAY).text
    for telling in ("DP3A", "PPA", "ekerasan", "129"):
        assert telling not in text
    with pytest.raises(ReaderRefused):
        draft_for_case(drafts, case, Wish("contact_safely"), Reader(), DAY)
    with pytest.raises(DraftRefused, match="hanya untuk kasus terbatas"):
        draft_for_case(drafts, new_case()[0], Wish("contact_safely"), Reader(), DAY)


def test_the_right_door_is_that_of_the_place(drafts: Drafts) -> None:
    at_home = draft_for_topic(drafts, "lingkungan", "32.16.06", Wish("right_door", "instagram", "id"), DAY)
    assert at_home is not None and "Dinas Lingkungan Hidup (lewat SP4N-LAPOR!)" in at_home.text
    elsewhere = draft_for_topic(drafts, "lingkungan", "32.75", Wish("right_door", "instagram", "su"), DAY)
    assert elsewhere is not None and "Pemerintah Kota Bekasi" in elsewhere.text and "Hatur nuhun" in elsewhere.text
    offer = draft_for_topic(drafts, "tawaran_bantuan", None, Wish("right_door", "x", "id"), DAY)
    assert offer is not None and offer.kind == "offer"
    assert draft_for_topic(drafts, "pujian", None, Wish("right_door"), DAY) is None


def test_the_hand_over_is_masked_and_can_be_opened_in_whatsapp(drafts: Drafts) -> None:
    case = forwarded()
    text = handover(drafts, case, mask(PLEA), Reader())
    assert case.case_id in text and "Dinas Kesehatan" in text and "belum makan" in text
    for personal in ("Siti", "Melati", "0812", "budi"):
        assert personal not in text
    link = urlsplit(whatsapp_link(text))
    assert (link.netloc, parse_qs(link.query)["text"]) == ("wa.me", [text])
    hidden = new_case(category="kekerasan", restricted=True)[0]
    told = handover(drafts, hidden, PLEA, Reader("dewi", "restricted"))
    assert "belum makan" not in told and "ekerasan" not in told and hidden.case_id in told
    with pytest.raises(ReaderRefused):
        handover(drafts, hidden, "", Reader())


def waiting_mention(database: Path, number: int, **opinion: object) -> None:
    row: dict[str, object] = {
        "text": PLEA,
        "topic": "lingkungan",
        "restricted": False,
        "lang": "id",
        "flag_score": 0.1,
    } | opinion
    with unit_of_work(database) as connection:
        connection.execute(
            "INSERT INTO mentions BY NAME SELECT ? AS mention_id, 'x' AS platform, 'post' AS kind, ? AS text, now() AS created_at, "
            "'search' AS matched, 't' AS client_version, now() AS first_seen_at, now() AS last_seen_at", [f"x:{number}", row["text"]]
        )  # fmt: skip
        if not connection.execute("SELECT 1 FROM models").fetchone():
            connection.execute("INSERT INTO models VALUES ('m', now(), 'champion', NULL, 'm', 's', '')")
        connection.execute(
            "INSERT INTO assessments BY NAME SELECT ? AS mention_id, 'm' AS model_version, now() AS assessed_at, ?::double AS flag_score, "
            "?::double >= 0.3 AS flagged, 0.3 AS threshold, ? AS topic, ? AS lang, ? AS restricted, '[]'::json AS place_candidates, '' AS text_sha256",
            [f"x:{number}", row["flag_score"], row["flag_score"], row["topic"], row["lang"], row["restricted"]],
        )


def test_nothing_out_of_scope_is_dropped(
    settings: Settings, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting_mention(database, 1)
    waiting_mention(database, 2, topic="pujian")
    waiting_mention(database, 3, restricted=True)
    waiting_mention(database, 4, flag_score=0.9)
    waiting_mention(database, 5, topic="perizinan", lang="su")
    waiting_mention(database, 6, topic="keamanan", text="Anak tetangga dipukuli bapaknya tiap malam")
    code, out, _ = said(capsys, "answers", "queue")
    assert code == 0
    assert {word for word in out.split() if word.startswith("x:")} == {"x:1", "x:5"}
    assert "Dinas Lingkungan Hidup" in out and "Hatur nuhun" in out and "DPMPTSP" in out
    for personal in ("Siti", "Melati", "0812", "budi", "dipukuli"):
        assert personal not in out
    with unit_of_work(database) as connection:
        connection.execute(
            "INSERT INTO reviews BY NAME SELECT 'r' AS review_id, 'x:4' AS mention_id, 'rina' AS reviewer, 'bukan' AS verdict, now() AS made_at"
        )
    assert "x:4" in said(capsys, "answers", "queue", "--topic", "lingkungan")[1]
    assert said(capsys, "answers", "sent", "x:1", "--actor", "rina")[0] == 0
    assert said(capsys, "answers", "sent", "x:1", "--actor", "rina")[0] == 0
    assert "x:1" not in said(capsys, "answers", "queue")[1]
    with unit_of_work(database) as connection:
        assert connection.execute("SELECT mention_id, case_id, kind FROM answers").fetchall() == [
            ("x:1", None, "right_door")
        ]
    assert "There is no case or mention x:99" in said(capsys, "answers", "sent", "x:99", "--actor", "rina")[2]
    assert "has no door" in said(capsys, "answers", "queue", "--topic", "pujian")[2]
    assert "not in data/replies.toml" in said(capsys, "answers", "sent", "x:1", "--actor", "rina", "--kind", "marah")[2]


def test_drafts_on_the_command_line(settings: Settings, database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = store(database, *new_case())
    code, out, _ = said(capsys, "answers", "draft", case.case_id)
    assert code == 0 and out.startswith("[Laporan diterima, x, balasan terbuka, id]") and case.case_id in out
    assert "Hatur nuhun" in said(capsys, "answers", "draft", case.case_id, "--lang", "su", "--kind", "forwarded")[1]
    assert "https://wa.me/?text=Kasus%20K-" in said(capsys, "answers", "handover", case.case_id)[1]
    assert "Tidak ada draf 'marah'" in said(capsys, "answers", "draft", case.case_id, "--kind", "marah")[2]
    hidden = store(database, *new_case(category="kekerasan", restricted=True, mention_id="x:2"))
    code, out, err = said(capsys, "answers", "draft", hidden.case_id)
    assert (code, out) == (1, "") and "--role restricted" in err
    out = said(capsys, "answers", "draft", hidden.case_id, "--role", "restricted", "--actor", "dewi")[1]
    assert out.startswith("[Menghubungi dengan aman, x, pesan langsung, id]")
    with unit_of_work(database) as connection:
        assert connection.execute("SELECT what FROM access_log").fetchall() == [
            (f"restricted: draft {hidden.case_id}",)
        ]


def test_a_referred_case_waits_for_its_door(
    settings: Settings, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, opening = new_case()
    from cases.acting import Act, decide
    from cases.case import apply
    from tests.case_fixtures import NOW

    events = [opening]
    for action in ("check", "refer"):
        events.append(decide(RULES, case, Act(action, "rina", "milik provinsi"), NOW))
        case = apply(case, events[-1])
    store(database, case, *events)
    assert case.case_id in said(capsys, "answers", "queue")[1]
    assert said(capsys, "answers", "sent", case.case_id, "--actor", "rina")[0] == 0
    assert case.case_id not in said(capsys, "answers", "queue")[1]


def test_what_would_ask_in_public_is_no_file(home: Path, settings: Settings) -> None:
    (home / "data").mkdir()
    text = (DATA / "replies.toml").read_text(encoding="utf-8")
    for spoiled, words in (
        (text.replace('channels = ["direct"]', 'channels = ["public"]', 1), "asks for facts and may be public"),
        (text.replace("nomor {case}.", "nomor {nama}.", 1), r"line \d+: it has a blank other than"),
        (text.replace('tawaran_bantuan = "offer"', 'tawaran_bantuan = "terima"'), "there is no \\[reply.terima\\]"),
    ):
        (home / "data" / "replies.toml").write_text(spoiled, encoding="utf-8")
        with pytest.raises(RulesError, match=words):
            load_drafts(settings, RULES)


def test_nothing_here_can_send() -> None:
    """No client of any platform and no HTTP in the files that make answers."""
    files = [
        ROOT / "review" / "replies.py",
        ROOT / "review" / "invitations.py",
        ROOT / "commands" / "answers.py",
        ROOT / "triage" / "answers.py",
    ]
    for file in files:
        assert not set(imports_of(file)) & {
            "requests",
            "httpx",
            "tweepy",
            "instaloader",
            "collectors",
            "socket",
            "http",
            "smtplib",
            "subprocess",
        }
