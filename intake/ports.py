"""What the rules need from the world. Storage, the engine and the catalogues implement these."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from intake.code_words import Sign, Words
from intake.competencies import Competency
from intake.contact import Preference
from intake.conversation import Conversation
from intake.effects import EngineAnswer, Judgement, Reason
from intake.messages import Inbound
from intake.remembered import Memory
from intake.risk import Assessment, Tier
from intake.tip_fields import NewTip, OpenTip, Taken


@dataclass(frozen=True)
class Pending:
    """An inbound message whose turn has not been taken yet.

    `held`: it came before the person passed the safety check and still wants an answer. `sign`: it
    was a code word, whose text is empty.
    """

    id: UUID
    text: str
    held: bool
    sign: Sign | None = None


@dataclass(frozen=True)
class OpenEscalation:
    """The open escalation of a conversation."""

    id: UUID
    tier: Tier | None


@dataclass(frozen=True)
class EngineRequest:
    """One question to the engine."""

    conversation: str
    text: str
    language: str | None
    language_chosen: bool
    history: tuple[str, ...]
    memory: str | None


class Engine(Protocol):
    """The dialogue engine. Both calls raise EngineFailure and never take longer than 8 s."""

    async def turn(self, request: EngineRequest) -> EngineAnswer:
        """Take one turn of dialogue."""

    async def judge(self, request: EngineRequest) -> Judgement:
        """Judge a text without saying anything."""


class Wording(Protocol):
    """The catalogue of fixed sentences."""

    def text(self, key: str, language: str | Sequence[str] | None, /, **values: str) -> str:
        """One sentence in the first of the languages that has it, else in English."""

    def both(self, key: str, interpreter: bool = False, /, **values: str) -> str:
        """One sentence in both official languages."""


@dataclass(frozen=True, repr=False)
class Arrival:
    """What a text that comes in meets. Never printed: the memory holds words.

    `words`: the hashes of the contact's words.
    """

    conversation: Conversation
    words: Words
    memory: Memory


@dataclass(frozen=True, repr=False)
class Keeping:
    """What is kept of a text, all of it or nothing. Never printed.

    `conversation`: its state from now on. `sign`: the text was a code word and stands for it.
    `memory`: what is left behind for judging the next. `assessment`: what the rules said, if they
    were asked. `turn`: a turn is to be taken. `tell`: the desk shows this conversation.
    """

    conversation: Conversation
    inbound: Inbound
    sign: Sign | None = None
    memory: Memory = field(default_factory=Memory)
    assessment: Assessment | None = None
    turn: bool = False
    tell: bool = False


class Arrivals(Protocol):
    """The way in for texts."""

    async def meet(self, inbound: Inbound) -> Arrival | None:
        """The open conversation with this address, locked until the unit of work ends.

        None when a text with its id is kept already: it changes nothing.
        """

    async def keep(self, keeping: Keeping) -> UUID | None:
        """Store a text once. None, and nothing of it is stored, when its id is known already."""


class Conversations(Protocol):
    """The conversations of the hall."""

    async def find_or_open(self, inbound: Inbound) -> Conversation:
        """The open conversation with this address, locked until the unit of work ends."""

    async def lock(self, conversation_id: UUID) -> Conversation:
        """One conversation, locked until the unit of work ends. Raises ConversationNotFound."""

    async def get(self, conversation_id: UUID) -> Conversation:
        """One conversation, not locked. Raises ConversationNotFound."""

    async def save(self, conversation: Conversation) -> None:
        """Store the state of a conversation."""

    async def memory(self, conversation_id: UUID) -> str | None:
        """What the engine asked to be handed back."""

    async def remember(self, conversation_id: UUID, memory: str | None) -> None:
        """Keep what the engine wants handed back with the next turn."""

    async def tip_state(self, conversation_id: UUID) -> str | None:
        """Which tip is being taken here, as `intake.tips` wrote it down."""

    async def keep_tip_state(self, conversation_id: UUID, state: str | None) -> None:
        """Remember it until the conversation ends, or forget it."""

    async def opt_out(self, conversation_id: UUID, at: datetime | None) -> None:
        """No more texts to this address since `at`; None lifts it."""


class Messages(Protocol):
    """The messages of the hall."""

    async def add_outbound(self, conversation: Conversation, text: str, key: str | None) -> UUID:
        """Put a line of the bot into the outbox."""

    async def pending(self, conversation_id: UUID) -> Sequence[Pending]:
        """Messages that wait for a turn, in order."""

    async def texts_before(
        self, conversation_id: UUID, message_id: UUID, limit: int
    ) -> tuple[str, ...]:
        """What the person wrote before this message, oldest first."""

    async def mark_turn(self, message_ids: Sequence[UUID], *, held: bool = False) -> None:
        """The turn of these messages was taken, or they are held until the person is ready."""

    async def has_outbound(self, conversation_id: UUID, key: str | None = None) -> bool:
        """Whether the line ever said anything here, or this sentence."""

    async def count_outbound(self, conversation_id: UUID, key: str, since: datetime) -> int:
        """How often the line said this sentence here since then."""


class Contacts(Protocol):
    """What is kept of a contact beyond a conversation."""

    async def set_code_word(self, conversation_id: UUID, hashed: str) -> None:
        """A new code word; the duress word that went with an old one goes."""

    async def set_duress_word(self, conversation_id: UUID, hashed: str) -> None:
        """The word that means "not safe, play along"."""

    async def guessed(self, conversation_id: UUID, *, right: bool, now: datetime) -> None:
        """Count a text that was, or was not, the code word."""

    async def set_preference(
        self, conversation_id: UUID, preference: Preference, *, by_advocate: bool
    ) -> None:
        """Put a preference on record."""

    async def zone(self, conversation_id: UUID) -> str:
        """The time zone that the address tells of, else Eastern."""

    async def forget(self, conversation_id: UUID) -> None:
        """The person wants nothing kept."""


class Risks(Protocol):
    """The judgements of the hall."""

    async def add_rules(
        self, conversation_id: UUID, message_id: UUID, assessment: Assessment
    ) -> None:
        """Record what the rules said of a message."""

    async def add_model(
        self, conversation_id: UUID, message_id: UUID, judgement: Judgement
    ) -> None:
        """Record what the model said of a message."""


class Escalations(Protocol):
    """The escalations of the hall."""

    async def open_for(self, conversation_id: UUID) -> OpenEscalation | None:
        """The open escalation of a conversation, if there is one."""

    async def add(
        self,
        conversation_id: UUID,
        *,
        reason: Reason,
        tier: Tier | None,
        message_id: UUID | None,
        at: datetime,
        needs: Collection[Competency] = (),
    ) -> UUID:
        """Open an escalation. `needs`: what an advocate should be good at for this person."""

    async def add_needs(self, escalation: OpenEscalation, needs: Collection[Competency]) -> None:
        """What was said since asks for more of an advocate."""

    async def give_reason(self, escalation: OpenEscalation, reason: Reason) -> None:
        """Why a human is needed now, where that is graver than why one was asked for."""

    async def raise_tier(self, escalation: OpenEscalation, tier: Tier) -> None:
        """Raise the tier of an open escalation and write the change down."""


class Tips(Protocol):
    """Reports about somebody else."""

    async def start(self, new: NewTip) -> Taken:
        """Open a file for a tip."""

    async def remember_origin(self, tip_id: UUID, conversation: Conversation, at: datetime) -> None:
        """Put the way back to a tipster into the vault, and nowhere else."""

    async def add_words(self, tip_id: UUID, text: str, at: datetime, source: str | None) -> None:
        """More words for a tip, once a source."""

    async def answer_field(self, tip_id: UUID, name: str, value: str, at: datetime) -> Tier:
        """One structured field of a tip; returns how it presses now."""

    async def by_receipt(self, receipt: str) -> OpenTip | None:
        """The tip that a receipt opens; wrong, withdrawn and expired are one case."""

    async def withdraw(self, tip_id: UUID, at: datetime) -> None:
        """Take a tip back: what was said is gone."""


class Referrals(Protocol):
    """What was offered, not to whom."""

    async def add(self, services: Sequence[str], channel: str) -> None:
        """Count the services as offered today."""


class Jobs(Protocol):
    """Work that commits or rolls back with the facts that cause it."""

    async def turn(self, conversation_id: UUID) -> None:
        """Somebody wrote: take a turn."""

    async def send(self, conversation_id: UUID) -> None:
        """Something waits in the outbox."""

    async def check_waiting(self, escalation_id: UUID) -> None:
        """Look after some minutes whether anybody came."""

    async def route(self) -> None:
        """Look at once whom to ask."""


class Switches(Protocol):
    """Switches of the line."""

    async def human_only(self, channel: str, language: str | None, now: datetime) -> bool:
        """Whether the bot only opens here and now, and people answer."""


class CallBacks(Protocol):
    """Calls that somebody who waits asks for (intake/call_back.py)."""

    async def set_number(self, conversation_id: UUID, number: str | None) -> None:
        """The number to call; None stands for the one that the person writes from."""

    async def set_times(self, conversation_id: UUID, times: Preference) -> None:
        """When it is safe to call."""

    async def ask(self, conversation_id: UUID, message: bool, now: datetime) -> Preference:
        """The call is on the list; returns when it is safe."""

    async def drop(self, conversation_id: UUID, now: datetime) -> None:
        """The person wants no call."""


class Signals(Protocol):
    """Live screens are woken when the unit of work commits; an id, never content."""

    async def desk(self, conversation_id: UUID) -> None:
        """Something the desk shows has changed."""


class UnitOfWork(Protocol):
    """One transaction. Leaving the context commits; an exception rolls everything back."""

    @property
    def arrivals(self) -> Arrivals:
        """See Arrivals."""

    @property
    def conversations(self) -> Conversations:
        """See Conversations."""

    @property
    def messages(self) -> Messages:
        """See Messages."""

    @property
    def contacts(self) -> Contacts:
        """See Contacts."""

    @property
    def call_backs(self) -> CallBacks:
        """See CallBacks."""

    @property
    def risks(self) -> Risks:
        """See Risks."""

    @property
    def escalations(self) -> Escalations:
        """See Escalations."""

    @property
    def tips(self) -> Tips:
        """See Tips."""

    @property
    def referrals(self) -> Referrals:
        """See Referrals."""

    @property
    def jobs(self) -> Jobs:
        """See Jobs."""

    @property
    def switches(self) -> Switches:
        """See Switches."""

    @property
    def signals(self) -> Signals:
        """See Signals."""


Transaction = Callable[[], AbstractAsyncContextManager[UnitOfWork]]
Clock = Callable[[], datetime]
