"""The forms of a case's page: what each step asks for, and what was filled in, as an act."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cases.acting import CONSENTS, HANDLINGS, LONGEST_REASON, Act
from cases.case import Case
from cases.next_steps import Step, next_steps
from cases.regions import places_in, region_name
from cases.routing import agency_name, level_label
from cases.rule_checks import LEVELS
from cases.rules import Rules
from review.case_words import CONSENTS as CONSENT_WORDS
from review.wording import label
from serving.desk import Desk, Fields
from serving.people import Permission, may

NEEDS = {"escalate": Permission.lead, "minutes": Permission.lead}  # every other step: casework
OWN_FORM = {"verify", "mismatch", "minutes", "keep"}  # the visit's sheet, the lounge
MINE = {"take"}  # whoever does it has the case
USUAL = {  # the step that most cases of a state take next: shown open, above the others
    "baru": "take", "perlu_verifikasi": "check", "verifikasi_meja": "forward", "diteruskan": "accept", "ditangani": "finish",
    "selesai_penanganan": "close",
}  # fmt: skip
ASKED = {"confirm": ("category", "urgency"), "forward": ("agency", "handling", "sp4n_id"), "accept": ("handling",)}
WHOLE_NUMBERS, TRUTHS = {"urgency"}, {"restricted"}
LABELS = {
    "agency": "Dinas", "assignee": "Petugas", "category": "Kebutuhan", "consent": "Persetujuan keluarga", "handling": "Jenis penanganan",
    "legal_basis": "Dasar pemrosesan data", "level": "Kewenangan", "place_code": "Tempat", "restricted": "Kasus terbatas",
    "sp4n_id": "Nomor SP4N-LAPOR!", "topic": "Topik", "urgency": "Kegawatan",
}  # fmt: skip
HANDLING_WORDS = {"informasi": "Permintaan informasi", "tidak_berpengawasan": "Tidak berkadar pengawasan", "berpengawasan": "Berkadar pengawasan"}  # fmt: skip
Options = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form: ``options`` to choose from, or none to be typed. ``before``: what the case said when the form was made."""

    name: str
    label: str
    value: str
    before: str
    options: Options = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class StepForm:
    """One step that can be taken: ``not_yet`` says what has to come first."""

    name: str
    label: str
    why: bool
    said: str
    fields: Sequence[Field]
    form: str
    usual: bool
    kind: str  # move: goes its way | data: stays where it is | close
    not_yet: str


def step_forms(desk: Desk, case: Case, staff: Options, kept: Mapping[str, str]) -> list[StepForm]:
    """The steps this person may take now, the usual one first. ``kept``: what was filled in and could not be done."""
    rules = desk.rules
    steps = [one for one in next_steps(rules, case, desk.now) if one.name not in OWN_FORM and _may(desk, one.name)]
    forms = [_form(rules, case, step, staff, kept if kept.get("action") == step.name else {}) for step in steps]
    return sorted(forms, key=lambda form: not form.usual)


def filled(kept: Mapping[str, str]) -> defaultdict[str, str]:
    """What was filled in, for a template: what was not is empty."""
    return defaultdict(str, kept)


def new_form() -> str:
    """The number of a form: sent twice, it is one act."""
    return uuid.uuid4().hex


def _may(desk: Desk, action: str) -> bool:
    return may(desk.person, NEEDS.get(action, Permission.casework))


def _form(rules: Rules, case: Case, step: Step, staff: Options, kept: Mapping[str, str]) -> StepForm:
    action = step.action
    asked = ASKED.get(step.name, () if action.to else action.changes)
    closes = bool(action.to and rules.state(action.to).closed)
    kind = "close" if closes else "move" if action.to or action.attempt or action.climbs else "data"
    fields = [_field(rules, case, name, staff, kept, name in action.needs) for name in asked]
    return StepForm(
        step.name, action.label, action.why, kept.get("why", ""), fields, kept.get("form") or new_form(),
        USUAL.get(case.state) == step.name or bool(kept), kind, step.not_yet,
    )  # fmt: skip


def _field(rules: Rules, case: Case, name: str, staff: Options, kept: Mapping[str, str], required: bool) -> Field:
    now = as_text(getattr(case, name))
    wanted = kept.get(name, now)
    options = options_of(rules, case, name, staff)
    return Field(name, LABELS[name], wanted, now, options, required)


def options_of(rules: Rules, case: Case, name: str, staff: Options = ()) -> Options:
    """What a field may be, in words; empty where it is typed."""
    nothing = ("", "belum jelas")
    if name == "agency":
        first = [str(one["agency"]) for one in case.candidates]
        ordered = dict.fromkeys([*([case.agency] if case.agency else []), *first, *rules.agencies.agency])
        return [(one, agency_name(rules, one, case.place_code)) for one in ordered]
    if name == "assignee":
        known = {one for one, _ in staff}
        others = [(case.assignee, case.assignee)] if case.assignee and case.assignee not in known else []
        return [("", "belum ada"), *staff, *others]
    if name == "place_code":
        return place_options(rules, case.place_code)
    kinds: dict[str, Options] = {
        "category": [nothing, *((one, label("category", one)) for one in rules.taxonomy.category)],
        "topic": [nothing, *((one, label("topic", one)) for one in rules.taxonomy.topic)],
        "urgency": [(one, label("urgency", one)) for one in rules.taxonomy.urgency],
        "level": [(one, level_label(rules, one)) for one in LEVELS],
        "handling": [(one, HANDLING_WORDS[one]) for one in HANDLINGS],
        "consent": [(one, CONSENT_WORDS[one]) for one in CONSENTS],
        "restricted": [("false", "tidak"), ("true", "ya, hanya petugas kasus terbatas")],
    }
    return kinds.get(name, ())


def place_options(rules: Rules, known: str | None) -> Options:
    """Kecamatan and desa of the regency, and the place that is known already when it lies elsewhere."""
    places = places_in(rules.home.region)
    elsewhere = [(known, region_name(known) or known)] if known and known not in dict(places) else []
    inside = [(code, name if len(code) == 8 else f"· {name}") for code, name in places]
    return [("", "belum jelas"), *elsewhere, *inside]


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def read_act(desk: Desk, case_id: str, action: str, fields: Fields) -> Act:
    """The act that a form asks for: only what differs from what the form showed is a change. Raises CaseRefused."""
    names = [name for name in LABELS if fields.text(f"dulu_{name}") != fields.text(name) or name == "agency"]
    given = {name: fields.text(name) for name in names if fields.has(name)}
    changes = {name: _value(name, told) for name, told in given.items()}
    if action in MINE:
        changes["assignee"] = desk.person.user_id
    return Act(
        action, desk.person.user_id, fields.text("why", LONGEST_REASON + 100), changes, fields.text("rung") or None,
        event_id=fields.event_id(desk, f"{case_id}|{action}"),
    )  # fmt: skip


def _value(name: str, told: str) -> Any:
    """As the rules want it; what they do not know they refuse by name."""
    if name in TRUTHS:
        return {"true": True, "false": False}.get(told, told)
    if name in WHOLE_NUMBERS:
        return int(told) if told.isascii() and told.isdigit() else told
    return told or None


def kept_fields(action: str, fields: Fields) -> dict[str, str]:
    """What was filled in, to stand in the form again."""
    told = {name: fields.text(name) for name in ("why", "form", *LABELS) if fields.has(name)}
    changed = {
        name: value for name, value in told.items() if name in {"why", "form"} or fields.text(f"dulu_{name}") != value
    }
    return {"action": action} | changed
