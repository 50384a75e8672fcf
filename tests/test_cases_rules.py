"""Rules are data: faults are said with file and line, and another regency needs no line of code."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cases.routing import Need, Reading, agency_name, level_label, propose, route
from cases.rule_file import RulesError
from cases.rules import FILES, Home, load_desk_rules
from settings import DATA, load_settings
from tests.case_fixtures import copy_rules, rules_in, shipped_rules

DAY = date(2026, 11, 24)


def line_of(path: Path, text: str) -> int:
    return next(number for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line)


def test_every_entry_says_source_basis_and_date() -> None:
    rules = shipped_rules()
    entries = [
        *rules.agencies.agency.values(), *rules.agencies.rule, *rules.levels.level.values(), rules.levels.certainty, *rules.deadlines.clock.values(),
        *rules.deadlines.override, rules.deadlines.calendar, rules.states.gate, *rules.states.state.values(),
        *rules.states.action.values(), *rules.rungs, *rules.taxonomy.category.values(), *rules.taxonomy.topic.values(),
        *rules.taxonomy.urgency.values(), *rules.taxonomy.restricted.values(),
    ]  # fmt: skip
    assert len(entries) > 160
    assert all(entry.source and entry.legal_basis and isinstance(entry.valid_from, date) for entry in entries)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("agencies", 'agency = "dinkes"', 'agency = "dinkess"', "names the agency dinkess; there is no [agency.dinkess]"),
        ("agencies", 'category = "rumah"', 'category = "omah"', "is for the category omah, which taxonomy.toml does not have"),
        ("agencies", '"32.16.13"', '"32.16.99"', "32.16.99 is not a Kemendagri code"),
        ("agencies", '"32.16.13"', '"32.15.13"', "32.15.13 does not lie in 32.16, the home region"),
        ("agencies", 'id = "bencana"', 'id = "bencana"\nwarna = "merah"', "is not a key Tanggap knows"),
        ("agencies", 'region = "32.16"', 'region = "32.15"', "region 32.15 is not 32.16, the program.region"),
        ("agencies", "urgency = 2", "urgency = 3", "less than or equal to 2"),
        ("levels", "sure = 0.6", 'sure = "0.6"', "certainty.sure"),
        ("levels", "{reason}: ditangani {agency}", "{alasan}: ditangani {agency}", "has a blank other than"),
        ("deadlines", "hours = 8", "hours = 8\ndays = 1", "needs exactly one of hours, days, working_days"),
        ("deadlines", "warn = 2", "warn = 8", "warns from its very beginning"),
        ("deadlines", 'clock = "jawaban_dinas"', 'clock = "jawab"', "there is no [clock.jawab] to override"),
        ("states", 'source = "Kode publik Lapor AA Bupati [C]"', "# tanpa sumber", "state.baru.source is missing"),
        ("states", 'to = "verifikasi_meja"', 'to = "meja"', "there is no [state.meja]"),
        ("states", 'changes = ["assignee"]', 'changes = ["state"]', "state may be set by no action"),
        ("states", 'from = ["selesai_penanganan"]\nto = "selesai"\nwhy = true', 'from = ["selesai_penanganan"]\nto = "selesai"', "saving closes nothing"),
        ("states", 'needs = ["agency"]', 'needs = ["sp4n"]', "may be set by no action"),
        ("states", 'rung = "lounge"', 'rung = "istana"', "there is no [[rung]] istana"),
    ],
)  # fmt: skip
def test_a_fault_is_one_sentence_with_file_and_line(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    path = copy_rules(tmp_path) / f"{file}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RulesError) as caught:
        rules_in(tmp_path)
    message = str(caught.value)
    assert said in message
    assert "\n" not in message
    named = re.match(rf"{re.escape(str(path))}, line (\d+): ", message)
    assert named, message
    spoilt = path.read_text(encoding="utf-8").split(new, 1)[0].count("\n") + 1
    assert abs(int(named[1]) - spoilt) <= 12, f"line {named[1]}, spoilt was {spoilt}"  # the entry's own lines


def test_the_line_is_that_of_the_key(tmp_path: Path) -> None:
    path = copy_rules(tmp_path) / "agencies.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('agency = "bpbd"', 'agency = "bpbdd"', 1), encoding="utf-8"
    )
    with pytest.raises(RulesError, match=rf"line {line_of(path, 'bpbdd')}: rule rumah_darurat"):
        rules_in(tmp_path)


def test_files_that_are_no_rules(tmp_path: Path) -> None:
    copy_rules(tmp_path)
    (tmp_path / "levels.toml").write_text("[level.kabkota\n", encoding="utf-8")
    with pytest.raises(RulesError, match=r"levels\.toml is not valid TOML: .*line 1"):
        rules_in(tmp_path)
    (tmp_path / "levels.toml").unlink()
    with pytest.raises(RulesError, match=r"levels\.toml is missing: copy"):
        rules_in(tmp_path)


def test_two_rules_for_one_need_and_a_need_without_one(tmp_path: Path) -> None:
    path = copy_rules(tmp_path) / "agencies.toml"
    text = path.read_text(encoding="utf-8")
    twin = '[[rule]]\nid = "kembar"\ncategory = "rumah"\nagency = "baznas"\nreason = "r"\nlegal_basis = "l"\nsource = "s"\nvalid_from = 2026-11-21\n'
    path.write_text(f"{text}\n{twin}", encoding="utf-8")
    with pytest.raises(RulesError, match="rule kembar fits exactly what rule rumah fits"):
        rules_in(tmp_path)
    path.write_text(
        text.replace('category = "rumah"\nagency = "disperkimtan"', 'topic = "lain"\nagency = "disperkimtan"'),
        encoding="utf-8",
    )
    with pytest.raises(RulesError, match="no rule at level kabkota is for the category rumah"):
        rules_in(tmp_path)


def test_a_rule_takes_over_on_its_day(tmp_path: Path) -> None:
    path = copy_rules(tmp_path) / "agencies.toml"
    later = '[[rule]]\nid = "rumah"\ncategory = "rumah"\nagency = "baznas"\nreason = "r"\nlegal_basis = "l"\nsource = "s"\nvalid_from = 2027-01-01\n'
    path.write_text(path.read_text(encoding="utf-8") + "\n" + later, encoding="utf-8")
    rules = rules_in(tmp_path)
    assert route(rules, Need("rumah"), date(2026, 12, 31)).first.agency == "disperkimtan"
    assert route(rules, Need("rumah"), date(2027, 1, 1)).first.agency == "baznas"


OTHERS = {
    "32.15": ("Kabupaten Karawang", "kabupaten", "32.15.13", {"Disperkimtan": "Dinas PRKP", "Kab. Bekasi": "Karawang", "Polres Metro Bekasi": "Polres K."}),
    "32.76": ("Kota Depok", "kota", "32.76.01", {"Disperkimtan": "Disrumkim", "Kab. Bekasi": "Kota Depok", "Polres Metro Bekasi": "Polres Metro Depok"}),
}  # fmt: skip


@pytest.mark.parametrize("region", OTHERS)
def test_another_regency_is_set_up_by_its_files_alone(home: Path, region: str) -> None:
    """Nothing but tanggap.toml and the agencies of TANGGAP_HOME/data is edited, as its desk would."""
    name, kind, district, words = OTHERS[region]
    toml = home / "tanggap.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8").replace('region = "32.16"', f'region = "{region}"'), encoding="utf-8"
    )
    with pytest.raises(
        RulesError, match=f"region 32.16 is not {region}"
    ):  # Bekasi's agencies are not used for anybody else
        load_desk_rules(load_settings())
    own = home / "data" / "agencies.toml"
    own.parent.mkdir()
    text = (DATA / "agencies.toml").read_text(encoding="utf-8").replace('region = "32.16"', f'region = "{region}"')
    text = re.sub(r"places = \[.*\]", f'places = ["{district}"]', text)
    for old, new in words.items():
        text = text.replace(old, new)
    own.write_text(text, encoding="utf-8")

    settings = load_settings()
    rules = load_desk_rules(settings)
    assert (rules.home.name, rules.home.kind, settings.program.region) == (name, kind, region)
    assert level_label(rules, "kabkota") == kind
    assert agency_name(rules, "polres") == f"Kepolisian ({words['Polres Metro Bekasi']})"
    assert propose(rules, Need("rumah"), DAY).agency == words["Disperkimtan"]
    assert route(rules, Need("kesehatan", places=(Reading(district, 1.0),)), DAY).first.rule == "kesehatan_utara"
    outside = propose(rules, Need("rumah", places=(Reading("32.16.07", 1.0),)), DAY)
    assert (outside.agency, outside.level) == ("Pemerintah Kabupaten Bekasi", "luar wilayah")
    assert f"bukan di {name}" in outside.reason
    assert "Bekasi" not in propose(rules, Need("orang_hilang"), DAY).reason


def test_files_of_the_home_go_before_those_of_the_repository(home: Path) -> None:
    rules = load_desk_rules(load_settings())
    assert {file.path.parent for file in rules.files.values()} == {DATA}
    (home / "data").mkdir()
    for name in FILES:
        (home / "data" / f"{name}.toml").write_text(
            (DATA / f"{name}.toml").read_text(encoding="utf-8"), encoding="utf-8"
        )
    own = {name: file.path.parent for name, file in load_desk_rules(load_settings()).files.items()}
    assert own == dict.fromkeys(FILES, home / "data") | {"taxonomy": DATA}  # the classifier reads the same taxonomy


def test_home_knows_its_kind() -> None:
    assert Home("32.76", "Kota Depok", ZoneInfo("Asia/Jakarta")).kind == "kota"
