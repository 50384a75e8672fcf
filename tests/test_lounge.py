"""The regent's lounge: slots, briefs, invitations, promises as clocks, and the way back to the agency."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from cases.acting import Act, CaseRefused, decide
from cases.case import Case, apply, replay
from cases.clocks import end_of, standing
from cases.escalation import rung_by_clock
from cases.lounge import Minutes, Promise, Slot, arranged, keep_act, load_lounge, minutes_act
from cases.rule_file import RulesError
from review.invitations import agency_invitations, complainant_invitation
from review.lounge_brief import Desk, render_brief, write_pdf
from review.reading import Reader, ReaderRefused
from settings import DATA, Settings
from tests.case_fixtures import NOW, WIB, done, new_case, shipped_rules
from tests.test_commands_casework import said
from triage.case_page import read_case_page
from triage.casework import act, read_case
from triage.commitments import read_commitments
from triage.database import unit_of_work
from triage.lounge import docket_cases, keep_slots, kept_slots
from triage.rebuilding import rebuild

RULES = shipped_rules()
DAY = date(2026, 11, 25)
PLEA = "Tolong Pak, tetangga saya Ibu Siti Aminah di Jl Melati No 5 sakit keras, hubungi 0812-3456-7890 @budi_santoso"


def at_the_lounge(database: Path, number: int, **need: object) -> Case:
    """A case whose agency tried and which climbed to the lounge, kept with its mention and events."""
    case, opening = new_case(mention_id=f"x:{number}", **need)
    events = [opening]
    agency = case.agency
    for action, extra in (
        ("forward", {"changes": {"agency": agency}}),
        ("attempt", {"why": "Sudah didatangi, ruang rawat penuh."}),
        ("escalate", {"why": "naik"}),
        ("escalate", {"why": "naik"}),
        ("escalate", {"why": "Perlu keputusan biaya."}),
    ):
        events.append(decide(RULES, case, Act(action, "rina", **extra), NOW))  # type: ignore[arg-type]
        case = apply(case, events[-1])
    with unit_of_work(database) as connection:
        connection.execute(
            "INSERT INTO mentions BY NAME SELECT ? AS mention_id, 'x' AS platform, 'post' AS kind, ? AS text, now() AS created_at, "
            "'search' AS matched, 't' AS client_version, now() AS first_seen_at, now() AS last_seen_at", [f"x:{number}", PLEA]
        )  # fmt: skip
        from triage.casework import save_events

        save_events(connection, events, [case])
    assert case.rung == "lounge"
    return case


def test_slots_put_danger_first_and_keep_what_was_kept(settings: Settings) -> None:
    lounge = load_lounge(settings)
    calm = [new_case(mention_id=f"x:{n}", category="rumah")[0] for n in range(3)]
    other = new_case(mention_id="x:8")[0]
    danger = new_case(mention_id="x:9", category="pangan_ekonomi", urgency=2)[0]
    slots = arranged(RULES, lounge, DAY, [other, *calm, danger], [])
    assert slots[0].case_id == danger.case_id
    assert {slot.case_id for slot in slots[1:4]} == {case.case_id for case in calm}  # one agency's cases side by side
    assert [slot.starts_at.astimezone(WIB).strftime("%H.%M") for slot in slots] == [
        "09.00",
        "09.20",
        "09.40",
        "10.00",
        "10.20",
    ]
    late = new_case(mention_id="x:10", urgency=2)[0]
    again = arranged(RULES, lounge, DAY, [late, other, *calm, danger], slots)
    assert [slot for slot in again if slot.case_id != late.case_id] == slots
    assert again[-1].case_id == late.case_id
    many = [new_case(mention_id=f"x:{n}")[0] for n in range(20, 40)]
    assert len(arranged(RULES, lounge, DAY, many, [])) == 9  # 09.00 to 12.00, twenty minutes each
    assert arranged(RULES, lounge, DAY, [], slots) == []  # settled meanwhile


def test_only_cases_that_passed_the_gate_are_on_the_docket(database: Path) -> None:
    heard = at_the_lounge(database, 1)
    from tests.test_triage_casework import store

    store(database, *new_case(mention_id="x:2"))
    with unit_of_work(database) as connection:
        assert docket_cases(connection, RULES, DAY, NOW) == [heard]
        slot = Slot(heard.case_id, NOW, NOW + timedelta(minutes=20))
        keep_slots(connection, DAY, [slot], "rina", NOW)
        keep_slots(
            connection, DAY, [Slot(heard.case_id, NOW + timedelta(hours=1), NOW + timedelta(hours=2))], "budi", NOW
        )
        assert kept_slots(connection, DAY) == [slot]
        assert docket_cases(connection, RULES, DAY, NOW) == [heard]
        assert docket_cases(connection, RULES, DAY + timedelta(days=1), NOW) == []  # it has its slot on the 25th
        assert docket_cases(connection, RULES, DAY + timedelta(days=1), NOW + timedelta(days=2)) == [heard]


def test_promises_become_clocks_and_the_case_goes_back(settings: Settings, database: Path) -> None:
    lounge, case = load_lounge(settings), at_the_lounge(database, 1)
    promises = [
        Promise("dinsos", "data bansos diperbarui", date(2026, 12, 1)),
        Promise("dinkes", "rawat inap ditanggung", date(2026, 11, 27)),
    ]
    with unit_of_work(database) as connection:
        wanted = minutes_act(RULES, lounge, case, Minutes("pimpinan", "Dirawat hari ini.", "dinkes", promises), NOW)
        case = act(connection, RULES, case.case_id, wanted, case.version, NOW)
        promised = read_commitments(connection, [case.case_id])
    assert (case.state, case.agency, case.rung, case.clock) == ("ditangani", "dinkes", "petugas", "komitmen")
    assert case.due_at == end_of(date(2026, 11, 27), WIB) == promised[0].due_at
    assert [(one.who, one.what, one.kept_at) for one in promised] == [
        ("dinkes", "rawat inap ditanggung", None), ("dinsos", "data bansos diperbarui", None)
    ]  # fmt: skip
    # a correction leaves the promise's clock; lateness climbs as any other
    corrected = done(case, "correct", handling="informasi")
    assert (corrected.clock, corrected.due_at) == ("komitmen", case.due_at)
    later = NOW + timedelta(days=10)
    assert standing(RULES, case, later) == "late"
    rung = rung_by_clock(RULES, case, later)
    assert rung is not None and rung.id == "kepala_dinas"
    with unit_of_work(database) as connection:
        kept = act(
            connection,
            RULES,
            case.case_id,
            keep_act(promised, promised[0].commitment_id, "rina", "surat RSUD", later),
            case.version,
            later,
        )
        promised = read_commitments(connection, [case.case_id])
        assert (kept.clock, kept.due_at) == ("komitmen", end_of(date(2026, 12, 1), WIB))
        kept = act(
            connection,
            RULES,
            case.case_id,
            keep_act(promised, promised[1].commitment_id, "rina", "dilihat", later),
            kept.version,
            later,
        )
        promised = read_commitments(connection, [case.case_id])
    assert kept.clock == "tidak_berpengawasan"  # no promise is open: the state's own clock
    assert [one.kept_at for one in promised] == [later, later]
    with pytest.raises(CaseRefused, match="sudah ditepati"):
        keep_act(promised, promised[0].commitment_id, "rina", "lagi", later)
    with unit_of_work(database) as connection:
        connection.execute("UPDATE commitments SET kept_at = NULL, due_at = now()")
    assert rebuild(database).differing == (case.case_id,)
    with unit_of_work(database) as connection:
        assert read_commitments(connection, [case.case_id]) == promised
    assert rebuild(database, only_compare=True).differing == ()


def test_an_emergency_beside_a_promise_has_its_own_clock(settings: Settings, database: Path) -> None:
    lounge, case = load_lounge(settings), at_the_lounge(database, 1)
    said_there = Minutes("pimpinan", "Dirawat.", "dinkes", [Promise("dinkes", "rawat inap", date(2026, 12, 20))])
    case = apply(case, decide(RULES, case, minutes_act(RULES, lounge, case, said_there, NOW), NOW))
    worse = done(case, "correct", urgency=2)
    assert worse.clock == "darurat_penanganan"
    assert worse.due_at is not None and case.due_at is not None and worse.due_at < case.due_at


@pytest.mark.parametrize(
    ("promises", "sentence"),
    [
        ([], "paling sedikit satu janji"),
        ([Promise("tetangga", "membantu", DAY)], "Tidak ada 'tetangga'"),
        ([Promise("dinkes", "telepon 081234567890", DAY)], "nomor pribadi"),
        ([Promise("dinkes", "x" * 201, DAY)], "200 huruf"),
        ([Promise("dinkes", "rawat inap", date(2026, 11, 23))], "sudah lewat"),
    ],
)
def test_minutes_that_cannot_be_kept_are_refused(
    settings: Settings, database: Path, promises: list[Promise], sentence: str
) -> None:
    case = at_the_lounge(database, 1)
    with pytest.raises(CaseRefused, match=sentence):
        minutes_act(RULES, load_lounge(settings), case, Minutes("pimpinan", "Diputuskan.", "dinkes", promises), NOW)


def test_minutes_are_only_for_the_lounge(settings: Settings) -> None:
    case = new_case()[0]
    with pytest.raises(CaseRefused, match="belum di lounge"):
        minutes_act(RULES, load_lounge(settings), case, Minutes("p", "d", "dinkes", [Promise("dinkes", "x")]), NOW)


def test_the_brief_masks_unless_the_reader_may_see(settings: Settings, database: Path) -> None:
    case, desk = at_the_lounge(database, 1), Desk(settings, RULES, load_lounge(settings))
    with unit_of_work(database) as connection:
        page = read_case_page(connection, case.case_id)
    masked = render_brief(desk, page, Reader(), NOW).decode()
    for personal in ("Siti", "0812", "Melati", "budi_santoso"):
        assert personal not in masked
    assert "sakit keras" in masked
    assert "Dinas Kesehatan sudah berupaya dan belum selesai (terakhir: Sudah didatangi, ruang rawat penuh)" in masked
    assert "Perlu keputusan biaya." in masked
    assert "Data pribadi disamarkan." in masked
    whole = render_brief(desk, page, Reader("bupati", "lead"), NOW).decode()
    assert "Ibu Siti Aminah" in whole and "dibuka oleh bupati" in whole
    assert "<script" not in masked and "http" not in masked.replace("http-equiv", "")


def test_a_restricted_brief_is_for_its_role_alone(settings: Settings, database: Path) -> None:
    case, desk = (
        at_the_lounge(database, 1, category="kekerasan", restricted=True),
        Desk(settings, RULES, load_lounge(settings)),
    )
    with unit_of_work(database) as connection:
        page = read_case_page(connection, case.case_id)
    for role in ("staff", "lead"):
        with pytest.raises(ReaderRefused, match="--role restricted"):
            render_brief(desk, page, Reader("rina", role), NOW)
    assert b"TERBATAS" in render_brief(desk, page, Reader("dewi", "restricted"), NOW)


def test_the_brief_is_one_page_of_paper(settings: Settings, database: Path, tmp_path: Path) -> None:
    pytest.importorskip("playwright", reason="playwright is not installed: no PDF was made")
    from review.screens import NoBrowser

    case, desk = at_the_lounge(database, 1), Desk(settings, RULES, load_lounge(settings))
    with unit_of_work(database) as connection:
        page = read_case_page(connection, case.case_id)
        for number in range(30):
            act(connection, RULES, case.case_id, Act("note", "rina", f"catatan {number} " + "kata " * 34), 0, NOW)
        connection.execute("UPDATE mentions SET text = text || repeat(' sudah dua minggu belum makan', 200)")
        page = read_case_page(connection, case.case_id)
    file = tmp_path / "brief.html"
    file.write_bytes(render_brief(desk, page, Reader(), NOW))
    try:
        printed = write_pdf(file).read_bytes()
    except NoBrowser as error:
        pytest.skip(str(error))
    assert printed.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


def test_invitations_name_cases_and_nobody(settings: Settings, database: Path) -> None:
    lounge, case = load_lounge(settings), at_the_lounge(database, 1, category="pangan_ekonomi")
    hidden = at_the_lounge(database, 2, category="kekerasan", restricted=True)
    (first, second) = arranged(RULES, lounge, DAY, [case, hidden], [])
    slots = {slot.case_id: slot for slot in (first, second)}
    letters = agency_invitations(
        RULES, lounge, DAY, [(slots[one.case_id], one) for one in (case, hidden)], "Quick Response"
    )
    assert set(letters) >= {"dinsos", "dkp", "baznas", "dp3a", "polres"}
    assert f"{case.case_id}  Pangan &amp; ekonomi" in letters["dinsos"].replace("&", "&amp;")
    assert "Rabu, 25 November 2026" in letters["dinsos"]
    assert f"{hidden.case_id}  kasus terbatas" in letters["dp3a"]
    assert "ekerasan" not in letters["dp3a"]
    note = complainant_invitation(RULES, lounge, slots[case.case_id], case, "Quick Response")
    assert case.case_id in note and "Siti" not in note + "".join(letters.values())


def test_a_day_at_the_lounge_on_the_command_line(
    settings: Settings, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = at_the_lounge(database, 1)
    hidden = at_the_lounge(database, 2, category="kekerasan", restricted=True)
    code, out, _ = said(capsys, "lounge", "docket", "--date", "2026-11-25", "--keep", "--actor", "rina")
    assert code == 0 and case.case_id in out and hidden.case_id not in out
    assert "1 kasus terbatas tidak ditampilkan." in out
    assert "Diundang: Dinas Kesehatan, RSUD Kab. Bekasi, Dinas Sosial, pelapor" in out
    assert (
        hidden.case_id
        in said(capsys, "lounge", "docket", "--date", "2026-11-25", "--role", "restricted", "--actor", "dewi")[1]
    )
    with unit_of_work(database) as connection:
        assert connection.execute("SELECT user_id, what FROM access_log").fetchall() == [
            ("dewi", "restricted: docket 2026-11-25")
        ]
    assert said(capsys, "lounge", "docket", "--role", "restricted")[0] == 2
    code, out, _ = said(capsys, "lounge", "brief", "--date", "2026-11-25")
    assert Path(out.strip()).name == f"{case.case_id}.html"
    code, _, err = said(capsys, "lounge", "brief", hidden.case_id)
    assert code == 1 and "terbatas" in err
    assert "Salin dan kirim sendiri" in said(capsys, "lounge", "invite", "--date", "2026-11-25")[1]
    command = [
        "lounge",
        "minutes",
        case.case_id,
        "--actor",
        "pimpinan",
        "--decision",
        "Dirawat.",
        "--version",
        str(case.version),
    ]
    assert said(capsys, *command)[2].startswith("Notulen perlu")
    code, out, _ = said(
        capsys, *command, "--commit", "dinkes:rawat inap ditanggung:2099-12-01", "--commit", "camat:jemput warga: pagi"
    )
    assert code == 0 and "Ditangani" in out
    assert said(capsys, *command, "--commit", "dinkes:lagi:2099-12-01")[0] in {1, 3}
    out = said(capsys, "lounge", "commitments")[1]
    assert "Camat: jemput warga: pagi" in out and "Dinas Kesehatan: rawat inap ditanggung" in out
    commitment = next(line.split()[0] for line in out.splitlines() if "Camat" in line)
    assert said(capsys, "lounge", "kept", commitment, "--actor", "rina", "--why", "difoto")[0] == 0
    assert "Camat" not in said(capsys, "lounge", "commitments")[1]
    assert said(capsys, "lounge", "kept", "nihil", "--actor", "rina", "--why", "x")[0] == 2


def test_a_lead_opens_a_case_by_hand(settings: Settings, database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("case", "open", "--from", "letter", "--actor", "lead", "--why")
    code, out, _ = said(
        capsys, *words, "Izin usaha warung tertahan setahun.", "--topic", "perizinan", "--place", "32.16.06"
    )
    assert code == 0 and "DPMPTSP" in out
    case_id = out.split(",")[0]
    with unit_of_work(database) as connection:
        case, page = read_case(connection, case_id), read_case_page(connection, case_id)
    assert (case.opened_from, case.topic, case.agency, case.confirmed) == ("letter", "perizinan", "dpmptsp", True)
    assert b"Izin usaha warung tertahan setahun." in render_brief(
        Desk(settings, RULES, load_lounge(settings)), page, Reader(), NOW
    )
    assert replay(page.events).case == case
    assert said(capsys, *words, "Hubungi 081234567890", "--topic", "perizinan")[2].startswith(
        "Alasan memuat nomor pribadi"
    )
    assert "tidak mengenal nilai 'izin'" in said(capsys, *words, "x", "--topic", "izin")[2]
    assert "masa depan" in said(capsys, *words, "x", "--topic", "perizinan", "--received", "2099-01-01T08:00")[2]
    assert "write it like" in said(capsys, *words, "x", "--topic", "perizinan", "--received", "kemarin")[2]
    out = said(capsys, *words, "Anak dipukuli di rumah.", "--category", "terlantar")[1]
    with unit_of_work(database) as connection:
        assert read_case(connection, out.split(",")[0]).restricted


def test_faults_of_the_file_name_their_line(home: Path, settings: Settings) -> None:
    (home / "data").mkdir()
    text = (DATA / "lounge.toml").read_text(encoding="utf-8")
    for spoiled, said_of_it in (
        (text.replace('begins = "09.00"', 'begins = "25.00"'), r"line 4: sitting\.begins '25\.00' is not a time"),
        (text.replace('ends = "12.00"', 'ends = "08.00"'), "line 5: the sitting ends before it begins"),
        (text.replace("{last}", "{nama}"), "attempts has a blank other than"),
    ):
        (home / "data" / "lounge.toml").write_text(spoiled, encoding="utf-8")
        with pytest.raises(RulesError, match=said_of_it):
            load_lounge(settings)
