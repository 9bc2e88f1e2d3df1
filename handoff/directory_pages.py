"""The pages on which editors keep the directory: lists, one record, its history."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import StringConstraints

from directory.editing import (
    AGES,
    ANSWERS,
    CLOSED,
    TEXTS,
    Editor,
    Kept,
    Missing,
    SamePerson,
    UnfitField,
)
from directory.hsds.mapping import plain
from directory.tables import ServiceRow
from directory.vocabulary import VerificationMethod
from handoff.auth import SignedIn
from handoff.office import Office, TheOffice, needs
from handoff.rendering import language_of, page
from handoff.rights import Right
from handoff.words import SCREEN
from intake.errors import ConversationNotFound

PATH = "/directory"
router = APIRouter(include_in_schema=False)
Keeper = Annotated[SignedIn, Depends(needs(Right.EDIT_DIRECTORY))]
Caller = Annotated[SignedIn, Depends(needs(Right.WORK_BOARD))]
_Search = Annotated[str, StringConstraints(max_length=200)]
_DONE = {"saved": "record.saved", "waits": "record.waits", "checked": "record.checked"}


@asynccontextmanager
async def editing(office: Office, signed_in: SignedIn) -> AsyncIterator[Editor]:
    """An editor's work in one transaction."""
    async with office.database.transaction() as tx:
        yield Editor(tx.session, signed_in.advocate.name, office.now())


@router.get(PATH)
async def show(
    request: Request, signed_in: Keeper, office: TheOffice, q: _Search = "", todo: bool = False
) -> Response:
    """Records found, or what has to be checked; what waits for a second person; double numbers."""
    async with editing(office, signed_in) as editor:
        lines = await (editor.work_list() if todo else editor.find(q.strip()))
        waiting = [(one, await editor.record(one.service_id)) for one in await editor.waiting()]
        return page(
            request,
            office,
            signed_in,
            "directory/list.html",
            lines=lines,
            waiting=waiting,
            doubles=await editor.duplicates(),
            q=q,
            todo=todo,
            now=office.now(),
        )


@router.get(PATH + "/{service_id}")
async def record(
    request: Request, service_id: UUID, signed_in: Keeper, office: TheOffice, done: str = ""
) -> Response:
    """One record: its fields, its numbers, its history."""
    said = SCREEN.catalogue.text(_DONE[done], language_of(request)) if done in _DONE else None
    return await _record(request, office, signed_in, service_id, done=said)


@router.post(PATH + "/{service_id}")
async def keep(
    request: Request, service_id: UUID, signed_in: Keeper, office: TheOffice
) -> Response:
    """Change what reads differently, or say which field is not right."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    try:
        async with _known(office, signed_in) as editor:
            kept = await editor.change(service_id, form)
    except UnfitField as fault:
        screen = language_of(request)
        name = SCREEN.catalogue.text(f"record.field.{fault.field}", screen)
        problem = SCREEN.catalogue.text("record.unfit", screen, field=name)
        return await _record(request, office, signed_in, service_id, problem=problem, status=422)
    return _back(service_id, "" if kept is Kept.NOTHING else kept.value)


@router.post(PATH + "/{service_id}/verify")
async def verify(
    service_id: UUID, signed_in: Keeper, office: TheOffice, method: VerificationMethod = Form()
) -> Response:
    """Somebody checked the record with the service."""
    async with _known(office, signed_in) as editor:
        await editor.verify(service_id, method)
    return _back(service_id, "checked")


@router.post(PATH + "/changes/{change_id}")
async def decide(
    change_id: UUID, signed_in: Keeper, office: TheOffice, agrees: bool = Form()
) -> Response:
    """Agree to another's change of a sealed record, or drop it."""
    try:
        async with _known(office, signed_in) as editor:
            await editor.decide(change_id, agrees)
    except SamePerson:
        # The page has no button for it; whoever posts it anyway changes nothing.
        return RedirectResponse(PATH, status_code=HTTPStatus.SEE_OTHER)
    return RedirectResponse(PATH, status_code=HTTPStatus.SEE_OTHER)


@router.post("/api" + PATH + "/services/{service_id}/failed-call", status_code=204)
async def failed_call(service_id: UUID, signed_in: Caller, office: TheOffice) -> None:
    """An advocate could not reach the service: it ranks lower at once and has to be checked."""
    async with _known(office, signed_in) as editor:
        await editor.call_failed(service_id)


@asynccontextmanager
async def _known(office: Office, signed_in: SignedIn) -> AsyncIterator[Editor]:
    try:
        async with editing(office, signed_in) as editor:
            yield editor
    except Missing:
        raise ConversationNotFound("no such record") from None


async def _record(
    request: Request,
    office: Office,
    signed_in: SignedIn,
    service_id: UUID,
    *,
    done: str | None = None,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    words = SCREEN.all(language_of(request))
    async with _known(office, signed_in) as editor:
        service = await editor.record(service_id)
        return page(
            request,
            office,
            signed_in,
            "directory/record.html",
            status,
            service=service,
            texts=TEXTS,
            ages=AGES,
            answers=ANSWERS,
            closed={
                name: [(one.value, words[f"record.{name}.{_key(one.value)}"]) for one in kind]
                for name, kind in CLOSED.items()
            },
            methods=[
                (one.value, words[f"record.method.{one.value}"]) for one in VerificationMethod
            ],
            value=_values(service),
            history=await editor.history(service_id),
            done=done,
            problem=problem,
        )


def _values(service: ServiceRow) -> dict[str, str]:
    """What the fields of the form hold."""
    shown = {}
    for name in (*TEXTS, *CLOSED, *AGES, *ANSWERS):
        value = plain(getattr(service, name))
        shown[name] = (
            {None: "", True: "yes", False: "no"}.get(value, str(value))
            if (value is None or isinstance(value, bool))
            else str(value)
        )
    return shown


def _key(value: str) -> str:
    return value.replace(" ", "_")


def _back(service_id: UUID, done: str) -> Response:
    more = f"?done={done}" if done else ""
    return RedirectResponse(f"{PATH}/{service_id}{more}", status_code=HTTPStatus.SEE_OTHER)
