"""Every process killed or frozen in the middle of it: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.acceptance.conftest import Desk, Line, wait_until

PROCESSES = ["porch", "worker", "engine", "actions", "desk", "practice"]


def settled(line: Line) -> bool:
    """No turn waits and the outbox is empty."""
    return not line.query(
        "SELECT 1 FROM message WHERE turn = 'pending' OR delivery IN ('queued', 'sending')"
    )


@pytest.mark.parametrize("victim", [name for name in PROCESSES if name != "practice"])
def test_a_killed_process_loses_and_doubles_nothing(line: Line, victim: str) -> None:
    """Six people text while the process dies; each gets the opening once and an answer once."""
    texters = [line.texter() for _ in range(6)]
    for texter in texters[:3]:
        texter.text_until_taken("hello")
    line.kill(victim)
    for texter in texters[3:]:
        texter.text_until_taken("hello")
    for texter in texters:
        texter.wait_for(1, 90)
    wait_until(lambda: settled(line), 90)
    # Whoever waits for a human (the engine was down) has the fixed line; nobody has two.
    assert [len(texter.replies()) for texter in texters] == [1] * 6
    doubled = line.query(
        "SELECT conversation_id FROM message WHERE direction = 'in'"
        " GROUP BY conversation_id, provider_id HAVING count(*) > 1"
    )
    assert doubled == []


def test_a_killed_database_comes_back(line: Line) -> None:
    """The carrier retries until the porch can store again; then everything goes on."""
    texter = line.texter()
    texter.ask("hello")
    for postmaster in _postmasters(line):
        os.kill(postmaster, signal.SIGKILL)
    texter.text_until_taken("1", 90)
    texter.wait_for(2, 90)
    wait_until(lambda: settled(line), 90)
    assert len(texter.replies()) == 2


def test_risk_reaches_the_desk_with_engine_worker_and_actions_frozen(
    line: Line, desk: Desk
) -> None:
    """Acceptance case 3: rules alone, in a second."""
    frozen = [line.pid(name) for name in ("engine", "worker", "actions")]
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        before = {entry["id"] for entry in desk.board()}
        started = time.monotonic()
        assert line.texter().text("he has a gun and hes coming") == 200
        new = wait_until(lambda: [e for e in desk.board() if e["id"] not in before], 5)
        assert time.monotonic() - started < 2
        assert new[0]["tier"] == "imminent"
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)


def test_a_slow_engine_is_a_human(line: Line, desk: Desk) -> None:
    """Eight seconds of silence: the fixed line with the phone number, and an escalation."""
    texter = line.texter()
    engine = line.pid("engine")
    os.kill(engine, signal.SIGSTOP)
    try:
        assert texter.text("good evening") == 200
        (reply,) = texter.wait_for(1, 20)
    finally:
        os.kill(engine, signal.SIGCONT)
    assert "1-833-900-1010" in reply
    assert "engine_failure" in {entry["reason"] for entry in desk.board()}
    assert len(texter.replies()) == 1


def test_an_advocate_who_vanishes_gives_back(line: Line, desk: Desk) -> None:
    """The lease ends without a sign of life; the tier stays."""
    texter = line.texter()
    texter.ask("he locked me in")
    newest = line.query("SELECT id::text FROM conversation ORDER BY last_inbound_at DESC LIMIT 1")
    conversation_id = newest[0][0]
    desk.post(f"/api/conversations/{conversation_id}/claim")
    with_lease = "UPDATE conversation SET lease_until = now() - interval '1 second' WHERE id = %s"
    line.query(with_lease + " RETURNING 1", conversation_id)

    def waits_again() -> bool:
        entry = next(e for e in desk.board() if e["id"] == conversation_id)
        return entry["holder"] == "waiting" and entry["tier"] == "imminent"

    wait_until(waits_again)


def _postmasters(line: Line) -> list[int]:
    """The embedded server's main process, by the file that it keeps in its folder."""
    return [int(path.read_text().splitlines()[0]) for path in line.data.rglob("postmaster.pid")]
