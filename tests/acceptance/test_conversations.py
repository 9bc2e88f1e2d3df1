"""Whole conversations on the running line: from the webhook to the provider and the desk."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.acceptance.conftest import Desk, Line, Texter, wait_until


def entry_of(desk: Desk, line: Line, texter: Texter) -> dict[str, Any]:
    """The texter's line on the board: the newest waiting conversation with these words."""

    def found() -> dict[str, Any] | None:
        waiting = [entry for entry in desk.board() if entry["holder"] == "waiting"]
        newest = line.query(
            "SELECT id::text FROM conversation WHERE closed_at IS NULL"
            " ORDER BY last_inbound_at DESC LIMIT 1"
        )
        return next((entry for entry in waiting if [entry["id"]] == [r[0] for r in newest]), None)

    return wait_until(found) or {}


def test_an_english_conversation(line: Line) -> None:
    """Opening, the check, a question, an answer."""
    texter = line.texter()
    opening = texter.ask("hello")
    assert opening.startswith("Hi. This is an automated reply; a person can join.")
    menu = texter.ask("1")
    assert menu != opening
    assert "robot" not in menu.lower()
    honest = texter.ask("are you a robot?")
    assert re.search(r"automated|bot|program|computer", honest, re.IGNORECASE)
    assert len(texter.replies()) == 3


def test_a_french_conversation(line: Line) -> None:
    """The same in French, from the first word."""
    texter = line.texter()
    assert texter.ask("bonjour, j'ai besoin d'information").startswith("Bonjour.")
    texter.ask("1")
    honest = texter.ask("es-tu un robot?")
    assert re.search(r"automati|robot|programme", honest, re.IGNORECASE)
    assert not re.search(r"\b(the|you|person)\b", honest)


def test_what_was_asked_before_the_check_is_answered_after_it(line: Line) -> None:
    """Nobody has to say it twice; numbers are sent once the person says that it is safe."""
    texter = line.texter()
    texter.ask("where can i find a shelter in toronto")
    asked = texter.ask("1")
    assert "safe" in asked and line.query("SELECT count(*) FROM referral_offer")[0][0] == 0
    texter.ask("1")
    answer = " ".join(wait_until(lambda: texter.replies()[2:] if "3 we call" in texter.replies()[-1]
                                 else []))  # fmt: skip
    assert re.search(r"\d{3}-\d{3}-\d{4}|\d-\d{3}-\d{3}-\d{4}", answer), answer
    assert "verif" in answer.lower() or "confirm" in answer.lower() or "call" in answer.lower()
    offered = line.query("SELECT count(*) FROM referral_offer")
    assert offered[0][0] >= 1


def test_a_tip_is_taken_and_acknowledged(line: Line) -> None:
    """In the tipster's own words, kept sealed; the person hears not to step in."""
    before = line.query("SELECT count(*) FROM tip")[0][0]
    texter = line.texter()
    texter.ask("hello i have a tip")
    texter.ask("1")
    reply = texter.ask("there is a house on my street where workers are never allowed outside")
    wait_until(lambda: line.query("SELECT count(*) FROM tip")[0][0] > before)
    assert "step in" in " ".join(texter.replies()) or "thank" in reply.lower()


@pytest.mark.parametrize(
    ("words", "tier", "first"),
    [
        ("he has a gun and hes coming", "imminent", "This is an automated reply."),
        ("il a pris mon passeport jpeux pas sortir", "imminent", "Ceci est une réponse"),
        ("boss says deport if i stop working", "urgent", "This is an automated reply."),
    ],
)
def test_a_risky_text_reaches_the_desk_and_a_human_answers(
    line: Line, desk: Desk, words: str, tier: str, first: str
) -> None:
    """Board, claim, read, reply as SMS, silence of the bot meanwhile, release, bot again."""
    texter = line.texter()
    assert texter.ask(words).startswith(first)
    entry = entry_of(desk, line, texter)
    assert entry["tier"] == tier
    desk.post(f"/api/conversations/{entry['id']}/claim")
    texter.wait_for(2)
    thread = desk.thread(entry["id"])
    assert thread["messages"][0]["text"] == words
    assert any(risk["judge"] == "rules" and risk["cues"] for risk in thread["risks"])
    desk.post(
        f"/api/conversations/{entry['id']}/reply",
        text="I am here with you. You decide what happens next.",
        once="6f1c1c5e-0000-4000-8000-" + entry["id"][-12:],
    )
    assert texter.wait_for(3)[2] == "I am here with you. You decide what happens next."
    assert texter.text("what is this line") == 200
    assert texter.text("are you a robot") == 200
    wait_until(lambda: len(desk.thread(entry["id"])["messages"]) >= 6)
    wait_until(lambda: not line.query("SELECT 1 FROM message WHERE turn = 'pending'"))
    assert len(texter.replies()) == 3
    seen = desk.thread(entry["id"])["messages"][-1]["sequence"]
    desk.post(f"/api/conversations/{entry['id']}/release", seen=seen)
    texter.wait_for(4)
    assert texter.ask("what is this line") != ""


def test_help_alone_calls_a_human(line: Line, desk: Desk) -> None:
    """Acceptance case 1: one reply, ours, and an open escalation."""
    texter = line.texter()
    assert texter.ask("Help").startswith("This is an automated reply.")
    assert entry_of(desk, line, texter)["reason"] == "asks_for_person"
    assert len(texter.replies()) == 1


def test_twice_the_same_webhook_is_one_of_everything(line: Line) -> None:
    """Acceptance case 2."""
    texter = line.texter()
    sid = "SM" + "5" * 30 + texter.number[-2:]
    assert [texter.text("he has a knife", sid) for _ in range(3)] == [200] * 3
    texter.wait_for(1)
    rows = line.query("SELECT conversation_id FROM message WHERE provider_id = %s", sid)
    assert len(rows) == 1
    open_ones = line.query("SELECT 1 FROM escalation WHERE conversation_id = %s", str(rows[0][0]))
    assert len(open_ones) == 1
    assert len(texter.replies()) == 1


def test_web_and_staff_ports_keep_apart(line: Line) -> None:
    """Nothing of the desk answers on the public port, nothing of the porch on the staff port."""
    assert line.porch.get("/api/board").status_code == 404
    assert line.porch.get("/sign-in").status_code == 404
