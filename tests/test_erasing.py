"""What a data subject asks to erase is nowhere any more: every byte below var/ is looked at, packed ones unpacked."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from cases.acting import Act, decide
from cases.case import apply
from cases.erasing import ERASED, sought, without_words
from cases.joining import Suggestion
from cases.likeness import Likeness
from cases.lounge import Minutes, Promise, load_lounge, minutes_act
from flows.backups import back_up, backups_folder, restore
from flows.collecting import utc_now
from flows.erasing import remaining
from flows.forgetting import forget_in_files
from flows.progress import Steps
from mention import Mention, Payload
from review.daily_report import write_report
from settings import ROOT, Settings, load_settings
from tests.case_fixtures import new_case, shipped_rules
from tests.conftest import assert_sound
from tests.review_rows import NOW, post, store
from tests.test_commands_casework import said
from tests.test_triage_collecting import mention, page, save
from triage.casework import act, read_case, read_events, save_events
from triage.database import prepare_database, unit_of_work
from triage.deliveries import save_delivery
from triage.erasing import Erasure, erase_mentions
from triage.rebuilding import rebuild
from triage.reporting import read_report
from triage.rewriting import RewriteFailed, rewrite, rewrite_is_due
from triage.suggesting import save_suggestions

STEPS = Steps(None)
RULES = shipped_rules()
HANDLE, AUTHOR = "euis_tresna88", "7700000000000000031"
NAME, NUMBER = "Euis Komariah Tresnasih", "0812-7777-4321"
PLEA = f"Min tolong, saya {NAME} , kaki si bungsu lumpuhlayuh sejak kemarin, hubungi {NUMBER}"
EARLIER = "anak saya pertamakalinya lemas begini"
OTHERS = "rumah tetangga retakparah sejak gempa, mohon dicek"
PLANTED = ("lumpuhlayuh", "pertamakalinya", HANDLE, AUTHOR, "Tresnasih", "7777-4321", "81277774321", "kutipansisip")


def theirs(number: int, text: str, **changes: object) -> Mention:
    return dataclasses.replace(
        mention(number, text), author_id=AUTHOR, author_handle=HANDLE, thread_id="x:1", url=f"https://x.com/{HANDLE}/status/{number}", **changes
    )  # type: ignore[arg-type]  # fmt: skip


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A var/ where one person's words stand everywhere that they can: tables, notes, files, backups."""
    home = tmp_path_factory.mktemp("kantor")
    shutil.copy(ROOT / "tanggap.toml", home / "tanggap.toml")
    settings = load_settings({"TANGGAP_HOME": str(home)}, demo=True)
    database = settings.database
    prepare_database(database, demo=True)
    neighbour = dataclasses.replace(mention(2, OTHERS), author_id="9", author_handle="tetangga", thread_id="x:1")
    quoting = Payload("x:2", {"quoted": {"text": PLEA}, "user": {"id": AUTHOR}})
    save(database, page(theirs(1, EARLIER)))
    save(
        database, page(theirs(1, PLEA, platform_id="11"), neighbour, theirs(3, "sudah saya laporkan kutipansisip min"))
    )
    save(database, page(neighbour, payloads=[quoting, Payload(None, {"broken": True, "screen_name": HANDLE})]))
    _opinions(database)
    _case(database, settings)
    with unit_of_work(database) as connection:
        save_delivery(connection, json.dumps({"from": {"username": HANDLE}, "text": PLEA}).encode(), NOW)
        connection.execute(
            "INSERT INTO billed VALUES (?, 'x.expanded_user', ?)", [NOW.date() - timedelta(days=3), AUTHOR]
        )
        facts = read_report(connection, NOW.date(), settings.zone, NOW + timedelta(hours=12))
    write_report(facts, settings)
    _published(settings)
    back_up(settings, backups_folder(settings.home), STEPS)
    return settings.var


@pytest.fixture
def office(settings: Settings, filled: Path) -> Iterator[Settings]:
    """A desk of its own for each test; whatever it does, the tables stay sound and the events are the truth."""
    shutil.copytree(filled, settings.var)
    yield settings
    assert_sound(settings.database)
    assert rebuild(settings.database, only_compare=True).differing == ()


def _opinions(database: Path) -> None:
    rows = [post(number, "", flag_score=0.9, mention_id=f"x:{number}") for number in (1, 2, 3)]
    with unit_of_work(database) as connection:
        connection.execute("CREATE TEMP TABLE kept AS SELECT * FROM mentions; DELETE FROM mentions")
        connection.execute("CREATE TABLE held AS SELECT * FROM kept")
    store(
        database,
        [
            row | {"phrases": [phrase]}
            for row, phrase in zip(rows, ("lumpuhlayuh", "retakparah", "kutipansisip"), strict=True)
        ],
    )
    with unit_of_work(database) as connection:
        connection.execute("DELETE FROM mentions; INSERT INTO mentions SELECT * FROM held; DROP TABLE held")


