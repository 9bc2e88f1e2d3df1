"""The handoff packet: what an advocate knows before the first word, so that nobody is asked twice.

Every line of it is a fact of the thread, quoted with the message that it comes from, or a state
that is on record. Nothing is summarised, guessed or filled in; what nobody said is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from handoff.access import Opened
from intake.messages import Author, Stored
from intake.places import named_places
from locales.catalogue import Catalogue

# What the line's fixed sentences do, by the beginning of their key.
_ASKED = ("open.", "tip.ask.")
_QUESTIONS = (".ask", ".menu", ".times", ".word", ".duress", ".question")
_PROMISED = ("wait.",)


class Quote(BaseModel):
    """Words of the person as they stand in a message; offsets count code points."""

    message_id: UUID
    sequence: int
    start: int
    end: int
    words: str


class Sign(BaseModel):
    """One sign of risk: the rule that saw it, and the exact words where the judge names them."""

    tier: str | None
    category: int
    name: str
    judge: str
    version: str
    message_id: UUID
    quote: Quote | None


class Said(BaseModel):
    """A fixed sentence that the line sent: as sent, and as it reads in English and French."""

    message_id: UUID
    key: str
    kind: str
    at: datetime
    text: str | None
    en: str
    fr: str
    delivery: str | None


class Packet(BaseModel):
    """What is known when a human takes over. `kind` of what was said: asked, promised or told."""

    channel: str
    language: str | None
    language_chosen: bool
    tier: str | None
    reason: str | None
    waiting_since: datetime | None
    safety: str
    opted_out: bool
    needs: list[str]
    lacks: list[str]
    signs: list[Sign]
    said: list[Said]
    places: list[Quote]
    first_words: Quote | None
    notes: int


def packet_of(opened: Opened, sentences: Catalogue, phone: str) -> Packet:
    """The packet of a conversation that was opened whole, through the door."""
    conversation, entry = opened.conversation, opened.entry
    inbound = [one for one in opened.messages if one.author is Author.CONTACT and one.text]
    known = {one.id: one for one in inbound}
    return Packet(
        channel=conversation.channel,
        language=conversation.language,
        language_chosen=conversation.language_chosen,
        tier=None if conversation.tier is None else conversation.tier.label,
        reason=None if entry is None else entry.reason.value,
        waiting_since=None if entry is None else entry.waiting_since,
        safety=conversation.safety.value,
        opted_out=conversation.opted_out,
        needs=[] if entry is None else list(entry.needs),
        lacks=[] if entry is None else list(entry.widened),
        signs=[
            Sign(
                tier=cue.get("tier") or (None if risk.tier is None else risk.tier.label),
                category=cue["category"],
                name=cue["name"],
                judge=risk.judge,
                version=risk.version,
                message_id=risk.message_id,
                quote=_quote(known.get(risk.message_id), cue.get("start"), cue.get("end")),
            )
            for risk in opened.risks
            for cue in risk.cues
        ],
        said=[_said(one, sentences, phone) for one in opened.messages if one.key is not None],
        places=list(_places(inbound)),
        first_words=next((quote for one in inbound if (quote := _whole(one))), None),
        notes=len(opened.notes),
    )


def _places(inbound: Sequence[Stored]) -> list[Quote]:
    found = [
        _quote(one, match.start, match.end)
        for one in inbound
        for match in named_places(one.text or "")
    ]
    return [quote for quote in found if quote is not None]


def _whole(message: Stored) -> Quote | None:
    return _quote(message, 0, len(message.text or ""))


def _quote(message: Stored | None, start: int | None, end: int | None) -> Quote | None:
    """The words between two offsets; None where there are none to quote."""
    if message is None or message.text is None or start is None or end is None:
        return None
    words = message.text[start:end]
    if not words:
        return None
    return Quote(
        message_id=message.id, sequence=message.sequence, start=start, end=end, words=words
    )


def _said(message: Stored, sentences: Catalogue, phone: str) -> Said:
    key = message.key or ""
    asked = key.startswith(_ASKED) or key.endswith(_QUESTIONS)
    kind = "asked" if asked else "told"
    return Said(
        message_id=message.id,
        key=key,
        kind="promised" if key.startswith(_PROMISED) else kind,
        at=message.created_at,
        text=message.text,
        en=_in("en", key, sentences, phone),
        fr=_in("fr", key, sentences, phone),
        delivery=None if message.delivery is None else message.delivery.value,
    )


def _in(language: str, key: str, sentences: Catalogue, phone: str) -> str:
    """The sentence in a language of the desk; its key where the catalogue has it no more."""
    found = sentences.sentences[language].get(key)
    return key if found is None else found.text.replace("{phone}", phone)
