"""The hall keeps its own promises: resealing, the purge and its proof, the audit, signals."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from intake.conversation import claim, escalate, hear
from intake.effects import Reason
from intake.messages import Author, Delivery, DeliveryReport, Inbound
from intake.ports import Keeping
from intake.risk import Tier
from intake.tip_fields import NewTip, Origin
from storage.crypto import Keyring
from storage.database import Database, utc_now
from storage.notify import DESK, Hub
from storage.reseal import reseal_all, sealed_columns
from storage.retention import AFTER_HANDOFF, BOT_ONLY, SILENCE, purge


def inbound(words: str = "hello", **more: Any) -> Inbound:
    """A text from somebody new."""
    given = {
        "channel": "sms",
        "inbox": "+16135550100",
        "address": f"somebody-{uuid4()}",
        "provider_id": f"SM{uuid4().hex}",
        "text": words,
        "received_at": utc_now(),
    }
    return Inbound(**{**given, **more})


async def stored(database: Database, message: Inbound) -> UUID:
    """Store a text; returns the conversation."""
    async with database.transaction() as tx:
        conversation = await tx.conversations.find_or_open(message)
        assert await tx.arrivals.keep(Keeping(conversation, message))
        return conversation.id


async def test_the_same_address_finds_its_conversation_and_no_other(database: Database) -> None:
    """Look-up goes by keyed fingerprint; channel and inbox part threads."""
    first = inbound()
    conversation_id = await stored(database, first)
    again = replace(first, provider_id=f"SM{uuid4().hex}")
    assert await stored(database, again) == conversation_id
    assert (
        await stored(database, replace(again, channel="web", provider_id="w1")) != conversation_id
    )


async def test_every_sealed_value_moves_to_the_new_key(
    postgres: str, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After resealing, the old key opens nothing and the new one everything."""
    from tests.conftest import fresh_database

    url = fresh_database(postgres, "reseal")
    monkeypatch.setenv("DATABASE_URL", url)
    old = Database(url, keyring)
    message = inbound("words to keep")
    conversation_id = await stored(old, message)
    async with old.transaction() as tx:
        await tx.conversations.remember(conversation_id, "memory")
        conversation = await tx.conversations.get(conversation_id)
        tip = await tx.tips.start(NewTip(Origin.CONVERSATION, "a tip", utc_now()))
        await tx.tips.remember_origin(tip.id, conversation, utc_now())
        await tx.conversations.keep_tip_state(conversation_id, "{}")
        line = await tx.messages.add_outbound(conversation, "a line", "open.first")
        await tx.mailbox.begin("visitor", utc_now())
        await tx.mailbox.put(line, "visitor", Author.BOT, "a line", utc_now())
    await old.close()
    both = Keyring("11223344", {**keyring.keys, "11223344": b"n" * 32}, keyring.fingerprint_key)
    assert await reseal_all(both) == 8
    assert await reseal_all(both) == 0
    only_new = Database(url, Keyring("11223344", {"11223344": b"n" * 32}, keyring.fingerprint_key))
    async with only_new.transaction() as tx:
        assert [m.text for m in await tx.desk.thread(conversation_id)] == [
            "words to keep",
            "a line",
        ]
        assert await tx.conversations.memory(conversation_id) == "memory"
        assert [row.text for row in await tx.mailbox.read("visitor")] == ["a line"]
    await only_new.close()


def test_every_text_column_of_people_is_sealed() -> None:
    """A new column for words must end in _sealed, or be argued into this list."""
    names = {f"{table.name}.{column.name}" for table, column in sealed_columns()}
    assert names == {
        "advocate.totp_sealed",
        "break_glass.reason_sealed",
        "duty.email_sealed",
        "duty.phone_sealed",
        "push_subscription.subscription_sealed",
        "conversation.address_sealed",
        "conversation.engine_memory_sealed",
        "conversation.past_words_sealed",
        "contact_preference.code_word_sealed",
        "contact_preference.duress_word_sealed",
        "contact_preference.note_sealed",
        "conversation.tip_state_sealed",
        "message.body_sealed",
        "note.body_sealed",
        "safety_plan.body_sealed",
        "call_back.number_sealed",
        "translated.original_sealed",
        "sealed_attachment.content_sealed",
        "tip.body_sealed",
        "tip.desk_key_sealed",
        "tipster.address_sealed",
        "tier_change.reason_sealed",
        "web_mailbox.body_sealed",
        "consent.recipient_sealed",
        "consent.words_sealed",
        "consent_override.recipient_sealed",
        "consent_override.reason_sealed",
        "decision.reason_sealed",
        "disclosure.recipient_sealed",
        "disclosure.taken_by_sealed",
        "disclosure.shared_sealed",
        "disclosure.told_sealed",
        "disclosure.follow_up_sealed",
        "disclosure_addition.text_sealed",
    }


async def test_the_audit_log_cannot_be_changed(database: Database) -> None:
    """Neither an update nor a removal gets through."""
    async with database.transaction() as tx:
        await tx.desk.audit("test", advocate_id=None)
    for statement in ("UPDATE audit SET action = 'x'", "DELETE FROM audit"):
        with pytest.raises(Exception, match="append-only"):
            async with database.transaction() as tx:
                await tx.session.execute(text(statement))


