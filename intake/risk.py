"""The rule-based risk judge: plain rules that read every inbound message before anything else.

Every message is read in every language of the cue lists (people mix languages), and any tier
opens an escalation to a live advocate. What a message is told to be follows these rules:

* A cue counts when it is said in this message, or when it begins in an earlier message and ends
  in this one ("he wont let me" / "leave").
* Earlier messages never raise a tier by themselves: "ok thanks" after a disclosure is tier None.
  They do raise the tier of what this message adds: "he sells me" after "im 15" is IMMINENT, and
  so is "im 15" after "he sells me". A short time word ("tonight") after a cue that speaks of
  time completes that cue.
* A negation or the past tense next to one cue limits that cue alone, never to less than CONCERN,
  and never another cue of the message. Only an advocate may lower a tier further.

The rows are those of the risk model (1 to 28). Rows 26 (wrong number, spam), 27 (silence) and 28
(opt-out word after risk) have no cue: 26 is the absence of one, 27 and 28 are facts about the
conversation that its state machine knows.
"""

from __future__ import annotations

import enum
import gc
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from intake.cuelist import CONTEXT, UNLIMITED, CueList, Entry, read
from intake.hits import Hit, Rules
from intake.reading import Message
from intake.remembered import (
    FRAGMENTS,
    LONGEST,
    REMEMBERED,
    Earlier,
    Memory,
    Past,
    keep,
    raised,
    recall,
)

_FORMAT = 2  # raised when the code reads the same lists otherwise
_COMPLETED = 2  # earlier messages whose cue a time can complete
_SUICIDE = 5  # the row whose plan, means and time are often said apart
_SHORT = 7  # words of a message that may be only a time

#: One digit alone answers a list of the line's; it is nobody's age.
_CHOICE = re.compile(r"\W*\d\W*")


class Tier(enum.IntEnum):
    """How soon an advocate must look."""

    CONCERN = 1
    URGENT = 2
    IMMINENT = 3

    @property
    def label(self) -> str:
        """The tier's name in records and interfaces."""
        return self.name.lower()


@dataclass(frozen=True)
class Cue:
    """One sign of risk; ``start`` and ``end`` are its span in the text that was screened."""

    category: int
    name: str
    tier: Tier
    language: str
    start: int
    end: int


@dataclass(frozen=True)
class Assessment:
    """What the rules say of one message; ``tier`` is None when no rule raised anything."""

    tier: Tier | None
    cues: tuple[Cue, ...]
    asks_for_person: bool
    version: str


@dataclass(frozen=True)
class _Rise:
    """A cue of one of ``rows`` has at least ``tier`` when one of ``partners`` is present too."""

    rows: frozenset[int]
    partners: frozenset[int]
    tier: Tier


_RISES = (
    _Rise(frozenset({7}), frozenset({1, 2, 3, 4, 5, 9}), Tier.IMMINENT),
    _Rise(frozenset({1, 2, 3, 4, 5, 9}), frozenset({7}), Tier.IMMINENT),
    _Rise(frozenset({14}), frozenset({3, 8, 11, 12, 13}), Tier.URGENT),
    _Rise(frozenset({20}), frozenset({7}), Tier.URGENT),
    _Rise(frozenset({7}), frozenset({20}), Tier.URGENT),
)

#: The cue lists, one YAML file for each language.
FILES = tuple(sorted((Path(__file__).parent / "cues").glob("*.yaml")))
_TIERS = {tier.label: int(tier) for tier in Tier}


