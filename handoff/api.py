"""The JSON API: everything that the console does, and nothing that it does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from handoff.access import Refused, open_conversation
from handoff.auth import SignedIn
from handoff.desk import LEASE, Desk
from handoff.errors import NotYours, SignedOut, Taken
from handoff.office import (
    Acting,
    Office,
    TheOffice,
    Watching,
    asked_token,
    held_token,
    place,
    who,
)
from handoff.packet import packet_of
from handoff.pages import remember_language, words_in
from handoff.passkeys import ANSWER_WITHIN
from handoff.schemas import (
    Alive,
    Board,
    BoardLine,
    Claimed,
    Credentials,
    Ending,
    Failure,
    Language,
    Lowering,
    Me,
    NewNote,
    NewReply,
    Sign,
    SignedByPasskey,
    Thread,
    Words,
    Written,
    tier_of,
)
from handoff.stream import Stream
from handoff.words import chosen
from intake.errors import NotHolder, NotWaiting
from locales.catalogue import Catalogue
from storage.accounts import Advocate
from storage.translations import Original

_FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"model": Failure} for status in (401, 403, 404, 409, 422)
}
router = APIRouter(prefix="/api", responses=_FAILURES)


@router.post("/session", tags=["session"], responses={429: {"model": Failure}})
async def sign_in(request: Request, response: Response, body: Credentials, office: TheOffice) -> Me:
    """Sign in; the session is a cookie."""
    token, advocate = await office.door.sign_in(
        body.name, body.password, place(request), held_token(request, office), body.code
    )
    office.remember(response, token)
    return _me(office, advocate)


@router.post("/session/passkey/options", tags=["session"], responses={429: {"model": Failure}})
async def ask_passkey(request: Request, response: Response, office: TheOffice) -> dict[str, Any]:
    """What to ask `navigator.credentials.get` for (bytes in base64url); good once, for minutes."""
    asked = await office.door.ask_passkey(place(request))
    office.remember_asked(response, asked.token, ANSWER_WITHIN)
    return asked.options


@router.post("/session/passkey", tags=["session"], responses={429: {"model": Failure}})
async def sign_in_with_passkey(
    request: Request, response: Response, body: SignedByPasskey, office: TheOffice
) -> Me:
    """Sign in with a passkey; the session is a cookie."""
    token, advocate = await office.door.sign_in_with_passkey(
        asked_token(request, office), body.credential, place(request), held_token(request, office)
    )
    office.remember(response, token)
    return _me(office, advocate)


@router.post("/sign-out", tags=["session"], status_code=204)
async def sign_out(request: Request, office: TheOffice) -> Response:
    """Sign this browser out; does nothing when nobody is signed in."""
    signed_in = await who(request, office, touch=False)
    if signed_in is not None:
        await office.door.sign_out(signed_in)
    response = Response(status_code=204)
    office.forget(response)
    return response


@router.get("/me", tags=["session"])
async def me(signed_in: Watching, office: TheOffice) -> Me:
    """Who is signed in."""
    return _me(office, signed_in.advocate)


@router.post("/heartbeat", tags=["session"])
async def heartbeat(body: Sign, signed_in: Watching, office: TheOffice) -> Alive:
    """The screen is alive: conversations stay with their advocate for another lease."""
    now = office.now()
    if body.active:
        await office.door.who_holds(signed_in.token_hash, touch=True)
    async with office.database.transaction() as tx:
        held = await tx.desk.renew_leases(signed_in.advocate.id, now + LEASE)
        await tx.routing.seen(signed_in.advocate.id, now)
    return Alive(now=now, held=held)


@router.post("/touch", tags=["session"], status_code=204)
async def touch(request: Request, office: TheOffice) -> None:
    """A human is at work on a page beside the console: the session's idle clock starts anew."""
    if await who(request, office, touch=True) is None:
        raise SignedOut("sign in first")


@router.post("/language", tags=["session"])
async def language(body: Language, response: Response, office: TheOffice) -> Words:
    """Choose the language of the screen; answers with its sentences."""
    code = chosen(body.language)
    remember_language(response, office, code)
    return words_in(code)


@router.get("/events", tags=["board"], response_class=StreamingResponse)
async def events(signed_in: Watching, office: TheOffice) -> StreamingResponse:
    """Server-sent events: `look`, `board` (BoardNews), `beat`, `signed_out`, `reconnect`."""
    stream = Stream(feed=office.feed, door=office.door, signed_in=signed_in)
    return StreamingResponse(stream.events(), media_type="text/event-stream")


@router.get("/board", tags=["board"])
async def board(signed_in: Watching, office: TheOffice) -> Board:
    """Everybody who waits for a human or has one, the most urgent first."""
    async with office.database.transaction() as tx:
        entries = await tx.board.entries()
    return Board(now=office.now(), entries=[BoardLine.of(entry) for entry in entries])


