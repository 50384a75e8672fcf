"""My account: password, second factor, sessions, language, and what the access log says of me."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from review.wording import moment_words
from serving.guards import Refused, checked_write, opened_visit, signed_in
from serving.languages import LANGUAGES
from serving.pages import page, redirect
from serving.passwords import PasswordRefused, hash_password, is_password, require_good
from serving.people import SECOND_FACTOR, Person
from serving.second_factor import accepted_step, grouped, offered_secret, picture, setup_address
from serving.sessions import IDLE, Visit, renew_session
from serving.throttling import Keys, throttle_keys, wait_left, wait_words
from triage.access import read_access
from triage.accounts import Account, change_account, read_account, set_language, set_password
from triage.audit import Deed, record
from triage.sessions import end_session, forget_failures, living_sessions, note_failure

LOG_SHOWN = 50
WRONG_PASSWORD = "Kata sandi sekarang tidak cocok."  # noqa: S105 - a sentence
router = APIRouter(dependencies=[Depends(checked_write)])
SignedIn = Annotated[Person, Depends(signed_in)]
Opened = Annotated[Visit, Depends(opened_visit)]
Secret = Annotated[str, Form(max_length=200)]


@router.get("/akun", response_class=HTMLResponse)
async def account_page(request: Request, person: SignedIn) -> Response:
    now = request.app.state.now()
    account, sessions, seen = await request.app.state.database.read(_account, person, now)
    zone = request.app.state.settings.zone
    return page(
        request, person, "account.html.j2",
        languages=LANGUAGES.items(), has_totp=account.totp_secret is not None,
        must_have_totp=person.role in SECOND_FACTOR and not request.app.state.settings.demo,
        sessions=[one | {"seen": moment_words(one["seen_at"], zone, now), "since": moment_words(one["created_at"], zone, now)} for one in sessions],
        seen=[one | {"when": moment_words(one["made_at"], zone, now)} for one in seen],
    )  # fmt: skip


@router.post("/akun/bahasa")
async def choose_language(
    request: Request, person: SignedIn, bahasa: Annotated[str, Form(pattern="^(id|en)$")]
) -> Response:
    await request.app.state.database.write(set_language, person.user_id, bahasa)
    request.app.state.remembered.forget()
    return redirect(request, "/akun", "Bahasa diganti.")


@router.post("/akun/sesi/{session_id}/akhiri")
async def end_one_session(request: Request, person: SignedIn, session_id: str) -> Response:
    """A session of one's own; another's looks like one that is not there."""
    state = request.app.state
    ended = await state.database.write(_end, session_id, person.user_id, state.now())
    state.remembered.forget()
    return redirect(request, "/akun", "Sesi itu diakhiri." if ended else "Sesi itu sudah berakhir.")


@router.get("/akun/sandi", response_class=HTMLResponse)
async def password_page(request: Request, visit: Opened) -> Response:
    return _password_form(request, visit)


@router.post("/akun/sandi", response_class=HTMLResponse)
async def change_password(
    request: Request, visit: Opened, sandi: Secret = "", sandi_baru: Secret = "", sandi_ulang: Secret = ""
) -> Response:
    """The present password is asked for: a telephone left on a table must not be enough. All other sessions end."""
    state, person = request.app.state, visit.person
    if fault := await _wrong_password(request, person, sandi):
        return _password_form(request, visit, fault)
    try:
        require_good(sandi_baru, person.user_id, person.name)
    except PasswordRefused as refusal:
        return _password_form(request, visit, str(refusal))
    if sandi_baru != sandi_ulang:
        return _password_form(request, visit, "Kedua kata sandi baru tidak sama.")
    if sandi_baru == sandi:
        return _password_form(request, visit, "Kata sandi baru harus lain dari yang sekarang.")
    new_hash = await run_in_threadpool(hash_password, sandi_baru)
    deed = Deed(person.user_id, "password_changed", person.user_id)
    await state.database.write(set_password, person.user_id, new_hash, deed, state.now())
    response = redirect(request, "/akun", "Kata sandi diganti. Sesi lain sudah diakhiri.")
    await renew_session(request, response, visit)
    return response


@router.get("/akun/kode", response_class=HTMLResponse)
async def factor_page(request: Request, visit: Opened) -> Response:
    if visit.must_change:
        return redirect(request, "/akun/sandi")
    return _factor_form(request, visit)


@router.post("/akun/kode", response_class=HTMLResponse)
async def set_up_factor(request: Request, visit: Opened, kode: Secret = "", sandi: Secret = "") -> Response:
    """A code of the offered secret proves that the app has it; only then it counts."""
    state, person = request.app.state, visit.person
    if visit.has_totp:
        raise Refused(409, "Kode masuk sudah terpasang.")
    if fault := await _wrong_password(request, person, sandi):
        return _factor_form(request, visit, fault)
    secret, now = offered_secret(state.key, person.session_id), state.now()
    step = accepted_step(secret, kode, None, now)
    if step is None:
        return _factor_form(
            request, visit, "Kode itu tidak cocok. Periksa jam telepon Anda, lalu ketik kode yang baru."
        )
    deed = Deed(person.user_id, "second_factor_added", person.user_id)
    changes = {"totp_secret": secret, "totp_step": step}
    await state.database.write(change_account, person.user_id, changes, deed, now)
    response = redirect(request, "/akun", "Kode masuk terpasang. Mulai sekarang ditanya setiap kali masuk.")
    await renew_session(request, response, visit)
    return response


@router.post("/akun/kode/lepas")
async def remove_factor(request: Request, person: SignedIn, sandi: Secret = "") -> Response:
    state = request.app.state
    if person.role in SECOND_FACTOR and not state.settings.demo:
        raise Refused(403, "Peran Anda wajib memakai kode masuk.")
    if fault := await _wrong_password(request, person, sandi):
        return redirect(request, "/akun", fault)
    deed = Deed(person.user_id, "second_factor_removed", person.user_id)
    changes = {"totp_secret": None, "totp_step": None}
    await state.database.write(change_account, person.user_id, changes, deed, state.now())
    state.remembered.forget()
    return redirect(request, "/akun", "Kode masuk dilepas.")


async def _wrong_password(request: Request, person: Person, password: str) -> str:
    """Why the present password does not open this change; empty when it does. Counted like a failed sign-in."""
    database, now = request.app.state.database, request.app.state.now()
    keys = throttle_keys(request, person.user_id)
    account, waiting = await database.read(_known, person.user_id, keys, now)
    if waiting is not None:
        return wait_words(waiting)
    if not await run_in_threadpool(is_password, account.password_hash if account else None, password):
        await database.write(_note_wrong, person.user_id, keys, now)
        return WRONG_PASSWORD
    await database.write(forget_failures, *keys[0])
    return ""


def _password_form(request: Request, visit: Visit, fault: str = "") -> Response:
    return page(request, visit.person, "password.html.j2", status=422 if fault else 200, fault=fault, first=visit.must_change)  # fmt: skip


def _factor_form(request: Request, visit: Visit, fault: str = "") -> Response:
    state, person = request.app.state, visit.person
    secret = offered_secret(state.key, person.session_id)
    address = setup_address(secret, person.user_id, state.settings.program.name)
    return page(
        request, person, "second_factor.html.j2", status=422 if fault else 200, fault=fault, has_totp=visit.has_totp,
        picture=picture(address), address=address, secret=grouped(secret),
        wanted=person.role in SECOND_FACTOR and not state.settings.demo,
    )  # fmt: skip


def _account(connection: Any, person: Person, now: datetime) -> tuple[Account, list[Any], list[Any]]:
    account = read_account(connection, person.user_id)
    assert account is not None  # a session has a user: find_session joins them
    sessions = living_sessions(connection, person.user_id, IDLE, now)
    return account, sessions, read_access(connection, LOG_SHOWN, person.user_id)


def _known(connection: Any, user_id: str, keys: Keys, now: datetime) -> tuple[Account | None, Any]:
    return read_account(connection, user_id), wait_left(connection, keys, now)


def _note_wrong(connection: Any, user_id: str, keys: Keys, now: datetime) -> None:
    note_failure(connection, keys, now)
    record(connection, Deed(user_id, "password_failed"), now)


def _end(connection: Any, session_id: str, user_id: str, now: datetime) -> bool:
    ended = end_session(connection, session_id, user_id, now)
    if ended:
        record(connection, Deed(user_id, "session_ended", session_id), now)
    return ended
