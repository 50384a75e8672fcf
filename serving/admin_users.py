"""Admin: the people who may sign in. A new password is shown once, to the admin, and must be changed by its owner."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from serving.guards import Conflict, Refused, checked_write, needs
from serving.pages import page, redirect
from serving.passwords import hash_password, invented_password
from serving.people import ROLE_LABELS, Permission, Person, Role
from triage.accounts import (
    AccountError,
    NewAccount,
    add_account,
    read_accounts,
    reset_account,
    set_active,
    set_role,
)

USER_ID = r"^[a-z][a-z0-9._-]{1,39}$"
router = APIRouter(dependencies=[Depends(checked_write)])
Admin = Annotated[Person, Depends(needs(Permission.admin))]
UserId = Annotated[str, Path(pattern=USER_ID)]


@router.get("/admin", response_class=HTMLResponse)
async def users_page(request: Request, person: Admin) -> Response:
    accounts = await request.app.state.database.read(read_accounts)
    roles = [(role.value, label) for role, label in ROLE_LABELS.items()]
    return page(request, person, "admin_users.html.j2", accounts=accounts, roles=roles, role_labels=ROLE_LABELS)


@router.post("/admin/orang", response_class=HTMLResponse)
async def add_user(
    request: Request,
    person: Admin,
    pengguna: Annotated[str, Form(pattern=USER_ID)],
    nama: Annotated[str, Form(min_length=1, max_length=80)],
    peran: Annotated[Role, Form()],
) -> Response:
    password = invented_password()
    new = NewAccount(pengguna, nama.strip(), peran, await run_in_threadpool(hash_password, password))
    try:
        await request.app.state.database.write(add_account, new, person.user_id, request.app.state.now())
    except AccountError:
        raise Conflict("Nama pengguna itu sudah ada. Pilih yang lain.") from None
    return page(request, person, "admin_password.html.j2", user_id=pengguna, password=password)


@router.post("/admin/orang/{user_id}/setel", response_class=HTMLResponse)
async def reset_user(request: Request, person: Admin, user_id: UserId) -> Response:
    _require_another(person, user_id)
    password = invented_password()
    password_hash = await run_in_threadpool(hash_password, password)
    await _change(request, reset_account, user_id, password_hash, person.user_id, request.app.state.now())
    return page(request, person, "admin_password.html.j2", user_id=user_id, password=password)


@router.post("/admin/orang/{user_id}/peran")
async def change_role(request: Request, person: Admin, user_id: UserId, peran: Annotated[Role, Form()]) -> Response:
    _require_another(person, user_id)
    await _change(request, set_role, user_id, peran.value, person.user_id, request.app.state.now())
    return redirect(request, "/admin", "Peran diganti. Orang itu perlu masuk lagi.")


@router.post("/admin/orang/{user_id}/matikan")
async def disable_user(request: Request, person: Admin, user_id: UserId) -> Response:
    _require_another(person, user_id)
    await _change(request, set_active, user_id, False, person.user_id, request.app.state.now())
    return redirect(request, "/admin", "Akun dimatikan. Semua sesinya berakhir.")


@router.post("/admin/orang/{user_id}/hidupkan")
async def enable_user(request: Request, person: Admin, user_id: UserId) -> Response:
    await _change(request, set_active, user_id, True, person.user_id, request.app.state.now())
    return redirect(request, "/admin", "Akun dihidupkan lagi.")


async def _change(request: Request, work: object, user_id: str, *arguments: object) -> None:
    """One change of one account; it holds at once for sessions of this server."""
    try:
        await request.app.state.database.write(work, user_id, *arguments)
    except AccountError:
        raise Refused(404, "Pengguna itu tidak ada.") from None
    request.app.state.remembered.forget()


def _require_another(person: Person, user_id: str) -> None:
    """Nobody locks themselves out, nor makes themselves more than they are."""
    if user_id == person.user_id:
        raise Refused(403, "Akun sendiri tidak bisa diubah di sini. Minta admin lain.")
