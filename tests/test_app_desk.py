"""The desk's screens over HTTP: who sees what, the second of two is told, only steps that are allowed, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cases.acting import allowed
from cases.clocks import standing
from cases.next_steps import next_steps
from serving.case_forms import LABELS, OWN_FORM
from serving.case_lists import EMPTY, VIEWS
from serving.figures import SPANS
from serving.languages import translations
from serving.pages import LARGEST_PAGE
from tests.app_fixtures import NAMES, Browser, Desk, client_of, desk
from tests.app_forms import forms_of, offered_by
from tests.case_fixtures import shipped_rules
from triage.board import read_pending
from triage.casework import read_case, read_cases
from triage.database import unit_of_work

RULES = shipped_rules()
ClientOf = Callable[[str], Browser]


WAY: tuple[tuple[str | None, dict[str, str]], ...] = (
    (None, {}), ("take", {}), ("check", {}), ("forward", {"agency": "dinkes"}), ("accept", {}), ("wait", {"why": "menunggu kabar"}), ("resume", {}),
    ("attempt", {"why": "obat dikirim"}), ("finish", {"why": "sudah berobat"}), ("close", {"why": "pelapor senang"}),
)  # fmt: skip


# Cases with hostile or restricted texts, and those whose stories name people.
TOLD_TO_ALL = (
    "restricted OR case_id IN (SELECT case_id FROM case_mentions JOIN mentions USING (mention_id) "
    "WHERE text LIKE '%Onih%' OR text LIKE '%abah Karta%' OR text LIKE '%RT 03%' OR mention_id BETWEEN 'x:1990000000000000100' AND 'x:1990000000000000199')"
)


def case_ids(desk: Desk, where: str = "NOT restricted AND closed_at IS NULL") -> list[str]:
    rows = desk.rows(f"SELECT case_id FROM cases WHERE {where} ORDER BY coalesce(urgency, 0), case_id")
    return [row[0] for row in rows]


def restricted_id(desk: Desk) -> str:
    return case_ids(desk, "restricted")[0]


def case_of(desk: Desk, case_id: str) -> Any:
    with unit_of_work(desk.settings.database) as connection:
        return read_case(connection, case_id)


def step(client: Browser, case_id: str, action: str, page: Any = None, **fields: str) -> Any:
    """Fill in the form of a step as the case's page shows it, and send it."""
    html = (page or client.get(f"/kasus/{case_id}")).text
    address = f"/kasus/{case_id}/langkah/{action}"
    form = forms_of(html)[address]
    return client.post(address, {**form, **fields})


def others(form: dict[str, str]) -> dict[str, str]:
    """The same form on another person's screen, who has a token of their own."""
    return {name: value for name, value in form.items() if name != "csrf"}


def test_each_role_sees_its_own_screens(client_of: ClientOf) -> None:
    screens = ("/kasus", "/cari", "/papan", "/lounge", "/kasus/baru", "/angka")
    found = {role: [client_of(role).get(screen).status_code for screen in screens] for role in NAMES}
    assert found == {
        "reviewer": [200, 200, 403, 403, 403, 200],
        "lead": [200] * 6,
        "analyst": [403, 403, 403, 403, 403, 200],
        "restricted_officer": [200, 200, 403, 403, 403, 200],
        "admin": [403] * 6,
    }


