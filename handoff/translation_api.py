"""The translation helper's part of the JSON API: one text at a time, kept nowhere, on record."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, StringConstraints

from handoff.access import Opened, Refused, open_conversation
from handoff.api import at_work
from handoff.desk import LONGEST_REPLY
from handoff.errors import NoTranslation
from handoff.office import Acting, Office, TheOffice
from handoff.phrases import SENTENCES, phrases
from handoff.rendering import language_of
from handoff.schemas import Failure, Strict
from handoff.translation import TranslationFailed, Translator, fixed_for
from intake.errors import ConversationNotFound
from intake.messages import Author
from intake.risk import screen
from storage.database import Transaction

_FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"model": Failure} for status in (401, 403, 404, 409, 422, 502)
}
router = APIRouter(prefix="/api", responses=_FAILURES, tags=["translation"])


class Draft(Strict):
    """What an advocate would say, in the language of the screen."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REPLY)]


class Translated(BaseModel):
    """A person's text by machine. `categories`: signs of risk that the rules see in it."""

    text: str
    source: str
    target: str
    categories: list[int]


class FixedSentence(BaseModel):
    """Reviewed wording that says nearly the same."""

    name: str
    text: str
    theirs: str


class Offered(BaseModel):
    """A draft by machine, and back again; fixed wording comes first. null: the machine failed."""

    fixed: list[FixedSentence]
    text: str | None
    back: str | None
    source: str
    target: str


@router.post("/conversations/{conversation_id}/messages/{message_id}/translate")
async def message(
    conversation_id: UUID,
    message_id: UUID,
    request: Request,
    signed_in: Acting,
    office: TheOffice,
) -> Translated:
    """A person's text in the language of the screen; the original stays as it is."""
    translator, target = _helper(office), language_of(request)
    async with office.database.transaction() as tx:
        opened = await open_conversation(tx, signed_in.advocate, conversation_id, office.now())
        if isinstance(opened, Opened):
            text, source = _theirs(opened, message_id)
            await _written(tx, signed_in.advocate.id, conversation_id, "in")
    if isinstance(opened, Refused):
        raise opened.error()
    try:
        words = await translator.translate(text, source, target)
    except TranslationFailed as error:
        raise NoTranslation(error.code) from None
    seen = sorted({cue.category for cue in screen(words).cues})
    return Translated(text=words, source=source, target=target, categories=seen)


@router.post("/conversations/{conversation_id}/translate")
async def draft(
    conversation_id: UUID, body: Draft, request: Request, signed_in: Acting, office: TheOffice
) -> Offered:
    """A draft in the person's language, and back again; it sends nothing."""
    translator, source = _helper(office), language_of(request)
    async with at_work(conversation_id, signed_in, office) as desk:
        conversation = await desk.taking_part(conversation_id)
        target = conversation.language
        if target is None:
            raise NoTranslation("no_language")
        await _written(desk.tx, signed_in.advocate.id, conversation_id, "out")
        local = await desk.tx.phrases.all()
    theirs = target if target in SENTENCES.languages else target.split("-")[0]
    fixed = fixed_for(office.voice, phrases(office.voice, local), body.text, source, theirs)
    words = back = None
    try:
        words = await translator.translate(body.text, source, target)
        back = await translator.translate(words, target, source)
    except TranslationFailed as error:
        if not fixed:
            raise NoTranslation(error.code) from None
        words = back = None
    return Offered(
        fixed=[FixedSentence(name=one.name, text=one.text, theirs=one.theirs) for one in fixed],
        text=words,
        back=back,
        source=source,
        target=target,
    )


def _helper(office: Office) -> Translator:
    if office.translator is None:
        raise NoTranslation("off")
    return office.translator


def _theirs(opened: Opened, message_id: UUID) -> tuple[str, str]:
    """A text of the person, and the language of the conversation."""
    for one in opened.messages:
        if one.id == message_id and one.author is Author.CONTACT and one.text:
            if opened.conversation.language is None:
                raise NoTranslation("no_language")
            return one.text, opened.conversation.language
    raise ConversationNotFound("no such message")


async def _written(
    tx: Transaction, advocate_id: UUID, conversation_id: UUID, direction: str
) -> None:
    await tx.desk.audit(
        "translated",
        advocate_id=advocate_id,
        conversation_id=conversation_id,
        detail={"direction": direction},
    )
