"""The page on which supervisors keep local phrases for advocates."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from handoff.auth import SignedIn
from handoff.office import Office, TheOffice, needs
from handoff.phrases import LONGEST_NAME, LONGEST_TEXT, SENTENCES, phrases
from handoff.rendering import language_of, page
from handoff.rights import Right
from handoff.words import SCREEN
from intake.languages import name_in
from intake.messages import clean

PATH = "/phrases"
# A name is typed behind a slash: letters, digits and hyphens of any script.
_NAME = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
router = APIRouter(include_in_schema=False)
Keeper = Annotated[SignedIn, Depends(needs(Right.EDIT_PHRASES))]
_Text = Annotated[str, Form(max_length=4 * LONGEST_TEXT)]


@router.get(PATH)
async def show(request: Request, signed_in: Keeper, office: TheOffice) -> Response:
    """Every phrase, and the form for a new one."""
    return await _show(request, office, signed_in)


@router.post(PATH)
async def keep(
    request: Request,
    signed_in: Keeper,
    office: TheOffice,
    name: _Text = "",
    language: _Text = "",
    text: _Text = "",
) -> Response:
    """Keep a phrase, or say what is not right with it."""
    name, text = clean(name).lower(), clean(text)
    right = bool(_NAME.fullmatch(name)) and len(name) <= LONGEST_NAME
    fit = 0 < len(text) <= LONGEST_TEXT and language in SENTENCES.languages
    if not right or not fit:
        problem = "phrases.bad_name" if not right else "phrases.bad_text"
        return await _show(
            request, office, signed_in, problem=problem, name=name, text=text, chosen=language
        )
    async with office.database.transaction() as tx:
        await tx.phrases.keep(name, language, text, signed_in.advocate.id)
        await tx.desk.audit("phrase_kept", advocate_id=signed_in.advocate.id)
    return RedirectResponse(PATH, status_code=HTTPStatus.SEE_OTHER)


@router.post(PATH + "/{phrase_id}/remove")
async def remove(phrase_id: UUID, signed_in: Keeper, office: TheOffice) -> Response:
    """Take a local phrase away."""
    async with office.database.transaction() as tx:
        await tx.phrases.remove(phrase_id)
        await tx.desk.audit("phrase_removed", advocate_id=signed_in.advocate.id)
    return RedirectResponse(PATH, status_code=HTTPStatus.SEE_OTHER)


async def _show(
    request: Request,
    office: Office,
    signed_in: SignedIn,
    *,
    problem: str | None = None,
    name: str = "",
    text: str = "",
    chosen: str = "en",
) -> Response:
    screen = language_of(request)
    async with office.database.transaction() as tx:
        local = await tx.phrases.all()
    spoken = sorted(SENTENCES.languages)
    return page(
        request,
        office,
        signed_in,
        "phrases/list.html",
        422 if problem else 200,
        phrases=phrases(office.voice, local),
        tongues={code: name_in(code, screen) for code in spoken},
        problem=None if problem is None else SCREEN.catalogue.text(problem, screen),
        name=name,
        text=text,
        chosen=chosen,
    )