@pytest.mark.parametrize("role", ["reviewer", "lead"])
def test_a_restricted_case_is_nowhere_for_those_who_may_not_see_it(desk: Desk, client_of: ClientOf, role: str) -> None:
    hidden, other = restricted_id(desk), case_ids(desk)[0]
    client = client_of(role)
    form = {"version": "1", "form": "a" * 32, "why": "alasan", "cocok": "ya", "lain": other, "jawaban": "satu",
            "draf": "received", "platform": "x", "bahasa": "id"}  # fmt: skip
    before = desk.rows("SELECT * FROM case_events ORDER BY ALL"), desk.rows("SELECT * FROM answers")
    for address in ("", "/lembar"):
        assert client.get(f"/kasus/{hidden}{address}").status_code == 404
    for address in ("langkah/note", "langkah/correct", "lapangan", "terkirim", "gabung", "pisah", "saran/S-1"):
        answer = client.post(f"/kasus/{hidden}/{address}", form)
        assert answer.status_code == 404, address
        assert hidden not in answer.text.replace(f'"/kasus/{hidden}', "")
    merged = client.post(
        f"/kasus/{other}/gabung", form | {"lain": hidden, "version": str(case_of(desk, other).version)}
    )
    assert merged.status_code == 422 and "Tidak ada kasus" in merged.text
    for address in ("/kasus?tampil=semua", "/kasus?dinas=uptd_ppa", *(("/papan", "/lounge") if role == "lead" else ())):
        assert hidden not in client.get(address).text
    for typed in (hidden, hidden[-7:], "memukuli", "RAHASIA0"):
        assert "case-row " not in client.post("/cari", {"cari": typed}).text
    if role == "lead":
        assert client.get(f"/lounge/2026-11-24/{hidden}").status_code == 404
    assert (desk.rows("SELECT * FROM case_events ORDER BY ALL"), desk.rows("SELECT * FROM answers")) == before


def test_who_opens_a_restricted_case_stands_in_the_access_log(desk: Desk, client_of: ClientOf) -> None:
    hidden = restricted_id(desk)
    page = client_of("restricted_officer").get(f"/kasus/{hidden}")
    assert page.status_code == 200
    assert "contact_safely" in page.text and "see_direct" not in page.text
    assert ("tuti", f"restricted: case {hidden}") in desk.rows("SELECT user_id, what FROM access_log")
    assert hidden in client_of("restricted_officer").get("/kasus?tampil=semua").text


def test_the_page_offers_what_the_table_allows_and_no_more(desk: Desk, client_of: ClientOf) -> None:
    case_id = case_ids(desk)[0]
    assert "/langkah/escalate" not in client_of("reviewer").get(f"/kasus/{case_id}").text
    lead = client_of("lead")
    for action, fields in WAY:
        if action:
            assert step(lead, case_id, action, **fields).status_code == 303, action
        case = case_of(desk, case_id)
        wanted = {one.name for one in next_steps(RULES, case, desk.moment[0]) if not one.not_yet} - OWN_FORM
        shown = {
            address.rpartition("/")[2]
            for address in forms_of(lead.get(f"/kasus/{case_id}").text)
            if "/langkah/" in address
        }
        assert shown - {"correct"} == wanted - {"correct"}
        assert wanted <= set(allowed(RULES, case))
    assert case_of(desk, case_id).state == "selesai"
    assert [
        row[0]
        for row in desk.rows("SELECT DISTINCT actor FROM case_events WHERE case_id = ? AND kind = 'finish'", case_id)
    ] == ["dewi"]


def test_a_step_that_is_not_allowed_is_refused_and_says_so(desk: Desk, client_of: ClientOf) -> None:
    case_id = case_ids(desk)[0]
    client = client_of("reviewer")
    version = str(case_of(desk, case_id).version)
    client.get("/kasus")
    form = {"version": version, "form": "b" * 32, "why": "alasan"}
    before = desk.rows("SELECT * FROM case_events WHERE case_id = ?", case_id)
    found = {action: client.post(f"/kasus/{case_id}/langkah/{action}", form).status_code
             for action in ("close", "withdraw", "escalate", "minutes", "keep", "verify", "drop_table", "forward")}  # fmt: skip
    assert found == {"close": 422, "withdraw": 422, "escalate": 403, "minutes": 403, "keep": 404, "verify": 404, "drop_table": 404, "forward": 422}  # fmt: skip
    refused = client.post(f"/kasus/{case_id}/langkah/reject", form | {"why": "telepon 081234567890"})
    assert refused.status_code == 422 and "nomor pribadi" in refused.text
    assert "telepon 081234567890" in refused.text  # what was filled in is still there
    for field, value in (("agency", "dinas_palsu"), ("urgency", "9"), ("place_code", "99.99"), ("assignee", "x" * 250)):
        action = "forward" if field == "agency" else "correct"
        assert client.post(f"/kasus/{case_id}/langkah/{action}", form | {field: value}).status_code == 422, field
    assert desk.rows("SELECT * FROM case_events WHERE case_id = ?", case_id) == before


