"""Files with a report, without a script: taken, made anew, encrypted, and never raw on any disk."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest

from channels.web import uploads
from channels.web.uploads import Room, Uploads
from intake.tip_files import LARGEST_FILE, FileKind, Refusal
from storage.database import Database
from storage.keys import load
from tests.channels.samples import SECRET, SERIAL, paper, photo

_RECEIPT = re.compile(r'class="receipt"[^>]*>(\d{4} \d{4} \d{4} \d{4})<')
_NAME = f"{SECRET} in front of her house.jpg"


def chosen(*contents: bytes, name: str = _NAME) -> list[tuple[str, tuple[str, bytes, str]]]:
    """Files as a browser sends them; the name and the kind may say anything."""
    return [("file", (name, content, "text/html")) for content in contents]


_written: list[str] = []
_watching = False


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watching or event != "open":
        return
    path, mode, flags = arguments
    writes = bool((flags or 0) & (os.O_WRONLY | os.O_RDWR)) or bool(set(mode or "") & set("wax+"))
    if isinstance(path, str | bytes) and writes:
        _written.append(os.fsdecode(path))


@pytest.fixture
def written() -> Iterator[list[str]]:
    """Every file that this process opens for writing; an audit hook cannot be taken off again."""
    global _watching
    if _watch not in _hooked:
        sys.addaudithook(_watch)
        _hooked.append(_watch)
    _written.clear()
    _watching = True
    yield _written
    _watching = False


_hooked: list[object] = []


async def test_files_come_with_the_report_and_with_the_receipt(
    porch: httpx.AsyncClient, porch_settings: Any, database_url: str, written: list[str]
) -> None:
    """Four good ones are kept, a bad one is named, no name or hidden detail is anywhere."""
    answer = await porch.post(
        "/en/report",
        data={"words": "See the plate", "where": "Barrie"},
        files=chosen(photo(), paper(), b"MZ no picture", b""),
    )
    assert answer.status_code == 200
    assert "Files that we have: 2" in answer.text
    assert "Files that we could not take: 1" in answer.text
    found = _RECEIPT.search(answer.text)
    assert found is not None
    receipt = found[1]
    more = await porch.post(
        "/en/report/return", data={"receipt": receipt}, files=chosen(photo("PNG"), photo("GIF"))
    )
    assert "Files that we have: 2" in more.text and "could not" not in more.text
    looked = await porch.post("/en/report/return", data={"receipt": receipt})
    assert "Files that we have" not in looked.text
    assert set(written) <= {os.devnull}
    hall = Database(database_url, load(porch_settings.hotline_key_file))
    async with hall.transaction() as tx:
        tip = await tx.tips.by_receipt(receipt.replace(" ", ""))
        assert tip is not None
        listed = await tx.attachments.of(tip.id)
        assert [one.kind for one in listed] == [
            FileKind.PICTURE, FileKind.DOCUMENT, FileKind.PICTURE, FileKind.PICTURE,
        ]  # fmt: skip
        assert [one.parts for one in listed] == [1, 1, 1, 3]
        opened = await tx.attachments.content(tip.id, listed[0].id)
        assert opened is not None and opened.content.startswith(b"\xff\xd8\xff")
        assert listed[0].size == len(opened.content)
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT t::text, content_locked FROM tip_attachment t").fetchall()
    assert len(rows) >= 4
    for row, locked in rows:
        for needle in (SECRET, SERIAL, "JFIF", "%PDF", "Plate ABCD"):
            assert needle.encode() not in locked and needle not in row
    await porch.post("/en/report/return", data={"receipt": receipt, "withdraw": "yes"})
    async with hall.transaction() as tx:
        assert await tx.attachments.of(tip.id) == []
    await hall.close()


def test_the_porch_adds_files_and_reads_none(database_url: str, porch_url: str) -> None:
    """PostgreSQL itself refuses, whatever the code of the porch asks for."""
    with psycopg.connect(porch_url, autocommit=True) as connection:
        connection.execute("SELECT count(tip_id) FROM tip_attachment")
        for statement in (
            "SELECT content_locked FROM tip_attachment",
            "SELECT * FROM tip_attachment",
            "UPDATE tip_attachment SET marked_at = NULL",
            "SELECT * FROM vault.sealed_attachment",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


async def test_the_words_are_kept_whatever_becomes_of_the_files(
    porch: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too many, too large, no room: said plainly, and the report is taken."""
    monkeypatch.setattr(uploads, "MOST_FILES", 2)
    small = photo("GIF")
    for files, kept, refused in (
        (chosen(*[small] * 4), 2, 2),
        (chosen(b"x" * (LARGEST_FILE + 1), small), 1, 1),
    ):
        answer = await porch.post("/en/report", data={"words": "A blue door"}, files=files)
        assert _RECEIPT.search(answer.text)
        assert f"Files that we have: {kept}" in answer.text
        assert f"could not take: {refused}" in answer.text
    monkeypatch.setattr(uploads, "LARGEST_UPLOAD", 1000)
    beyond = await porch.post("/en/report", data={"words": "x"}, files=chosen(b"y" * 2000))
    assert beyond.status_code == 413


async def _everybody(_: object) -> bool:
    return True


async def _read(reader: Uploads, body: bytes, kind: str) -> uploads.Sent:
    from starlette.requests import Request

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}
    return await reader.read(Request(scope, receive), _everybody)


async def test_room_is_given_back_and_broken_forms_are_refused() -> None:
    """After every form, whole or broken, the same room is free again."""
    from starlette.exceptions import HTTPException

    room = Room(left=5_000)
    reader = Uploads(room=room)
    mark = b"--edge\r\nContent-Disposition: form-data; name="
    words = mark + b'"words"\r\n\r\nA door\r\n'
    large = mark + b'"file"; filename="a"\r\n\r\n' + b"x" * 6_000 + b"\r\n"
    small = mark + b'"file"; filename="a"\r\n\r\n' + b"x" * 600 + b"\r\n"
    kind = "multipart/form-data; boundary=edge"
    sent = await _read(reader, words + large + small + b"--edge--\r\n", kind)
    assert sent.fields == {"words": "A door"}
    assert sent.refused == [Refusal.BUSY, Refusal.UNKNOWN_KIND]
    assert room.left == 5_000
    for body, of in (
        (b"no form at all", kind),
        (words, "multipart/form-data"),
        (words + small[:80] + b"\r\n--ed", kind),
        (mark + b'"words"\r\n\r\n' + b"w" * 40_000 + b"\r\n--edge--\r\n", kind),
        ((mark + b'"a"\r\n\r\n\r\n') * 500 + b"--edge--\r\n", kind),
        (b"--edge\r\n" + b"X: y\r\n" * 5_000, kind),
    ):
        try:
            await _read(reader, body, of)
        except HTTPException as refused:
            assert refused.status_code == 422, body[:40]
        assert room.left == 5_000, body[:40]
