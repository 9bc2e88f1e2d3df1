"""A tip in a conversation: questions one at a time, a receipt, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from intake import receipts, tips
from intake.conversation import Holder
from intake.effects import Say, TakeTip
from intake.risk import Tier
from storage.database import Database, utc_now
from tests.intake.texter import Texter


@pytest.fixture
def make(database: Database, voice: Any) -> Callable[[], Texter]:
    """Tipsters, each on a number of their own."""
    return lambda: Texter(database, voice)


async def told(texter: Texter, words: str = "a white van behind the Pine Motel") -> str:
    """A tip is taken by the bot; returns the receipt that was said."""
    await texter.open_up()
    usual = texter.engine.answer
    texter.engine.answer = replace(usual, effects=(TakeTip(words), Say("Now?", "utter_x")))
    await texter.text(words)
    await texter.turn()
    texter.engine.answer = usual
    return await last_receipt(texter)


async def last_receipt(texter: Texter) -> str:
    """The receipt in the last line that holds one."""
    async with texter.database.transaction() as tx:
        lines = [one.text or "" for one in await tx.desk.thread(texter.id)]
    found = [word for line in lines if (word := _receipt_in(line))]
    return found[-1]


def _receipt_in(line: str) -> str | None:
    import re

    match = re.search(r"\d{4} \d{4} \d{4} \d{4}", line)
    return match and receipts.read(match[0])


async def say(texter: Texter, words: str) -> list[str]:
    """One text and its turn; returns what the line answers."""
    before = len(await texter.said()) if texter.conversation_id else 0
    await texter.text(words)
    await texter.turn()
    return (await texter.said())[before:]


async def read(texter: Texter, receipt: str) -> Any:
    """The tip as the desk sees it."""
    async with texter.database.transaction() as tx:
        tip = await tx.tips.by_receipt(receipt)
        return None if tip is None else await tx.tips_desk.file(tip.id)


async def test_a_tip_is_taken_question_by_question(make: Callable[[], Texter]) -> None:
    """Receipt first, one question a message, each can be skipped, the engine is not asked."""
    texter = make()
    receipt = await told(texter)
    assert (await texter.said())[-2:] == ["tip.receipt", "utter_ask_tip_form_tip_now"]
    assert await say(texter, "2") == ["tip.ask.where"]
    assert await say(texter, "Pine Motel, Barrie") == ["tip.ask.when"]
    assert await say(texter, "3") == ["tip.ask.how_known"]
    assert await say(texter, "i clean there") == ["utter_tip_kept"]
    file = await read(texter, receipt)
    assert (file.told.ongoing, file.told.where, file.told.when) == ("no", "Pine Motel, Barrie", "")
    assert file.told.how_known == "i clean there"
    assert "white van" in file.words
    assert (await texter.state()).holder is Holder.BOT
    assert await say(texter, "hello again") == ["utter_menu"]


@pytest.mark.parametrize(("answer", "tier"), [("1", Tier.IMMINENT), ("3", Tier.URGENT)])
async def test_what_presses_goes_to_a_human_at_once(
    make: Callable[[], Texter], answer: str, tier: Tier
) -> None:
    """Happening now, about a child, or not sure."""
    texter = make()
    await told(texter)
    assert await say(texter, answer) == ["utter_tip_urgent"]
    state = await texter.state()
    assert (state.holder, state.tier) == (Holder.WAITING, tier)


async def test_danger_in_an_answer_goes_to_a_human_and_into_the_tip(
    make: Callable[[], Texter],
) -> None:
    """The rules judge every text, also in a form."""
    texter = make()
    receipt = await told(texter)
    await say(texter, "2")
    await say(texter, "he has a gun and he is going to kill her tonight")
    assert (await texter.state()).holder is Holder.WAITING
    assert "gun" in (await read(texter, receipt)).words


async def test_coming_back_after_the_safety_check(make: Callable[[], Texter]) -> None:
    """From any number: question, answer, status; never the words that were told before."""
    first = make()
    receipt = await told(first)
    for words in ("2", "3", "3", "3"):
        await say(first, words)
    async with first.database.transaction() as tx:
        tip = await tx.tips.by_receipt(receipt)
        assert tip is not None
        advocate = await tx.accounts.add_advocate(f"Desk {receipt}", "x", "advocate", [])
        assert advocate is not None
        await tx.tips_desk.add(
            tip.id, "question", "Which side of the building?", advocate, utc_now()
        )
    other = make()
    assert await say(other, receipts.shown(receipt)) == ["open.first"]
    said = await say(other, "1")
    assert said == ["tip.status.received", "tip.question", "tip.back"]
    assert await say(other, "The side with the lake") == ["tip.added"]
    file = await read(first, receipt)
    assert [(one.kind, one.text) for one in file.entries][-1] == (
        "answer",
        "The side with the lake",
    )
    async with other.database.transaction() as tx:
        thread = [one.text for one in await tx.desk.thread(other.id)]
    assert receipts.MASK in thread
    assert not any(receipt in (line or "").replace(" ", "") for line in thread)


async def test_a_receipt_that_waited_too_long_opens_nothing(
    make: Callable[[], Texter], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever answers the safety check much later may be somebody else; they send it again."""
    first = make()
    receipt = await told(first)
    for words in ("2", "3", "3", "3"):
        await say(first, words)
    other = make()
    assert await say(other, receipts.shown(receipt)) == ["open.first"]
    monkeypatch.setattr(tips, "TYPED_WAITS", timedelta(seconds=-1))
    assert await say(other, "1") == ["utter_menu"]
    monkeypatch.undo()
    assert (await say(other, receipts.shown(receipt)))[-1] == "tip.back"


async def test_taking_it_back(make: Callable[[], Texter]) -> None:
    """Asked once more; afterwards the receipt is like one that never was."""
    texter = make()
    receipt = await told(texter)
    for words in ("2", "3", "3", "3"):
        await say(texter, words)
    assert (await say(texter, receipt))[-1] == "tip.back"
    assert await say(texter, "2") == ["tip.withdraw"]
    assert await say(texter, "1") == ["tip.status.withdrawn"]
    wrong = receipts.new()
    assert await say(texter, receipt) == await say(texter, wrong) == ["tip.unknown"]


async def test_guesses_by_text_run_dry(make: Callable[[], Texter]) -> None:
    """After a few wrong numbers within the hour even a right one is not looked at."""
    texter = make()
    receipt = await told(texter)
    for words in ("2", "3", "3", "3"):
        await say(texter, words)
    for _ in range(5):
        assert await say(texter, receipts.new()) == ["tip.unknown"]
    assert await say(texter, receipt) == ["tip.unknown"]


async def test_the_address_lies_in_the_vault_alone(make: Callable[[], Texter]) -> None:
    """No column of a tip leads to the conversation; the vault names the channel and address."""
    texter = make()
    receipt = await told(texter)
    async with texter.database.transaction() as tx:
        tip = await tx.tips.by_receipt(receipt)
        assert tip is not None
        tipster = await tx.vault.look(tip.id)
    assert tipster is not None
    assert (tipster.channel, tipster.address) == ("sms", texter.address)
    columns = {
        row[0]
        for row in await texter.rows(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name LIKE 'tip%'"
        )
    }
    assert not {"conversation_id", "message_id", "address_sealed"} & columns
