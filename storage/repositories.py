"""The ports of `intake` on PostgreSQL: conversations, messages, risk, escalations."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import defer
from sqlalchemy.orm.util import identity_key

from intake.code_words import Sign
from intake.competencies import Competency
from intake.conversation import Conversation
from intake.effects import Judgement, Reason
from intake.errors import ConversationNotFound
from intake.messages import Inbound
from intake.ports import OpenEscalation, Pending
from intake.risk import Assessment, Tier
from storage import states
from storage.arrivals import ArrivalRepository
from storage.shelf import ADDRESS as ADDRESS
from storage.shelf import Shelf
from storage.tables import (
    ConversationRow,
    EscalationRow,
    MessageRow,
    OptOutRow,
    ReferralOfferRow,
    RiskAssessmentRow,
    TierChangeRow,
)
from storage.wire import run

# What the porch may not read (storage/roles.py), and what nobody needs who loads a conversation.
UNREAD = (
    defer(ConversationRow.address_sealed, raiseload=True),
    defer(ConversationRow.engine_memory_sealed, raiseload=True),
    defer(ConversationRow.past_words_sealed, raiseload=True),
)


class ConversationRepository(Shelf):
    """Conversations, found by the keyed fingerprint of the address."""

    async def find_or_open(self, inbound: Inbound) -> Conversation:
        """The open conversation with this address, locked until the transaction ends."""
        return await ArrivalRepository(self.session, self.keyring).conversation(inbound)

    async def provider_ids(
        self, channel: str, inbox: str, address: str, since: datetime
    ) -> Sequence[str]:
        """The provider's ids of all messages with this address since then, in both directions."""
        found = await self.session.scalars(
            select(MessageRow.provider_id)
            .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
            .where(
                ConversationRow.channel == channel,
                ConversationRow.inbox == inbox,
                ConversationRow.address_fingerprint == self.keyring.fingerprint(address, ADDRESS),
                MessageRow.created_at >= since,
                MessageRow.provider_id.is_not(None),
            )
        )
        return [each for each in found if each is not None]

    async def lock(self, conversation_id: UUID) -> Conversation:
        """One conversation, locked. Raises ConversationNotFound."""
        return await self._loaded(await self._row(conversation_id, lock=True))

    async def get(self, conversation_id: UUID) -> Conversation:
        """One conversation, not locked. Raises ConversationNotFound."""
        return await self._loaded(await self._row(conversation_id, lock=False))

    async def save(self, conversation: Conversation) -> None:
        """Store the state of a conversation; the tier is only ever written upwards here."""
        changes = states.changes(conversation)
        columns = ", ".join(f"{column} = %({column})s" for column in changes)
        statement = f"UPDATE conversation SET {columns} WHERE id = %(of)s"
        await run(self.session, statement, {**changes, "of": conversation.id})
        known = self.session.sync_session.identity_map.get(
            identity_key(ConversationRow, conversation.id)
        )
        if known is not None:
            await self.session.refresh(known, changes)

    async def memory(self, conversation_id: UUID) -> str | None:
        """What the engine asked to be handed back."""
        sealed = await self.session.scalar(
            select(ConversationRow.engine_memory_sealed).where(
                ConversationRow.id == conversation_id
            )
        )
        if sealed is None:
            return None
        return self.keyring.open(sealed, f"conversation.engine_memory:{conversation_id}")

    async def remember(self, conversation_id: UUID, memory: str | None) -> None:
        """Keep what the engine wants handed back with the next turn."""
        sealed = memory and self.keyring.seal(
            memory, f"conversation.engine_memory:{conversation_id}"
        )
        await self.session.execute(
            update(ConversationRow)
            .where(ConversationRow.id == conversation_id)
            .values(engine_memory_sealed=sealed or None)
        )

    async def tip_state(self, conversation_id: UUID) -> str | None:
        """Which tip is being taken here, as `intake.tips` wrote it down."""
        query = "SELECT tip_state_sealed FROM conversation WHERE id = %(id)s"
        found = await (await run(self.session, query, {"id": conversation_id})).fetchone()
        if found is None or found[0] is None:
            return None
        return self.keyring.open(found[0], f"conversation.tip_state:{conversation_id}")

    async def keep_tip_state(self, conversation_id: UUID, state: str | None) -> None:
        """Remember it until the conversation ends, or forget it."""
        place = f"conversation.tip_state:{conversation_id}"
        await self.session.execute(
            update(ConversationRow)
            .where(ConversationRow.id == conversation_id)
            .values(tip_state_sealed=None if state is None else self.keyring.seal(state, place))
        )

    async def opt_out(self, conversation_id: UUID, at: datetime | None) -> None:
        """No more texts to this address since `at`; None lifts it."""
        row = await self._row(conversation_id, lock=False)
        key = {
            "channel": row.channel,
            "inbox": row.inbox,
            "address_fingerprint": row.address_fingerprint,
        }
        if at is None:
            await self.session.execute(delete(OptOutRow).filter_by(**key))
        else:
            await self.session.execute(
                insert(OptOutRow).values(at=at, **key).on_conflict_do_nothing()
            )

    async def _row(self, conversation_id: UUID, *, lock: bool) -> ConversationRow:
        query = select(ConversationRow).options(*UNREAD)
        query = query.where(ConversationRow.id == conversation_id)
        query = query.execution_options(populate_existing=True)
        # FOR NO KEY UPDATE: one holder at a time, but a row that only refers to the conversation
        # (an escalation that routing changes twice) is not kept waiting, which could deadlock.
        row = await self.session.scalar(query.with_for_update(key_share=True) if lock else query)
        if row is None:
            raise ConversationNotFound("no such conversation")
        return row

    async def _loaded(self, row: ConversationRow) -> Conversation:
        opted_out = await self.session.scalar(
            select(
                exists().where(
                    OptOutRow.channel == row.channel,
                    OptOutRow.inbox == row.inbox,
                    OptOutRow.address_fingerprint == row.address_fingerprint,
                )
            )
        )
        columns = {name: getattr(row, name) for name in states.COLUMNS}
        return states.read(columns, opted_out=bool(opted_out))


