"""Passkeys on one's own account: made, named, removed. Only making one needs a script."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from handoff.account_pages import PATH, Owner, draw, is_owner
from handoff.factors import new_recovery_codes
from handoff.office import TheOffice, asked_token
from handoff.passkeys import ANSWER_WITHIN, LONGEST_NAME
from intake.messages import clean

router = APIRouter(prefix=PATH + "/passkeys", include_in_schema=False)
_Secret = Annotated[str, Form(max_length=2_000)]
# A credential has about a kilobyte; what a device says of itself may add some.
_Given = Annotated[str, Form(max_length=20_000)]


@router.post("")
async def offer(
    request: Request, signed_in: Owner, office: TheOffice, password: _Secret = ""
) -> Response:
    """Ask the browser for a new passkey; the page's script takes it from there."""
    if not await is_owner(request, office, signed_in, password):
        return await draw(request, office, signed_in, problem="account.wrong_password")
    if not office.door.passkeys.possible:
        return await draw(request, office, signed_in, problem="account.passkey_address")
    async with office.database.transaction() as tx:
        asked = await office.door.passkeys.offer(tx, signed_in.advocate, office.now())
    page = await draw(request, office, signed_in, passkey=asked.options)
    office.remember_asked(page, asked.token, ANSWER_WITHIN)
    return page


@router.post("/add")
async def add(
    request: Request,
    signed_in: Owner,
    office: TheOffice,
    credential: _Given = "",
    name: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Keep the passkey that the browser made; with the first one come recovery codes."""
    advocate, named = signed_in.advocate, clean(name)[:LONGEST_NAME]
    if not named:
        return await draw(request, office, signed_in, problem="account.passkey_name_missing")
    codes: list[str] = []
    async with office.database.transaction() as tx:
        kept = await office.door.passkeys.register(
            tx, advocate, asked_token(request, office), credential, named, office.now()
        )
        if kept:
            if not await tx.factors.recovery_left(advocate.id):
                codes = new_recovery_codes()
                await tx.factors.give_codes(advocate.id, codes)
            await tx.accounts.close_others(advocate.id, signed_in.token_hash)
            await tx.desk.audit("passkey_added", advocate_id=advocate.id)
    if not kept:
        return await draw(request, office, signed_in, problem="account.passkey_unfit")
    return await draw(request, office, signed_in, done="account.passkey_done", codes=codes)


@router.post("/{passkey_id}/remove")
async def remove(
    request: Request, passkey_id: UUID, signed_in: Owner, office: TheOffice, password: _Secret = ""
) -> Response:
    """Forget a passkey of one's own; an id of another's names nothing."""
    if not await is_owner(request, office, signed_in, password):
        return await draw(request, office, signed_in, problem="account.wrong_password")
    advocate_id = signed_in.advocate.id
    async with office.database.transaction() as tx:
        if await tx.passkeys.remove(advocate_id, passkey_id):
            app = await tx.factors.code_app(advocate_id)
            if not await tx.passkeys.count(advocate_id) and not (app is not None and app.on):
                await tx.factors.forget_codes(advocate_id)
            await tx.accounts.close_others(advocate_id, signed_in.token_hash)
            await tx.desk.audit("passkey_removed", advocate_id=advocate_id)
    return await draw(request, office, signed_in, done="account.passkey_gone")
