"""Sends hostile files through the way that reports take, and tells what became of each.

`python -m benchmarks.hostile_files`: 1,000 files, ten a form, read, cleaned and judged as the porch
does it; no database is needed. It fails when the reader breaks, when any byte that was smuggled in
comes out again, or when a file is opened for writing meanwhile.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Annotated, Any

import pikepdf
import typer
from fastapi import Request
from PIL import Image

from benchmarks.hostile import MARK, Hostile, hostile
from channels.web.uploads import Sent, Uploads
from intake.tip_files import MOST_FILES, CleanFile, FileKind

_EDGE = b"hostile-edge"


@dataclass
class Outcome:
    """What became of the files of one run."""

    by_family: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    faults: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    slowest: float = 0.0

    @property
    def count(self) -> int:
        """How many files."""
        return sum(sum(one.values()) for one in self.by_family.values())


async def send(files: Sequence[Hostile], together: int = MOST_FILES) -> Outcome:
    """All of them, so many a form; the outcome says what is wrong."""
    outcome, uploads = Outcome(), Uploads()
    with _watched(outcome.written):
        for start in range(0, len(files), together):
            some = files[start : start + together]
            began = time.monotonic()
            sent = await uploads.read(_request([one.raw for one in some]), _everybody)
            outcome.slowest = max(outcome.slowest, time.monotonic() - began)
            _judge(some, sent, outcome)
    return outcome


def _judge(some: Sequence[Hostile], sent: Sent, outcome: Outcome) -> None:
    if sent.fields.get("words") != "A door":
        outcome.faults.append("the words of a form were lost")
    # The reader answers in order; an empty file is no file.
    whole = [one for one in some if one.raw]
    if len(sent.became) != len(whole):
        outcome.faults.append(f"{len(whole)} files, {len(sent.became)} answers")
    for one, became in zip(whole, sent.became, strict=False):
        if isinstance(became, CleanFile):
            outcome.by_family[one.family][f"{became.kind.value} made anew"] += 1
            outcome.faults += [f"{one.family}: {fault}" for fault in faults(one.raw, became)]
        else:
            outcome.by_family[one.family][f"refused: {became.value}"] += 1


def faults(raw: bytes, became: CleanFile) -> Iterator[str]:
    """What a file that was made anew still holds of what it should not."""
    if became.content == raw:
        yield "stored raw"
    if became.kind is FileKind.PICTURE:
        with Image.open(BytesIO(became.content), formats=("JPEG",)) as image:
            image.load()
            if set(image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}:
                yield "something beside the pixels"
        streams = [became.content]
    else:
        with pikepdf.open(BytesIO(became.content)) as pdf:
            if set(pdf.Root.keys()) != {"/Type", "/Pages"} or "/Info" in pdf.trailer:
                yield "more than pages"
            streams = [became.content, *_streams(pdf)]
    words = (MARK, b"JavaScript", b"/Launch", b"EmbeddedFile", b"/Annots", b"Exif", b"/Filespec")
    for word in words:
        if any(word in stream for stream in streams):
            yield f"{word.decode()} is in it"


def _streams(pdf: pikepdf.Pdf) -> Iterator[bytes]:
    for one in pdf.objects:
        if not isinstance(one, pikepdf.Stream):
            yield str(one).encode("utf-8", "replace")
            continue
        yield one.read_raw_bytes()
        try:
            yield one.read_bytes()
        except pikepdf.PdfError:
            continue


async def _everybody(_: Mapping[str, str]) -> bool:
    return True


def _request(raws: Sequence[bytes]) -> Request:
    part = b"--%s\r\nContent-Disposition: form-data; name=" % _EDGE
    body = part + b'"words"\r\n\r\nA door\r\n'
    for number, raw in enumerate(raws):
        body += part + b'"file"; filename="%d.jpg"\r\n\r\n' % number + raw + b"\r\n"
    body += b"--%s--\r\n" % _EDGE

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    kind = b"multipart/form-data; boundary=" + _EDGE
    headers = [(b"content-type", kind)]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


_watchers: list[list[str]] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open" or not _watchers:
        return
    path, mode, flags = arguments
    writes = bool((flags or 0) & (os.O_WRONLY | os.O_RDWR)) or bool(set(mode or "") & set("wax+"))
    if writes and isinstance(path, str | bytes) and os.fsdecode(path) != os.devnull:
        _watchers[-1].append(os.fsdecode(path))


_hooked: list[bool] = []


@contextmanager
def _watched(written: list[str]) -> Iterator[None]:
    """Note each file that this process opens for writing; children cannot (channels/files)."""
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked.append(True)
    _watchers.append(written)
    try:
        yield
    finally:
        _watchers.remove(written)


def run(
    files: Annotated[int, typer.Option(help="how many hostile files")] = 1_000,
    seed: Annotated[int, typer.Option(help="the same seed makes the same files")] = 7,
) -> None:
    """Make, send, judge."""
    made = list(hostile(files, seed))
    began = time.monotonic()
    outcome = asyncio.run(send(made))
    for family, became in sorted(outcome.by_family.items()):
        print(f"{family:40} {dict(became.most_common())}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(
        f"{outcome.count} files in {time.monotonic() - began:.0f} s, slowest form of {MOST_FILES}:"
        f" {outcome.slowest:.1f} s, largest child: {peak} MB"
    )
    print(f"files opened for writing: {outcome.written or 'none'}")
    print(f"faults: {outcome.faults or 'none'}")
    if outcome.faults or outcome.written:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(run)
