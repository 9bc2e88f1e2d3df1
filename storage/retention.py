"""The clocks: what is past its date goes, and every run leaves a proof.

Dates from domain.md section 7: words of a conversation that only the bot saw go a day after it
ended, words that an advocate saw after thirty days; addresses go with the words. A conversation
of the bot that nobody ends is ended by silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, and_, delete, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from intake.conversation import CALL_QUESTIONS, GAP
from intake.tip_clock import RECEIVED as TIP_KEEP
from storage.account_tables import BreakGlassRow, CeremonyRow, SignInAttemptRow
from storage.handoff_tables import CallBackRow, SafetyPlanRow, TranslatedRow
from storage.ledger_tables import (
    ConsentOverrideRow,
    ConsentRow,
    DecisionRow,
    DisclosureAdditionRow,
    DisclosureRow,
)
from storage.tables import (
    ContactPreferenceRow,
    ConversationRow,
    DeskSessionRow,
    EscalationRow,
    MessageRow,
    NoteRow,
    PurgeRunRow,
    ReturnCodeRow,
    WebVisitRow,
)

BOT_ONLY = timedelta(hours=24)
AFTER_HANDOFF = timedelta(days=30)
# After this long a consent, a decision or a report is codes only.
LEDGER = timedelta(days=7 * 365)
_LEDGER_TABLES = (
    ConsentRow,
    ConsentOverrideRow,
    DecisionRow,
    DisclosureRow,
    DisclosureAdditionRow,
)
SILENCE = timedelta(hours=24)
# A code is of no use for longer than what it leads to is kept (storage/returns.py).
CODE = AFTER_HANDOFF
# Numbers go to other people: what an address may be texted, and its words, end with its silence.
CONTACT = timedelta(days=90)
# Reasons for opening what is not one's own: long enough for a yearly review.
GLASS = timedelta(days=400)
# Counts of attempts to sign in are of no use when the longest wait is over and forgiven.
ATTEMPTS = timedelta(days=2)
# The worker ends idle visits within seconds; this is the net below it.
VISIT = timedelta(hours=1)


@dataclass(frozen=True)
class Purge:
    """What one run removed; `overdue_left` must be 0."""

    bodies: int
    addresses: int
    overdue_left: int


async def purge(session: AsyncSession, now: datetime) -> Purge:
    """End silent conversations, remove what is past its date, and write the proof."""
    await _end_silent(session, now)
    overdue = _overdue(now)
    bodies = await _emptied(session, MessageRow, MessageRow.body_sealed, overdue)
    await _emptied(session, NoteRow, NoteRow.body_sealed, overdue)
    over = select(ConversationRow.id).where(overdue)
    await session.execute(delete(SafetyPlanRow).where(SafetyPlanRow.id.in_(over)))
    await session.execute(delete(CallBackRow).where(CallBackRow.conversation_id.in_(over)))
    messages = select(MessageRow.id).where(MessageRow.conversation_id.in_(over))
    await session.execute(delete(TranslatedRow).where(TranslatedRow.id.in_(messages)))
    await _drop_half_asked(session, now)
    await _empty_ledger(session, now, overdue)
    addresses = await _rows(
        session,
        update(ConversationRow)
        .where(overdue, ConversationRow.address_sealed.is_not(None))
        .values(
            address_sealed=None,
            engine_memory_sealed=None,
            past_words_sealed=None,
            tip_state_sealed=None,
        ),
    )
    await session.execute(delete(ContactPreferenceRow).where(_unheard(now - CONTACT)))
    await session.execute(delete(ReturnCodeRow).where(_leads_nowhere(now - CODE)))
    await session.execute(delete(WebVisitRow).where(WebVisitRow.seen_at < now - VISIT))
    await session.execute(delete(BreakGlassRow).where(BreakGlassRow.at < now - GLASS))
    await session.execute(delete(SignInAttemptRow).where(SignInAttemptRow.since < now - ATTEMPTS))
    await session.execute(delete(CeremonyRow).where(CeremonyRow.expires_at < now))
    await session.execute(delete(DeskSessionRow).where(DeskSessionRow.expires_at < now))
    left = await session.scalar(
        select(func.count())
        .select_from(MessageRow)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(overdue, MessageRow.body_sealed.is_not(None))
    )
    done = Purge(bodies=bodies, addresses=addresses, overdue_left=left or 0)
    await session.execute(
        insert(PurgeRunRow).values(
            at=now, bodies=done.bodies, addresses=done.addresses, overdue_left=done.overdue_left
        )
    )
    return done


async def _drop_half_asked(session: AsyncSession, now: datetime) -> None:
    """Forget calls that were begun and left: another text came, a human took over, or silence."""
    goes_on = exists(ConversationRow.id).where(
        ConversationRow.id == CallBackRow.conversation_id,
        ConversationRow.question.in_([one.value for one in CALL_QUESTIONS]),
        ConversationRow.last_inbound_at >= now - GAP,
    )
    await session.execute(
        update(CallBackRow)
        .where(CallBackRow.state == "asking", ~goes_on)
        .values(state="dropped", number_sealed=None, ended_at=now)
    )


def _leads_nowhere(since: datetime) -> Any:
    """A return code is too old, or nothing is kept any more of what it leads to."""
    kept = exists(ConversationRow.id).where(
        ConversationRow.channel == "web",
        ConversationRow.address_fingerprint == ReturnCodeRow.visitor_fingerprint,
        ConversationRow.address_sealed.is_not(None),
    )
    return or_(ReturnCodeRow.made_at < since, ~kept)


def _unheard(since: datetime) -> Any:
    """Whoever set a preference has not written since, in any conversation."""
    heard = exists(ConversationRow.id).where(
        ConversationRow.channel == ContactPreferenceRow.channel,
        ConversationRow.inbox == ContactPreferenceRow.inbox,
        ConversationRow.address_fingerprint == ContactPreferenceRow.address_fingerprint,
        ConversationRow.last_inbound_at >= since,
    )
    return ~heard


def _overdue(now: datetime) -> Any:
    """Ended, and past the date that fits whether a human was ever asked for."""
    handed_over = exists().where(EscalationRow.conversation_id == ConversationRow.id)
    return or_(
        and_(ConversationRow.closed_at < now - BOT_ONLY, ~handed_over),
        and_(ConversationRow.closed_at < now - AFTER_HANDOFF, handed_over),
    )


async def _empty_ledger(session: AsyncSession, now: datetime, overdue: Any) -> None:
    """Words of a consent go with the words they stood among; names and facts after seven years."""
    await session.execute(text("SELECT set_config('hotline.keeping', 'purge', true)"))
    over = select(ConversationRow.id).where(overdue)
    await _rows(
        session,
        update(ConsentRow)
        .where(
            ConsentRow.words_sealed.is_not(None),
            or_(
                and_(ConsentRow.subject_kind == "conversation", ConsentRow.subject_id.in_(over)),
                and_(ConsentRow.subject_kind == "tip", ConsentRow.at < now - TIP_KEEP),
            ),
        )
        .values(words_sealed=None),
    )
    for table in _LEDGER_TABLES:
        sealed = [one.key for one in table.__table__.columns if one.key.endswith("_sealed")]
        left = or_(*[getattr(table, name).is_not(None) for name in sealed])
        await _rows(
            session,
            update(table).where(table.at < now - LEDGER, left).values(dict.fromkeys(sealed)),
        )
    await session.execute(text("SELECT set_config('hotline.keeping', '', true)"))


async def _end_silent(session: AsyncSession, now: datetime) -> None:
    await session.execute(
        update(ConversationRow)
        .where(
            ConversationRow.closed_at.is_(None),
            ConversationRow.holder == "bot",
            ConversationRow.last_inbound_at < now - SILENCE,
        )
        .values(
            closed_at=now, engine_memory_sealed=None, past_words_sealed=None, tip_state_sealed=None
        )
    )


async def _emptied(session: AsyncSession, table: Any, column: Any, overdue: Any) -> int:
    return await _rows(
        session,
        update(table)
        .where(
            table.conversation_id.in_(select(ConversationRow.id).where(overdue)),
            column.is_not(None),
        )
        .values({column.key: None}),
    )


async def _rows(session: AsyncSession, statement: Any) -> int:
    result = await session.execute(statement, execution_options={"synchronize_session": False})
    return cast(CursorResult[Any], result).rowcount
