"""What the rules keep of earlier messages: the cues found in them, and few words for a short while.

The porch judges a message together with what came before it, and may not read messages again. So
each message leaves behind the places of its cues in the lists, which are no words of the person,
and only the newest leave the words at their end, in which a cue may begin that the next message
ends ("he wont let me" / "leave").
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from intake.cuelist import CONTEXT, Entry
from intake.hits import Hit, Rules
from intake.reading import Message

REMEMBERED = 12  # earlier messages that are read for combinations
FRAGMENTS = 3  # earlier messages that a cue can begin in
LONGEST = 4000  # characters of one earlier message that are read
_LAST_WORDS = 24  # words at the end of a message that a cue of the next can begin in


@dataclass(frozen=True, repr=False)
class Memory:
    """What is carried from message to message. Never printed: `words` are the person's.

    `cues`: JSON, the places of cues in the lists, the oldest message first; it is read by the
    very lists that wrote it. `words`: the ends of the newest messages, oldest first.
    """

    cues: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class Past:
    """One earlier message: its cues, or its words to find them in."""

    words: str | None
    hits: tuple[Hit, ...] | None = None


class Earlier:
    """The earlier messages, each read and searched only when something asks for it."""

    def __init__(self, judge: Rules, past: Sequence[Past]) -> None:
        self._judge = judge
        self._past = past[-REMEMBERED:]
        self._messages: dict[int, Message] = {}
        self._hits: dict[int, list[Hit]] = {}

    def __bool__(self) -> bool:
        return bool(self._past)

    def last(self, most: int) -> list[Message]:
        """The last messages whose words are known, at most ``most``, oldest first."""
        return [self._message(n) for n in self._numbers(most) if self._past[n].words is not None]

    def hits(self, most: int) -> list[Hit]:
        """The cues of the last messages, at most ``most``."""
        for number in self._numbers(most):
            if number not in self._hits:
                self._hits[number] = [replace(hit, message=number) for hit in self._find(number)]
        return [hit for number in self._numbers(most) for hit in self._hits[number]]

    def _find(self, number: int) -> Sequence[Hit]:
        known = self._past[number].hits
        return raised(self._judge.find(self._message(number))) if known is None else known

    def _message(self, number: int) -> Message:
        if number not in self._messages:
            words = self._past[number].words or ""
            self._messages[number] = self._judge.read(words[:LONGEST])
        return self._messages[number]

    def _numbers(self, most: int) -> range:
        return range(max(0, len(self._past) - most), len(self._past))


def raised(hits: Iterable[Hit]) -> list[Hit]:
    """The hits without those that say nothing here, such as a first "who is this"."""
    return [hit for hit in hits if hit.tier or hit.entry.row == CONTEXT]


def recall(memory: Memory, judge: Rules, version: str) -> list[Past]:
    """The earlier messages as they are remembered, oldest first.

    Places of other lists than ``version`` mean nothing: then only the words are left to read.
    """
    kept = json.loads(memory.cues) if memory.cues else {}
    if kept.get("version") != version:
        return [Past(words) for words in memory.words]
    past = [Past(None, tuple(_hit(judge, *place) for place in one)) for one in kept["earlier"]]
    worded = memory.words[-len(past) :] if past else ()
    first = len(past) - len(worded)
    return [
        *past[:first],
        *(replace(one, words=words) for one, words in zip(past[first:], worded, strict=True)),
    ]


def keep(past: Sequence[Past], judge: Rules, version: str) -> Memory:
    """What to carry on; every message in ``past`` has been searched."""
    places = _places(judge)
    earlier = [
        [
            [*places[hit.entry], hit.tier, hit.limit, hit.personal, hit.start, hit.end]
            for hit in one.hits or ()
        ]
        for one in past[-REMEMBERED:]
    ]
    words = [one.words for one in past[-FRAGMENTS:]]
    return Memory(
        json.dumps({"version": version, "earlier": earlier}, separators=(",", ":")),
        tuple(_end(each) for each in words if each is not None),
    )


def _end(words: str) -> str:
    return " ".join(words.split()[-_LAST_WORDS:])[-LONGEST:]


def _hit(
    judge: Rules,
    number: int,
    entry: int,
    tier: int,
    limit: int,
    personal: bool,
    start: int,
    end: int,
) -> Hit:
    cues = judge.lists[number]
    return Hit(cues.entries[entry], tier, cues.language, start, end, limit, personal)


@cache
def _places(judge: Rules) -> dict[Entry, tuple[int, int]]:
    """Where each entry stands: the number of its list, and its own in it."""
    return {
        entry: (number, place)
        for number, cues in enumerate(judge.lists)
        for place, entry in enumerate(cues.entries)
    }
