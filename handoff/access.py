"""The one door to a person's words: it checks the right and writes down that somebody looked.

Nothing else in this package reads threads, notes or reasons (tests/handoff/test_door.py). The
audit line is written in the transaction that reads, so there is no look without a line; it says
which messages were shown, never what they say. A screen that follows an open conversation asks
for what is new: within the hour after a line, a look that shows no new message needs no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from handoff.errors import NotYours, UnfitText
from handoff.rights import Right, may
from intake import receipts
from intake.consent import (
    Basis,
    Consent,
    Detail,
    Lacking,
    Override,
    Purpose,
    Recipient,
    Subject,
    SubjectKind,
    basis_for,
    live_consents,
)
from intake.contact import Preference
from intake.conversation import Conversation, Holder
from intake.disclosure import Decision, Disclosure
from intake.errors import ConversationNotFound, LineError
from intake.messages import Stored, clean
from intake.tip_files import CleanFile
from intake.tips import RECEIPT
from storage.accounts import Advocate
from storage.attachments import Attachment
from storage.board import BoardEntry, EarlierContact
from storage.break_glass import BrokenGlass
from storage.database import Transaction
from storage.desk import DeliveryState, Note, RiskRecord, TierChange
from storage.safety_plans import KeptPlan
from storage.tips_desk import TipFile
from storage.translations import Original
from storage.vault import Tipster

_LOOK_LASTS = timedelta(hours=1)
#: How long a conversation stays open to who broke the glass.
GLASS_LASTS = timedelta(hours=1)
SHORTEST_REASON = 15
LONGEST_REASON = 500
_GLASS_SHOWN = 50


@dataclass(frozen=True)
class Opened:
    """A conversation as its advocate sees it. Never printed: it holds words.

    `messages` are those after the one asked for; everything else is whole. `names` are the shift
    names of the advocates who wrote.
    """

    conversation: Conversation
    entry: BoardEntry | None
    messages: Sequence[Stored]
    deliveries: Sequence[DeliveryState]
    risks: Sequence[RiskRecord]
    notes: Sequence[Note]
    tier_changes: Sequence[TierChange]
    preference: Preference
    names: dict[UUID, str]
    joined: frozenset[UUID] = frozenset()
    plan: KeptPlan | None = None
    # Who looks in with a reason now, for its holder to see; their names are in `names`.
    broken: Sequence[BrokenGlass] = ()
    originals: Mapping[UUID, Original] = field(default_factory=dict)
    """What advocates wrote, where a machine put it into the person's language."""


@dataclass(frozen=True)
class Refused:
    """Not theirs to open. `holder`: the shift name of who has it, None when no human does."""

    holder: str | None

    def error(self) -> LineError:
        """To be raised, after the transaction that put the refusal on record."""
        if self.holder is None:
            # The bot has it, or it is over: not an advocate's to know.
            return ConversationNotFound("no such conversation")
        return NotYours(self.holder)


async def open_conversation(
    tx: Transaction, advocate: Advocate, conversation_id: UUID, now: datetime, *, after: int = 0
) -> Opened | Refused:
    """What the advocate may see of a conversation, or a refusal that is on record.

    Waiting conversations and one's own; a supervisor's also those that colleagues hold; any
    other for a while after `break_glass`. Raises ConversationNotFound.
    """
    conversation = await tx.conversations.get(conversation_id)
    joined = await tx.desk.joined(conversation_id)
    if advocate.id not in joined and not await _may_open(tx, advocate, conversation, now):
        await tx.desk.audit(
            "open_refused", advocate_id=advocate.id, conversation_id=conversation_id
        )
        entry = await tx.board.entry(conversation_id)
        return Refused(holder=None if entry is None else entry.advocate)
    messages = [_without_receipt(one) for one in await tx.desk.thread(conversation_id, after)]
    await _write_down(tx, advocate, conversation, messages, now, after)
    writers = {message.advocate_id for message in messages if message.advocate_id}
    broken = await tx.break_glass.live(conversation_id, now)
    writers |= {one.advocate_id for one in broken}
    return Opened(
        conversation=conversation,
        entry=await tx.board.entry(conversation_id),
        messages=messages,
        deliveries=await tx.desk.deliveries(conversation_id),
        risks=await tx.desk.risks(conversation_id),
        notes=await tx.desk.notes(conversation_id),
        tier_changes=await tx.desk.tier_changes(conversation_id),
        preference=await tx.contacts.preference(conversation_id),
        names=await tx.accounts.names(writers | joined),
        joined=joined,
        plan=await tx.plans.plan(conversation_id),
        broken=broken,
        originals=await tx.translations.originals(conversation_id),
    )


