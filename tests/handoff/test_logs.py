"""A whole shift leaves no word, number or id of a person in any log line."""

from __future__ import annotations

import logging
from uuid import uuid4

import pytest

from tests.handoff.people import Bench

WORDS = ("lighthouse", "marzipan", "turnstile", "saxophone")


async def test_a_shift_leaves_no_words(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Reading, answering, noting, lowering, failing: at DEBUG nothing of it is in the log."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, logger="httpx")  # the test's own client
    river, sage = await bench.advocate("River"), await bench.advocate("Sage")
    conversation_id = await bench.text(f"he has a gun at the {WORDS[0]}", number=91)
    path = f"/api/conversations/{conversation_id}"
    await river.thread(conversation_id)
    await river.claim(conversation_id)
    await sage.claim(conversation_id)
    await sage.get(path)
    once = str(uuid4())
    await river.post(f"{path}/reply", {"text": f"is the {WORDS[1]} far", "once": once})
    await river.post(f"{path}/reply", {"text": f"is the {WORDS[1]} far" * 300, "once": once})
    await river.post(f"{path}/notes", {"text": f"near a {WORDS[2]}"})
    lowering = {"shown": "imminent", "tier": "urgent", "reason": f"a {WORDS[3]}"}
    await river.post(f"{path}/tier", lowering)
    await river.post(f"{path}/close", {"seen": 0})
    await river.post("/api/session", {"name": WORDS[0], "password": WORDS[1]})
    told = caplog.text + str(await bench.audit())
    assert [word for word in (*WORDS, "5550091", "gun at") if word in told] == []
    assert str(conversation_id) not in caplog.text
