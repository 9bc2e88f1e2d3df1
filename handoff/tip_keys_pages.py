"""Keys by which organizations post tips: made, shown once, revoked."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from handoff.auth import SignedIn
from handoff.office import Office, TheOffice, needs
from handoff.rendering import language_of, page
from handoff.rights import Right
from handoff.words import SCREEN
from intake.messages import clean

PATH = "/tip-keys"
LONGEST_NAME = 120
router = APIRouter(include_in_schema=False)
Keeper = Annotated[SignedIn, Depends(needs(Right.MANAGE_TIP_KEYS))]


@router.get(PATH)
async def show(request: Request, signed_in: Keeper, office: TheOffice) -> Response:
    """Every key by the organization's name; no secret."""
    return await _show(request, office, signed_in)


@router.post(PATH)
async def make(
    request: Request,
    signed_in: Keeper,
    office: TheOffice,
    name: Annotated[str, Form(max_length=4 * LONGEST_NAME)] = "",
) -> Response:
    """A new key; this answer alone shows its secret."""
    name = clean(name)
    if not 0 < len(name) <= LONGEST_NAME:
        return await _show(request, office, signed_in, problem="keys.name_needed")
    async with office.database.transaction() as tx:
        by = signed_in.advocate.id
        key_id, secret = await tx.organization_keys.make(name, by, office.now())
        await tx.desk.audit("tip_key_made", advocate_id=by, detail={"key": str(key_id)})
    return await _show(request, office, signed_in, secret=secret, name=name)


@router.post(PATH + "/{key_id}/revoke")
async def revoke(key_id: UUID, signed_in: Keeper, office: TheOffice) -> Response:
    """Take a key out of use for good."""
    async with office.database.transaction() as tx:
        by = signed_in.advocate.id
        if await tx.organization_keys.revoke(key_id, by, office.now()):
            await tx.desk.audit("tip_key_revoked", advocate_id=by, detail={"key": str(key_id)})
    return RedirectResponse(PATH, status_code=303)


async def _show(
    request: Request,
    office: Office,
    signed_in: SignedIn,
    *,
    problem: str | None = None,
    secret: str | None = None,
    name: str = "",
) -> Response:
    async with office.database.transaction() as tx:
        keys = await tx.organization_keys.all()
        names = await tx.accounts.names({one.made_by for one in keys})
    words = SCREEN.all(language_of(request))
    return page(
        request,
        office,
        signed_in,
        "tips/keys.html",
        422 if problem else 200,
        problem=None if problem is None else words[problem],
        keys=keys,
        names=names,
        secret=secret,
        name=name,
        longest=LONGEST_NAME,
    )
