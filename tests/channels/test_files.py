"""Files are made anew: what is drawn stays, what lies beside it goes, and nothing breaks out."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from channels.files import child
from channels.files.cleaner import Cleaner, _read
from channels.files.documents import MOST_PAGES
from intake.tip_files import LARGEST_FILE, CleanFile, FileKind, Refusal
from tests.channels.samples import SECRET, SERIAL, drawing, everything, paper, photo, pictures


async def cleaned(raw: bytes) -> CleanFile:
    """A file that must be taken."""
    became = await Cleaner().clean(raw)
    assert isinstance(became, CleanFile)
    return became


async def test_pictures_keep_their_pixels_and_nothing_else() -> None:
    """Every kind becomes a JPEG that stands upright; of an animation the first picture stays."""
    for kind, parts in (("JPEG", 1), ("PNG", 1), ("WEBP", 1), ("GIF", 3)):
        raw = photo(kind)
        assert SECRET.encode() in raw
        file = await cleaned(raw)
        assert (file.kind, file.parts) == (FileKind.PICTURE, parts), kind
        for needle in (SECRET, SERIAL, "Exif", "xmp", "ICC_PROFILE"):
            assert needle.encode() not in file.content, (kind, needle)
        with Image.open(BytesIO(file.content)) as again:
            again.load()
            assert not again.getexif() and set(again.info) <= {
                "jfif", "jfif_version", "jfif_unit", "jfif_density",
            }, kind  # fmt: skip
            # EXIF said "turn me": the red field moves from the left to the right corner.
            turned = kind != "GIF"
            assert again.size == ((48, 64) if turned else (64, 48)), kind
            red, _, blue = again.convert("RGB").getpixel((42, 5) if turned else (5, 5))
            assert red > 150 and blue < 90, kind


async def test_documents_keep_their_drawn_pages() -> None:
    """Words and photo stay; author, script, action, attachment, link, note and EXIF go."""
    raw = paper()
    assert SECRET.encode() in everything(raw) and SERIAL.encode() in everything(raw)
    file = await cleaned(raw)
    assert (file.kind, file.parts) == (FileKind.DOCUMENT, 1)
    within = everything(file.content)
    for needle in (SECRET, SERIAL, "Exif", "JavaScript", "Launch", "/Annots", "EmbeddedFile",
                   "/Metadata", "/Info", "/Author", "/OpenAction", "/AA"):  # fmt: skip
        assert needle.encode() not in within, needle
    with pikepdf.open(BytesIO(file.content)) as pdf:
        assert set(pdf.Root.keys()) == {"/Type", "/Pages"}
        drawn = pdf.pages[0].obj.Contents.read_bytes()
        assert b"Plate ABCD 123" in drawn and b" Do" in drawn
        (picture,) = pictures(pdf.pages[0])
        assert pikepdf.PdfImage(picture).as_pil_image().size == (64, 48)


def _pages(count: int) -> bytes:
    with pikepdf.Pdf.new() as pdf:
        for _ in range(count):
            pdf.add_blank_page()
        out = BytesIO()
        pdf.save(out)
    return out.getvalue()


def _bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that unfolds to side times side pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)

    head = side.to_bytes(4) + side.to_bytes(4) + b"\x08\x02\x00\x00\x00"
    body = zlib.compress(b"\x00" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


async def test_what_is_not_taken_is_named() -> None:
    """By its content, whatever it is called."""
    tiff = BytesIO()
    drawing().save(tiff, "TIFF")
    locked = paper(encryption=pikepdf.Encryption(owner="a", user="b"))
    cleaner = Cleaner()
    cases = (
        (b"", Refusal.UNKNOWN_KIND),
        (b"MZ" + b"\x00" * 500, Refusal.UNKNOWN_KIND),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Refusal.UNKNOWN_KIND),
        (tiff.getvalue(), Refusal.UNKNOWN_KIND),
        (photo()[:400], Refusal.UNKNOWN_KIND),
        (b"%PDF-1.7 and no more", Refusal.UNKNOWN_KIND),
        (locked, Refusal.LOCKED),
        (_bomb(60_000), Refusal.TOO_BIG_INSIDE),
        (_pages(MOST_PAGES + 1), Refusal.TOO_BIG_INSIDE),
        (b"x" * (LARGEST_FILE + 1), Refusal.TOO_LARGE),
    )
    became = await asyncio.gather(*(cleaner.clean(raw) for raw, _ in cases))
    for found, (raw, why) in zip(became, cases, strict=True):
        assert found is why, (raw[:12], why)


async def test_a_file_of_two_kinds_is_one_kind_afterwards() -> None:
    """A picture with a document or a script behind it is a picture and nothing else."""
    for tail in (paper(), b"PK\x03\x04" + SECRET.encode(), b"<script>alert(1)</script>"):
        file = await cleaned(photo() + tail)
        assert file.kind is FileKind.PICTURE
        for needle in (b"%PDF", b"PK\x03\x04", b"<script", SECRET.encode()):
            assert needle not in file.content


async def test_a_child_that_hangs_is_ended_and_the_next_file_is_taken() -> None:
    """By the clock of the porch, whatever the child does; and who waits too long is refused."""
    assert await Cleaner(seconds=0.0).clean(photo()) is Refusal.TOO_BIG_INSIDE
    cleaner = Cleaner(patience=0.0)
    first, second, third = await asyncio.gather(*(cleaner.clean(photo()) for _ in range(3)))
    assert isinstance(first, CleanFile) and isinstance(second, CleanFile)
    assert third is Refusal.BUSY
    assert isinstance(await cleaner.clean(photo()), CleanFile)


def test_what_a_child_says_is_held_to_what_it_may_say() -> None:
    """A child that a file has taken over cannot hand over anything but a JPEG or a PDF."""
    good = b"\xff\xd8\xffdata"
    for told, content, became in (
        ({"kind": "picture", "parts": 1, "size": len(good)}, good, None),
        ({"kind": "picture", "parts": 1, "size": 3}, good, Refusal.UNKNOWN_KIND),
        ({"kind": "picture", "parts": 1, "size": 4}, b"<htm", Refusal.UNKNOWN_KIND),
        ({"kind": "document", "parts": 1, "size": len(good)}, good, Refusal.UNKNOWN_KIND),
        ({"kind": "program", "parts": 1, "size": len(good)}, good, Refusal.UNKNOWN_KIND),
        ({"refused": "locked"}, b"", Refusal.LOCKED),
        ({"refused": "no such word"}, b"", Refusal.UNKNOWN_KIND),
        ([], b"", Refusal.UNKNOWN_KIND),
        ({"kind": "picture", "x": "y" * 300}, good, Refusal.UNKNOWN_KIND),
    ):
        found = _read(json.dumps(told).encode() + b"\n" + content)
        assert isinstance(found, CleanFile) if became is None else found is became, told
    assert _read(b"") is Refusal.TOO_BIG_INSIDE


_TRIALS = """
import os, sys
from channels.files import child
child.limit_self()
try:
    {deed}