def test_the_second_of_two_is_told_and_loses_nothing(desk: Desk, client_of: ClientOf) -> None:
    case_id = case_ids(desk)[0]
    first, second = client_of("lead"), client_of("reviewer")
    pages = [client.get(f"/kasus/{case_id}") for client in (first, second)]
    assert step(first, case_id, "forward", pages[0], agency="dinkes").status_code == 303
    told = step(second, case_id, "forward", pages[1], agency="dinsos", why="keluarga tidak mampu", sp4n_id="SP-77")
    assert told.status_code == 409
    assert "sudah diubah dewi" in told.text and "belum disimpan" in told.text
    again = forms_of(told.text)[f"/kasus/{case_id}/langkah/forward"]
    assert (again["agency"], again["why"], again["sp4n_id"]) == ("dinsos", "keluarga tidak mampu", "SP-77")
    assert case_of(desk, case_id).agency == "dinkes"
    assert second.post(f"/kasus/{case_id}/langkah/forward", again).status_code == 303
    assert (case_of(desk, case_id).agency, case_of(desk, case_id).sp4n_id) == ("dinsos", "SP-77")


def test_correcting_one_field_leaves_what_others_changed_meanwhile(desk: Desk, client_of: ClientOf) -> None:
    case_id = case_ids(desk)[0]
    first, second = client_of("lead"), client_of("reviewer")
    page = second.get(f"/kasus/{case_id}")
    assert step(first, case_id, "correct", place_code="32.16.06").status_code == 303
    told = step(second, case_id, "correct", page, consent="ada")
    assert told.status_code == 409
    again = forms_of(told.text)[f"/kasus/{case_id}/langkah/correct"]
    assert second.post(f"/kasus/{case_id}/langkah/correct", again).status_code == 303
    case = case_of(desk, case_id)
    assert (case.place_code, case.consent) == ("32.16.06", "ada")


def test_a_form_sent_twice_is_one_act(desk: Desk, client_of: ClientOf) -> None:
    first, other = case_ids(desk)[:2]
    client = client_of("reviewer")
    page = client.get(f"/kasus/{first}")
    form = others(forms_of(page.text)[f"/kasus/{first}/langkah/note"]) | {"why": "sudah ditelepon"}
    assert [client.post(f"/kasus/{first}/langkah/note", form).status_code for _ in range(3)] == [303] * 3
    assert (
        client.post(f"/kasus/{other}/langkah/note", form).status_code == 303
    )  # the number of a form is good for its case only
    assert desk.rows("SELECT count(*) FROM case_events WHERE kind = 'note'") == [(2,)]


def test_taking_and_giving_a_case(desk: Desk, client_of: ClientOf) -> None:
    case_id = case_ids(desk)[0]
    reviewer, lead = client_of("reviewer"), client_of("lead")
    assert step(reviewer, case_id, "take").status_code == 303
    assert case_of(desk, case_id).assignee == "rina"
    assert case_id in reviewer.get("/kasus").text and case_id not in lead.get("/kasus").text
    given = offered_by(lead.get("/papan").text, f"/kasus/{case_ids(desk)[1]}/langkah/correct", "assignee")
    assert set(given) == {"", "rina", "dewi", "tuti"}
    answer = step(lead, case_ids(desk)[1], "correct", lead.get("/papan"), assignee="rina")
    assert (answer.status_code, answer.headers["location"]) == (303, "/papan")
    assert case_of(desk, case_ids(desk)[1]).assignee == "rina"


