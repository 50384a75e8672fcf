"""`tanggap publish`: the masked copy for analysts."""

from __future__ import annotations

import argparse

from commands.surroundings import OK, require_writable
from settings import SettingsError, load_settings


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    publish = commands.add_parser(
        "publish", help="a masked, pseudonymised copy for analysts: one DuckDB file and Parquet"
    )
    publish.add_argument("--demo", action="store_true", help="of the demo's database")
    publish.set_defaults(command=_publish)


def _publish(options: argparse.Namespace) -> int:
    from flows.progress import steps
    from flows.publishing import publish, published_folder
    from triage.database import prepare_database

    settings = load_settings(demo=options.demo)
    require_writable(settings)
    if not settings.database.exists():
        raise SettingsError(f"{settings.database} is not there yet: run `tanggap report` first.")
    prepare_database(settings.database, demo=settings.demo)
    with steps() as shown:
        made = publish(settings, shown)
    share = made.words_left_out / made.words if made.words else 0
    print(
        f"{made.mentions} mentions published, {made.withheld_mentions} mentions and {made.withheld_cases} cases withheld as possibly restricted; "
        f"{share:.0%} of the words left out."
    )
    print(f"Published: {published_folder(settings)}")
    return OK
