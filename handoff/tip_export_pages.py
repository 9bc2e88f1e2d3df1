"""Files of what was passed on of a tip; each is on the audit log."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response

from directory import protocol_store as store
from handoff.access import Refused, open_ledger
from handoff.auth import SignedIn
from handoff.office import TheOffice, needs
from handoff.rendering import language_of, page
from handoff.rights import Right
from handoff.tip_exports import CannotDraw, Passed, as_json, as_pdf
from handoff.words import SCREEN
from intake.consent import Subject, SubjectKind
from storage.database import Transaction

router = APIRouter(include_in_schema=False)
Officer = Annotated[SignedIn, Depends(needs(Right.READ_TIPS))]
_TYPES = {"pdf": "application/pdf", "json": "application/json"}


@router.get("/tips/{tip_id}/passed/{record_id}/{kind}")
async def export(
    tip_id: UUID,
    record_id: UUID,
    kind: Literal["pdf", "json"],
    request: Request,
    signed_in: Officer,
    office: TheOffice,
) -> Response:
    """One record as a file."""
    language = language_of(request)
    words = SCREEN.all(language)
    async with office.database.transaction() as tx:
        passed = await _passed(tx, signed_in, office.now(), tip_id, record_id, language)
        try:
            content = as_json(passed, words) if kind == "json" else as_pdf(passed, words, language)
        except CannotDraw:
            problem = words["tips.export.cannot"]
            return page(
                request, office, signed_in, "tips/refused.html", 422, problem=problem, tip_id=tip_id
            )
        await tx.desk.audit(
            "tip_exported",
            advocate_id=signed_in.advocate.id,
            detail={"tip": str(tip_id), "record": str(record_id), "kind": kind},
        )
    headers = {"Content-Disposition": f'attachment; filename="{passed.name}.{kind}"'}
    return Response(content, media_type=_TYPES[kind], headers=headers)


async def _passed(
    tx: Transaction,
    signed_in: SignedIn,
    now: datetime,
    tip_id: UUID,
    record_id: UUID,
    language: str,
) -> Passed:
    number = await tx.tips_desk.number(tip_id)
    ledger = await open_ledger(tx, signed_in.advocate, Subject(SubjectKind.TIP, tip_id), now)
    assert not isinstance(ledger, Refused)
    record = next((one for one in ledger.disclosures if one.id == record_id), None)
    if number is None or record is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    version_id = record.telling.protocol_version_id
    version = None if version_id is None else await store.version(tx.session, version_id)
    if version is None:
        return Passed(number, record)
    return Passed(number, record, version.protocol.title.in_(language), version.number)