async def test_late_news_changes_nothing(database: Database) -> None:
    """Delivered stays delivered when "sent" comes in after it."""
    conversation_id = await stored(database, inbound())
    async with database.transaction() as tx:
        conversation = await tx.conversations.get(conversation_id)
        message_id = await tx.messages.add_outbound(conversation, "a line", None)
        await tx.outbox.begin(message_id, utc_now())
        await tx.outbox.sent(message_id, f"SM{message_id.hex}")
    news = [Delivery.DELIVERED, Delivery.SENT, Delivery.UNDELIVERED]
    changed = []
    for delivery in news:
        async with database.transaction() as tx:
            report = DeliveryReport("sms", f"SM{message_id.hex}", delivery)
            changed.append(await tx.outbox.report(report) is not None)
    assert changed == [True, False, False]


@pytest.mark.parametrize(
    ("age", "handed_over", "gone"),
    [
        (BOT_ONLY - timedelta(minutes=1), False, False),
        (BOT_ONLY + timedelta(minutes=1), False, True),
        (BOT_ONLY + timedelta(minutes=1), True, False),
        (AFTER_HANDOFF + timedelta(minutes=1), True, True),
    ],
)
async def test_what_is_past_its_date_goes(
    database: Database, age: timedelta, handed_over: bool, gone: bool
) -> None:
    """Words and number go together; the proof says that nothing overdue is left."""
    conversation_id = await stored(database, inbound("words"))
    now = utc_now()
    async with database.transaction() as tx:
        if handed_over:
            await tx.escalations.add(
                conversation_id,
                reason=Reason.RISK,
                tier=Tier.URGENT,
                message_id=None,
                at=now,
            )
        conversation = await tx.conversations.get(conversation_id)
        await tx.conversations.save(replace(conversation, closed_at=now - age))
    async with database.transaction() as tx:
        done = await purge(tx.session, now)
    async with database.transaction() as tx:
        (message,) = await tx.desk.thread(conversation_id)
        address = await tx.session.scalar(
            text("SELECT address_sealed FROM conversation WHERE id = :id"), {"id": conversation_id}
        )
        proof = await tx.session.scalar(text("SELECT overdue_left FROM purge_run ORDER BY id DESC"))
    assert (message.text is None, address is None) == (gone, gone)
    assert done.overdue_left == proof == 0


async def test_silence_ends_a_conversation_of_the_bot_but_never_one_that_waits(
    database: Database,
) -> None:
    """Nobody who waits for a human is closed by a clock."""
    old = utc_now() - SILENCE - timedelta(minutes=1)
    quiet, waiting = (
        await stored(database, inbound(received_at=old)),
        await stored(database, inbound(received_at=old)),
    )
    async with database.transaction() as tx:
        await tx.conversations.save(escalate(await tx.conversations.lock(waiting), None))
    async with database.transaction() as tx:
        await purge(tx.session, utc_now())
    async with database.transaction() as tx:
        assert not (await tx.conversations.get(quiet)).open
        assert (await tx.conversations.get(waiting)).open


async def test_a_signal_leaves_at_commit_and_only_then(database: Database) -> None:
    """A screen is never told of something that was rolled back."""
    hub = Hub(database.url, DESK)
    listening = asyncio.create_task(hub.run())
    async with hub.subscribe() as queue:
        assert await asyncio.wait_for(queue.get(), 5) == ""
        lost, kept = uuid4(), uuid4()
        with pytest.raises(KeyError):
            async with database.transaction() as tx:
                await tx.signals.desk(lost)
                raise KeyError
        async with database.transaction() as tx:
            await tx.signals.desk(kept)
        heard = ""
        while heard != str(kept):
            heard = await asyncio.wait_for(queue.get(), 5)
            assert heard != str(lost)
    listening.cancel()


async def test_of_two_claims_at_once_exactly_one_wins(database: Database) -> None:
    """Ten advocates press at the same moment."""
    conversation_id = await stored(database, inbound())
    advocates = []
    async with database.transaction() as tx:
        await tx.conversations.save(escalate(await tx.conversations.lock(conversation_id), None))
        for _ in range(10):
            advocates.append(await tx.accounts.add_advocate(f"a{uuid4()}", "hash", "advocate", []))

    async def press(advocate_id: UUID) -> bool:
        async with database.transaction() as tx:
            now = utc_now()
            return await tx.desk.claim(conversation_id, advocate_id, now, now)

    assert sum(await asyncio.gather(*(press(a) for a in advocates))) == 1


async def test_states_survive_the_hall(database: Database) -> None:
    """What is saved is what is read."""
    conversation_id = await stored(database, inbound())
    async with database.transaction() as tx:
        advocate = await tx.accounts.add_advocate(f"a{uuid4()}", "hash", "advocate", ["fr"])
        assert advocate is not None
        before = await tx.conversations.lock(conversation_id)
        after = claim(escalate(hear(before, utc_now()), Tier.URGENT), advocate)
        await tx.conversations.save(after)
    async with database.transaction() as tx:
        assert await tx.conversations.get(conversation_id) == after