def test_a_visit_is_recorded_from_its_sheet(desk: Desk, client_of: ClientOf) -> None:
    case_id = case_ids(desk, "NOT restricted AND category = 'rumah' AND closed_at IS NULL")[0]
    client = client_of("reviewer")
    assert step(client, case_id, "visit").status_code == 303
    sheet = client.get(f"/kasus/{case_id}/lembar")
    assert sheet.status_code == 200 and "sha256-" in sheet.headers["content-security-policy"]
    page = client.get(f"/kasus/{case_id}")
    form = forms_of(page.text)[f"/kasus/{case_id}/lapangan"]
    assert client.post(f"/kasus/{case_id}/lapangan", form).status_code == 422  # nothing was ticked
    refused = client.post(f"/kasus/{case_id}/lapangan", form | {"cocok": "sebagian", "jiwa": "900", "why": "dua anak"})
    assert refused.status_code == 422 and "Jumlah jiwa 900" in refused.text and "dua anak" in refused.text
    filled = forms_of(refused.text)[f"/kasus/{case_id}/lapangan"] | {"jiwa": "5", "consent": "ada"}
    assert client.post(f"/kasus/{case_id}/lapangan", filled).status_code == 303
    case = case_of(desk, case_id)
    assert (case.state, case.consent, case.confirmed) == ("verifikasi_meja", "ada", True)
    assert desk.rows("SELECT verdict, reviewer FROM reviews WHERE shown_because = 'lapangan'") == [("ya", "rina")]
    assert "Sebagian, 5 jiwa. dua anak" in client.get(f"/kasus/{case_id}").text


def test_suggestions_are_answered_once_and_mentions_split_off(desk: Desk, client_of: ClientOf) -> None:
    row = desk.rows(
        "SELECT suggestion_id, mine.case_id FROM suggestions JOIN case_mentions AS mine USING (mention_id) "
        "JOIN case_mentions AS other ON other.mention_id = other_mention_id JOIN cases ON cases.case_id = mine.case_id "
        "JOIN cases AS theirs ON theirs.case_id = other.case_id "
        "WHERE mine.case_id <> other.case_id AND NOT cases.restricted AND NOT theirs.restricted ORDER BY chance DESC, suggestion_id LIMIT 1"
    )[0]
    suggestion, case_id = row
    first, second = client_of("reviewer"), client_of("lead")
    address = f"/kasus/{case_id}/saran/{suggestion}"
    form = forms_of(first.get(f"/kasus/{case_id}").text)[address]
    second.get(f"/kasus/{case_id}")
    assert first.post(address, form | {"jawaban": "dua"}).status_code == 422  # a reason is needed
    assert first.post(address, form | {"jawaban": "satu", "why": "rumah yang sama"}).status_code == 303
    late = second.post(address, others(form) | {"jawaban": "dua", "why": "orang lain"})
    assert late.status_code == 422 and "sudah dijawab rina: digabung" in late.text and "orang lain" in late.text
    assert desk.rows("SELECT state, decided_by FROM suggestions WHERE suggestion_id = ?", suggestion) == [
        ("accepted", "rina")
    ]
    gone, into = desk.rows(
        "SELECT case_id, detail ->> 'into' FROM case_events WHERE kind = 'merged' AND (detail ->> 'into') IS NOT NULL"
    )[0]
    assert "Ditutup" in first.get(f"/kasus/{gone}").text
    page = first.get(f"/kasus/{into}")
    split = forms_of(page.text)[f"/kasus/{into}/pisah"]
    came = desk.rows("SELECT mention_id FROM case_mentions WHERE case_id = ? AND how = 'manual'", into)
    assert came
    answer = first.post(
        f"/kasus/{into}/pisah", split | {"unggahan": [one[0] for one in came], "why": "ternyata beda rumah"}
    )
    assert answer.status_code == 303, answer.text[-400:]
    assert case_of(desk, gone).closed_at is None


def test_two_merges_at_once(desk: Desk, client_of: ClientOf) -> None:
    one, two, three = case_ids(desk)[:3]
    first, second = client_of("reviewer"), client_of("lead")
    form = forms_of(first.get(f"/kasus/{one}").text)[f"/kasus/{one}/gabung"]
    second.get(f"/kasus/{one}")
    assert first.post(f"/kasus/{one}/gabung", form | {"lain": two.lower(), "why": "sama"}).status_code == 303
    told = second.post(f"/kasus/{one}/gabung", others(form) | {"lain": three, "why": "sama juga"})
    assert told.status_code == 409 and three in told.text and "sama juga" in told.text


