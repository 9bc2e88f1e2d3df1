"""Acceptance case 20: after a scripted conversation nothing of it is anywhere in plain text."""

from __future__ import annotations

import psycopg
import pytest

from tests.acceptance.conftest import Desk, Line, wait_until

# Words that no program says by itself.
SECRETS = ("zebrafinch", "marmalade", "quincunx")


@pytest.fixture(scope="module")
def spoken(line: Line, desk: Desk) -> list[str]:
    """A conversation with telltale words, through bot, tip, risk, desk and errors."""
    texter = line.texter()
    texter.ask(f"hello {SECRETS[0]}")
    texter.ask("1")
    texter.ask(f"i need a place to sleep near {SECRETS[0]}")
    texter.text(f"{SECRETS[1]} has a gun and hes coming")
    newest = line.query("SELECT id::text FROM conversation ORDER BY last_inbound_at DESC LIMIT 1")
    conversation_id = newest[0][0]
    wait_until(lambda: any(e["id"] == conversation_id for e in desk.board()))
    desk.post(f"/api/conversations/{conversation_id}/claim")
    once = "6f1c1c5e-1111-4000-8000-" + conversation_id[-12:]
    before = len(texter.replies())
    desk.post(f"/api/conversations/{conversation_id}/reply", text=f"About {SECRETS[2]}.", once=once)
    desk.post(f"/api/conversations/{conversation_id}/notes", text=f"note {SECRETS[2]}")
    texter.wait_for(before + 1)
    # A forged webhook and a bad request with words in them.
    line.porch.post("/hooks/twilio/sms", data={"Body": SECRETS[0], "From": texter.number})
    desk.client.post("/api/session", json={"name": SECRETS[0], "password": 5, "x": SECRETS[1]})
    return [*SECRETS, texter.number, texter.number.removeprefix("+1")]


def test_no_log_holds_a_word_or_a_number(line: Line, spoken: list[str]) -> None:
    """Every file under the data directory that is not the database's own."""
    files = [
        path
        for path in line.data.rglob("*")
        if path.is_file() and not (path.parts[-2:-1] and "base" in path.parts)
    ]
    assert any(path.suffix == ".log" or "logs" in path.parts for path in files)
    for path in files:
        content = path.read_bytes()
        for secret in spoken:
            assert secret.encode() not in content, f"{path.name} holds a secret"
    assert not any(secret in text for text in line.output for secret in spoken)


def test_no_column_holds_a_word_or_a_number(line: Line, spoken: list[str]) -> None:
    """Every column of every table, the queue's included, as text."""
    with psycopg.connect(line.environment["DATABASE_URL"]) as connection:
        tables = [
            row[0]
            for row in connection.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            )
        ]
        assert "message" in tables
        for table in tables:
            for (row,) in connection.execute(f'SELECT t::text FROM "{table}" t'.encode()):
                for secret in spoken:
                    hexed = secret.encode().hex()
                    assert secret not in row and hexed not in row, f"{table} holds a secret"


def test_the_words_can_still_be_read_by_who_may(line: Line, desk: Desk, spoken: list[str]) -> None:
    """The check above is worth something only if the words were really there."""
    mine = [entry for entry in desk.board() if entry["advocate"] == "River"]
    texts = [message["text"] for entry in mine for message in desk.thread(entry["id"])["messages"]]
    assert any(spoken[1] in (text or "") for text in texts)
