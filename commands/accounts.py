"""`tanggap user add|list|disable|enable|role|reset` and `tanggap audit verify|show`: who may sign in, and what was done."""

from __future__ import annotations

import argparse
import getpass
import re
import sys
from contextlib import suppress
from typing import Any

from commands.desk import utc_now
from commands.surroundings import NOTHING_COLLECTED, OK
from serving.people import SECOND_FACTOR, Role
from settings import Settings, SettingsError, load_settings

USER_ID = r"[a-z][a-z0-9._-]{1,39}"


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    user = commands.add_parser("user", help="the people who may sign in to the app")
    what = user.add_subparsers(required=True, metavar="WHAT")
    add = what.add_parser("add", help="a new user; prints a password that must be changed at the first sign-in")
    add.add_argument("user", type=_user_id, metavar="USER", help="the name to sign in with")
    add.add_argument("--role", required=True, choices=[role.value for role in Role])
    add.add_argument("--name", required=True, help="the full name, shown on screens")
    add.set_defaults(command=_add)
    what.add_parser("list", help="who there is").set_defaults(command=_list)
    for name, words, command in (
        ("disable", "ends all sessions and lets nobody in; verdicts and acts keep their author", _disable),
        ("enable", "lets a disabled user in again", _enable),
        ("reset", "a new password, printed once; the second factor is set up anew", _reset),
        ("role", "another role", _role),
    ):
        parser = what.add_parser(name, help=words)
        parser.add_argument("user", type=_user_id, metavar="USER")
        parser.set_defaults(command=command)
        if name == "role":
            parser.add_argument("--role", required=True, choices=[role.value for role in Role])
    _add_audit(commands)


def _add_audit(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    audit = commands.add_parser("audit", help="the append-only trail of what people did in the app")
    what = audit.add_subparsers(required=True, metavar="WHAT")
    verify = what.add_parser(
        "verify", help="compute every hash anew; prints the seal of the last row, to be kept elsewhere"
    )
    verify.add_argument("--seal", metavar="NUMBER:HASH", help="a seal printed earlier: also finds a trail that was cut or rewritten")  # fmt: skip
    verify.set_defaults(command=_verify)
    show = what.add_parser("show", help="the newest rows")
    show.add_argument("--last", type=int, default=20, metavar="N")
    show.set_defaults(command=_show)


def _add(options: argparse.Namespace) -> int:
    from serving.passwords import hash_password, invented_password
    from triage.accounts import NewAccount, add_account

    password = invented_password()
    new = NewAccount(options.user, options.name.strip(), options.role, hash_password(password))
    _in_one_unit(add_account, new, _operator(), utc_now())
    _print_password(options.user, password)
    if options.role in SECOND_FACTOR:
        print(f"As {options.role} they also set up a code app (TOTP) at the first sign-in.", file=sys.stderr)
    return OK


def _list(options: argparse.Namespace) -> int:
    from triage.accounts import read_accounts

    accounts = _in_one_unit(read_accounts)
    if not accounts:
        print("Nobody can sign in yet: tanggap user add NAME --role reviewer --name 'Full Name'.", file=sys.stderr)
    for account in accounts:
        state = "active" if account.active else "disabled"
        factor = "TOTP" if account.totp_secret else "-"
        print(f"{account.user_id:<20} {account.role:<18} {state:<8} {factor:<4} {account.name}")
    return OK


def _disable(options: argparse.Namespace) -> int:
    return _set_active(options.user, active=False)


def _enable(options: argparse.Namespace) -> int:
    return _set_active(options.user, active=True)


def _set_active(user_id: str, *, active: bool) -> int:
    from triage.accounts import set_active

    _in_one_unit(set_active, user_id, active, _operator(), utc_now())
    print(f"{user_id} is {'active' if active else 'disabled'}.")
    return OK


def _role(options: argparse.Namespace) -> int:
    from triage.accounts import set_role

    _in_one_unit(set_role, options.user, options.role, _operator(), utc_now())
    print(f"{options.user} is {options.role} from the next sign-in on.")
    return OK


def _reset(options: argparse.Namespace) -> int:
    from serving.passwords import hash_password, invented_password
    from triage.accounts import reset_account

    password = invented_password()
    _in_one_unit(reset_account, options.user, hash_password(password), _operator(), utc_now())
    _print_password(options.user, password)
    return OK


def _verify(options: argparse.Namespace) -> int:
    from triage.audit import AuditBroken, Seal, require_reaches, verify_slice

    kept = None
    if options.seal:
        number, _, digest = options.seal.partition(":")
        if not number.isdigit() or not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise SettingsError(f"--seal {options.seal} is not NUMBER:HASH as `tanggap audit verify` prints it.")
        kept = Seal(int(number), digest)
    seal, reached = None, Seal()
    try:
        while seal != reached:
            seal, reached = reached, _in_one_unit(verify_slice, reached, kept)
        require_reaches(reached, kept)
    except AuditBroken as fault:
        print(fault, file=sys.stderr)
        return NOTHING_COLLECTED
    print(f"{reached.number} rows, unbroken. Seal: {reached}")
    return OK


def _show(options: argparse.Namespace) -> int:
    from triage.audit import read_audit

    for row in reversed(_in_one_unit(read_audit, options.last)):
        print(
            f"{row['number']:>7}  {row['made_at']:%Y-%m-%d %H:%M:%S}  {row['user_id']:<16} {row['act']:<18} {row['subject']}"
        )
    return OK


def _in_one_unit(work: Any, *arguments: Any) -> Any:
    from triage.database import unit_of_work

    with unit_of_work(_desk().database) as connection:
        return work(connection, *arguments)


def _desk() -> Settings:
    """A desk may have its users before its first report: the database is made when it is not there yet."""
    from triage.database import prepare_database, stored_mode

    settings = load_settings()
    demo = settings.database.exists() and stored_mode(settings.database) == "demo"
    prepare_database(settings.database, demo=demo)
    return settings


def _operator() -> str:
    """Who works at the command line, for the audit trail."""
    with suppress(OSError, KeyError):
        return f"cli:{getpass.getuser()}"
    return "cli"


def _print_password(user_id: str, password: str) -> None:
    """The password alone on stdout: it may be piped, and stands nowhere else."""
    print(f"{user_id} signs in once with this password and then chooses their own:", file=sys.stderr)
    print(password)


def _user_id(text: str) -> str:
    if not re.fullmatch(USER_ID, text):
        raise argparse.ArgumentTypeError(f"{text} is not a user name: 2 to 40 of a-z, 0-9, dot, dash, a letter first")
    return text
