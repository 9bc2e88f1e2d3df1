"""Where the owner of a new account chooses a password, with the code that they were given.

The code stands behind the `#` of the link, so it reaches no server's log; a script puts it into
the form, and it can be typed as well.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from handoff.errors import TooManyAttempts
from handoff.office import TheOffice, place
from handoff.passwords import weakness
from handoff.rendering import language_of, render
from handoff.staff import spelled
from handoff.words import SCREEN
from intake.messages import clean

PATH = "/set-up"
router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def form(request: Request) -> Response:
    """The form."""
    return _form(request)


@router.post(PATH)
async def set_up(
    request: Request,
    office: TheOffice,
    name: Annotated[str, Form(max_length=200)] = "",
    code: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Choose a password, this once; guesses are braked as at the door.

    Unknown names, closed accounts and wrong or old codes look the same.
    """
    name, letters, where = clean(name), spelled(code), place(request)
    attempts = office.door.attempts
    try:
        await attempts.begin(name, where)
    except TooManyAttempts as refusal:
        minutes = str(-(-refusal.wait_seconds // 60))
        return _form(request, name, "sign_in.wait", HTTPStatus.TOO_MANY_REQUESTS, minutes=minutes)
    now = office.now()
    async with office.database.transaction() as tx:
        account = await tx.accounts.advocate_by_name(name)
        right = (
            account is not None
            and not account.disabled
            and await tx.staff.has_code(account.id, letters, now)
        )
    if account is None or not right:
        await attempts.failed(name, where)
        return _form(request, name, "set_up.wrong")
    weak = weakness(password, account.name)
    if weak is not None:
        await attempts.succeeded(name, where)
        return _form(request, name, weak)
    fresh = await office.door.passwords.hash(password)
    async with office.database.transaction() as tx:
        used = await tx.staff.use_code(account.id, letters, now)
        if used:
            await tx.accounts.set_password(account.id, fresh)
            await tx.desk.audit("set_up", advocate_id=account.id)
    if not used:
        return _form(request, name, "set_up.wrong")
    await attempts.succeeded(name, where)
    return RedirectResponse("/sign-in", status_code=HTTPStatus.SEE_OTHER)


def _form(
    request: Request,
    name: str = "",
    problem: str | None = None,
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
    **values: str,
) -> Response:
    language = language_of(request)
    return render(
        "set_up.html",
        language,
        status if problem else HTTPStatus.OK,
        name=name,
        problem=SCREEN.catalogue.text(problem, language, **values) if problem else None,
    )
