"""Practice: every script can be played well and badly, is scored, and touches nothing real."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from handoff.practice import Plays, scripts
from storage.tables import ConversationRow, MessageRow
from tests.handoff.people import Bench

NOW = datetime(2026, 1, 5, 3, tzinfo=UTC)
# A reply that takes every step of its language, short enough for one text where that is the step.
GOOD = {
    "en": {
        "safe": "Is it safe to text right now?", "thanks": "Thank you for telling me.",
        "pace": "It's OK not to answer.", "choice": "You decide what happens next.",
        "emergency": "In danger now, call 911.", "limits": "This is private, with limits.",
        "no_blame": "I believe you.", "papers": "You can leave without it.",
        "back": "You can write again at any time.", "stop": "OK, thanks.",
    },
    "fr": {
        "safe": "Pouvez-vous texter en ce moment?", "thanks": "Merci de me le dire.",
        "pace": "Vous n'avez pas à répondre.", "choice": "C'est vous qui décidez.",
        "emergency": "En danger, appelez le 911.", "limits": "Il y a des limites.",
        "no_blame": "Je vous crois.", "papers": "Il y a d'autres moyens.",
        "back": "Vous pouvez écrire plus tard.", "stop": "OK, merci.",
    },
}  # fmt: skip
BAD = {
    "en": "You should calm down. Why? Who? " + "x" * 300,
    "fr": "Vous devriez, du calme. Pourquoi? Qui? " + "x" * 300,
}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_script_can_be_played_well_and_badly(language: str) -> None:
    """A hundred for the best replies in time, nothing for the worst and late ones."""
    plays, me = Plays(), uuid4()
    found = scripts(language)
    assert len(found) >= 3 and {one.language for one in found} == {language}
    for script in found:
        play = plays.begin(me, script, NOW)
        for number, turn in enumerate(script.turns):
            assert not play.over
            text = " ".join(GOOD[language][step.name] for step in turn.wants)
            answer = play.reply(text, NOW + timedelta(minutes=number))
            assert answer.missed == (), (script.id, number)
        score = play.score()
        assert play.over and (score.time, score.steps, score.wording, score.all) == (100,) * 4
        bad = plays.begin(me, script, NOW)
        for number in range(len(script.turns)):
            bad.reply(BAD[language], NOW + timedelta(hours=number + 1))
        assert bad.score().all == 0
        assert plays.of(me) is bad


def test_both_languages_hold_the_same_scripts() -> None:
    """The same conversations, turns and steps; an unknown language practises in English."""
    shape = {
        language: [
            (one.id, one.tier, [[step.name for step in turn.wants] for turn in one.turns])
            for one in scripts(language)
        ]
        for language in ("en", "fr")
    }
    assert shape["en"] == shape["fr"]
    assert scripts("de")[0].language == "en"


async def test_practice_by_page(bench: Bench) -> None:
    """Begin, reply to the end, see the score, leave; nothing of it is in any table."""
    river = await bench.advocate("River")
    assert "Nobody here is real" in (await river.get("/practice")).text
    assert (await river.client.post("/practice/begin/none")).status_code == 404
    assert (await river.client.post("/practice/begin/passport")).status_code == 303
    assert "keeps my passport" in (await river.get("/practice")).text
    for _ in range(5):
        bench.clock.forward(seconds=30)
        await river.client.post("/practice/reply", data={"text": "I believe you. You decide."})
    page = (await river.get("/practice")).text
    assert "/ 100" in page and "Next time:" in page
    sage = await bench.advocate("Sage")
    assert "/ 100" not in (await sage.get("/practice")).text
    await river.client.post("/practice/leave")
    assert "/ 100" not in (await river.get("/practice")).text
    async with bench.database.transaction() as tx:
        for table in (ConversationRow, MessageRow):
            assert await tx.session.scalar(select(func.count()).select_from(table)) == 0
    assert await bench.actions() == ["sign_in", "sign_in"]
