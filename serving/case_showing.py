"""A case shown, and shown again when what was wanted could not be done: the form stays filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from cases.acting import CaseRefused
from review.lounge_brief import css_hash
from serving.case_view import Problem, case_values, read_whole
from serving.desk import Desk
from serving.pages import page, redirect
from triage.access import log_access
from triage.casework import CaseChanged

PAPER_POLICY = "default-src 'none'; style-src 'sha256-{}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True, slots=True)
class After:
    """What follows an act: what was filled in (should it be refused), what is said, where to go."""

    kept: Mapping[str, str]
    said: str
    to: str


async def show_case(
    desk: Desk, case_id: str, wanted: tuple[str, str] = ("", ""), problem: Problem | None = None
) -> Response:
    """``wanted``: kind and language of the drafts. A restricted case leaves a line in the access log. Raises Missing."""
    whole = await desk.database.read(read_whole, desk.reader, case_id)
    if whole.page.case.restricted:
        await desk.database.write(log_access, desk.person.user_id, f"restricted: case {case_id}", desk.now)
    values = await run_in_threadpool(case_values, desk, whole, wanted, problem)
    return page(desk.request, desk.person, "case.html.j2", status=problem.status if problem else 200, **values)


async def attempt(desk: Desk, case_id: str, work: Callable[[Any], Any], after: After) -> Response:
    """Do it in one unit of work and go on, or show the case as it is now, with the sentence that says why not."""
    try:
        await desk.database.write(work)
    except CaseChanged as changed:
        return await show_case(desk, case_id, problem=Problem(str(changed), after.kept, 409))
    except CaseRefused as refused:
        return await show_case(desk, case_id, problem=Problem(str(refused), after.kept, 422))
    return redirect(desk.request, after.to, after.said)


def paper(content: bytes) -> Response:
    """A page made for printing: its style stands in itself, named to the browser by its hash."""
    return HTMLResponse(content, headers={"Content-Security-Policy": PAPER_POLICY.format(css_hash())})
