"""Signing in and out. A wrong name and a wrong password look alike and take as long; guessing gets slower and slower."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from serving.demo_people import DEMO_PASSWORD
from serving.guards import SignedOut, checked_write
from serving.pages import page, redirect
from serving.passwords import hash_password, is_outdated, is_password
from serving.people import Person, Role, home_of
from serving.second_factor import accepted_step
from serving.sessions import new_token, set_cookie, start_session, token_of, visit_of
from serving.throttling import Keys, throttle_keys, wait_left, wait_words
from triage.accounts import Account, change_account, read_account
from triage.audit import Deed, record
from triage.sessions import end_session, forget_failures, note_failure

WRONG = "Nama atau kata sandi tidak cocok."
WRONG_CODE = "Kode itu tidak cocok atau sudah dipakai. Tunggu kode berikutnya di aplikasi Anda."
LOCAL = re.compile(r"/(?!/)[A-Za-z0-9/_:.-]{0,200}")  # where one wanted to go; never another host
router = APIRouter(dependencies=[Depends(checked_write)])


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
    account, waiting = await database.read(_known, user_id, keys, now)
    if waiting is not None:
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


@router.get("/masuk/kode", response_class=HTMLResponse)
async def code_page(request: Request, lalu: str = "") -> Response:
    visit = await visit_of(request)
    if visit is None or visit.stage != "code":
        raise SignedOut
    return page(request, None, "sign_in_code.html.j2", lalu=lalu, fault="")


@router.post("/masuk/kode", response_class=HTMLResponse)
async def check_code(
    request: Request,
    kode: Annotated[str, Form(max_length=20)] = "",
    lalu: Annotated[str, Form(max_length=220)] = "",
) -> Response:
    """The second factor. A code works once; wrong ones are counted like wrong passwords."""
    visit, database, now = await visit_of(request), request.app.state.database, request.app.state.now()
    if visit is None or visit.stage != "code":
        raise SignedOut
    keys = throttle_keys(request, f"code:{visit.person.user_id}")
    account, waiting = await database.read(_known, visit.person.user_id, keys, now)
    fault, status = (wait_words(waiting), 429) if waiting else (WRONG_CODE, 401)
    if waiting is None and await database.write(_take_code, visit.person, kode, keys, now):
        request.app.state.remembered.forget()
        return await let_in(request, account, lalu, "open")
    return page(request, None, "sign_in_code.html.j2", status=status, lalu=lalu, fault=fault)


async def let_in(request: Request, account: Account, lalu: str, stage: str) -> Response:
    """On to where the person wanted to go, with a fresh session."""
    person = Person(account.user_id, account.name, Role(account.role), account.language, "")
    wanted = lalu if LOCAL.fullmatch(lalu) else ""
    code_page = f"/masuk/kode?lalu={wanted}" if wanted else "/masuk/kode"
    response = redirect(request, code_page if stage == "code" else wanted or home_of(person))
    await start_session(request, response, account.user_id, stage)
    return response


def _form(request: Request, lalu: str, nama: str = "", fault: str = "", status: int = 200) -> Response:
    """The form needs a token before anybody is known: a random one that opens nothing."""
    token = token_of(request)
    if not token:
        token = new_token()
        request.state.token = token
    response = page(
        request, None, "sign_in.html.j2", status=status, lalu=lalu, nama=nama, fault=fault, demo_password=DEMO_PASSWORD
    )
    set_cookie(request, response, token)
    return response


def _known(connection: Any, user_id: str, keys: Keys, now: datetime) -> tuple[Account | None, timedelta | None]:
    return read_account(connection, user_id), wait_left(connection, keys, now)


def _note_wrong(connection: Any, keys: Keys, account: Account | None, now: datetime) -> None:
    note_failure(connection, keys, now)
    record(connection, Deed(account.user_id if account else "-", "sign_in_failed"), now)


def _note_right(connection: Any, account: Account, keys: Keys, new_hash: str | None, now: datetime) -> None:
    """Whoever knows the password is not guessing; the address keeps its count, or one good account would free it."""
    forget_failures(connection, *keys[0])
    deed = Deed(account.user_id, "password_accepted")
    if new_hash is None:
        record(connection, deed, now)
    else:
        change_account(connection, account.user_id, {"password_hash": new_hash}, deed, now)


def _take_code(connection: Any, person: Person, code: str, keys: Keys, now: datetime) -> bool:
    """Whether the code is right. It is looked at and used up in one transaction: two requests cannot share it."""
    account = read_account(connection, person.user_id)
    step = accepted_step(account.totp_secret, code, account.totp_step, now) if account and account.totp_secret else None
    if step is None:
        note_failure(connection, keys, now)
        record(connection, Deed(person.user_id, "code_failed"), now)
        return False
    forget_failures(connection, *keys[0])
    deed = Deed(person.user_id, "code_accepted")
    change_account(connection, person.user_id, {"totp_step": step}, deed, now)
    end_session(connection, person.session_id, person.user_id, now)
    return True


def _end(connection: Any, session_id: str, user_id: str, now: datetime) -> None:
    end_session(connection, session_id, user_id, now)
    record(connection, Deed(user_id, "sign_out"), now)
