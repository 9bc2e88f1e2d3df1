"""What a person who waits is told: their place in line, and that an answer is being typed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import text

from intake.conversation import escalate
from intake.effects import Reason
from intake.messages import Inbound
from intake.risk import Tier
from storage.database import Database, utc_now
from storage.notify import VISITOR, WRITING, Hub


async def opened(database: Database, address: str, channel: str = "web") -> UUID:
    """A conversation with somebody new."""
    async with database.transaction() as tx:
        new = Inbound(channel, channel, address, f"line-{uuid4()}", "hello", utc_now())
        return (await tx.conversations.find_or_open(new)).id


async def waits(database: Database, conversation_id: UUID, tier: Tier | None, ago: int) -> None:
    """The conversation waits for a person, since `ago` seconds."""
    async with database.transaction() as tx:
        conversation = await tx.conversations.lock(conversation_id)
        await tx.conversations.save(escalate(conversation, tier))
        await tx.escalations.add(
            conversation_id,
            reason=Reason.RISK if tier else Reason.ASKS_FOR_PERSON,
            tier=tier,
            message_id=None,
            at=utc_now() - timedelta(seconds=ago),
        )


async def test_the_place_in_line_is_the_order_of_the_desk(database: Database) -> None:
    """Whoever is in more danger goes first, then whoever waits longest; nobody else is counted."""
    async with database.transaction() as tx:
        await tx.session.execute(text("DELETE FROM conversation"))
    in_order: list[UUID] = []
    for tier, ago in ((Tier.IMMINENT, 5), (Tier.URGENT, 90), (Tier.URGENT, 30), (None, 600)):
        in_order.append(await opened(database, f"waiting-{tier}-{ago}", "sms"))
        await waits(database, in_order[-1], tier, ago)
    talking = await opened(database, "with the bot")
    async with database.transaction() as tx:
        places = [await tx.board.place_in_line(one) for one in (*in_order, talking, uuid4())]
        assert places == [1, 2, 3, 4, None, None]
        assert await tx.board.next_waiting() == in_order[0]
        await tx.session.execute(
            text("UPDATE conversation SET holder = 'bot' WHERE id = :id"), {"id": in_order[0]}
        )
        places = [await tx.board.place_in_line(one) for one in in_order]
        assert places == [None, 1, 2, 3]


async def test_a_page_is_woken_by_who_holds_it_and_by_typing(database: Database) -> None:
    """By any code that changes the holder; a text message has no page that could be woken."""
    mark = database.keyring.fingerprint("visitor-of-the-line", "address").hex()
    hub = Hub(database.url, VISITOR)
    listening = asyncio.create_task(hub.run())
    async with hub.subscribe() as queue:
        assert await asyncio.wait_for(queue.get(), 5) == ""
        page = await opened(database, "visitor-of-the-line")
        texts = await opened(database, "a number", "sms")
        for one in (texts, page):
            await waits(database, one, None, 1)
        assert await asyncio.wait_for(queue.get(), 5) == mark
        async with database.transaction() as tx:
            await tx.signals.writing(texts)
            await tx.signals.writing(page)
        assert await asyncio.wait_for(queue.get(), 5) == mark + WRITING
        assert queue.empty()
    listening.cancel()
