"""`tanggap models`: which models there are, how a challenger did, who is champion, and how the champion is doing."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Any

from commands.desk import open_desk, utc_now
from commands.surroundings import OK
from review.masking import masked
from settings import Settings

SHOWN = 110  # characters of a post on a line
SHADOW_DAYS = 28


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    models = commands.add_parser("models", help="the models: list, show, retrain, promote, rollback, health")
    what = models.add_subparsers(required=True, metavar="WHAT")
    what.add_parser("list", help="every model, newest first").set_defaults(command=_list)
    show = what.add_parser("show", help="one model: its data, its contest, what it says beside the champion")
    show.add_argument("model", metavar="MODEL")
    show.set_defaults(command=_show)
    retrain = what.add_parser("retrain", help="train a challenger from the verdicts and judge it, due or not")
    retrain.set_defaults(command=_retrain)
    promote = what.add_parser("promote", help="make a candidate that passed its contest the champion")
    promote.add_argument("model", metavar="MODEL")
    promote.set_defaults(command=_promote)
    rollback = what.add_parser("rollback", help="go back to the champion before the last promotion")
    rollback.set_defaults(command=_rollback)
    for parser in (promote, rollback):
        parser.add_argument("--actor", required=True, help="who decides")
        parser.add_argument("--why", default="", help="a word for the record")
    what.add_parser("health", help="recall, drift, silent sources and kecamatan").set_defaults(command=_health)


def _list(options: argparse.Namespace) -> int:
    from triage.database import unit_of_work
    from triage.models import read_models

    settings, _ = open_desk()
    with unit_of_work(settings.database) as connection:
        rows = read_models(connection)
    print(f"{'model':<16}{'status':<11}{'trained':<18}{'AP':>7}  {'data':<14}{'contest'}")
    for row in rows:
        ended = {None: "-", True: "passed", False: "did not pass"}[row["passed"]]
        print(
            f"{row['model_version']:<16}{row['status']:<11}{row['trained_at']:%Y-%m-%d %H:%M}  "
            f"{float(row['flag_ap'] or 'nan'):>7.3f}  {(row['data_sha256'] or '-')[:12]:<14}{ended}"
        )
    return OK


def _show(options: argparse.Namespace) -> int:
    from classifiers.model_file import read_card
    from triage.database import unit_of_work
    from triage.models import newest_contest, read_model, read_model_events, shadow, shadow_differences

    settings, _ = open_desk()
    since = utc_now() - timedelta(days=SHADOW_DAYS)
    card = read_card(settings.models, options.model)
    with unit_of_work(settings.database) as connection:
        row = read_model(connection, options.model)
        ended = newest_contest(connection, options.model)
        events = read_model_events(connection, options.model)
        beside = shadow(connection, options.model, since)
        differences = shadow_differences(connection, options.model, since)
    learned = card.trained_on
    print(f"{card.model_version} ({row['status'] if row else 'not registered'}), trained {card.trained_at}")
    print(
        f"Data: {learned['rows']} rows, of them {learned.get('verdicts', 0)} verdicts"
        f"{' until ' + learned['verdicts_until'] if learned.get('verdicts_until') else ''}; SHA-256 {learned['sha256']}"
    )
    measures = ("flag_ap", "flag_ece", "recall_at_threshold", "flagged_share")
    print("Cross-fitted: " + ", ".join(f"{name} {card.metrics[name]:.3f}" for name in measures))
    for event in events:
        print(f"{event['made_at']:%Y-%m-%d %H:%M} UTC {event['kind']} by {event['actor']} {event['why']}".rstrip())
    if ended:
        _print_contest(ended)
    if row and row["status"] != "champion":
        _print_shadow(beside, differences)
    return OK


def _print_contest(ended: dict[str, Any]) -> None:
    result = "passed" if ended["passed"] else "did not pass"
    print(
        f"Contest against {ended['champion']} on {ended['made_at']:%Y-%m-%d}: {result}; "
        f"{ended['posts']} judged posts since {ended['judged_from']:%Y-%m-%d}, {ended['pleas']} of them pleas"
    )
    for name, measures in ended["detail"]["measures"].items():
        print(f"  {name:<11}" + ", ".join(f"{key} {value:.3f}" for key, value in measures.items()))
    for one in ended["detail"]["conditions"]:
        print(f"  {'yes' if one['holds'] else 'NO ':<4}{one['name']}: {one['said']}")


def _print_shadow(beside: dict[str, Any], differences: list[dict[str, Any]]) -> None:
    print(
        f"In shadow, {SHADOW_DAYS} days: {beside['both']} posts; flags {beside['flagged']}, the champion {beside['champion_flagged']}; "
        f"{beside['only_flagged']} only this one, {beside['only_champion']} only the champion."
    )
    for one in differences:
        who = "only this one" if one["flagged"] else "only the champion"
        text = masked(" ".join(one["text"].split()), limit=SHOWN).text
        print(
            f"  {one['mention_id']}  {who}: {one['flag_score']:.2f}, champion {one['champion_score']:.2f}\n      {text}"
        )


def _retrain(options: argparse.Namespace) -> int:
    from flows.progress import steps
    from flows.retraining import retrain

    settings, _ = open_desk()
    with steps() as shown:
        done = retrain(settings, shown, utc_now(), asked=True)
    assert done is not None
    print(
        f"{done.card.model_version} learned from {done.learned} verdicts and "
        f"{'passed' if done.contest.passed else 'did not pass'}: tanggap models show {done.card.model_version}"
    )
    return OK


def _promote(options: argparse.Namespace) -> int:
    from flows.promoting import promote

    settings, _ = open_desk()
    previous = promote(settings, options.model, options.actor, options.why, utc_now())
    print(f"{options.model} is champion; before it was {previous}. Way back: tanggap models rollback --actor NAME")
    return OK


def _rollback(options: argparse.Namespace) -> int:
    from flows.promoting import roll_back

    settings, _ = open_desk()
    print(f"{roll_back(settings, options.actor, options.why, utc_now())} is champion again.")
    return OK


def _health(options: argparse.Namespace) -> int:
    settings, _ = open_desk()
    for line in health_lines(settings):
        print(line)
    return OK


def health_lines(settings: Settings) -> list[str]:
    """What report, stats and this command say of the model, in Indonesian; examples masked."""
    from review.model_health import EXAMPLE, age_words, alerts, recall_words, silent_places
    from triage.auditing import newest_recall
    from triage.database import unit_of_work
    from triage.drift import read_signs
    from triage.reporting import read_champion

    now = utc_now()
    today = now.astimezone(settings.zone).date()
    with unit_of_work(settings.database) as connection:
        recall, signs, champion = (
            newest_recall(connection, today),
            read_signs(connection, today),
            read_champion(connection),
        )
    told = alerts(signs, lambda text: masked(text, limit=EXAMPLE).text)
    lines = [recall_words(recall), age_words(champion[1] if champion else None, now)]
    lines += [f"{one.said} Contoh: “{one.example}”" if one.example else one.said for one in told]
    return [*lines, *filter(None, [silent_places(signs)])]