_OUTGOING = """
INSERT INTO message (id, conversation_id, direction, author, advocate_id, channel, body_sealed,
    key, delivery, confirmed)
VALUES (%(id)s, %(conversation)s, 'out', %(author)s, %(advocate)s, %(channel)s, %(body)s,
    %(key)s, 'queued', %(confirmed)s)
"""


class MessageRepository(Shelf):
    """Messages in and out, in the order in which the line took them."""

    async def add_outbound(self, conversation: Conversation, text: str, key: str | None) -> UUID:
        """Put a line of the bot into the outbox."""
        return await self.add_outgoing(conversation, text, key=key, advocate_id=None)

    async def add_outgoing(
        self,
        conversation: Conversation,
        text: str,
        *,
        key: str | None,
        advocate_id: UUID | None,
        message_id: UUID | None = None,
        confirmed: bool = False,
    ) -> UUID:
        """Put a line into the outbox: of an advocate, or of the bot when none is named.

        `message_id`: chosen by the caller, so that the same line is not put in twice. `confirmed`:
        it is to leave though the person had said that texting is not safe.
        """
        message_id = message_id or uuid4()
        values = {
            "id": message_id,
            "conversation": conversation.id,
            "author": "advocate" if advocate_id else "bot",
            "advocate": advocate_id,
            "channel": conversation.channel,
            "body": self._sealed(message_id, text),
            "key": key,
            "confirmed": confirmed,
        }
        await run(self.session, _OUTGOING, values)
        return message_id

    async def pending(self, conversation_id: UUID) -> Sequence[Pending]:
        """Messages that wait for a turn, in order."""
        rows = await self.session.scalars(
            select(MessageRow)
            .where(
                MessageRow.conversation_id == conversation_id,
                MessageRow.turn.in_(("pending", "held")),
            )
            .order_by(MessageRow.sequence)
        )
        return [
            Pending(
                id=row.id,
                text="" if row.key else self.open_body(row.id, row.body_sealed) or "",
                held=row.turn == "held",
                sign=None if row.key is None else Sign(row.key),
            )
            for row in rows
        ]

    async def texts_before(
        self, conversation_id: UUID, message_id: UUID, limit: int
    ) -> tuple[str, ...]:
        """What the person wrote before this message, oldest first."""
        this = select(MessageRow.sequence).where(MessageRow.id == message_id).scalar_subquery()
        rows = await self.session.execute(
            select(MessageRow.id, MessageRow.body_sealed)
            .where(
                MessageRow.conversation_id == conversation_id,
                MessageRow.direction == "in",
                MessageRow.sequence < this,
                MessageRow.body_sealed.is_not(None),
                # A code word says nothing to an engine.
                MessageRow.key.is_(None),
            )
            .order_by(MessageRow.sequence.desc())
            .limit(limit)
        )
        return tuple(self.open_body(found, sealed) or "" for found, sealed in reversed(rows.all()))

    async def mark_turn(self, message_ids: Sequence[UUID], *, held: bool = False) -> None:
        """The turn of these messages was taken, or they are held until the person is ready."""
        await self.session.execute(
            update(MessageRow)
            .where(MessageRow.id.in_(message_ids), MessageRow.direction == "in")
            .values(turn="held" if held else "done")
        )

    async def has_outbound(self, conversation_id: UUID, key: str | None = None) -> bool:
        """Whether the line ever said anything here, or this sentence."""
        said = exists(MessageRow.id).where(
            MessageRow.conversation_id == conversation_id, MessageRow.direction == "out"
        )
        if key is not None:
            said = said.where(MessageRow.key == key)
        return bool(await self.session.scalar(select(said)))

    async def count_outbound(self, conversation_id: UUID, key: str, since: datetime) -> int:
        """How often the line said this sentence here since then."""
        found = await self.session.scalar(
            select(func.count())
            .select_from(MessageRow)
            .where(
                MessageRow.conversation_id == conversation_id,
                MessageRow.direction == "out",
                MessageRow.key == key,
                MessageRow.created_at >= since,
            )
        )
        return found or 0

    def _sealed(self, message_id: UUID, text: str) -> bytes:
        return self.keyring.seal(text, f"message.body:{message_id}")


