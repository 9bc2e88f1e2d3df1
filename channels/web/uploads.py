"""Reads a form with files as it streams in: in memory alone, one raw file at a time.

Starlette's own reader spools files into the machine's temporary folder in the clear; here each
file goes to the cleaner as soon as its last byte is in, and only what comes back is kept. Names
and declared kinds of files are not read at all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException

from channels.files.cleaner import Cleaner
from channels.routes import read_capped
from intake.tip_files import LARGEST_FILE, MOST_FILES, CleanFile, Refusal

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

LARGEST_FORM = 64 * 1024
# Words and room around the files; of each field at most this.
_LARGEST_FIELD = 32 * 1024
_MOST_FIELDS = 40
LARGEST_UPLOAD = MOST_FILES * (LARGEST_FILE + 64 * 1024) + LARGEST_FORM
#: Raw and cleaned bytes of all uploads of this process at once. Beyond it files are refused, words
#: are not.
ROOM = 256 * 1024 * 1024


#: Decides by the fields that came so far whether the form is taken now; it may make one wait.
Admits = Callable[[Mapping[str, str]], Awaitable[bool]]


@dataclass(repr=False)
class Sent:
    """What a form brought. Never printed. `admitted`: see Admits; without it no file was looked at.

    A form asks before its first file is made anew, or at its end.
    """

    fields: dict[str, str]
    #: What became of each file, in the order in which they came.
    became: list[CleanFile | Refusal] = field(default_factory=list)
    admitted: bool | None = None

    @property
    def files(self) -> list[CleanFile]:
        """Those that can be kept."""
        return [one for one in self.became if isinstance(one, CleanFile)]

    @property
    def refused(self) -> list[Refusal]:
        """Why the others cannot."""
        return [one for one in self.became if isinstance(one, Refusal)]


@dataclass
class Room:
    """How much memory uploads may take together."""

    left: int = ROOM

    def take(self, size: int) -> bool:
        """Whether there is room; then it is taken."""
        if size > self.left:
            return False
        self.left -= size
        return True

    def give(self, size: int) -> None:
        """Give room back."""
        self.left += size


@dataclass(frozen=True)
class Uploads:
    """The reader of forms of one process."""

    cleaner: Cleaner = field(default_factory=Cleaner)
    room: Room = field(default_factory=Room)

    async def read(self, request: Request, admits: Admits) -> Sent:
        """A whole form, of either kind that browsers send. Raises HTTPException 413 and 422."""
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        if kind != b"multipart/form-data":
            body = await read_capped(request, LARGEST_FORM)
            if body is None:
                raise HTTPException(413)
            fields = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
            return Sent(fields, admitted=await admits(fields))
        parts = _Parts(self.room)
        try:
            parser = MultipartParser(options.get(b"boundary", b""), parts.callbacks())
            return await self._stream(request, parser, parts, admits)
        except FormParserError:
            raise HTTPException(422) from None
        finally:
            self.room.give(parts.taken)

    async def _stream(
        self, request: Request, parser: MultipartParser, parts: _Parts, admits: Admits
    ) -> Sent:
        sent, size = Sent(parts.fields), 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > LARGEST_UPLOAD:
                raise HTTPException(413)
            parser.write(chunk)
            while parts.done:
                if sent.admitted is None:
                    sent.admitted = await admits(sent.fields)
                await self._take(parts.done.pop(0), parts, sent)
        parser.finalize()
        if sent.admitted is None:
            sent.admitted = await admits(sent.fields)
        return sent

    async def _take(self, file: bytearray | Refusal, parts: _Parts, sent: Sent) -> None:
        if isinstance(file, Refusal):
            sent.became.append(file)
            return
        became = await self.cleaner.clean(bytes(file)) if sent.admitted else Refusal.BUSY
        parts.release(len(file))
        file.clear()
        if isinstance(became, CleanFile) and not parts.claim(len(became.content)):
            became = Refusal.BUSY
        sent.became.append(became)


@dataclass
class _Parts:
    """What the parser calls; gathers one part after the other."""

    room: Room
    fields: dict[str, str] = field(default_factory=dict)
    done: list[bytearray | Refusal] = field(default_factory=list)
    taken: int = 0
    _count: int = 0
    _files: int = 0
    _name: str = ""
    _header: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)
    _disposition: bytes = b""
    _held: bytearray = field(default_factory=bytearray)
    _is_file: bool = False
    _fault: Refusal | None = None

    def callbacks(self) -> MultipartCallbacks:
        """By the parser's names."""
        return {
            "on_part_begin": self._begin,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
        }

    def claim(self, size: int) -> bool:
        """Take room for this form."""
        if not self.room.take(size):
            return False
        self.taken += size
        return True

    def release(self, size: int) -> None:
        """Give room of this form back."""
        self.room.give(size)
        self.taken -= size

    def _begin(self) -> None:
        self._count += 1
        if self._count > _MOST_FIELDS + 2 * MOST_FILES:
            raise FormParserError("too many parts")
        self._held, self._disposition = bytearray(), b""
        self._is_file, self._fault = False, None

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        # Only that there is a name of a file: the name itself is let go here.
        self._is_file = b"filename" in options
        self._name = options.get(b"name", b"").decode("utf-8", "replace")

    def _data(self, data: bytes, start: int, end: int) -> None:
        size = end - start
        if not self._is_file:
            if len(self._held) + size > _LARGEST_FIELD:
                raise FormParserError("a field is too long")
            self._held += data[start:end]
            return
        if self._fault is not None:
            return
        if self._files >= MOST_FILES:
            self._drop(Refusal.TOO_MANY)
        elif len(self._held) + size > LARGEST_FILE:
            self._drop(Refusal.TOO_LARGE)
        elif not self.claim(size):
            self._drop(Refusal.BUSY)
        else:
            self._held += data[start:end]

    def _drop(self, why: Refusal) -> None:
        self.release(len(self._held))
        self._held, self._fault = bytearray(), why

    def _end(self) -> None:
        if not self._is_file:
            self.fields[self._name] = self._held.decode("utf-8", "replace")
        elif self._fault is not None:
            self.done.append(self._fault)
        elif self._held:
            # A field of files that was left empty comes as an empty file.
            self._files += 1
            self.done.append(self._held)
        self._held = bytearray()
