"""One's own account: password, code app, and the browsers that are signed in with it.

Its passkeys: handoff/passkey_pages.py.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from handoff.auth import SignedIn
from handoff.factors import SecondFactor, new_recovery_codes, new_secret, passes, picture, step_of
from handoff.office import Office, TheOffice, needs, place
from handoff.passkeys import MOST
from handoff.passwords import LONGEST, weakness
from handoff.rendering import language_of, page
from handoff.words import SCREEN
from storage.accounts import Advocate

PATH = "/account"
router = APIRouter(include_in_schema=False)
Owner = Annotated[SignedIn, Depends(needs(None))]
_Secret = Annotated[str, Form(max_length=2_000)]
_Code = Annotated[str, Form(max_length=64)]


@router.get(PATH)
async def show(request: Request, signed_in: Owner, office: TheOffice) -> Response:
    """The account."""
    return await draw(request, office, signed_in)


@router.post(PATH + "/password")
async def change_password(
    request: Request,
    signed_in: Owner,
    office: TheOffice,
    password: _Secret = "",
    new: _Secret = "",
) -> Response:
    """Another password; every other browser is signed out."""
    if not await is_owner(request, office, signed_in, password):
        return await draw(request, office, signed_in, problem="account.wrong_password")
    weak = weakness(new, signed_in.advocate.name)
    if weak is not None:
        return await draw(request, office, signed_in, problem=weak)
    fresh = await office.door.passwords.hash(new)
    advocate_id = signed_in.advocate.id
    async with office.database.transaction() as tx:
        await tx.accounts.store_hash(advocate_id, fresh)
        await tx.accounts.close_others(advocate_id, signed_in.token_hash)
        await tx.desk.audit("password_changed", advocate_id=advocate_id)
    return await draw(request, office, signed_in, done="account.password_done")


@router.post(PATH + "/code-app")
async def offer(
    request: Request, signed_in: Owner, office: TheOffice, password: _Secret = ""
) -> Response:
    """A secret for the code app, as a picture and as letters; not asked for until it works."""
    if office.settings.staff_second_factor is SecondFactor.OFF:
        return RedirectResponse(PATH, status_code=HTTPStatus.SEE_OTHER)
    if not await is_owner(request, office, signed_in, password):
        return await draw(request, office, signed_in, problem="account.wrong_password")
    async with office.database.transaction() as tx:
        await tx.factors.offer_code_app(signed_in.advocate.id, new_secret())
    return await draw(request, office, signed_in, offering=True)


@router.post(PATH + "/code-app/confirm")
async def confirm(
    request: Request, signed_in: Owner, office: TheOffice, code: _Code = ""
) -> Response:
    """A first code turns the code app on; the recovery codes are shown this once."""
    advocate_id = signed_in.advocate.id
    async with office.database.transaction() as tx:
        app = await tx.factors.code_app(advocate_id)
        step = None if app is None or app.on else step_of(app.secret, code, office.now())
        works = step is not None and await tx.factors.use_step(advocate_id, step)
        codes = new_recovery_codes() if works else []
        if works:
            await tx.factors.turn_on(advocate_id, codes)
            await tx.accounts.close_others(advocate_id, signed_in.token_hash)
            await tx.desk.audit("second_factor_on", advocate_id=advocate_id)
    if not works:
        return await draw(
            request, office, signed_in, problem="account.wrong_code", offering=app is not None
        )
    return await draw(request, office, signed_in, done="account.app_done", codes=codes)


@router.post(PATH + "/code-app/off")
async def turn_off(
    request: Request,
    signed_in: Owner,
    office: TheOffice,
    password: _Secret = "",
    code: _Code = "",
) -> Response:
    """Forget the code app, for one who has the password and a code."""
    if not await is_owner(request, office, signed_in, password):
        return await draw(request, office, signed_in, problem="account.wrong_password")
    advocate = signed_in.advocate
    async with office.database.transaction() as tx:
        right = await passes(tx, advocate, code, office.now())
        if right:
            await tx.factors.turn_off(advocate.id)
            if not await tx.passkeys.count(advocate.id):
                await tx.factors.forget_codes(advocate.id)
            await tx.desk.audit("second_factor_off", advocate_id=advocate.id)
    if not right:
        await office.door.attempts.failed(advocate.name, place(request))
        return await draw(request, office, signed_in, problem="account.wrong_code")
    return await draw(request, office, signed_in, done="account.app_gone")


@router.post(PATH + "/sessions/end-others")
async def end_others(request: Request, signed_in: Owner, office: TheOffice) -> Response:
    """Sign every other browser out."""
    async with office.database.transaction() as tx:
        await tx.accounts.close_others(signed_in.advocate.id, signed_in.token_hash)
        await tx.desk.audit("sessions_ended", advocate_id=signed_in.advocate.id)
    return await draw(request, office, signed_in, done="account.ended")


@router.post(PATH + "/sessions/{mark}/end")
async def end_one(request: Request, mark: str, signed_in: Owner, office: TheOffice) -> Response:
    """Sign one browser of one's own out; a mark of another's names nothing."""
    now = office.now()
    async with office.database.transaction() as tx:
        for session in await tx.accounts.sessions(
            signed_in.advocate.id, now, now - office.door.idle
        ):
            if session.mark == mark:
                await tx.accounts.close_session(session.token_hash)
                await tx.desk.audit("sessions_ended", advocate_id=signed_in.advocate.id)
    return await draw(request, office, signed_in, done="account.ended")


async def is_owner(request: Request, office: Office, signed_in: SignedIn, password: str) -> bool:
    """Whether who sits there knows the password; guesses are braked as at the door."""
    return await knows(request, office, signed_in.advocate, password)


async def knows(request: Request, office: Office, account: Advocate, password: str) -> bool:
    """Whether the password is this account's; guesses are braked as at the door."""
    where = place(request)
    await office.door.attempts.begin(account.name, where)
    right = len(password) <= LONGEST and await office.door.passwords.matches(
        account.password_hash, password
    )
    if right:
        await office.door.attempts.succeeded(account.name, where)
    else:
        await office.door.attempts.failed(account.name, where)
    return right