def test_search_finds_words_that_can_be_seen_and_nothing_else(desk: Desk, client_of: ClientOf) -> None:
    client = client_of("reviewer")

    def found(typed: str) -> int:
        answer = client.post("/cari", {"cari": typed})
        assert answer.status_code == 200
        return int(answer.text.count('class="case-row '))

    case_id = case_ids(desk)[0]
    step(client, case_id, "correct", sp4n_id="SP4N-9912")
    assert [found(typed) for typed in (case_id, case_id.lower(), case_id[-7:], "sp4n-9912")] == [1, 1, 1, 1]
    assert found("singkong") >= 1 and found("SINGKONG makan") >= 1
    assert found("onih") == 0 and found("karta") == 0  # names stand in the text, masked
    assert found("nama") == found("NIK") == 0  # and the words that stand for them are no finds
    assert found("kesehatan") >= 1  # the matter, the agency
    assert found("") == found("zz") == found("tidakada") == 0
    lead = client_of("lead")
    assert "q=" not in lead.get("/cari").text and 'method="post"' in lead.get("/cari").text


def test_the_board_counts_as_the_clocks_do(desk: Desk, client_of: ClientOf) -> None:
    for hours in (0, 20, 60, 140, 400):
        now = desk.moment[0] + timedelta(hours=hours)
        with unit_of_work(desk.settings.database) as connection:
            pending = read_pending(connection, RULES, now, restricted=True)
            cases = {case.case_id: case for case in read_cases(connection, [one.case_id for one in pending])}
        assert len(pending) == len(case_ids(desk, "closed_at IS NULL"))
        assert {one.case_id: one.standing for one in pending} == {
            name: standing(RULES, case, now) for name, case in cases.items()
        }
    desk.moment[0] += timedelta(hours=20)
    lead = client_of("lead")
    page = lead.get("/papan")
    row = next(address for address in forms_of(page.text) if address.endswith("/langkah/escalate"))
    case_id = row.split("/")[2]
    before = case_of(desk, case_id).rung
    assert step(lead, case_id, "escalate", page, why="dinas belum menjawab").headers["location"] == "/papan"
    assert case_of(desk, case_id).rung != before


def test_the_lounge_from_docket_to_promise(desk: Desk, client_of: ClientOf) -> None:
    lead = client_of("lead")
    page = lead.get("/lounge?tanggal=2026-11-25")
    assert page.status_code == 200 and "Rabu, 25 November 2026" in page.text
    address = next(one for one in forms_of(page.text) if one.endswith("/notulen"))
    case_id = address.split("/")[3]
    assert lead.post("/lounge/2026-11-25/jadwal").status_code == 303
    assert (case_id,) in desk.rows("SELECT case_id FROM lounge_slots WHERE kept_by = 'dewi'")
    brief = lead.get(f"/lounge/2026-11-25/{case_id}")
    assert brief.status_code == 200 and "sha256-" in brief.headers["content-security-policy"] and case_id in brief.text
    form = forms_of(lead.get("/lounge?tanggal=2026-11-25").text)[address]
    half = lead.post(address, form | {"why": "BPBD berangkat", "siapa1": "", "apa1": "perahu", "kapan1": "2026-11-26"})
    assert half.status_code == 422 and "siapa yang berjanji" in half.text and "BPBD berangkat" in half.text
    past = lead.post(address, form | {"why": "BPBD berangkat", "apa1": "perahu", "kapan1": "2026-11-01"})
    assert past.status_code == 422 and "sudah lewat" in past.text
    whole = form | {"why": "BPBD berangkat", "siapa1": "bupati", "apa1": "perahu dikirim", "kapan1": "2026-11-26"}
    assert [lead.post(address, whole).status_code for _ in range(2)] == [303, 303]
    case = case_of(desk, case_id)
    assert (case.state, case.clock) == ("ditangani", "komitmen")
    promises = desk.rows("SELECT commitment_id, who, what FROM commitments")
    assert [one[1:] for one in promises] == [("bupati", "perahu dikirim")]
    assert "perahu dikirim" in lead.get("/lounge").text and "perahu dikirim" in lead.get(f"/kasus/{case_id}").text
    assert lead.post(f"/janji/{promises[0][0]}", {"why": ""}).status_code == 422
    assert lead.post(f"/janji/{promises[0][0]}", {"why": "foto dari petugas"}).status_code == 303
    assert lead.post("/janji/tidak-ada", {"why": "x"}).status_code == 404
    assert client_of("reviewer").post(f"/janji/{promises[0][0]}", {"why": "x"}).status_code == 403
    stale = lead.post(address, form | {"form": "c" * 32, "why": "lagi", "apa1": "obat"})
    assert stale.status_code in {409, 422}