def _case(database: Path, settings: Settings) -> None:
    """A case of the plea with reasons and promises in staff's words, some of them the person's; and another that only names her."""
    case, opening = new_case(NOW)
    events = [opening]
    for action, extra in (
        ("forward", {"changes": {"agency": case.agency}, "why": f"Ibu {NAME} minta cepat"}),
        ("attempt", {"why": "dokter datang, kaki si bungsu lumpuhlayuh sejak kemarin katanya"}),
        ("attempt", {"why": "Ruang rawat penuh."}),
        *(("escalate", {"why": "naik"}) for _ in range(3)),
    ):
        events.append(decide(RULES, case, Act(action, "rina", **extra), NOW))  # type: ignore[arg-type]
        case = apply(case, events[-1])
    promised = Minutes("rina", "Rawat inap ditanggung", case.agency or "", [Promise("dinkes", f"menjemput {NAME}")])
    other, other_opening = new_case(NOW, mention_id="x:2")
    named = decide(RULES, other, Act("note", "rina", f"kata bu {NAME.upper()} sudah aman"), NOW)
    with unit_of_work(database) as connection:
        save_events(connection, [*events, other_opening, named], [case, apply(other, named)])
        wanted = minutes_act(RULES, load_lounge(settings), case, promised, NOW)
        act(connection, RULES, case.case_id, wanted, case.version, NOW)
        likeness = Likeness(0.5, ("village",), (), False, 3.0)
        save_suggestions(
            connection, [Suggestion("x:3", "x:2", other.case_id, likeness, f"Keduanya menyebut {NAME}.")], NOW
        )
        connection.execute(
            "INSERT INTO reviews (review_id, mention_id, reviewer, verdict, note, made_at) VALUES ('r1', 'x:1', 'sari', 'ya', ?, now())",
            [PLEA],
        )


def _published(settings: Settings) -> None:
    folder = settings.var / "published"
    folder.mkdir()
    with duckdb.connect(str(folder / "salinan.duckdb")) as connection:
        connection.execute(
            f"ATTACH '{settings.database}' AS live (READ_ONLY); CREATE TABLE mentions AS SELECT * FROM live.mentions"
        )
        connection.execute(
            f"COPY mentions TO '{folder / 'mentions.parquet'}' (FORMAT parquet, COMPRESSION uncompressed)"
        )


def papers(settings: Settings, capsys: pytest.CaptureFixture[str]) -> list[Path]:
    """A brief, a field sheet and two exports, as commands write them."""
    with unit_of_work(settings.database) as connection:
        (case_id,) = connection.execute("SELECT case_id FROM case_mentions WHERE mention_id = 'x:1'").fetchone() or (
            "",
        )
    outside = settings.home / "untuk dinas"
    for command in (
        ("lounge", "brief", case_id, "--role", "lead", "--actor", "dewi"),
        ("field", "sheet", case_id, "--role", "lead", "--actor", "dewi"),
        ("export", "cases", str(settings.var / "semua.csv")),
        ("export", "lapor-aa", str(outside / "lapor.xlsx")),
    ):
        code, _, err = said(capsys, *command)
        assert code == 0, err
    return [settings.var / "semua.csv", outside / "lapor.xlsx"]


