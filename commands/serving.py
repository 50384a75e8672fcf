"""`tanggap serve`: the HTTP server on 127.0.0.1, and with --flows the schedule beside it."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack

from commands.desk import utc_now
from commands.surroundings import OK, command_settings, require_writable
from settings import Settings


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = commands.add_parser(
        "serve", help="the app on 127.0.0.1, with Meta's webhook; with --flows also the schedule"
    )
    serve.add_argument("--port", type=int, default=8000, metavar="N", help="default 8000; 0 for any free one")
    serve.add_argument("--flows", action="store_true", help="run the flows by the clock: hourly, the report at 06:00")
    serve.add_argument("--demo", action="store_true", help="on the invented demo platforms")
    serve.set_defaults(command=_serve)


def _serve(options: argparse.Namespace) -> int:
    from serving.app import create_app
    from serving.running import listening, run, running_beside
    from serving.webhooks import PATH, secrets_of
    from triage.database import prepare_database

    with ExitStack() as stack:
        settings = command_settings(options, stack)
        require_writable(settings)
        prepare_database(settings.database, demo=settings.demo)
        bound = stack.enter_context(listening(options.port))
        app = create_app(settings)
        address = f"http://127.0.0.1:{bound.getsockname()[1]}"
        webhook = PATH if secrets_of(settings) else "none (META_VERIFY_TOKEN and META_APP_SECRET are not set)"
        print(f"Serving {address}  webhook: {webhook}  (Ctrl-C ends it)", file=sys.stderr, flush=True)
        if settings.demo:
            _welcome(settings, address)
        else:
            _say_when_nobody_can_sign_in(settings)
        if not options.flows:
            run(app, bound)
            return OK
        from flows.prefect_environment import set_environment

        server = set_environment(settings.home)
        from flows.schedule import serve_flows

        stack.enter_context(running_beside(app, bound))
        serve_flows(settings, server)
    return OK


def _welcome(settings: Settings, address: str) -> None:
    """How a newcomer signs in; in a demo database only."""
    from serving.demo_people import DEMO_PASSWORD, DEMO_PEOPLE, add_demo_people
    from triage.database import unit_of_work

    with unit_of_work(settings.database) as connection:
        add_demo_people(connection, utc_now())
    print(f"Open {address} and sign in as", file=sys.stderr)
    for user_id, (_, role) in DEMO_PEOPLE.items():
        print(f"  {user_id:<6} {role}", file=sys.stderr)
    print(f"each with the password  {DEMO_PASSWORD}", file=sys.stderr, flush=True)


def _say_when_nobody_can_sign_in(settings: Settings) -> None:
    from triage.accounts import read_accounts
    from triage.database import unit_of_work

    with unit_of_work(settings.database) as connection:
        if not read_accounts(connection):
            print("Nobody can sign in yet: run tanggap user add (--help shows how).", file=sys.stderr, flush=True)
