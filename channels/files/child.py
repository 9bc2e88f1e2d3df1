"""The short-lived process that touches a stranger's file: `python -m channels.files.child`.

Parsers of pictures and documents are what attackers aim at. So each file meets them in a process
of its own, with an empty environment, no key, no database, no open connection, and limits that it
sets itself before it reads a byte: memory, processor time, and no writing of files at all. What
comes out is one line of JSON and the new file; of an error nothing but its name.
"""

from __future__ import annotations

import json
import resource
import sys

from intake.tip_files import LARGEST_FILE, FileKind, Refusal

MEMORY = 1024 * 1024 * 1024
SECONDS = 20
# A new file may weigh more than the sent one: a JPEG of a drawing is larger than its GIF.
LARGEST_OUT = 24 * 1024 * 1024


def limit_self() -> None:
    """Bounds that the process cannot lift again."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def clean(raw: bytes) -> tuple[dict[str, object], bytes]:
    """What to say of a file, and the file made anew."""
    from channels.files.pictures import NoPicture, TooManyPixels, picture

    if len(raw) > LARGEST_FILE:
        return _refused(Refusal.TOO_LARGE), b""
    try:
        try:
            content, parts = picture(raw)
            kind = FileKind.PICTURE
        except NoPicture:
            from channels.files import documents

            try:
                content, parts = documents.document(raw)
            except documents.Locked:
                return _refused(Refusal.LOCKED), b""
            except documents.TooLong:
                return _refused(Refusal.TOO_BIG_INSIDE), b""
            except documents.NoDocument:
                return _refused(Refusal.UNKNOWN_KIND), b""
            kind = FileKind.DOCUMENT
    except (TooManyPixels, MemoryError):
        return _refused(Refusal.TOO_BIG_INSIDE), b""
    if len(content) > LARGEST_OUT:
        return _refused(Refusal.TOO_BIG_INSIDE), b""
    return {"kind": kind.value, "parts": parts, "size": len(content)}, content


def _refused(why: Refusal) -> dict[str, object]:
    return {"refused": why.value, "size": 0}


def main() -> int:
    """Read a file, write what became of it."""
    limit_self()
    told, content = clean(sys.stdin.buffer.read(LARGEST_FILE + 1))
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + content)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