def _version(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"rules-{digest.hexdigest()[:10]}.{_FORMAT}"


VERSION = _version(FILES)


def cue_list(path: Path) -> CueList:
    """The cue list in the file at ``path``.

    Raises ``CueListError`` or ``PatternError`` when it is not in its form, ``yaml.YAMLError`` when
    it is no YAML.
    """
    return read(path, _TIERS)


@cache
def rules() -> Rules:
    """The cue lists, read when the first message is screened.

    A process that must answer at once asks for them when it starts. Raises what
    :func:`cue_list` raises.
    """
    # The lists live as long as the process. The collector would walk through them while they grow,
    # and again with every full collection, in the middle of somebody's message.
    collecting = gc.isenabled()
    gc.disable()
    try:
        found = Rules(map(cue_list, FILES))
        gc.freeze()
    finally:
        if collecting:
            gc.enable()
    return found


def screen(text: str, history: Sequence[str] = (), *, judge: Rules | None = None) -> Assessment:
    """The rules' judgement of ``text``, given earlier inbound texts (oldest first).

    ``judge``: other lists than those of the line, such as one in the making.
    """
    judge = judge or rules()
    now = judge.read(text)
    before = Earlier(judge, [Past(past) for past in history])
    return _assess(judge, text, now, judge.find(now), before)


def follow(text: str, memory: Memory) -> tuple[Assessment, Memory]:
    """As :func:`screen`, given what earlier messages left behind; with what to leave to the next.

    A text without words leaves the memory as it was.
    """
    judge = rules()
    now = judge.read(text)
    found = judge.find(now)
    past = recall(memory, judge, VERSION)
    assessment = _assess(judge, text, now, found, Earlier(judge, past))
    if not text:
        return assessment, memory
    searched = [
        one if one.hits is not None else replace(one, hits=_searched(judge, one)) for one in past
    ]
    return assessment, keep([*searched, Past(text, tuple(raised(found)))], judge, VERSION)


def _searched(judge: Rules, past: Past) -> tuple[Hit, ...]:
    return tuple(raised(judge.find(judge.read((past.words or "")[:LONGEST]))))


def _assess(
    judge: Rules, text: str, now: Message, found: Sequence[Hit], before: Earlier
) -> Assessment:
    present = [
        *raised(_midway(hit) if before else hit for hit in found),
        *_fragments(judge, before, now),
        *_completed_by_time(judge, before, now),
    ]
    if _CHOICE.fullmatch(text):
        present = []
    cues = _judge(present, before.hits(REMEMBERED)) if present else ()
    tier = max((cue.tier for cue in cues), default=None)
    return Assessment(tier, cues, judge.asks_for_person(now), VERSION)


def _midway(hit: Hit) -> Hit:
    """The hit at the tier it has inside a conversation: a new "who is this" means a new reader."""
    return replace(hit, tier=max(hit.tier, min(hit.entry.midway, hit.limit)))


def _fragments(judge: Rules, before: Earlier, now: Message) -> list[Hit]:
    """Cues that begin in an earlier message and end in this one, spanned by this one's part."""
    earlier = before.last(FRAGMENTS)
    if not now.pieces or not any(message.pieces for message in earlier):
        return []
    joined = judge.joined(earlier, now)
    found = judge.find(joined, over=True)
    if not found:
        return []
    # A row that the earlier texts said by themselves is not said again by what follows them.
    said = {hit.entry.row for hit in judge.find(joined) if hit.end < 0}
    first = now.pieces[0].start
    unsaid = [replace(hit, start=first) for hit in found if hit.entry.row not in said]
    return raised(map(_midway, unsaid))


def _completed_by_time(judge: Rules, before: Earlier, now: Message) -> list[Hit]:
    """A short "tonight" after a cue that speaks of time: that cue again, at its sooner tier."""
    recent = before.hits(_COMPLETED) if (span := judge.speaks_of_now(now, _SHORT)) else ()
    return [
        replace(hit, tier=hit.entry.soon, start=span[0], end=span[1])
        for hit in recent
        if span and hit.entry.soon and hit.limit == UNLIMITED
    ]


def _judge(present: Sequence[Hit], past: Sequence[Hit]) -> tuple[Cue, ...]:
    """The cues of the present message, each at the tier that the whole conversation gives it."""
    counts = _counting([*present, *past])
    counted_before = _counting(past)
    active = [hit for hit in present if counts(hit) and hit.entry.row != CONTEXT]
    if not active:
        return ()
    earlier = [hit for hit in past if counts(hit)]
    rows = {hit.entry.row for hit in (*present, *earlier) if counts(hit) and _stands(hit)}
    floors: dict[int, int] = {}
    for hit in earlier:
        # Something said earlier may count only now ("i have the pills" / "i want to die"), and a
        # plan or a means that was named once holds for all that is said of dying later.
        if hit.entry.row == _SUICIDE or not counted_before(hit):
            floors[hit.entry.row] = max(floors.get(hit.entry.row, 0), hit.tier)
    cues: dict[tuple[int, str, int, int], Cue] = {}
    for hit in active:
        cue = _cue(hit, rows, floors)
        key = (cue.category, cue.name, cue.start, cue.end)
        if key not in cues or cues[key].tier < cue.tier:
            cues[key] = cue
    return _outermost(sorted(cues.values(), key=_order))


def _counting(hits: Iterable[Hit]) -> Callable[[Hit], bool]:
    """Whether what a hit needs is said by another hit of the same conversation, ``hits``.

    A hit that needs another one itself completes nothing until its own need is met.
    """
    hits = list(hits)
    said = {hit.entry for hit in hits if not hit.entry.needs}
    standing = {hit.entry for hit in hits if _stands(hit)}
    waiting = {hit.entry for hit in hits} - said
    while True:
        met = {entry for entry in waiting if any(_meets(o, entry) for o in said & standing)}
        if not met:
            return lambda hit: hit.entry in said
        said |= met
        waiting -= met


def _meets(other: Entry, entry: Entry) -> bool:
    return other.name != entry.name and bool(entry.needs & {other.row, other.name})


def _stands(hit: Hit) -> bool:
    """Whether the cue can complete a combination: one that a negation holds down can not."""
    return hit.tier >= min(hit.entry.tier, Tier.URGENT)


def _cue(hit: Hit, rows: set[int], floors: dict[int, int]) -> Cue:
    tier = max(hit.tier, floors.get(hit.entry.row, 0))
    for rise in _RISES:
        if hit.entry.row in rise.rows and rows & rise.partners:
            tier = max(tier, rise.tier)
    return Cue(hit.entry.row, hit.entry.name, Tier(tier), hit.language, hit.start, hit.end)


def _order(cue: Cue) -> tuple[int, int, int, int, str, str]:
    return (cue.start, -cue.end, -cue.tier, cue.category, cue.name, cue.language)


def _outermost(cues: list[Cue]) -> tuple[Cue, ...]:
    """Leaves out a cue that lies inside another of the same row with no lower tier."""
    kept: list[Cue] = []
    by_row: dict[int, list[Cue]] = {}
    for cue in cues:
        others = by_row.setdefault(cue.category, [])
        # All of them start no later: they come in order.
        if not any(cue.end <= other.end and cue.tier <= other.tier for other in others):
            kept.append(cue)
            others.append(cue)
    return tuple(kept)