async def break_glass(
    tx: Transaction, advocate: Advocate, conversation_id: UUID, reason: str, now: datetime
) -> datetime:
    """Open a conversation that is not theirs, for a reason in writing; returns until when.

    On the audit log, on the screen of who holds it, and on the privacy officer's page. It gives
    the right to look and nothing else. The right to work at the board is the caller's to check.
    Raises ConversationNotFound, or UnfitText for a reason that says nothing.
    """
    said = clean(reason)
    if not SHORTEST_REASON <= len(said) <= LONGEST_REASON:
        raise UnfitText(f"a reason has {SHORTEST_REASON} to {LONGEST_REASON} characters")
    conversation = await tx.conversations.get(conversation_id)
    until = now + GLASS_LASTS
    await tx.break_glass.add(advocate.id, conversation_id, said, now, until)
    await tx.desk.audit(
        "break_glass",
        advocate_id=advocate.id,
        conversation_id=conversation_id,
        detail={
            "holder": conversation.holder.value,
            "closed": not conversation.open,
            "minutes": int(GLASS_LASTS.total_seconds() // 60),
        },
    )
    # Its holder is told at once: an open screen asks for the conversation anew.
    await tx.signals.desk(conversation_id)
    return until


async def broken_glass(tx: Transaction) -> Sequence[BrokenGlass]:
    """Openings with their reasons, for the privacy officer; the right is the caller's to check."""
    return await tx.break_glass.recent(_GLASS_SHOWN)


@dataclass(frozen=True, repr=False)
class Ledger:
    """What a person agreed to, what was decided without them, and what left the line."""

    consents: Sequence[Consent]
    overrides: Sequence[Override]
    disclosures: Sequence[Disclosure]
    decisions: Sequence[Decision] = ()
    names: dict[UUID, str] = field(default_factory=dict)


async def open_ledger(
    tx: Transaction, advocate: Advocate, subject: Subject, now: datetime
) -> Ledger | Refused:
    """The ledger of a conversation or a tip, or a refusal; either is on record.

    Who may open a conversation may open its ledger, and a supervisor any. The right to a tip is the
    caller's to check. Raises ConversationNotFound.
    """
    of_conversation = subject.kind is SubjectKind.CONVERSATION
    place = subject.id if of_conversation else None
    if of_conversation:
        conversation = await tx.conversations.get(subject.id)
        if not (
            may(advocate, Right.OPEN_ANY)
            or advocate.id in await tx.desk.joined(subject.id)
            or await _may_open(tx, advocate, conversation, now)
        ):
            await tx.desk.audit("open_refused", advocate_id=advocate.id, conversation_id=place)
            entry = await tx.board.entry(subject.id)
            return Refused(holder=None if entry is None else entry.advocate)
    await tx.desk.audit(
        "open_ledger",
        advocate_id=advocate.id,
        conversation_id=place,
        detail={"subject": subject.kind.value, "id": str(subject.id)},
    )
    consents = await tx.ledger.consents(subject)
    overrides = await tx.ledger.overrides(subject)
    disclosures = await tx.disclosures.of(subject)
    decisions = await tx.decisions.of(subject)
    people = {one.recorded_by for one in consents} | {one.decided_by for one in decisions}
    people |= {one.made_by for one in disclosures}
    for override in overrides:
        signers = (override.decided_by, override.signed_by, override.refused_by)
        people |= {one for one in signers if one is not None}
    names = await tx.accounts.names(people)
    return Ledger(consents, overrides, disclosures, decisions, names)


async def consent_for(
    tx: Transaction,
    subject: Subject,
    recipient: Recipient,
    now: datetime,
    *,
    purpose: Purpose | None = None,
    details: Iterable[Detail] = (),
) -> Basis | Lacking:
    """What allows these details to leave for this recipient now, or why nothing does.

    Asked before every referral with details and every report. It shows nobody anything, so it
    leaves no line in the audit log; what is done on its answer does.
    """
    return basis_for(
        await tx.ledger.consents(subject),
        await tx.ledger.overrides(subject),
        recipient,
        now,
        purpose=purpose,
        details=details,
    )


async def standing_consents(tx: Transaction, subject: Subject, now: datetime) -> list[Consent]:
    """What a person agrees to now, for who is about to act on it."""
    return live_consents(await tx.ledger.consents(subject), now)


async def consent_at(
    tx: Transaction,
    subject: Subject,
    recipient: Recipient,
    moment: datetime,
    *,
    purpose: Purpose,
    details: Iterable[Detail],
) -> Basis | Lacking:
    """What allowed it at a moment that is past, for the record of what was told then.

    A decision taken with no time to lose may be written down after the call that it was for.
    """
    consents = [one for one in await tx.ledger.consents(subject) if one.at <= moment]
    overrides = [
        one for one in await tx.ledger.overrides(subject) if one.at <= moment or one.no_time
    ]
    return basis_for(consents, overrides, recipient, moment, purpose=purpose, details=details)


async def earlier_contacts(
    tx: Transaction, advocate: Advocate, conversation_id: UUID, now: datetime
) -> Sequence[EarlierContact] | Refused:
    """Earlier contacts of the person, by facts alone, or a refusal; both are on record.

    That somebody wrote before is a fact about them as much as their words are.
    """
    conversation = await tx.conversations.get(conversation_id)
    if not await _may_open(tx, advocate, conversation, now):
        await tx.desk.audit(
            "open_refused", advocate_id=advocate.id, conversation_id=conversation_id
        )
        entry = await tx.board.entry(conversation_id)
        return Refused(holder=None if entry is None else entry.advocate)
    found = await tx.board.earlier(conversation_id)
    await tx.desk.audit(
        "earlier_contacts",
        advocate_id=advocate.id,
        conversation_id=conversation_id,
        detail={"shown": len(found)},
    )
    return found


def _without_receipt(message: Stored) -> Stored:
    """The receipt of a tip opens it: it is the tipster's, and no advocate's to read."""
    if message.key != RECEIPT or message.text is None:
        return message
    return replace(message, text=receipts.covered(message.text))


async def _write_down(
    tx: Transaction,
    advocate: Advocate,
    conversation: Conversation,
    messages: Sequence[Stored],
    now: datetime,
    after: int,
) -> None:
    looking = after > 0 and await tx.desk.has_looked(
        advocate.id, conversation.id, since=now - _LOOK_LASTS
    )
    if looking and not messages:
        return
    detail: dict[str, object] = {"holder": conversation.holder.value}
    if messages:
        detail |= {"from": messages[0].sequence, "to": messages[-1].sequence}
    await tx.desk.audit(
        "follow" if looking else "open",
        advocate_id=advocate.id,
        conversation_id=conversation.id,
        detail=detail,
    )


async def _may_open(
    tx: Transaction, advocate: Advocate, conversation: Conversation, now: datetime
) -> bool:
    if _is_theirs(advocate, conversation):
        return True
    held = conversation.open and conversation.holder is Holder.ADVOCATE
    if held and may(advocate, Right.OPEN_ANY):
        return True
    return may(advocate, Right.WORK_BOARD) and await tx.break_glass.is_open(
        advocate.id, conversation.id, now
    )


def _is_theirs(advocate: Advocate, conversation: Conversation) -> bool:
    if not may(advocate, Right.WORK_BOARD) or not conversation.open:
        return False
    waiting = conversation.holder is Holder.WAITING
    return waiting or conversation.advocate_id == advocate.id


async def open_tip(
    tx: Transaction, advocate: Advocate, tip_id: UUID, now: datetime
) -> TipFile | None:
    """A tip whole, and the look written down; None where there is no such tip.

    From here on nobody is woken for it.
    """
    tip = await tx.tips_desk.file(tip_id)
    if tip is not None:
        await tx.desk.audit("tip_opened", advocate_id=advocate.id, detail={"tip": str(tip_id)})
        await tx.tip_calls.opened(tip_id, now)
    return tip


async def unmask_tipster(
    tx: Transaction, advocate: Advocate, tip_id: UUID, reason: str, now: datetime
) -> Tipster | None:
    """Whence a tip came. The reason stays with the tip, for everybody at the tips desk to see."""
    await tx.desk.audit("tip_unmasked", advocate_id=advocate.id, detail={"tip": str(tip_id)})
    await tx.tips_desk.add(tip_id, "unmasked", reason, advocate.id, now)
    return await tx.vault.look(tip_id)


async def call_number(
    tx: Transaction, advocate: Advocate, call_id: UUID, now: datetime
) -> str | None:
    """The number of a call that somebody asked for, inside their safe times; None otherwise.

    Either is on record: that it was shown, or that it was asked for at the wrong time.
    """
    found = await tx.call_backs.open(call_id)
    call = found[0] if found else None
    safe = call is not None and call.is_safe(now)
    await tx.desk.audit(
        "call_number",
        advocate_id=advocate.id,
        conversation_id=None if call is None else call.conversation_id,
        detail={"call": str(call_id), "shown": safe},
    )
    return await tx.call_backs.number(call_id) if safe else None


async def list_tip_files(
    tx: Transaction, advocate: Advocate, tip_id: UUID
) -> tuple[int, Sequence[Attachment]] | None:
    """A tip's number and its files, of which nothing is shown; None where there is no such tip."""
    number = await tx.tips_desk.number(tip_id)
    if number is None:
        return None
    await tx.desk.audit("tip_files_listed", advocate_id=advocate.id, detail={"tip": str(tip_id)})
    return number, await tx.attachments.of(tip_id)


async def open_tip_file(
    tx: Transaction, advocate: Advocate, tip_id: UUID, file_id: UUID, reason: str, now: datetime
) -> tuple[str, CleanFile] | None:
    """One file and what to call it; None where there is none such, or where it is sealed.

    The reason stays with the tip, for everybody at the tips desk to see.
    """
    file = await tx.attachments.content(tip_id, file_id)
    if file is None:
        return None
    detail = {"tip": str(tip_id), "file": str(file_id)}
    await tx.desk.audit("tip_file_opened", advocate_id=advocate.id, detail=detail)
    listed = [one.id for one in await tx.attachments.of(tip_id)]
    name = f"T-{await tx.tips_desk.number(tip_id)}-{listed.index(file_id) + 1}"
    await tx.tips_desk.add(tip_id, "file_opened", f"{name}: {reason}", advocate.id, now)
    return name, file
