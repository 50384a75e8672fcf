"""Unmasking: a citizen's words in full, one mention at a time, with a reason, logged before they are shown."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, Response

from review.links import platform_of
from review.wording import PLATFORMS, when_words
from serving.guards import Missing, checked_write, needs
from serving.pages import UNMASK_REASONS, page
from serving.people import Permission, Person, may
from triage.access import read_whole

MENTION_ID = r"^(x|instagram):([a-z]:)?[0-9a-f]{1,40}$"
BACK = re.compile(r"/(kartu|kasus)/[A-Za-z0-9:._-]{1,80}")
router = APIRouter(dependencies=[Depends(checked_write)])
MayUnmask = Annotated[Person, Depends(needs(Permission.unmask))]


@router.post("/buka/{mention_id}", response_class=HTMLResponse)
async def unmask(
    request: Request,
    person: MayUnmask,
    mention_id: Annotated[str, Path(pattern=MENTION_ID)],
    alasan: Annotated[str, Form(pattern="^(menghubungi|alamat|menilai|gabung)$")],
    kembali: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """A POST, so that no link and no reload in the history opens it; the page itself is kept nowhere (no-store)."""
    state = request.app.state
    now = state.now()
    mention: dict[str, Any] | None = await state.database.write(
        read_whole, person.user_id, mention_id, alasan, now, restricted=may(person, Permission.restricted)
    )
    if mention is None:
        raise Missing("Unggahan ini tidak ada atau sudah dihapus penulisnya.")
    back = kembali if BACK.fullmatch(kembali) else f"/kartu/{mention_id}"
    return page(
        request, person, "unmasked.html.j2", mention=mention, back=back, why=UNMASK_REASONS[alasan],
        platform=PLATFORMS[mention["platform"]], when=when_words(mention["created_at"], state.settings.zone, now),
        linked=platform_of(mention["url"] or ""),
    )  # fmt: skip
