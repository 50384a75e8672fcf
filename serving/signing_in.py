"""Signing in and out. A wrong name and a wrong password look alike and take as long; guessing gets slower and slower."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from serving.guards import checked_write
from serving.pages import page, redirect
from serving.passwords import hash_password, is_outdated, is_password
from serving.people import Person, Role, home_of
from serving.sessions import new_token, set_cookie, start_session, token_of, visit_of
from triage.accounts import Account, change_account, read_account
from triage.audit import Deed, record
from triage.sessions import end_session, failures, forget_failures, note_failure

FREE_TRIES = {"account": 5, "address": 30}  # behind one address there may be a whole office
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)
WRONG = "Nama atau kata sandi tidak cocok."
LOCAL = re.compile(r"/(?!/)[A-Za-z0-9/_:.-]{0,200}")  # where one wanted to go; never another host
router = APIRouter(dependencies=[Depends(checked_write)])
Keys = list[tuple[str, str]]


@router.get("/masuk", response_class=HTMLResponse)
async def sign_in_page(request: Request, lalu: str = "") -> Response:
    visit = await visit_of(request)
    if visit is not None and visit.stage == "open":
        return redirect(request, home_of(visit.person))
    return _form(request, lalu)


@router.post("/masuk", response_class=HTMLResponse)
async def sign_in(
    request: Request,
    nama: Annotated[str, Form(max_length=80)] = "",
    sandi: Annotated[str, Form(max_length=200)] = "",
    lalu: Annotated[str, Form(max_length=220)] = "",
) -> Response:
    user_id, database, now = nama.strip().casefold(), request.app.state.database, request.app.state.now()
    keys = throttle_keys(request, user_id)
    account, failed = await database.read(_known, user_id, keys)
    if waiting := wait_left(failed, now):
        return _form(request, lalu, nama, wait_words(waiting), 429)
    right = await run_in_threadpool(is_password, account.password_hash if account else None, sandi)
    if account is None or not right or not account.active:
        await database.write(_note_wrong, keys, account, now)
        return _form(request, lalu, nama, WRONG, 401)
    new_hash = await run_in_threadpool(hash_password, sandi) if is_outdated(account.password_hash or "") else None
    await database.write(_note_right, account, keys, new_hash, now)
    return await let_in(request, account, lalu, "code" if account.totp_secret else "open")


@router.post("/keluar")
async def sign_out(request: Request) -> Response:
    visit, state = await visit_of(request), request.app.state
    if visit is not None:
        person = visit.person
        await state.database.write(_end, person.session_id, person.user_id, state.now())
        state.remembered.forget()
    response = redirect(request, "/masuk", "Anda sudah keluar.")
    set_cookie(request, response, new_token())
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


async def let_in(request: Request, account: Account, lalu: str, stage: str) -> Response:
    """On to where the person wanted to go, with a fresh session."""
    person = Person(account.user_id, account.name, Role(account.role), account.language, "")
    wanted = lalu if LOCAL.fullmatch(lalu) else ""
    code_page = f"/masuk/kode?lalu={wanted}" if wanted else "/masuk/kode"
    response = redirect(request, code_page if stage == "code" else wanted or home_of(person))
    await start_session(request, response, account.user_id, stage)
    return response


def throttle_keys(request: Request, user_id: str) -> Keys:
    """What a failed sign-in is counted under; hashed, because people type passwords into the wrong field."""
    address = request.client.host if request.client else ""
    return [(kind, hashlib.sha256(value.encode()).hexdigest()) for kind, value in (("account", user_id), ("address", address))]  # fmt: skip


def wait_left(failed: dict[str, tuple[int, Any]], now: Any) -> timedelta:
    """After the free tries each failure doubles the wait: 5 s, 10 s, 20 s … 15 minutes. Never a lock for good."""
    left = timedelta()
    for kind, (count, last) in failed.items():
        if count >= FREE_TRIES[kind]:
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(count - FREE_TRIES[kind], 10))
            left = max(left, last + wait - now)
    return left


def wait_words(left: timedelta) -> str:
    minutes = -(-int(left.total_seconds() + 1) // 60)
    return f"Terlalu banyak percobaan. Coba lagi {minutes} menit lagi, atau minta admin menyetel ulang kata sandi."


def _form(request: Request, lalu: str, nama: str = "", fault: str = "", status: int = 200) -> Response:
    """The form needs a token before anybody is known: a random one that opens nothing."""
    token = token_of(request)
    if not token:
        token = new_token()
        request.state.token = token
    response = page(request, None, "sign_in.html.j2", status=status, lalu=lalu, nama=nama, fault=fault)
    set_cookie(request, response, token)
    return response


def _known(connection: Any, user_id: str, keys: Keys) -> tuple[Account | None, dict[str, tuple[int, Any]]]:
    return read_account(connection, user_id), failures(connection, keys)


def _note_wrong(connection: Any, keys: Keys, account: Account | None, now: Any) -> None:
    note_failure(connection, keys, now)
    record(connection, Deed(account.user_id if account else "-", "sign_in_failed"), now)


def _note_right(connection: Any, account: Account, keys: Keys, new_hash: str | None, now: Any) -> None:
    """Whoever knows the password is not guessing; the address keeps its count, or one good account would free it."""
    forget_failures(connection, *keys[0])
    deed = Deed(account.user_id, "password_accepted")
    if new_hash is None:
        record(connection, deed, now)
    else:
        change_account(connection, account.user_id, {"password_hash": new_hash}, deed, now)


def _end(connection: Any, session_id: str, user_id: str, now: Any) -> None:
    end_session(connection, session_id, user_id, now)
    record(connection, Deed(user_id, "sign_out"), now)