def test_what_was_erased_is_nowhere_and_decisions_stay(office: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    exports = papers(office, capsys)
    standing = remaining(office.var, PLANTED)
    for place in ("triage.duckdb", "semua.csv", "lounge", "field", "published", "reports", "backups"):
        assert any(place in one for one in standing), (
            place
        )  # the look finds what is there: in the free blocks and packed, too
    before = _decisions(office)
    arguments = [
        "subject",
        "erase",
        "--handle",
        f"@{HANDLE.upper()}",
        "--text",
        NAME,
        "--text",
        NUMBER,
        "--actor",
        "dewi",
        "--why",
        "diminta",
    ]
    code, out, _ = said(capsys, *arguments)
    assert code == 3 and "x:1" in out and "x:3" in out and "x:2" not in out
    assert "Tresnasih" not in out and "7777" not in out  # the list is masked
    assert remaining(office.var, PLANTED) == standing  # listed is not erased
    code, out, err = said(capsys, *arguments, "--yes")
    assert code == 0 and "by hand" not in err, err
    assert str(exports[1]) in out and str(exports[0]) not in out  # a file outside is named
    assert remaining(office.var, PLANTED) == []
    assert remaining(exports[1].parent, PLANTED) == []
    assert remaining(office.var, ["retakparah"])  # what others wrote is still there
    assert _decisions(office) == before
    with unit_of_work(office.database) as connection:
        texts = dict(connection.execute("SELECT mention_id, text FROM mentions").fetchall())
        assert texts == {"x:1": "", "x:2": OTHERS, "x:3": ""}
        assert connection.execute("SELECT kind, mentions, cases FROM subject_requests").fetchall() == [("erase", 2, 1)]
        whys = [
            row[0]
            for row in connection.execute(
                "SELECT detail ->> 'why' FROM case_events WHERE kind = 'attempt' ORDER BY version"
            ).fetchall()
        ]
        assert whys == [ERASED, "Ruang rawat penuh."]
        assert connection.execute("SELECT what FROM commitments").fetchall() == [(ERASED,)]
        assert connection.execute(
            "SELECT count(*) FROM suggestions WHERE state = 'refused' AND reason = ''"
        ).fetchall() == [(1,)]


def _decisions(settings: Settings) -> list[tuple[object, ...]]:
    with unit_of_work(settings.database) as connection:
        found = connection.execute(
            "SELECT review_id, verdict FROM reviews UNION ALL SELECT case_id, state || version FROM cases "
            "UNION ALL SELECT event_id, kind || json_extract(detail, '$.changes.state') FROM case_events ORDER BY ALL"
        )
        return found.fetchall()


def test_neither_a_page_nor_a_backup_brings_it_back(
    office: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = tmp_path / "lemari besi"
    said(capsys, "backup", "--demo", "--to", str(elsewhere))
    kept = next(elsewhere.glob("*.tar.gz"))
    code, _, err = said(
        capsys, "subject", "erase", "--author", AUTHOR, "--text", NAME, "--actor", "dewi", "--why", "diminta", "--yes"
    )
    assert code == 0, err
    quoting = Payload("x:2", {"quoted": {"text": PLEA}})
    save(office.database, page(theirs(1, PLEA), payloads=[quoting]))  # the platform still shows it
    assert remaining(office.var, ["lumpuhlayuh"]) == []
    restore(office.home, kept, STEPS)  # made before, kept elsewhere: the list of erasures is here
    left = [one for one in remaining(office.var, PLANTED) if "replaced" not in one]
    assert left == []
    assert remaining(elsewhere, ["lumpuhlayuh"])  # that archive itself is out of reach, and said to be so


def test_a_new_machine_learns_from_the_list_beside_the_backup(
    office: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = backups_folder(office.home)
    old = next(folder.glob("*.tar.gz"))
    before = old.read_bytes()
    with unit_of_work(office.database) as connection:
        mark = Erasure("", "", utc_now())
        erase_mentions(connection, ["x:1", "x:3"], mark)
    back_up(office, tmp_path / "usb", STEPS)
    (tmp_path / "usb" / old.name).write_bytes(before)  # an archive from before the erasure
    new_home = tmp_path / "mesin baru"
    new_home.mkdir()
    monkeypatch.setenv("TANGGAP_HOME", str(new_home))
    restore(new_home, tmp_path / "usb" / old.name, STEPS)
    with unit_of_work(new_home / "var" / "triage.duckdb") as connection:
        assert connection.execute("SELECT mention_id FROM mentions WHERE text <> ''").fetchall() == [("x:2",)]
    assert EARLIER.encode() not in (new_home / "var" / "triage.duckdb").read_bytes()
    assert load_settings(demo=True).home == new_home


def test_a_name_is_listed_and_confirmed_never_guessed(office: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--text", "euis komariah", "--actor", "dewi")
    code, out, _ = said(capsys, "subject", "find", *asked)
    assert code == 0 and "x:1 " in out and "x:3" not in out and "notes of staff" in out and "omariah" not in out
    code, out, _ = said(capsys, "subject", "find", "--text", "+62 812 7777 4321", "--actor", "dewi")
    assert code == 0 and "x:1 " in out
    code, out, err = said(capsys, "subject", "erase", *asked, "--why", "diminta", "--yes")
    assert code == 2 and "others may bear the name" in err and "--mention x:1" in err
    assert remaining(office.var, ["lumpuhlayuh"])
    code, _, err = said(capsys, "subject", "erase", "--mention", "x:99", "--actor", "dewi", "--why", "diminta")
    assert code == 2 and "x:99" in err
    code, _, err = said(
        capsys, "subject", "export", "--mention", "x:1", "--actor", "dewi", "--why", f"telepon {NUMBER}"
    )
    assert code == 2 and "nomor pribadi" in err


def test_the_copy_for_the_person_holds_everything_and_goes_with_the_erasure(
    office: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(
        capsys, "subject", "export", "--handle", HANDLE, "--actor", "dewi", "--why", "diminta", "--received", "2026-11-01T08:00+07:00"
    )  # fmt: skip
    assert code == 0 and "3 x 24 hours" in err
    file = Path(out.split(":")[0])
    copy = json.loads(file.read_text("utf-8"))
    assert file.stat().st_mode & 0o777 == 0o600
    assert {one["text"] for one in copy["mentions"]} >= {PLEA} and copy["versions"][0]["text"] == EARLIER
    assert (
        copy["verdicts"][0]["verdict"] == "ya"
        and "reviewer" not in copy["verdicts"][0]
        and "rina" not in file.read_text("utf-8")
    )
    assert len(copy["cases"]) == 1 and copy["opinions"] and copy["payloads"]
    assert said(capsys, "subject", "erase", "--mention", "x:1", "--actor", "dewi", "--why", "diminta", "--yes")[0] == 0
    assert not file.exists()


def test_a_case_opened_by_hand_loses_its_story(office: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(
        capsys, "case", "open", "--from", "visit", "--actor", "rina", "--category", "pangan_ekonomi", "--why", "BERASHABIS sejak Senin"
    )  # fmt: skip
    assert code == 0, err
    case_id = out.split(",")[0].split()[0]
    assert said(capsys, "subject", "erase", "--case", case_id, "--actor", "dewi", "--why", "diminta", "--yes")[0] == 0
    assert remaining(office.var, ["BERASHABIS"]) == []
    with unit_of_work(office.database) as connection:
        assert read_case(connection, case_id).category == "pangan_ekonomi"
        assert read_events(connection, case_id)[0].detail["why"] == ERASED


def test_deleted_words_leave_papers_too_and_new_papers_stay(
    office: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    papers(office, capsys)
    with unit_of_work(office.database) as connection:
        erase_mentions(connection, ["x:1"], Erasure("", "", utc_now()))
    assert forget_in_files(office)[1] >= 5
    papers(office, capsys)
    assert forget_in_files(office)[1] == 0


def test_the_file_is_written_anew_while_others_wait_or_not_at_all(
    office: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unit_of_work(office.database) as connection:
        erase_mentions(connection, ["x:1", "x:3"], Erasure("", "", utc_now()))
        assert rewrite_is_due(connection)
    assert EARLIER.encode() in office.database.read_bytes()
    inode = office.database.stat().st_ino
    with monkeypatch.context() as patch:
        patch.setattr("triage.rewriting._differing", lambda connection: "mentions")
        with pytest.raises(RewriteFailed, match="left as it is"):
            rewrite(office.database, utc_now())
    assert office.database.stat().st_ino == inode
    monkeypatch.setattr("triage.rewriting.TRIES", 2)
    monkeypatch.setattr("triage.rewriting._swapped", lambda *everything: False)  # others write all the time
    done = rewrite(office.database, utc_now())
    assert done.held and office.database.stat().st_ino != inode
    assert EARLIER.encode() not in office.database.read_bytes()
    assert [one.name for one in office.var.glob(".triage*")] == []
    with unit_of_work(office.database) as connection:
        assert rewrite_is_due(connection)  # whoever was at it meanwhile
    rewrite(office.database, utc_now() + timedelta(hours=1))
    with unit_of_work(office.database) as connection:
        assert not rewrite_is_due(connection)


def test_words_are_found_however_they_are_written() -> None:
    found = sought(["Euis Komariah", "0812 7777 4321"])
    assert (
        found.within("bu 𝐄𝐮𝐢𝐬 Koma\u200briah")
        and found.within("wa.me/6281277774321")
        and found.within("EUIS-KOMARIAH!")
    )
    assert not found.within("euis komar") and not found.within("0812 7777 4322")
    copied = sought([], ["anak saya lumpuh sejak kemarin"])
    assert copied.within("katanya anak saya lumpuh sejak") and not copied.within("anak saya sejak kemarin lumpuh")
    detail = {"why": "a", "changes": {"state": "a"}, "commitments": [{"what": "a", "who": "a"}]}
    assert without_words(detail, lambda words: words == "a") == {
        "why": ERASED, "changes": {"state": "a"}, "commitments": [{"what": ERASED, "who": "a"}],
    }  # fmt: skip
