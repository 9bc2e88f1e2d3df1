"""Another case system follows: signed events on a real receiver, in order, none lost, no words."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI, Request, Response
from pydantic import ValidationError
from sqlalchemy import text

from channels.outbox import TryAgain
from channels.settings import WorkerSettings
from channels.signing import secrets_in, signature
from channels.webhook import PAUSES, Webhook
from channels.worker import Worker
from handoff.desk import Desk
from intake.risk import Tier
from storage.crypto import Keyring
from storage.database import Database, utc_now
from storage.keys import create
from storage.webhook_events import KEEP_FAILED, KEEP_SENT
from tests.channels.conftest import serving
from tests.conftest import fresh_database
from tests.handoff.people import text_in

SECRET = "whsec_" + base64.b64encode(b"a secret for this test only, ok?").decode()
NEVER = ("gun", "+1613", "traffick", "hotline", "River")


@dataclass
class System:
    """The other system: checks signatures as docs/desk.md says, and can be broken."""

    status: int = 204
    got: list[dict[str, Any]] = field(default_factory=list)
    tries: list[tuple[str, bytes]] = field(default_factory=list)
    forged: int = 0

    def app(self) -> FastAPI:
        """Its receiver."""
        service = FastAPI()

        @service.post("/events")
        async def events(request: Request) -> Response:
            body = await request.body()
            self.tries.append((request.headers["webhook-id"], body))
            if not verified(SECRET, dict(request.headers), body):
                self.forged += 1
                return Response(status_code=400)
            if self.status < 300:
                self.got.append(json.loads(body))
            return Response(status_code=self.status, headers={"location": "/elsewhere"})

        return service


def _recipe(root: Path) -> Any:
    """The verification that docs/desk.md gives to whoever receives, run as it stands there."""
    page = (root / "docs/desk.md").read_text()
    code = page.split("```python\n# verify a webhook\n")[1].split("```")[0]
    found: dict[str, Any] = {}
    exec(code, found)  # our own page
    return found["verified"]


verified = _recipe(Path(__file__).parents[2])


@pytest.fixture(scope="module")
def hook_url(postgres: str) -> str:
    """A database of its own: the switch concerns every conversation."""
    return fresh_database(postgres, "webhook")


@pytest.fixture
def system() -> Iterator[tuple[System, str]]:
    """The receiver and its address."""
    made = System()
    with serving(made.app()) as url:
        yield made, url + "/events"


@pytest.fixture
async def webhook(
    hook_url: str, keyring: Keyring, system: tuple[System, str]
) -> AsyncIterator[Webhook]:
    """The sender, switched on; nothing waits from before."""
    database = Database(hook_url, keyring)
    async with database.transaction() as tx:
        await tx.session.execute(
            text("TRUNCATE conversation, advocate, procrastinate_jobs CASCADE")
        )
    made = Webhook(database, system[1], secrets_in(SECRET), utc_now)
    await made.begin()
    yield made
    await database.close()


async def _worked(webhook: Webhook, voice: Any) -> UUID:
    """Somebody in danger is taken, calmed, and released."""
    conversation_id = await text_in(webhook.database, voice, "he has a gun")
    async with webhook.database.transaction() as tx:
        await tx.accounts.add_advocate("River", "-", "advocate", ["en"])
        (river,) = await tx.accounts.all_advocates()
        desk = Desk(tx, river, voice, utc_now())
        await desk.claim(conversation_id)
        await desk.lower_tier(
            conversation_id, shown=Tier.IMMINENT, tier=Tier.CONCERN, reason="it is over"
        )
        await desk.release(conversation_id, 10**9)
    return conversation_id


async def test_what_happened_arrives_signed_and_in_order(
    webhook: Webhook, voice: Any, system: tuple[System, str]
) -> None:
    """One event a change, with ids, tier and state; no word, number or name."""
    receiver, _ = system
    conversation_id = await _worked(webhook, voice)
    await webhook.mend(utc_now() + timedelta(seconds=1))
    async with webhook.database.transaction() as tx:
        jobs = await tx.session.execute(
            text("SELECT args FROM procrastinate_jobs WHERE task_name = 'webhook'")
        )
        assert [row.args for row in jobs] == [{"conversation_id": str(conversation_id)}]
    await webhook.deliver(conversation_id)
    await webhook.deliver(conversation_id)
    assert receiver.forged == 0
    assert [(one["type"], one["data"]["state"], one["data"]["tier"]) for one in receiver.got] == [
        ("conversation.waiting", "waiting", "imminent"),
        ("conversation.held", "held", "imminent"),
        ("conversation.tier_changed", "held", "concern"),
        ("conversation.released", "released", "concern"),
    ]
    assert {one["data"]["id"] for one in receiver.got} == {str(conversation_id)}
    assert {tuple(sorted(one["data"])) for one in receiver.got} == {("id", "state", "tier")}
    sent = b"".join(body for _, body in receiver.tries).decode()
    assert [word for word in NEVER if word in sent] == []
    async with webhook.database.transaction() as tx:
        assert await tx.webhooks.due(utc_now() + timedelta(days=9)) == []
        await tx.webhooks.forget(utc_now() + KEEP_SENT * 2)
        left = await tx.session.scalar(text("SELECT count(*) FROM webhook_event"))
        assert left == 0


@pytest.mark.parametrize("status", [500, 404, 302])
async def test_what_is_not_taken_is_tried_again_under_the_same_id(
    webhook: Webhook, voice: Any, system: tuple[System, str], status: int
) -> None:
    """Later and later; what comes behind waits, so that the order holds."""
    receiver, _ = system
    receiver.status = status
    conversation_id = await _worked(webhook, voice)
    for pause in PAUSES[:2]:
        with pytest.raises(TryAgain) as again:
            await webhook.deliver(conversation_id)
        assert again.value.seconds == pause.total_seconds()
    assert len({mark for mark, _ in receiver.tries}) == 1
    async with webhook.database.transaction() as tx:
        assert await tx.webhooks.due(utc_now()) == []
        assert await tx.webhooks.due(utc_now() + PAUSES[1] * 2) == [conversation_id]
    receiver.status = 204
    await webhook.deliver(conversation_id)
    assert len(receiver.got) == 4


async def test_what_nobody_takes_for_days_is_given_up(
    webhook: Webhook, voice: Any, system: tuple[System, str], caplog: pytest.LogCaptureFixture
) -> None:
    """The next one goes on; the log names a code and no id."""
    receiver, _ = system
    conversation_id = await text_in(webhook.database, voice, "he has a gun")
    broken = Webhook(webhook.database, "http://127.0.0.1:9/events", webhook.secrets, utc_now)
    for _pause in PAUSES:
        with pytest.raises(TryAgain):
            await broken.deliver(conversation_id)
    await broken.deliver(conversation_id)
    assert "given up: no_connection" in caplog.text
    assert str(conversation_id) not in caplog.text
    async with webhook.database.transaction() as tx:
        assert await tx.webhooks.due(utc_now() + timedelta(days=9)) == []
        await tx.webhooks.forget(utc_now() + KEEP_FAILED * 2)
    assert receiver.tries == []


async def test_off_by_default(hook_url: str, webhook: Webhook, voice: Any) -> None:
    """Without an address nothing is written down at all."""
    off = Webhook(webhook.database, None, (), utc_now)
    await off.begin()
    conversation_id = await _worked(off, voice)
    await off.mend(utc_now())
    await off.deliver(conversation_id)
    async with off.database.transaction() as tx:
        assert await tx.webhooks.due(utc_now() + timedelta(days=9)) == []


@pytest.mark.parametrize(
    ("secret", "message_id", "timestamp", "body", "signed"),
    [
        (
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            1649367553,
            b'{"email":"test@example.com","username":"test_user"}',
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
        ),
    ],
)
def test_the_signature_is_that_of_the_scheme(
    secret: str, message_id: str, timestamp: int, body: bytes, signed: str
) -> None:
    """A published example of the scheme; with two secrets there are two signatures."""
    assert signature(secrets_in(secret), message_id, timestamp, body) == signed
    both = signature(secrets_in(f"{secret} {SECRET}"), message_id, timestamp, body)
    assert both.split()[0] == signed
    assert len(both.split()) == 2


def test_the_recipe_refuses_what_is_forged_or_old() -> None:
    """Another body, another secret, an hour ago."""
    now = int(utc_now().timestamp())
    headers = {"webhook-id": "a", "webhook-timestamp": str(now)}
    headers["webhook-signature"] = signature(secrets_in(SECRET), "a", now, b"{}")
    assert verified(SECRET, headers, b"{}")
    assert not verified(SECRET, headers, b"{ }")
    assert not verified("whsec_" + base64.b64encode(b"x" * 32).decode(), headers, b"{}")
    old = {**headers, "webhook-timestamp": str(now - 3600)}
    old["webhook-signature"] = signature(secrets_in(SECRET), "a", now - 3600, b"{}")
    assert not verified(SECRET, old, b"{}")


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("https://cases.example.org/events", None),
        (None, SECRET),
        ("http://cases.example.org/events", SECRET),
        ("https://user:word@cases.example.org/", SECRET),
        ("https://cases.example.org/events", "whsec_c2hvcnQ="),
        ("https://cases.example.org/events", "not base64 at all"),
    ],
)
def test_settings_that_do_not_fit(url: str | None, secret: str | None) -> None:
    """Both or none; TLS; a secret that is one. The message holds no secret."""
    with pytest.raises(ValidationError) as error:
        WorkerSettings(
            database_url="postgresql://x@y/z",
            hotline_key_file=Path("key.json"),
            engine_token="t",  # type: ignore[arg-type]
            webhook_url=url,
            webhook_secret=secret,  # type: ignore[arg-type]
        )
    assert SECRET not in str(error.value)


async def test_the_worker_sends_what_the_settings_ask_for(
    hook_url: str, webhook: Webhook, voice: Any, system: tuple[System, str], tmp_path: Path
) -> None:
    """From the setting to the other system, by the worker's own jobs."""
    receiver, url = system
    key_file = tmp_path / "key.json"
    create(key_file)
    settings = WorkerSettings(
        database_url=hook_url,
        hotline_key_file=key_file,
        engine_url="http://127.0.0.1:9",
        engine_token="t",  # type: ignore[arg-type]
        webhook_url=url,
        webhook_secret=SECRET,  # type: ignore[arg-type]
    )
    worker = Worker.build(settings)
    async with worker.queue.open_async():
        await worker.webhook.begin()
        await text_in(worker.database, voice, "he has a gun")
        await worker.upkeep.mend_webhook()
        await worker.queue.run_worker_async(
            wait=False, install_signal_handlers=False, delete_jobs="successful"
        )
    await worker.engine.close()
    await worker.database.close()
    assert [one["type"] for one in receiver.got] == ["conversation.waiting"]
