"""The audit log as a page, for the privacy officer: who looked and what was done, by codes."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from handoff.access import broken_glass
from handoff.auth import SignedIn
from handoff.office import TheOffice, needs
from handoff.rendering import page
from handoff.rights import Right
from handoff.schemas import label

PATH = "/audit"
_ROWS = 100
router = APIRouter(include_in_schema=False)
Reader = Annotated[SignedIn, Depends(needs(Right.READ_AUDIT))]


@router.get(PATH)
async def show(
    request: Request,
    signed_in: Reader,
    office: TheOffice,
    before: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """The newest rows, or those under a number; that they were shown is written down too."""
    async with office.database.transaction() as tx:
        lines = await tx.audits.recent(_ROWS, before)
        glass = await broken_glass(tx)
        people = {line.advocate_id for line in lines if line.advocate_id}
        names = await tx.accounts.names(people | {one.advocate_id for one in glass})
        await tx.desk.audit(
            "audit_shown", advocate_id=signed_in.advocate.id, detail={"rows": len(lines)}
        )
    rows = [
        {
            "id": line.id,
            "at": f"{line.at:%Y-%m-%d %H:%M:%S}",
            "who": names.get(line.advocate_id, "?") if line.advocate_id else "-",
            "action": line.action,
            "about": str(line.conversation_id or "-"),
            "detail": json.dumps(line.detail, sort_keys=True, ensure_ascii=False),
        }
        for line in lines
    ]
    older = lines[-1].id if len(lines) == _ROWS else None
    return page(
        request,
        office,
        signed_in,
        "account/audit.html",
        rows=rows,
        older=older,
        glass=glass if before is None else [],
        names=names,
        label=label,
    )


@router.post(PATH + "/break-glass/{glass_id}/review")
async def review(glass_id: UUID, signed_in: Reader, office: TheOffice) -> Response:
    """The privacy officer looked at an opening and its reason."""
    async with office.database.transaction() as tx:
        about = await tx.break_glass.review(glass_id, signed_in.advocate.id, office.now())
        if about is not None:
            await tx.desk.audit(
                "break_glass_reviewed", advocate_id=signed_in.advocate.id, conversation_id=about
            )
    return RedirectResponse(PATH, status_code=HTTPStatus.SEE_OTHER)