async def draw(
    request: Request,
    office: Office,
    signed_in: SignedIn,
    *,
    problem: str | None = None,
    done: str | None = None,
    offering: bool = False,
    codes: list[str] | None = None,
    passkey: dict[str, Any] | None = None,
) -> Response:
    """The account's page. `codes`: shown this once; `passkey`: what to ask the browser for."""
    now, advocate_id = office.now(), signed_in.advocate.id
    async with office.database.transaction() as tx:
        app = await tx.factors.code_app(advocate_id)
        left = await tx.factors.recovery_left(advocate_id)
        passkeys = await tx.passkeys.of(advocate_id)
        sessions = await tx.accounts.sessions(advocate_id, now, now - office.door.idle)
    secret = app.secret if offering and app is not None and not app.on else None
    language = language_of(request)
    return page(
        request,
        office,
        signed_in,
        "account/account.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        problem=SCREEN.catalogue.text(problem, language) if problem else None,
        done=SCREEN.catalogue.text(done, language) if done else None,
        factor=office.settings.staff_second_factor.value,
        app_on=app is not None and app.on,
        codes=codes,
        left=left,
        secret=secret,
        # Drawn by a library from base32 letters and the name, which it escapes into an address.
        qr=Markup(picture(secret, signed_in.advocate.name)) if secret else None,
        passkeys=passkeys,
        passkeys_possible=office.door.passkeys.possible,
        passkey_room=len(passkeys) < MOST,
        passkey=None if passkey is None else json.dumps(passkey),
        sessions=sessions,
        own=signed_in.token_hash,
    )