@router.get("/conversations/{conversation_id}", tags=["conversations"])
async def read(
    conversation_id: UUID, signed_in: Watching, office: TheOffice, after: int = 0
) -> Thread:
    """Open a conversation, or follow one that is open: the messages after a sequence number."""
    now = office.now()
    async with office.database.transaction() as tx:
        found = await open_conversation(
            tx, signed_in.advocate, conversation_id, now, after=max(0, after)
        )
    if isinstance(found, Refused):
        raise found.error()
    thread = Thread.of(found, now)
    if after <= 0:
        thread.packet = packet_of(found, Catalogue.load(), office.settings.line_phone)
    return thread


@router.post("/claim-next", tags=["conversations"])
async def claim_next(signed_in: Acting, office: TheOffice) -> Claimed:
    """Take the conversation that needs a human most."""
    async with office.database.transaction() as tx:
        taken = await office.desk(tx, signed_in.advocate).claim_next()
    return Claimed(id=None if taken is None else taken.id)


@router.post("/conversations/{conversation_id}/claim", tags=["conversations"])
async def claim(conversation_id: UUID, signed_in: Acting, office: TheOffice) -> Claimed:
    """Take a waiting conversation; of two who try at once exactly one gets it."""
    async with at_work(conversation_id, signed_in, office) as desk:
        taken = await desk.claim(conversation_id)
    return Claimed(id=taken.id)


@router.post("/conversations/{conversation_id}/reply", tags=["conversations"])
async def reply(
    conversation_id: UUID, body: NewReply, signed_in: Acting, office: TheOffice
) -> Written:
    """Send words to the person."""
    async with at_work(conversation_id, signed_in, office) as desk:
        written = await desk.reply(
            conversation_id,
            body.text,
            body.once,
            confirmed=body.though_not_safe,
            original=None
            if body.original is None
            else Original(body.original_language, body.original),
        )
    return Written(id=written)


@router.post("/conversations/{conversation_id}/typing", tags=["conversations"], status_code=204)
async def typing(conversation_id: UUID, signed_in: Acting, office: TheOffice) -> None:
    """Tell a visitor of the web chat that an answer is being typed; at most every few seconds."""
    async with at_work(conversation_id, signed_in, office) as desk:
        await desk.typing(conversation_id)


@router.post("/conversations/{conversation_id}/release", tags=["conversations"], status_code=204)
async def release(
    conversation_id: UUID, body: Ending, signed_in: Acting, office: TheOffice
) -> None:
    """Hand the conversation back to the bot; the person is told."""
    async with at_work(conversation_id, signed_in, office) as desk:
        await desk.release(conversation_id, body.seen)


@router.post("/conversations/{conversation_id}/close", tags=["conversations"], status_code=204)
async def close(conversation_id: UUID, body: Ending, signed_in: Acting, office: TheOffice) -> None:
    """End the conversation; the retention clock starts."""
    async with at_work(conversation_id, signed_in, office) as desk:
        await desk.close(conversation_id, body.seen)


@router.post("/conversations/{conversation_id}/tier", tags=["conversations"], status_code=204)
async def lower_tier(
    conversation_id: UUID, body: Lowering, signed_in: Acting, office: TheOffice
) -> None:
    """Lower the tier, with a reason that is kept."""
    shown, tier = tier_of(body.shown), tier_of(body.tier)
    async with at_work(conversation_id, signed_in, office) as desk:
        await desk.lower_tier(conversation_id, shown=shown, tier=tier, reason=body.reason)


@router.post("/conversations/{conversation_id}/notes", tags=["conversations"])
async def note(
    conversation_id: UUID, body: NewNote, signed_in: Acting, office: TheOffice
) -> Written:
    """Keep a note that only staff can read."""
    async with at_work(conversation_id, signed_in, office) as desk:
        written = await desk.note(conversation_id, body.text)
    return Written(id=written)


@router.get("/openapi.json", include_in_schema=False)
async def schema(request: Request, office: TheOffice) -> JSONResponse:
    """This API, described; for those who are signed in."""
    if await who(request, office, touch=False) is None:
        raise SignedOut("sign in first")
    return JSONResponse(request.app.openapi())


@asynccontextmanager
async def at_work(
    conversation_id: UUID, signed_in: SignedIn, office: Office
) -> AsyncIterator[Desk]:
    """An advocate's verbs in one transaction. Raises Taken or NotYours with who has it instead."""
    try:
        async with office.database.transaction() as tx:
            yield office.desk(tx, signed_in.advocate)
    except NotWaiting:
        raise Taken(await _holder(conversation_id, office)) from None
    except NotHolder:
        async with office.database.transaction() as tx:
            await tx.desk.audit(
                "act_refused",
                advocate_id=signed_in.advocate.id,
                conversation_id=conversation_id,
            )
        raise NotYours(await _holder(conversation_id, office)) from None


async def _holder(conversation_id: UUID, office: Office) -> str | None:
    async with office.database.transaction() as tx:
        entry = await tx.board.entry(conversation_id)
    return None if entry is None else entry.advocate


def _me(office: Office, advocate: Advocate) -> Me:
    return Me.of(
        advocate,
        idle=int(office.settings.idle.total_seconds()),
        lease=int(LEASE.total_seconds()),
        now=office.now(),
        translates=office.translator is not None,
        passkeys=office.door.passkeys.possible,
    )
