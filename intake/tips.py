"""A tip in a conversation: taken, asked about in a few questions, and opened again by its receipt.

The questions come one at a time, each may be skipped, and none asks who the tipster is (rule R36).
What is happening now or is about a child goes to a human at once. A text that is a receipt number
is seen before anything else, and its digits are never kept with the messages; what it opens is
said only to whoever passed the safety check.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from intake import receipts
from intake.conversation import GAP, Conversation
from intake.keywords import Choice, choice
from intake.ports import Pending, UnitOfWork
from intake.risk import Tier
from intake.speaking import Voice
from intake.tip_fields import Answer, NewTip, OpenTip, Origin, Status

RECEIPT = "tip.receipt"
UNKNOWN = "tip.unknown"
# Field by field, in the order in which they are asked.
QUESTIONS = ("ongoing", "where", "when", "how_known")
# The closed one asks for a child as well; it is the engine's own question.
_CLOSED = {"ongoing": "utter_ask_tip_form_tip_now"}
_BACK, _WITHDRAW = "back", "withdraw"
# So long a receipt that was sent waits for the answer to the safety check.
TYPED_WAITS = GAP
# More tries than these within an hour are answered without a look.
_TRIES, _TRIES_WITHIN = 5, timedelta(hours=1)
_CHOSEN = {Choice.YES: Answer.YES, Choice.NO: Answer.NO, Choice.LIMITS: Answer.UNSURE}
# What the answer to the closed question means for the tier (row 23 of the risk model).
_PRESSES = {Answer.YES: Tier.IMMINENT, Answer.UNSURE: Tier.URGENT}


@dataclass(frozen=True, repr=False)
class TipState:
    """Which tip is being taken in a conversation; kept sealed, forgotten with its end.

    `step`: the question that waits for an answer, or what a returning tipster may do. `receipt`:
    what has still to be told. `typed`: a receipt that came in and waits for its turn, and since
    when: whoever answers the safety check much later may be somebody else.
    """

    tip: str = ""
    step: str = ""
    receipt: str = ""
    typed: str = ""
    typed_at: str = ""
    origin_kept: bool = False

    @property
    def takes_the_turn(self) -> bool:
        """Whether the next text is for the tip and not for the engine."""
        return bool(self.step or self.typed)


@dataclass(frozen=True)
class Pressing:
    """The tip needs a human now."""

    tier: Tier


async def state_of(tx: UnitOfWork, conversation_id: UUID) -> TipState:
    """What is known of a tip in this conversation."""
    kept = await tx.conversations.tip_state(conversation_id)
    return TipState(**json.loads(kept)) if kept else TipState()


async def _save(tx: UnitOfWork, conversation_id: UUID, state: TipState) -> None:
    kept = None if state == TipState() else json.dumps(asdict(state))
    await tx.conversations.keep_tip_state(conversation_id, kept)


async def hold_receipt(tx: UnitOfWork, conversation_id: UUID, receipt: str, at: datetime) -> None:
    """Somebody sent a receipt: it waits, sealed, until the person may be answered."""
    state = await state_of(tx, conversation_id)
    await _save(tx, conversation_id, replace(state, typed=receipt, typed_at=at.isoformat()))


async def keep(
    tx: UnitOfWork,
    conversation: Conversation,
    words: str,
    message_id: UUID | None,
    at: datetime,
    tier: Tier | None = None,
) -> TipState:
    """Keep words as a tip: a new one, or more of the one that is being taken here."""
    state = await state_of(tx, conversation.id)
    source = None if message_id is None else str(message_id)
    if state.tip and state.step not in (_BACK, _WITHDRAW):
        await tx.tips.add_words(UUID(state.tip), words, at, source)
        return state
    new = NewTip(
        Origin.CONVERSATION, words, at, language=conversation.language, source=source, tier=tier
    )
    taken = await tx.tips.start(new)
    state = TipState(
        tip=str(taken.id), receipt=taken.receipt, typed=state.typed, typed_at=state.typed_at
    )
    await _save(tx, conversation.id, state)
    return state


async def keep_origin(tx: UnitOfWork, conversation: Conversation, at: datetime) -> None:
    """The worker's part: the porch, which may have taken the tip, may not read an address."""
    state = await state_of(tx, conversation.id)
    if state.tip and not state.origin_kept and state.step not in (_BACK, _WITHDRAW):
        await tx.tips.remember_origin(UUID(state.tip), conversation, at)
        await _save(tx, conversation.id, replace(state, origin_kept=True))


async def tell_receipt(
    tx: UnitOfWork, conversation: Conversation, voice: Voice, hint: str | None = None
) -> None:
    """Say the receipt, once."""
    state = await state_of(tx, conversation.id)
    if state.receipt:
        shown = {"receipt": receipts.shown(state.receipt)}
        await voice.say(tx, conversation, RECEIPT, hint, shown)
        await _save(tx, conversation.id, replace(state, receipt=""))


async def begin(tx: UnitOfWork, conversation: Conversation, voice: Voice, hint: str | None) -> None:
    """The tip is kept and the bot holds: the receipt, then the first question."""
    await tell_receipt(tx, conversation, voice, hint)
    state = await state_of(tx, conversation.id)
    if not state.step:
        await _ask(tx, conversation, replace(state, step=QUESTIONS[0]), voice, hint)


