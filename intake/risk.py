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
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from intake.cuelist import CONTEXT, UNLIMITED, read
from intake.hits import Hit, find_hits, spell
from intake.reading import Spelled
from intake.tokens import BREAK, Token

_FORMAT = 1  # raised when the code reads the same lists otherwise
_REMEMBERED = 12  # earlier messages that are read for combinations
_FRAGMENTS = 3  # earlier messages that a cue can begin in
_LONGEST = 4000  # characters of one earlier message that are read
_SHIFT = 1_000_000  # longer than any message: keeps past and present apart in one text
_SUICIDE = 5  # the row whose plan, means and time are often said apart
_SHORT = 7  # words of a message that may be only a time


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

_DIRECTORY = Path(__file__).parent / "cues"
_FILES = tuple(sorted(_DIRECTORY.glob("*.yaml")))
_TIERS = {tier.label: int(tier) for tier in Tier}
_LISTS = tuple(read(path, _TIERS) for path in _FILES)


def _version(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"rules-{digest.hexdigest()[:10]}.{_FORMAT}"


VERSION = _version(_FILES)


def screen(text: str, history: Sequence[str] = ()) -> Assessment:
    """The rules' judgement of ``text``, given earlier inbound texts (oldest first)."""
    now = spell(text, _LISTS)
    before = [spell(past[:_LONGEST], _LISTS) for past in history[-_REMEMBERED:]]
    past = [
        replace(hit, message=number)
        for number, message in enumerate(before)
        for hit in find_hits(message, _LISTS)
    ]
    present = [
        *(_midway(hit) if before else hit for hit in find_hits(now, _LISTS)),
        *_fragments(before[-_FRAGMENTS:], now),
        *_completed_by_time([hit for hit in past if hit.message >= len(before) - 2], now),
    ]
    found = _judge(present, past)
    tier = max((cue.tier for cue in found), default=None)
    person = any(cues.asks_for_person(spelled) for cues, spelled in zip(_LISTS, now, strict=True))
    return Assessment(tier, found, person, VERSION)


def _midway(hit: Hit) -> Hit:
    """The hit at the tier it has inside a conversation: a new "who is this" means a new reader."""
    return replace(hit, tier=max(hit.tier, min(hit.entry.midway, hit.limit)))


def _fragments(before: Sequence[Sequence[Spelled]], now: Sequence[Spelled]) -> list[Hit]:
    """Cues that begin in an earlier message and end in this one, spanned by this one's part."""
    if not before or not any(spelled.tokens for spelled in now):
        return []
    joined = [
        Spelled.of([*_earlier(past[n] for past in before), *_shifted(spelled.tokens, _SHIFT)])
        for n, spelled in enumerate(now)
    ]
    first = min(spelled.tokens[0].start for spelled in now if spelled.tokens)
    found = find_hits(joined, _LISTS)
    # A row that the earlier texts said by themselves is not said again by what follows them.
    said = {hit.entry.row for hit in found if hit.end <= 0}
    return [
        replace(hit, start=first, end=hit.end - _SHIFT)
        for hit in found
        if hit.start < 0 and hit.end > _SHIFT and hit.entry.row not in said
    ]


def _earlier(messages: Iterable[Spelled]) -> Iterator[Token]:
    """The words of earlier messages, all placed before the present one; an end is no full stop."""
    for message in messages:
        tokens = message.tokens
        kept = tokens[:-1] if tokens and tokens[-1].text == BREAK else tokens
        yield from (replace(token, start=-1, end=-1) for token in kept)


def _shifted(tokens: Iterable[Token], by: int) -> Iterator[Token]:
    return (replace(token, start=token.start + by, end=token.end + by) for token in tokens)


def _completed_by_time(recent: Sequence[Hit], now: Sequence[Spelled]) -> list[Hit]:
    """A short "tonight" after a cue that speaks of time: that cue again, at its sooner tier."""
    found = []
    for cues, spelled in zip(_LISTS, now, strict=True):
        length = len(spelled.text)
        if 0 < len(spelled.tokens) <= _SHORT and cues.soon(spelled, 0, length):
            start, end = spelled.span(1, length)
            found += [
                replace(hit, tier=hit.entry.soon, start=start, end=end)
                for hit in recent
                if hit.entry.soon and hit.limit == UNLIMITED
            ]
    return found


def _judge(present: Sequence[Hit], past: Sequence[Hit]) -> tuple[Cue, ...]:
    """The cues of the present message, each at the tier that the whole conversation gives it."""
    counted_before = _counted(past)
    everything = _counted([*present, *past])
    active = [hit for hit in present if hit in everything and hit.entry.row != CONTEXT]
    if not active:
        return ()
    # Something said earlier may count only now ("i have the pills" / "i want to die").
    woken = [hit for hit in everything if hit in past and hit not in counted_before]
    rows = {hit.entry.row for hit in everything if _stands(hit)}
    floors: dict[int, int] = {}
    # A plan or a means that was named once holds for all that is said of dying later.
    planned = [hit for hit in everything if hit.entry.row == _SUICIDE and hit in past]
    for hit in (*woken, *planned):
        floors[hit.entry.row] = max(floors.get(hit.entry.row, 0), hit.tier)
    cues: dict[tuple[int, str, int, int], Cue] = {}
    for hit in active:
        cue = _cue(hit, rows, floors)
        key = (cue.category, cue.name, cue.start, cue.end)
        if key not in cues or cues[key].tier < cue.tier:
            cues[key] = cue
    return _outermost(sorted(cues.values(), key=_order))


def _counted(hits: Sequence[Hit]) -> list[Hit]:
    """The hits whose needs are met by another hit of the same conversation."""

    def met(hit: Hit) -> bool:
        return not hit.entry.needs or any(
            _stands(other)
            and other.entry.name != hit.entry.name
            and not other.entry.needs & {hit.entry.name, hit.entry.row}
            and hit.entry.needs & {other.entry.row, other.entry.name}
            for other in hits
        )

    return [hit for hit in hits if met(hit)]


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
    for cue in cues:
        if not any(_covers(other, cue) for other in kept):
            kept.append(cue)
    return tuple(kept)


def _covers(outer: Cue, inner: Cue) -> bool:
    return (
        outer.category == inner.category
        and outer.start <= inner.start
        and inner.end <= outer.end
        and outer.tier >= inner.tier
    )
