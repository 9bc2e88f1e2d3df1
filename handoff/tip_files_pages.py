"""Files of a tip at the tips desk: listed, never previewed, taken out one by one for a reason."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from handoff.access import list_tip_files, open_tip_file
from handoff.auth import SignedIn
from handoff.guard import SEALED_OFF
from handoff.office import Office, TheOffice, needs
from handoff.rendering import language_of, page
from handoff.rights import Right
from handoff.tips_pages import PATH
from handoff.words import SCREEN
from intake.messages import clean
from intake.tip_fields import LONGEST_FIELD

router = APIRouter(include_in_schema=False)
Officer = Annotated[SignedIn, Depends(needs(Right.READ_TIPS))]
_Reason = Annotated[str, Form(max_length=4 * LONGEST_FIELD)]


@router.get(PATH + "/{tip_id}/files")
async def listed(request: Request, tip_id: UUID, signed_in: Officer, office: TheOffice) -> Response:
    """The files of a tip by kind and size. The look is on the audit log."""
    return await _show(request, office, signed_in, tip_id)


@router.post(PATH + "/{tip_id}/files/{file_id}")
async def take_out(
    request: Request,
    tip_id: UUID,
    file_id: UUID,
    signed_in: Officer,
    office: TheOffice,
    reason: _Reason = "",
) -> Response:
    """One file, as something to save and not to show; the reason stays with the tip."""
    reason = clean(reason)[:LONGEST_FIELD]
    if not reason:
        return await _show(request, office, signed_in, tip_id, problem="tips.reason_needed")
    async with office.database.transaction() as tx:
        found = await open_tip_file(tx, signed_in.advocate, tip_id, file_id, reason, office.now())
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    name, file = found
    return Response(
        file.content,
        media_type=file.kind.media_type,
        headers={
            "content-disposition": f'attachment; filename="{name}{file.kind.ending}"',
            "content-security-policy": SEALED_OFF,
        },
    )


@router.post(PATH + "/{tip_id}/files/{file_id}/mark")
async def mark(tip_id: UUID, file_id: UUID, signed_in: Officer, office: TheOffice) -> Response:
    """It shows the abuse of a child: from here on nobody at the desk opens it."""
    advocate = signed_in.advocate.id
    async with office.database.transaction() as tx:
        if await tx.attachments.mark(tip_id, file_id, advocate, office.now()):
            detail = {"tip": str(tip_id), "file": str(file_id)}
            await tx.desk.audit("tip_file_marked", advocate_id=advocate, detail=detail)
    return RedirectResponse(f"{PATH}/{tip_id}/files", status_code=HTTPStatus.SEE_OTHER)


async def _show(
    request: Request,
    office: Office,
    signed_in: SignedIn,
    tip_id: UUID,
    *,
    problem: str | None = None,
) -> Response:
    async with office.database.transaction() as tx:
        found = await list_tip_files(tx, signed_in.advocate, tip_id)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    number, files = found
    screen = language_of(request)
    return page(
        request,
        office,
        signed_in,
        "tips/files.html",
        422 if problem else 200,
        problem=SCREEN.catalogue.text(problem, screen) if problem else None,
        tip_id=tip_id,
        number=number,
        files=files,
        most=LONGEST_FIELD,
    )