async def _ask(
    tx: UnitOfWork, conversation: Conversation, state: TipState, voice: Voice, hint: str | None
) -> None:
    await voice.say(tx, conversation, _CLOSED.get(state.step, f"tip.ask.{state.step}"), hint)
    await _save(tx, conversation.id, state)


async def drive(
    tx: UnitOfWork,
    conversation: Conversation,
    pending: Sequence[Pending],
    voice: Voice,
    hint: str | None,
    at: datetime,
) -> Pressing | None:
    """Answer texts that are for the tip; tells when a human is needed."""
    state = await state_of(tx, conversation.id)
    said = [item for item in pending if item.text and item.text != receipts.MASK]
    if state.typed and _has_lapsed(state, at):
        await voice.say(tx, conversation, "utter_menu", hint)
        await _save(tx, conversation.id, replace(state, typed="", typed_at=""))
    elif state.typed:
        await _come_back(tx, conversation, state, voice, hint, at)
    elif state.step in (_BACK, _WITHDRAW):
        await _take_back(tx, conversation, state, said, voice, hint, at)
    elif state.step in QUESTIONS and said:
        return await _hear_answer(tx, conversation, state, said, voice, hint, at)
    return None


def _has_lapsed(state: TipState, at: datetime) -> bool:
    return bool(state.typed_at) and at - datetime.fromisoformat(state.typed_at) > TYPED_WAITS


async def keep_answer(
    tx: UnitOfWork, conversation_id: UUID, words: str, message_id: UUID | None, at: datetime
) -> None:
    """A human comes in between: the answer belongs to the tip all the same; no more is asked."""
    state = await state_of(tx, conversation_id)
    if state.tip and state.step in QUESTIONS:
        if words:
            source = None if message_id is None else str(message_id)
            await tx.tips.add_words(UUID(state.tip), words, at, source)
        await _save(tx, conversation_id, replace(state, step=""))


async def _hear_answer(
    tx: UnitOfWork,
    conversation: Conversation,
    state: TipState,
    said: Sequence[Pending],
    voice: Voice,
    hint: str | None,
    at: datetime,
) -> Pressing | None:
    chosen = choice(said[-1].text, conversation.language)
    words = "\n".join(item.text for item in said)
    tip_id, name = UUID(state.tip), state.step
    if name in _CLOSED:
        answer = _CHOSEN.get(chosen) if chosen is not None else None
        if answer is None:
            await tx.tips.add_words(tip_id, words, at, str(said[-1].id))
        await tx.tips.answer_field(tip_id, name, (answer or Answer.UNSURE).value, at)
        if answer in _PRESSES:
            await _save(tx, conversation.id, replace(state, step=""))
            return Pressing(_PRESSES[answer])
    elif chosen is not Choice.LIMITS:
        await tx.tips.answer_field(tip_id, name, words, at)
        await tx.tips.add_words(tip_id, words, at, str(said[-1].id))
    following = QUESTIONS[QUESTIONS.index(name) + 1 :]
    if following:
        await _ask(tx, conversation, replace(state, step=following[0]), voice, hint)
    else:
        await voice.say(tx, conversation, "utter_tip_kept", hint)
        await _save(tx, conversation.id, replace(state, step=""))
    return None


async def _come_back(
    tx: UnitOfWork,
    conversation: Conversation,
    state: TipState,
    voice: Voice,
    hint: str | None,
    at: datetime,
) -> None:
    receipt, state = state.typed, replace(state, typed="", typed_at="")
    tries = await tx.messages.count_outbound(conversation.id, UNKNOWN, at - _TRIES_WITHIN)
    tip = await tx.tips.by_receipt(receipt)
    if tip is None or tries >= _TRIES:
        await voice.say(tx, conversation, UNKNOWN, hint)
        await _save(tx, conversation.id, state)
        return
    await _tell(tx, conversation, tip, voice, hint)
    await _save(tx, conversation.id, replace(state, tip=str(tip.id), step=_BACK))


async def _tell(
    tx: UnitOfWork, conversation: Conversation, tip: OpenTip, voice: Voice, hint: str | None
) -> None:
    await voice.say(tx, conversation, f"tip.status.{tip.status.value}", hint)
    if tip.question is not None:
        question = {"question": tip.question.text}
        await voice.say(tx, conversation, "tip.question", hint, question)
    await voice.say(tx, conversation, "tip.back", hint)


async def _take_back(
    tx: UnitOfWork,
    conversation: Conversation,
    state: TipState,
    said: Sequence[Pending],
    voice: Voice,
    hint: str | None,
    at: datetime,
) -> None:
    if not said:
        return
    chosen = choice(said[-1].text, conversation.language)
    tip_id = UUID(state.tip)
    if state.step == _BACK and chosen is Choice.NO:
        await voice.say(tx, conversation, "tip.withdraw", hint)
        await _save(tx, conversation.id, replace(state, step=_WITHDRAW))
        return
    if state.step == _WITHDRAW and chosen is Choice.YES:
        await tx.tips.withdraw(tip_id, at)
        await voice.say(tx, conversation, f"tip.status.{Status.WITHDRAWN.value}", hint)
    elif state.step == _BACK and chosen is None:
        words = "\n".join(item.text for item in said)
        await tx.tips.add_words(tip_id, words, at, str(said[-1].id))
        await voice.say(tx, conversation, "tip.added", hint)
    else:
        await voice.say(tx, conversation, "utter_menu", hint)
    # What was opened does not stay open: the next text is an ordinary one.
    await _save(tx, conversation.id, replace(state, tip="", step=""))
