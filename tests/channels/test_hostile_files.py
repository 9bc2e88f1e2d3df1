"""Forty hostile files of every family; `python -m benchmarks.hostile_files` sends a thousand."""

from __future__ import annotations

import asyncio

from benchmarks.hostile import FAMILIES, MARK, hostile
from benchmarks.hostile_files import faults, send
from intake.tip_files import CleanFile, FileKind


async def test_none_breaks_the_reader_and_none_is_stored_raw() -> None:
    """Made anew or refused by name; nothing smuggled in comes out, nothing is written to disk."""
    files = list(hostile(40, seed=11))
    assert {one.family for one in files} == set(FAMILIES)
    halves = await asyncio.gather(send(files[:20]), send(files[20:]))
    for outcome in halves:
        assert outcome.faults == [] and outcome.written == []
    # An empty file is no file.
    assert sum(outcome.count for outcome in halves) == len([one for one in files if one.raw])


def test_the_judge_sees_what_was_left() -> None:
    """The check above can fail: each of these would be a fault."""
    laden = next(
        one.raw
        for one in hostile(400)
        if one.family.startswith("picture: every") and one.raw.startswith(b"\xff\xd8")
    )
    assert MARK in laden
    assert {"stored raw", f"{MARK.decode()} is in it"} <= set(
        faults(laden, CleanFile(FileKind.PICTURE, laden))
    )
    paper = next(one.raw for one in hostile(200) if one.family == "document: scripts")
    assert {"more than pages", "JavaScript is in it"} <= set(
        faults(b"", CleanFile(FileKind.DOCUMENT, paper))
    )
