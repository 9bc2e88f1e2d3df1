"""A conversation's state as columns, and back: the one list of what is read and written of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from intake.conversation import CodeWord, Conversation, Holder, Question, Safety
from intake.risk import Assessment, Tier

#: What makes up a conversation for the rules, as columns of its table.
COLUMNS = (
    "id",
    "channel",
    "inbox",
    "holder",
    "advocate_id",
    "tier",
    "language",
    "language_chosen",
    "language_offer",
    "safety",
    "code_word",
    "question",
    "last_inbound_at",
    "closed_at",
)


def read(columns: Mapping[str, Any], *, opted_out: bool) -> Conversation:
    """The domain's view of the columns."""
    tier, question, offer = (columns[name] for name in ("tier", "question", "language_offer"))
    return Conversation(
        id=columns["id"],
        channel=columns["channel"],
        inbox=columns["inbox"],
        holder=Holder(columns["holder"]),
        advocate_id=columns["advocate_id"],
        tier=None if tier is None else Tier(tier),
        language=columns["language"],
        language_chosen=columns["language_chosen"],
        language_offer=None if offer is None else tuple(offer),
        safety=Safety(columns["safety"]),
        code_word=CodeWord(columns["code_word"]),
        question=None if question is None else Question(question),
        opted_out=opted_out,
        last_inbound_at=columns["last_inbound_at"],
        closed_at=columns["closed_at"],
    )


def changes(conversation: Conversation) -> dict[str, Any]:
    """What is written when the state of a conversation is stored, by column."""
    offer = conversation.language_offer
    values: dict[str, Any] = {
        "holder": conversation.holder.value,
        "advocate_id": conversation.advocate_id,
        "tier": None if conversation.tier is None else int(conversation.tier),
        "language": conversation.language,
        "language_chosen": conversation.language_chosen,
        "language_offer": None if offer is None else list(offer),
        "safety": conversation.safety.value,
        "code_word": conversation.code_word.value,
        "question": conversation.question and conversation.question.value,
        "last_inbound_at": conversation.last_inbound_at,
        "closed_at": conversation.closed_at,
    }
    if conversation.holder is not Holder.ADVOCATE:
        values["lease_until"] = None
    if conversation.closed_at is not None:
        values |= {
            "engine_memory_sealed": None,
            "past_words_sealed": None,
            "tip_state_sealed": None,
        }
    return values


def cues(assessment: Assessment) -> list[dict[str, Any]]:
    """What the rules found in a message: names and spans, never words."""
    return [
        {
            "category": cue.category,
            "name": cue.name,
            "tier": cue.tier.label,
            "start": cue.start,
            "end": cue.end,
        }
        for cue in assessment.cues
    ]


def past_words(conversation_id: UUID) -> str:
    """The place to which the remembered words of a conversation are sealed."""
    return f"conversation.past_words:{conversation_id}"


def contact_place(column: str, row_id: UUID) -> str:
    """The place to which what is kept of a contact is sealed."""
    return f"contact_preference.{column}:{row_id}"