def test_a_lead_opens_a_case_by_hand_once(desk: Desk, client_of: ClientOf) -> None:
    lead = client_of("lead")
    form = forms_of(lead.get("/kasus/baru").text)["/kasus/baru"]
    whole = form | {
        "dari": "letter",
        "kebutuhan": "topic:perizinan",
        "why": "izin usaha warung macet tiga bulan",
        "diterima": "2026-11-23T09:00",
    }
    assert lead.post("/kasus/baru", whole | {"kebutuhan": ""}).status_code == 422
    late = lead.post("/kasus/baru", whole | {"diterima": "2027-01-01T09:00"})
    assert late.status_code == 422 and "masa depan" in late.text and "izin usaha warung" in late.text
    answers = [lead.post("/kasus/baru", whole) for _ in range(2)]
    assert {one.status_code for one in answers} == {303} and len({one.headers["location"] for one in answers}) == 1
    page = lead.get(answers[0].headers["location"])
    assert "izin usaha warung macet" in page.text
    hidden = lead.post("/kasus/baru", whole | {"form": "d" * 32, "why": "anak dipukuli ayah tirinya"})
    assert hidden.headers["location"] == "/papan"
    assert client_of("reviewer").post("/kasus/baru", whole).status_code == 403


def test_an_answer_that_was_sent_is_remembered(desk: Desk, client_of: ClientOf) -> None:
    case_id = case_ids(desk)[0]
    client = client_of("reviewer")
    page = client.get(f"/kasus/{case_id}?draf=ask_facts&bahasa=su")
    assert "Sampurasun" in page.text and "wa.me/?text=" in page.text
    sent = {"draf": "ask_facts", "platform": "instagram", "bahasa": "su"}
    assert client.post(f"/kasus/{case_id}/terkirim", sent).status_code == 303
    assert desk.rows("SELECT case_id, kind, actor FROM answers") == [(case_id, "ask_facts", "rina")]
    assert client.post(f"/kasus/{case_id}/terkirim", sent | {"draf": "jahat"}).status_code == 404


def test_pages_are_light_and_say_nothing_unmasked(desk: Desk, client_of: ClientOf) -> None:
    officer, lead = client_of("restricted_officer"), client_of("lead")
    addresses = ["/papan", "/lounge", "/kasus?tampil=semua", "/kasus/baru", "/angka?rentang=semua"]
    pages = [lead.get(one) for one in addresses] + [officer.get(f"/kasus/{one}") for one in case_ids(desk, TOLD_TO_ALL)]
    for page in pages:
        assert page.status_code == 200
        assert len(page.content) <= LARGEST_PAGE, page.url
        assert "<script>" not in page.text and "onerror=alert" not in page.text.replace("onerror=alert(1)&gt;", "")
        for secret in ("Onih", "Karta", "081200007777", "RT 03"):
            assert secret not in page.text, (secret, page.url)


def test_figures_leave_restricted_cases_out(desk: Desk, client_of: ClientOf) -> None:
    every = len(case_ids(desk, "TRUE"))
    known = len(case_ids(desk, "NOT restricted"))
    assert f"<b>{known}</b>" in client_of("analyst").get("/angka?rentang=semua").text
    assert f"<b>{every}</b>" in client_of("restricted_officer").get("/angka?rentang=semua").text
    assert "Kekerasan" not in client_of("analyst").get("/angka?rentang=semua").text


def test_words_of_the_tables_have_their_english() -> None:
    english = translations("en")
    words = [*VIEWS.values(), *EMPTY.values(), *LABELS.values(), *SPANS.values()]
    assert [one for one in words if english.gettext(one) == one] == []
