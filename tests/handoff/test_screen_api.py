"""Phrases by name, words of care, choices of a screen, the shift, and earlier contacts."""

from __future__ import annotations

from uuid import UUID

import pytest

from handoff.phrases import cares, phrases
from intake.speaking import Voice
from tests.handoff.people import Bench

GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)


def test_the_house_phrases_cost_one_text(voice: Voice) -> None:
    """In both languages: plain letters, one part, no mark of excitement, no word of care."""
    house = [one for one in phrases(voice, []) if one.name not in ("privacy", "988")]
    assert {one.language for one in house} == {"en", "fr"}
    for one in house:
        assert set(one.text) <= GSM and len(one.text) <= 160 and "!" not in one.text, one
        own = [care for care in cares() if care.language == one.language]
        assert not [w for care in own for w in care.words if w in one.text.lower().split()], one


def test_words_of_care_cover_the_list() -> None:
    """The words that the rules of conversation name are all there, each with a way out."""
    words = {word for care in cares() for word in care.words}
    assert {
        "victim", "rescue", "why didn't you", "calm down", "you should", "trust me", "prove it",
        "illegal", "prostitute", "confess",
    } <= words  # fmt: skip
    assert all(care.instead for care in cares())
    assert {care.language for care in cares()} == {"en", "fr"}


async def test_local_phrases(bench: Bench) -> None:
    """A supervisor keeps, replaces and removes; an advocate uses and may not write."""
    advocate = await bench.advocate("River")
    lead = await bench.advocate("Sage", "supervisor")
    form = {"name": "Bus", "language": "en", "text": "The night bus runs."}
    assert (await advocate.client.post("/phrases", data=form)).status_code == 403
    for text in ("The night bus runs.", "The night bus runs until 4."):
        answer = await lead.client.post("/phrases", data=form | {"text": text})
        assert answer.status_code == 303
    for wrong in ({"name": "a b"}, {"text": " "}, {"language": "xx"}, {"text": "x" * 700}):
        assert (await lead.client.post("/phrases", data=form | wrong)).status_code == 422
    found = (await advocate.get("/api/wording")).json()["phrases"]
    bus = [one for one in found if one["name"] == "bus"]
    assert [one["text"] for one in bus] == ["The night bus runs until 4."]
    async with bench.database.transaction() as tx:
        (row,) = await tx.phrases.all()
    assert "/phrases/" in (await lead.get("/phrases")).text
    answer = await lead.client.post(f"/phrases/{row.id}/remove")
    assert answer.status_code == 303
    left = (await advocate.get("/api/wording")).json()["phrases"]
    assert [one for one in left if one["name"] == "bus"] == []
    assert await bench.actions() == [
        "sign_in", "sign_in", "right_refused", "phrase_kept", "phrase_kept", "phrase_removed",
    ]  # fmt: skip


async def test_choices_are_kept_at_the_server(bench: Bench) -> None:
    """Quiet until chosen; each advocate has their own, and a shift that is theirs."""
    river, sage = await bench.advocate("River"), await bench.advocate("Sage")
    quiet = {"cover": False, "sound": False, "breaks": True}
    assert (await river.get("/api/screen")).json() == quiet
    chosen = {"cover": True, "sound": True, "breaks": False}
    for wanted in (quiet, chosen):
        assert (await river.post("/api/screen", wanted)).status_code == 204
    assert (await river.get("/api/screen")).json() == chosen
    assert (await sage.get("/api/screen")).json() == quiet
    await river.claim(await bench.text("he has a gun and hes coming back"))
    await river.claim(await bench.text("can i talk to a person"))
    counts = (await river.get("/api/shift")).json()
    assert counts == {"imminent": 1, "urgent": 0, "concern": 0, "none": 1}
    assert sum((await sage.get("/api/shift")).json().values()) == 0


@pytest.mark.parametrize("mine", [True, False])
async def test_earlier_contacts(bench: Bench, mine: bool) -> None:
    """By the same address alone, without words, for who may open it, and on record."""
    river, sage = await bench.advocate("River"), await bench.advocate("Sage")
    first = await bench.text("he has a gun and hes coming back", number=77)
    await river.claim(first)
    await river.post(f"/api/conversations/{first}/close", {"seen": await river.seen(first)})
    await bench.text("my boss took my passport", number=78)
    again = await bench.text("can i talk to a person", number=77)
    assert again != first
    await river.claim(again)
    asked = river if mine else sage
    answer = await asked.get(f"/api/conversations/{again}/earlier")
    (last, _, at, detail) = (await bench.audit())[-1]
    assert isinstance(at, UUID) and at == again
    if not mine:
        assert answer.status_code == 409 and last == "open_refused"
        return
    (found,) = answer.json()
    assert (found["tier"], found["with_human"]) == ("imminent", True)
    assert found["closed_at"] is not None and found["messages"] >= 2
    assert "gun" not in answer.text and "+1613" not in answer.text
    assert (last, detail) == ("earlier_contacts", {"shown": 1})
