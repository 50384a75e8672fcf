"""`tanggap answers queue|draft|handover|sent`: drafts to copy; the program sends nothing."""

from __future__ import annotations

import argparse
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cases.routing import door
from cases.rules import Rules
from commands.desk import moment_words, open_desk, utc_now
from commands.readers import add_reader, log_seen, reader_of
from commands.surroundings import OK
from review.case_texts import handover_words
from review.replies import (
    LANGUAGES,
    PLATFORMS,
    Drafts,
    Wish,
    draft_for_case,
    draft_for_topic,
    kind_for,
    load_drafts,
    whatsapp_link,
)
from settings import Settings, SettingsError

if TYPE_CHECKING:
    from triage.case_page import CasePage

SHOWN = 240  # characters of a mention in the queue


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    answers = commands.add_parser(
        "answers", help="drafts of answers, the out-of-scope queue, hand-over texts; nothing is sent"
    )
    what = answers.add_subparsers(required=True, metavar="WHAT")
    queue = what.add_parser("queue", help="complaints that are not humanitarian, by topic, with the right door")
    queue.add_argument("--topic", help="only this topic of data/taxonomy.toml")
    queue.add_argument("--limit", type=int, default=50, help="most mentions shown")
    queue.set_defaults(command=_queue)
    draft = what.add_parser("draft", help="a draft for a case")
    draft.add_argument("case", metavar="CASE")
    draft.add_argument("--kind", help="a kind of data/replies.toml (default: what the case's state asks for)")
    draft.add_argument("--platform", choices=PLATFORMS, help="default: where the need was written")
    draft.add_argument("--lang", choices=LANGUAGES, help="default: the language of the mention")
    draft.add_argument("--channel", choices=("public", "direct"))
    draft.set_defaults(command=_draft)
    text = what.add_parser("handover", help="what the agency is told, and a wa.me link")
    text.add_argument("case", metavar="CASE")
    text.set_defaults(command=_handover)
    sent = what.add_parser("sent", help="remember that you sent an answer")
    sent.add_argument("subject", metavar="CASE|MENTION")
    sent.add_argument("--kind", default="right_door")
    sent.add_argument("--platform", choices=PLATFORMS, default="instagram")
    sent.add_argument("--lang", choices=LANGUAGES, default="id")
    sent.add_argument("--actor", required=True)
    sent.set_defaults(command=_sent)
    for parser in (queue, draft, text):
        add_reader(parser)


def _queue(options: argparse.Namespace) -> int:
    from triage.answers import out_of_scope, referred_unanswered
    from triage.database import unit_of_work

    reader = reader_of(options)
    settings, rules = open_desk()
    drafts = load_drafts(settings, rules)
    topics = _topics(rules, options.topic)
    with unit_of_work(settings.database) as connection:
        waiting = out_of_scope(connection, topics, options.limit)
        referred = [] if options.topic else referred_unanswered(connection)
    log_seen(settings, reader, ["out-of-scope queue"])
    for topic, rows in groupby(waiting, key=lambda row: str(row["topic"])):
        _print_topic(drafts, topic, list(rows), reader.sees_words)
    today = utc_now().astimezone(rules.home.zone).date()
    for case in referred:
        if not case.restricted:
            print(f"\n{case.case_id}  {draft_for_case(drafts, case, Wish('right_door'), reader, today).text}")
    print("\nSalin, baca lagi, kirim sendiri; lalu `tanggap answers sent NOMOR --actor NAMA`.")
    return OK


def _topics(rules: Rules, wanted: str | None) -> list[str]:
    today = utc_now().astimezone(rules.home.zone).date()
    topics = [topic for topic in rules.taxonomy.topic if door(rules, topic, today) is not None]
    if wanted and wanted not in topics:
        raise SettingsError(f"--topic {wanted} has no door; those that have one: {', '.join(topics)}.")
    return [wanted] if wanted else topics


def _print_topic(drafts: Drafts, topic: str, rows: list[dict[str, Any]], words: bool) -> None:
    from review.cleaning import clean
    from review.masking import mask, shorten
    from review.withheld import may_be_restricted
    from review.wording import label

    rules = drafts.rules
    today = utc_now().astimezone(rules.home.zone).date()
    print(f"\n{label('topic', topic)}: {len(rows)}")
    for row in rows:
        if may_be_restricted(row["text"]):
            continue
        wish = Wish("right_door", row["platform"], "su" if row["lang"] == "su" else "id")
        draft = draft_for_topic(drafts, topic, row["place_code"], wish, today)
        whole = shorten(clean(row["text"]).text, SHOWN) if words else mask(row["text"], (), SHOWN)
        told = " ".join(whole.split())
        print(f"  {row['mention_id']}  {moment_words(rules, row['created_at'])}  {told}")
        print(f"      → {draft.text if draft else '-'}")


def _draft(options: argparse.Namespace) -> int:
    reader = reader_of(options)
    settings, rules = open_desk()
    drafts = load_drafts(settings, rules)
    page = _page(settings, options.case)
    case, told = page.case, page.mentions
    first = told[0] if told else {"platform": "whatsapp", "lang": "id"}
    lang = options.lang or ("su" if first["lang"] == "su" else "id")
    wish = Wish(options.kind or kind_for(case), options.platform or first["platform"], lang, options.channel)
    draft = draft_for_case(drafts, case, wish, reader, utc_now().astimezone(rules.home.zone).date())
    log_seen(settings, reader, [f"draft {case.case_id}"])
    way = "pesan langsung" if draft.channel == "direct" else "balasan terbuka"
    print(f"[{drafts.file.reply[draft.kind].label}, {draft.platform}, {way}, {draft.lang}]\n{draft.text}")
    return OK


def _handover(options: argparse.Namespace) -> int:
    reader = reader_of(options)
    settings, rules = open_desk()
    page = _page(settings, options.case)
    text = handover_words(load_drafts(settings, rules), page, reader)
    log_seen(settings, reader, [f"handover {page.case.case_id}"])
    print(f"{text}\n\n{whatsapp_link(text)}")
    return OK


def _sent(options: argparse.Namespace) -> int:
    from triage.answers import Answer, save_answer
    from triage.database import unit_of_work

    settings, rules = open_desk()
    if options.kind not in load_drafts(settings, rules).file.reply:
        raise SettingsError(f"--kind {options.kind} is not in data/replies.toml.")
    answer = Answer(options.subject, options.kind, options.platform, options.lang, options.actor, utc_now())
    with unit_of_work(settings.database) as connection:
        save_answer(connection, answer)
    print(f"{options.subject}: jawaban tercatat.")
    return OK


def _page(settings: Settings, case_id: str) -> CasePage:
    from triage.case_page import read_case_page
    from triage.database import unit_of_work

    with unit_of_work(settings.database) as connection:
        return read_case_page(connection, case_id)
