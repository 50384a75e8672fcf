"""`tanggap session`: the Instagram session, imported from a browser and asked whether it still lives."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from commands.surroundings import NOTHING_COLLECTED, OK
from settings import Settings, load_settings

DEFAULT_FILE = "instagram-session.json"


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    session = commands.add_parser("session", help="the Instagram session: import it from a browser, check it")
    actions = session.add_subparsers(required=True, metavar="ACTION")
    take = actions.add_parser("import", help="cookies.txt or a JSON export of a browser's cookies → the session file")
    take.add_argument("file", type=Path, metavar="FILE")
    take.set_defaults(command=_import)
    check = actions.add_parser("check", help="ask Instagram whether the session still lives (one request)")
    check.set_defaults(command=_check)


def _import(options: argparse.Namespace) -> int:
    from collectors.instagram_session import import_session

    settings = load_settings()
    file = _session_file(settings)
    import_session(options.file, file)
    print(f"The session is in {file}, readable by you alone. Remove {options.file}: it opens the account to anybody.")
    missing = [line for name, line in _lines(file).items() if name not in settings.secrets]
    if missing:
        print(f"Add to {settings.home / '.env'}:\n" + "\n".join(missing))
    print("Then 'tanggap session check' asks Instagram whether it is accepted.")
    return OK


def _check(options: argparse.Namespace) -> int:
    from collectors.instagram import connect, signed_in_as

    settings = load_settings()
    name = signed_in_as(connect(settings.secrets, lambda: None))
    wanted = settings.secrets["INSTAGRAM_USERNAME"]
    if name is None:
        print("The Instagram session is dead: sign in with a browser and run 'tanggap session import FILE'.")
    elif name != wanted:
        print(f"The session belongs to {name}, but INSTAGRAM_USERNAME is {wanted}: mend .env.")
    else:
        print(f"The Instagram session is alive: {name}.")
    return OK if name == wanted else NOTHING_COLLECTED


def _session_file(settings: Settings) -> Path:
    return Path(settings.secrets.get("INSTAGRAM_SESSION_FILE") or settings.home / DEFAULT_FILE).expanduser()


def _lines(file: Path) -> Mapping[str, str]:
    return {
        "INSTAGRAM_SESSION_FILE": f"INSTAGRAM_SESSION_FILE={file}",
        "INSTAGRAM_USERNAME": "INSTAGRAM_USERNAME=…   # the account you signed in with",
    }
