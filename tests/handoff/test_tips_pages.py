"""The tips desk: who may read, what is written down, and that nothing leads to the tipster."""

from __future__ import annotations

import re
from uuid import UUID

from intake.consent import Detail
from intake.conversation import Conversation
from intake.tip_fields import NewTip, Origin, Status, TipFields
from storage.tip_clock import purge_tips
from tests.handoff.people import Bench, text_in


async def tip_of(bench: Bench, words: str, **told: str) -> tuple[UUID, str]:
    """A tip and its receipt."""
    new = NewTip(Origin.FORM, words, bench.clock(), TipFields.read(told), "es")
    async with bench.database.transaction() as tx:
        taken = await tx.tips.start(new)
    return taken.id, taken.receipt


async def test_the_queue_is_by_urgency_and_says_no_word(bench: Bench) -> None:
    """In progress first; no words, and everything is called an allegation."""
    await tip_of(bench, "some words about a barn", ongoing="no")
    await tip_of(bench, "a van behind the motel", ongoing="yes")
    officer = await bench.advocate("Reed", "tips_officer")
    page = await officer.get("/tips")
    assert page.status_code == 200
    assert re.findall(r"is-(imminent|urgent|concern)", page.text) == ["imminent", "concern"]
    assert "allegation" in page.text
    assert "barn" not in page.text and "motel" not in page.text


async def test_only_the_tips_desk_reads(bench: Bench) -> None:
    """Advocates and supervisors have no business with tips."""
    tip_id, _ = await tip_of(bench, "words")
    for name, role in (("Ash", "advocate"), ("Sky", "supervisor"), ("Fern", "administrator")):
        browser = await bench.advocate(name, role)
        assert (await browser.get("/tips")).status_code == 403
        assert (await browser.get(f"/tips/{tip_id}")).status_code == 403
        refused = await browser.post(f"/tips/{tip_id}/unmask", data={"reason": "x"})
        assert refused.status_code == 403


async def test_words_beside_fields_questions_labels_and_the_log(bench: Bench) -> None:
    """A look, a question, a label and a status each leave a line; words are drawn as text."""
    tip_id, receipt = await tip_of(
        bench, "<img src=x onerror=alert(1)> plate ABCD 123", where="Pine Motel, Barrie"
    )
    other, _ = await tip_of(bench, "saw abcd123 again")
    officer = await bench.advocate("Reed", "tips_officer")
    page = await officer.get(f"/tips/{tip_id}")
    assert "&lt;img" in page.text and "<img" not in page.text
    assert "Pine Motel, Barrie" in page.text
    assert f"/tips/{other}" in page.text
    for path, form in (
        ("ask", {"kind": "question", "text": "Which side?"}),
        ("status", {"status": "reading"}),
        ("label", {"label": "prank"}),
    ):
        answer = await officer.post(f"/tips/{tip_id}/{path}", data=form)
        assert answer.status_code == 303, path
    assert (await officer.post(f"/tips/{tip_id}/ask", data={"kind": "note"})).status_code == 422
    assert (
        await officer.post(f"/tips/{tip_id}/status", data={"status": "withdrawn"})
    ).status_code == 422
    async with bench.database.transaction() as tx:
        mine = await tx.tips.by_receipt(receipt)
        file = await tx.tips_desk.file(tip_id)
    assert mine is not None and mine.question is not None and mine.question.text == "Which side?"
    assert file is not None
    assert (file.entry.expires_at - bench.clock()).days <= 30
    seen = [action for action in await bench.actions() if action.startswith("tip")]
    assert seen[-5:] == ["tip_opened", "tip_entry_added", "tip_status", "tip_label", "tip_opened"]


async def test_unmasking_needs_a_reason_and_is_shown(bench: Bench) -> None:
    """The page says nothing of the address before; the reason stays with the tip."""
    conversation_id = await text_in(bench.database, bench.voice, "hello", number=177)
    async with bench.database.transaction() as tx:
        conversation: Conversation = await tx.conversations.get(conversation_id)
        taken = await tx.tips.start(NewTip(Origin.CONVERSATION, "words", bench.clock()))
        await tx.tips.remember_origin(taken.id, conversation, bench.clock())
    officer = await bench.advocate("Reed", "tips_officer")
    path = f"/tips/{taken.id}"
    before = await officer.get(path)
    assert "5550177" not in before.text and str(conversation_id) not in before.text
    assert (await officer.post(f"{path}/unmask", data={"reason": " "})).status_code == 422
    shown = await officer.post(f"{path}/unmask", data={"reason": "life in danger, court order"})
    assert "+16135550177" in shown.text
    after = await officer.get(path)
    assert "5550177" not in after.text and "court order" in after.text
    assert "tip_unmasked" in await bench.actions()


async def test_withdrawn_and_expired_tips_leave_nothing_to_read(bench: Bench) -> None:
    """Keys, words, marks and origin are gone; the number stays."""
    tip_id, receipt = await tip_of(bench, "words")
    late, late_receipt = await tip_of(bench, "other words")
    async with bench.database.transaction() as tx:
        await tx.tips.withdraw(tip_id, bench.clock())
    bench.clock.forward(days=366)
    async with bench.database.transaction() as tx:
        done = await purge_tips(tx.tips, bench.clock())
        assert (done.tips, done.overdue_left) == (1, 0)
        assert await tx.tips.by_receipt(receipt) is None
        assert await tx.tips.by_receipt(late_receipt) is None
        for gone in (tip_id, late):
            file = await tx.tips_desk.file(gone)
            assert file is not None and not file.entries and not file.words


async def test_each_way_of_standing_has_its_own_clock(bench: Bench) -> None:
    """By a clock that is moved: closed goes first, then passed on, then the rest."""
    officer = await bench.account("Reed", "tips_officer")
    tips = [(await tip_of(bench, f"words {n}"))[0] for n in range(4)]
    received, closed, passed, reopened = tips
    at = bench.clock()
    async with bench.database.transaction() as tx:
        for tip_id in tips:
            await tx.tips_desk.accept(tip_id, {Detail.WHERE: "here"}, 1, officer, at)
        await tx.tips_desk.set_status(closed, Status.CLOSED, at)
        await tx.tips_desk.set_status(passed, Status.PASSED_ON, at)
        await tx.tips_desk.set_status(reopened, Status.CLOSED, at)
        await tx.tips_desk.set_status(reopened, Status.READING, at)
    gone: dict[int, set[UUID]] = {}
    for days, step in ((89, 89), (91, 2), (179, 88), (181, 2), (364, 183), (366, 2)):
        bench.clock.forward(days=step)
        async with bench.database.transaction() as tx:
            assert (await purge_tips(tx.tips, bench.clock())).overdue_left == 0
            files = [await tx.tips_desk.file(tip_id) for tip_id in tips]
        gone[days] = {file.entry.id for file in files if file and not file.words}
        assert all(file and (file.scrub is None) == (not file.words) for file in files)
    assert gone[89] == set()
    assert gone[91] == gone[179] == {closed}
    assert gone[181] == gone[364] == {closed, passed}
    assert gone[366] == {closed, passed, received, reopened}
    async with bench.database.transaction() as tx:
        assert await tx.tips_desk.queue() == []
        assert len(await tx.tips_desk.queue(over=True)) == 4
