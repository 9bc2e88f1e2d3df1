"""The pages of local protocols: read, edit a draft, propose, approve, withdraw, history.

A draft is edited as the same YAML that the command line reads, and refused the same way, by line
and field. Everybody at the desk may read; a directory editor writes and proposes; approving takes
two organizations.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from directory import protocol_store as store
from directory.checked_yaml import Refusal, RefusedFile
from directory.protocol_files import read_text, write
from directory.protocols import Protocol, State, steps
from handoff.auth import SignedIn
from handoff.office import TheOffice, needs
from handoff.rendering import language_of, page
from handoff.rights import Right, may
from handoff.words import SCREEN
from intake.errors import LineError
from intake.messages import clean

PATH = "/protocols"
LONGEST_FILE = 60_000
LONGEST_ORGANIZATION = 120
NEW = "new"
router = APIRouter(include_in_schema=False)
Reader = Annotated[SignedIn, Depends(needs(None))]
Editor = Annotated[SignedIn, Depends(needs(Right.EDIT_DIRECTORY))]
Approver = Annotated[SignedIn, Depends(needs(Right.APPROVE_PROTOCOLS))]
_Short = Annotated[str, Form(max_length=4 * LONGEST_ORGANIZATION)]
_PROBLEMS: dict[type[LineError], str] = {
    store.StaleDraft: "protocols.problem.stale",
    store.NotInThatState: "protocols.problem.state",
    store.SameVoice: "protocols.problem.same_voice",
}


@router.get(PATH)
async def show_all(request: Request, signed_in: Reader, office: TheOffice) -> Response:
    """Every protocol by its newest version, those that wait for approval first."""
    async with office.database.transaction() as tx:
        newest: dict[str, store.Version] = {}
        for one in await store.versions(tx.session):
            newest.setdefault(one.protocol.key, one)
    order = [State.PROPOSED, State.DRAFT, State.APPROVED, State.SEED, State.WITHDRAWN]
    return page(
        request,
        office,
        signed_in,
        "protocols/list.html",
        versions=sorted(
            newest.values(), key=lambda one: (order.index(one.state), one.protocol.key)
        ),
        today=office.now().date(),
        may_edit=may(signed_in.advocate, Right.EDIT_DIRECTORY),
    )


@router.get(PATH + "/{key}/edit")
async def edit(key: str, request: Request, signed_in: Editor, office: TheOffice) -> Response:
    """The newest version as text to change; for `new` the shape of one."""
    async with office.database.transaction() as tx:
        found = await store.versions(tx.session, key) if key != NEW else []
        shape = await store.versions(tx.session, "national-any") if key == NEW else []
    if not found and key != NEW:
        return _to(PATH)
    protocol = (found or shape)[0].protocol if (found or shape) else None
    text = "" if protocol is None else write([protocol])
    base = found[0].number if found else 0
    return _form(request, office, signed_in, key=key, text=text, base=base)


@router.post(PATH + "/{key}/edit")
async def save(
    key: str,
    request: Request,
    signed_in: Editor,
    office: TheOffice,
    text: Annotated[str, Form(max_length=LONGEST_FILE)] = "",
    base: Annotated[int, Form(ge=0)] = 0,
) -> Response:
    """Keep a new version; what is wrong is said by line and field, and the text stays."""
    problem: str | None = None
    refusals: Sequence[Refusal] = ()
    protocol: Protocol | None = None
    try:
        protocol = _one(text, key)
    except RefusedFile as refused:
        problem, refusals = "protocols.problem.file", refused.refusals
    if protocol is not None:
        try:
            async with office.database.transaction() as tx:
                # A new one must not take over a key that exists.
                await store.save(
                    tx.session,
                    protocol,
                    origin="desk",
                    saved_by=signed_in.advocate.id,
                    at=office.now(),
                    base=base,
                )
                await tx.desk.audit(
                    "protocol_saved",
                    advocate_id=signed_in.advocate.id,
                    detail={"key": protocol.key},
                )
            return _to(f"{PATH}/{protocol.key}")
        except LineError as refusal:
            problem = _PROBLEMS[type(refusal)]
    return _form(
        request,
        office,
        signed_in,
        key=key,
        text=text,
        base=base,
        problem=problem,
        refusals=refusals,
    )


@router.get(PATH + "/{key}")
async def show(
    key: str, request: Request, signed_in: Reader, office: TheOffice, number: int | None = None
) -> Response:
    """One version to read, the newest without a number, and the history."""
    return await _show(key, request, signed_in, office, number)


@router.post(PATH + "/{key}/propose")
async def propose(
    key: str,
    request: Request,
    signed_in: Editor,
    office: TheOffice,
    version_id: Annotated[UUID, Form()],
) -> Response:
    """Put the newest version before the organizations."""
    try:
        async with office.database.transaction() as tx:
            await store.propose(tx.session, version_id, signed_in.advocate.id, office.now())
            await tx.desk.audit(
                "protocol_proposed", advocate_id=signed_in.advocate.id, detail={"key": key}
            )
    except LineError as refusal:
        return await _refused(key, request, signed_in, office, refusal)
    return _to(f"{PATH}/{key}")


@router.post(PATH + "/{key}/approve")
async def approve(
    key: str,
    request: Request,
    signed_in: Approver,
    office: TheOffice,
    version_id: Annotated[UUID, Form()],
    organization: _Short = "",
) -> Response:
    """Approve for an organization; the second makes it count."""
    name = clean(organization)
    if not 0 < len(name) <= LONGEST_ORGANIZATION:
        return await _show(
            key, request, signed_in, office, None, problem="protocols.problem.organization"
        )
    try:
        async with office.database.transaction() as tx:
            state = await store.approve(
                tx.session, version_id, signed_in.advocate.id, name, office.now()
            )
            await tx.desk.audit(
                "protocol_approved",
                advocate_id=signed_in.advocate.id,
                detail={"key": key, "state": state.value},
            )
    except LineError as refusal:
        return await _refused(key, request, signed_in, office, refusal)
    return _to(f"{PATH}/{key}")


@router.post(PATH + "/{key}/withdraw")
async def withdraw(
    key: str,
    request: Request,
    signed_in: Approver,
    office: TheOffice,
    version_id: Annotated[UUID, Form()],
) -> Response:
    """Take a version out of use."""
    try:
        async with office.database.transaction() as tx:
            await store.withdraw(tx.session, version_id, signed_in.advocate.id, office.now())
            await tx.desk.audit(
                "protocol_withdrawn", advocate_id=signed_in.advocate.id, detail={"key": key}
            )
    except LineError as refusal:
        return await _refused(key, request, signed_in, office, refusal)
    return _to(f"{PATH}/{key}")


async def _show(
    key: str,
    request: Request,
    signed_in: SignedIn,
    office: TheOffice,
    number: int | None,
    problem: str | None = None,
) -> Response:
    async with office.database.transaction() as tx:
        found = await store.versions(tx.session, key)
        who = {one.saved_by for one in found if one.saved_by}
        who |= {approval.advocate_id for one in found for approval in one.approvals}
        names = await tx.accounts.names(who)
    if not found:
        return _to(PATH)
    shown = next((one for one in found if one.number == number), found[0])
    words = SCREEN.all(language_of(request))
    return page(
        request,
        office,
        signed_in,
        "protocols/one.html",
        409 if problem else 200,
        problem=None if problem is None else words[problem],
        version=shown,
        protocol=shown.protocol,
        steps=steps(shown.protocol),
        history=found,
        newest=shown.number == found[0].number,
        names=names,
        today=office.now().date(),
        may_edit=may(signed_in.advocate, Right.EDIT_DIRECTORY),
        may_approve=may(signed_in.advocate, Right.APPROVE_PROTOCOLS),
        approved_mine=any(one.advocate_id == signed_in.advocate.id for one in shown.approvals),
    )


async def _refused(
    key: str, request: Request, signed_in: SignedIn, office: TheOffice, refusal: LineError
) -> Response:
    return await _show(key, request, signed_in, office, None, problem=_PROBLEMS[type(refusal)])


def _form(
    request: Request,
    office: TheOffice,
    signed_in: SignedIn,
    *,
    key: str,
    text: str,
    base: int,
    problem: str | None = None,
    refusals: Sequence[Refusal] = (),
) -> Response:
    words = SCREEN.all(language_of(request))
    return page(
        request,
        office,
        signed_in,
        "protocols/edit.html",
        422 if problem else 200,
        problem=None if problem is None else words[problem],
        refusals=refusals,
        key=key,
        new=key == NEW,
        text=text,
        base=base,
        longest=LONGEST_FILE,
    )


def _one(text: str, key: str) -> Protocol:
    """The one protocol of the form; an old one keeps its key. Raises RefusedFile."""
    # Browsers send line ends as CR LF.
    found = read_text(text.replace("\r\n", "\n"), "")
    if len(found) != 1:
        raise RefusedFile([Refusal("", 1, "protocols", "must hold exactly one")])
    if key != NEW and found[0].key != key:
        raise RefusedFile([Refusal("", 1, "protocols[0].key", f"must stay {key}")])
    if found[0].key == NEW:
        raise RefusedFile([Refusal("", 1, "protocols[0].key", "is taken by this page")])
    return found[0]


def _to(path: str) -> Response:
    return RedirectResponse(path, status_code=HTTPStatus.SEE_OTHER)
