"""While the database is down, texts are kept on disk, sealed, and arrive in order afterwards."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import OperationalError

from channels import spool as spooling
from channels.spool import Spool
from intake.messages import Inbound, InboundKind, Keyword
from storage.crypto import Keyring
from storage.database import utc_now


class Hall:
    """A store that is reachable or not, and refuses one text for good."""

    def __init__(self) -> None:
        self.up = True
        self.kept: list[Inbound] = []
        self.poison: str | None = None
        self.slow = False

    async def store(self, inbound: Inbound) -> None:
        """Keep a text, or fail as a database does."""
        if self.slow:
            await asyncio.sleep(60)
        if not self.up:
            raise OperationalError("statement", {}, Exception("gone"))
        if inbound.text == self.poison:
            raise ValueError("a fault of ours")
        self.kept.append(inbound)


def inbound(text: str, **more: Any) -> Inbound:
    """A text."""
    number, sid = "+16135550123", f"SM{uuid4().hex}"
    return Inbound("sms", "+16135550100", number, sid, text, utc_now(), **more)


@pytest.fixture
def hall() -> Hall:
    """A reachable store."""
    return Hall()


@pytest.fixture
def spool(tmp_path: Path, keyring: Keyring, hall: Hall) -> Spool:
    """An empty folder before it."""
    return Spool(tmp_path / "spool", keyring, hall.store)


def on_disk(tmp_path: Path) -> list[Path]:
    """Files that wait."""
    return sorted((tmp_path / "spool").glob("*.sealed"))


async def test_with_a_database_nothing_touches_the_disk(
    spool: Spool, hall: Hall, tmp_path: Path
) -> None:
    """The usual way."""
    await spool.take(inbound("hello"))
    assert ([text.text for text in hall.kept], on_disk(tmp_path)) == (["hello"], [])


async def test_texts_wait_and_arrive_whole_and_in_order(
    spool: Spool, hall: Hall, tmp_path: Path, keyring: Keyring
) -> None:
    """Also those that come after the database is back but before the older ones arrived."""
    sent = [
        inbound("one"),
        inbound("STOP", keyword=Keyword.STOP, answered_by_provider=True),
        inbound("", kind=InboundKind.MEDIA),
    ]
    hall.up = False
    for text in sent:
        await spool.take(text)
    hall.up = True
    late = inbound("late")
    await spool.take(late)
    assert hall.kept == []
    # Another process finds them: the porch may have been started anew meanwhile.
    assert await Spool(tmp_path / "spool", keyring, hall.store).drain() == 4
    assert hall.kept == [*sent, late]
    assert on_disk(tmp_path) == []


async def test_what_waits_is_sealed_and_private(
    spool: Spool, hall: Hall, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither words nor number on disk, in a file name or in the log."""
    hall.up = False
    await spool.take(inbound("my secret words"))
    (path,) = on_disk(tmp_path)
    assert path.stat().st_mode & 0o077 == 0
    for secret in (b"secret", b"+16135550123", b"6135550123"):
        assert secret not in path.read_bytes()
        assert secret.decode() not in path.name + caplog.text


async def test_a_slow_database_does_not_cost_the_text(
    spool: Spool, hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than the carrier waits: kept on disk and answered."""
    monkeypatch.setattr(spooling, "STORE_SECONDS", 0.05)
    hall.slow = True
    await spool.take(inbound("hello"))
    assert len(on_disk(tmp_path)) == 1


async def test_one_bad_text_does_not_hold_up_the_others(
    spool: Spool, hall: Hall, tmp_path: Path
) -> None:
    """It is set aside, not thrown away."""
    hall.up = False
    for text in ("one", "bad", "two"):
        await spool.take(inbound(text))
    hall.up, hall.poison = True, "bad"
    assert await spool.drain() == 2
    assert [text.text for text in hall.kept] == ["one", "two"]
    assert len(list((tmp_path / "spool" / "stuck").iterdir())) == 1


async def test_a_fault_of_ours_is_not_hidden(spool: Spool, hall: Hall, tmp_path: Path) -> None:
    """With the database up, an error of the code is an error."""
    hall.poison = "bad"
    with pytest.raises(ValueError, match="fault of ours"):
        await spool.take(inbound("bad"))
    assert on_disk(tmp_path) == []


async def test_half_a_file_is_not_read(
    spool: Spool, hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One who empties the folder while a text is being written leaves that text alone."""
    hall.up = False
    seen: list[int] = []
    written = spooling.os.fsync

    def looked_at_meanwhile(descriptor: int) -> None:
        written(descriptor)
        hall.up = True
        seen.append(asyncio.run(Spool(tmp_path / "spool", spool._keyring, hall.store).drain()))

    monkeypatch.setattr(spooling.os, "fsync", looked_at_meanwhile)
    await spool.take(inbound("hello"))
    # Before it had its name, and after.
    assert seen == [0, 1]
    assert [text.text for text in hall.kept] == ["hello"]
    assert not (tmp_path / "spool" / "stuck").exists()


async def test_one_process_at_a_time_empties_the_folder(
    spool: Spool, hall: Hall, tmp_path: Path, keyring: Keyring
) -> None:
    """Several share it: what waits arrives once and in order, and newer texts stay behind it."""
    hall.up = False
    for text in ("one", "two"):
        await spool.take(inbound(text))
    hall.up = True
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(text: Inbound) -> None:
        begun.set()
        await go_on.wait()
        await hall.store(text)

    other = Spool(tmp_path / "spool", keyring, slowly)
    draining = asyncio.create_task(other.drain())
    await begun.wait()
    assert await spool.drain() == 0
    await spool.take(inbound("three"))
    go_on.set()
    assert await draining == 2
    assert await spool.drain() == 1
    assert [text.text for text in hall.kept] == ["one", "two", "three"]
