"""The safety gate: what the line does with pending texts before the engine may answer them.

Rules R1, R3, R5 and R6 (domain.md section 2) for every channel, with or without the engine:
say that this is automated, ask whether texting is safe, fall silent on "no", obey 0 and 3 always.
Pure: it reads a conversation and texts and returns a plan.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from intake.conversation import Conversation, Holder, Safety
from intake.keywords import Choice, choice
from intake.ports import Pending


class Step(enum.Enum):
    """What to do with the pending texts."""

    STAY_SILENT = "stay silent"
    OPEN = "ask whether texting is safe"
    NOT_NOW = "the person cannot text now"
    LIMITS = "say the limits of privacy"
    PERSON = "fetch a person"
    ASK_ENGINE = "let the engine answer"


@dataclass(frozen=True)
class Plan:
    """A step, and the text that the engine should see."""

    step: Step
    text: str


def plan(conversation: Conversation, pending: Sequence[Pending]) -> Plan:
    """Decide for all pending texts at once: a burst of short texts gets one answer."""
    fresh = [item.text for item in pending if not item.held]
    everything = "\n".join(item.text for item in pending)
    silent = conversation.holder is not Holder.BOT or not conversation.open
    if silent or conversation.opted_out:
        return Plan(Step.STAY_SILENT, everything)
    answer = choice(fresh[-1]) if fresh else None
    if answer is Choice.PERSON:
        return Plan(Step.PERSON, everything)
    if conversation.safety in (Safety.UNASKED, Safety.NOT_SAFE):
        return Plan(Step.OPEN, everything)
    if answer is Choice.LIMITS and conversation.safety is Safety.ASKED:
        return Plan(Step.LIMITS, everything)
    if conversation.safety is Safety.ASKED:
        return _after_asking(pending, answer, everything)
    return Plan(Step.ASK_ENGINE, everything)


def _after_asking(pending: Sequence[Pending], answer: Choice | None, everything: str) -> Plan:
    """The check was asked. "No" ends it; anything else is the person's choice to go on (SN5)."""
    if answer is Choice.NO:
        return Plan(Step.NOT_NOW, everything)
    # Bare answers are not for the engine when the person had already said what they need.
    said = [item.text for item in pending if choice(item.text) is None]
    return Plan(Step.ASK_ENGINE, "\n".join(said) if said else pending[-1].text)