except (OSError, MemoryError) as error:
    print(type(error).__name__)
else:
    print("done")
"""


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("x = bytearray(2 * child.MEMORY)", "MemoryError"),
        ("f = open(sys.argv[1], 'wb'); f.write(b'raw'); f.flush()", "OSError"),
        ("x = bytearray(1024)", "done"),
    ],
)
def test_the_child_cannot_take_more_than_its_share(
    deed: str, said: str, tmp_path: Path, root: Path
) -> None:
    """Neither memory, nor a single byte on any disk."""
    target = tmp_path / "raw"
    # The limit on files comes as a signal too, which ends a program that does not ignore it.
    code = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)" + _TRIALS.format(
        deed=deed
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(target)], cwd=root, capture_output=True, text=True
    )
    assert done.stdout.strip() == said, done.stderr
    assert not target.exists() or target.stat().st_size == 0


async def test_the_child_knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No environment, hence no key file and no database; no open file but its three streams."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret@127.0.0.1/line")
    seen: dict[str, Any] = {}

    async def spy(*command: str, **options: Any) -> asyncio.subprocess.Process:
        seen.update(options)
        look = "import os; print(dict(os.environ), len(os.listdir('/proc/self/fd')))"
        return await real(sys.executable, "-c", look, **options)

    real = asyncio.create_subprocess_exec
    with open(os.devnull) as held:
        os.set_inheritable(held.fileno(), False)
        monkeypatch.setattr(asyncio, "create_subprocess_exec", spy)
        written = await Cleaner()._run(b"")
    assert b"postgresql" not in written
    # 0, 1, 2 and the listing's own.
    assert written.split()[-1] == b"4"
    assert child.MEMORY <= 1024**3