class RiskRepository(Shelf):
    """What the judges said."""

    async def forget_words(self, before: datetime) -> int:
        """Drop the words of conversations in which nobody has written since; returns how many."""
        result = await self.session.execute(
            update(ConversationRow)
            .where(
                ConversationRow.past_words_sealed.is_not(None),
                ConversationRow.last_inbound_at < before,
            )
            .values(past_words_sealed=None)
            .execution_options(synchronize_session=False)
        )
        return cast(CursorResult[Any], result).rowcount

    async def add_rules(
        self, conversation_id: UUID, message_id: UUID, assessment: Assessment
    ) -> None:
        """Record what the rules said of a message."""
        cues = states.cues(assessment)
        await self._add(
            conversation_id, message_id, "rules", assessment.tier, cues, assessment.version
        )

    async def add_model(
        self, conversation_id: UUID, message_id: UUID, judgement: Judgement
    ) -> None:
        """Record what the model said of a message."""
        cues = [{"category": cue.category, "name": cue.name} for cue in judgement.cues]
        await self._add(
            conversation_id, message_id, "model", judgement.tier, cues, judgement.version
        )

    async def _add(
        self,
        conversation_id: UUID,
        message_id: UUID,
        judge: str,
        tier: Tier | None,
        cues: list[dict[str, Any]],
        version: str,
    ) -> None:
        await self.session.execute(
            insert(RiskAssessmentRow).values(
                id=uuid4(),
                conversation_id=conversation_id,
                message_id=message_id,
                judge=judge,
                tier=tier,
                cues=cues,
                version=version,
            )
        )


class EscalationRepository(Shelf):
    """Who needs a human, since when, and how urgently."""

    async def open_for(self, conversation_id: UUID) -> OpenEscalation | None:
        """The open escalation of a conversation, if there is one."""
        query = (
            "SELECT id, tier FROM escalation"
            " WHERE conversation_id = %(conversation)s AND closed_at IS NULL"
        )
        values = {"conversation": conversation_id}
        found = await (await run(self.session, query, values)).fetchone()
        if found is None:
            return None
        escalation_id, tier = found
        return OpenEscalation(escalation_id, None if tier is None else Tier(tier))

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
        """Open an escalation."""
        escalation_id = uuid4()
        await self.session.execute(
            insert(EscalationRow).values(
                id=escalation_id,
                conversation_id=conversation_id,
                message_id=message_id,
                reason=reason.value,
                tier=tier,
                opened_at=at,
                waiting_since=at,
                round_at=at,
                needs=sorted(one.value for one in needs),
            )
        )
        return escalation_id

    async def give_reason(self, escalation: OpenEscalation, reason: Reason) -> None:
        """Why a human is needed now, where that is graver than why one was asked for."""
        await self.session.execute(
            update(EscalationRow)
            .where(EscalationRow.id == escalation.id)
            .values(reason=reason.value)
        )

    async def add_needs(self, escalation: OpenEscalation, needs: Collection[Competency]) -> None:
        """What was said since asks for more of an advocate."""
        if not needs:
            return
        row = await self.session.get(EscalationRow, escalation.id)
        if row is not None:
            row.needs = sorted({*row.needs, *(one.value for one in needs)})

    async def raise_tier(self, escalation: OpenEscalation, tier: Tier) -> None:
        """Raise the tier of an open escalation and write the change down."""
        await self.session.execute(
            insert(TierChangeRow).values(
                id=uuid4(), escalation_id=escalation.id, from_tier=escalation.tier, to_tier=tier
            )
        )
        await self.session.execute(
            update(EscalationRow).where(EscalationRow.id == escalation.id).values(tier=tier)
        )


class ReferralRepository(Shelf):
    """What was offered on a day; to whom is not kept."""

    async def add(self, services: Sequence[str], channel: str) -> None:
        """Count the services as offered today."""
        if services:
            await self.session.execute(
                insert(ReferralOfferRow),
                [{"id": uuid4(), "service_id": one, "channel": channel} for one in services],
            )
