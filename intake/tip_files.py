"""Files of a tip: what is taken, how much of it, and what becomes of one that is not.

A name of a file is never kept: it may hold a person's name. What a file is, is told by whether
its parser opens it, never by its name or by what the sender calls it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

MOST_FILES = 10
LARGEST_FILE = 10 * 1024 * 1024
#: Of all forms of one tip together.
MOST_OF_A_TIP = 30


class FileKind(enum.Enum):
    """What a file is once it was made anew."""

    PICTURE = "picture"
    DOCUMENT = "document"

    @property
    def media_type(self) -> str:
        """As HTTP names it: pictures are JPEG, documents PDF, whatever they were."""
        return {"picture": "image/jpeg", "document": "application/pdf"}[self.value]

    @property
    def ending(self) -> str:
        """The ending of a file that is taken out."""
        return {"picture": ".jpg", "document": ".pdf"}[self.value]


class Refusal(enum.Enum):
    """Why a file was not taken."""

    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    UNKNOWN_KIND = "unknown_kind"
    """No parser of ours opens it, or it is damaged."""
    LOCKED = "locked"
    """A document with a password."""
    TOO_BIG_INSIDE = "too_big_inside"
    """More pixels, pages, memory or time than a file may take."""
    BUSY = "busy"
    """Too many files at once on this machine."""


@dataclass(frozen=True, repr=False)
class CleanFile:
    """A file made anew: a picture from its pixels, a document from its pages. Never printed.

    `parts`: pictures or pages that the sent file had; of an animation only the first is kept.
    """

    kind: FileKind
    content: bytes
    parts: int = 1
