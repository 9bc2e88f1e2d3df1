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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from intake.cuelist import CONTEXT, CueList, Entry, Spelled, read
from intake.tokens import BREAK, Token

_FORMAT = 1  # raised when the code reads the same lists otherwise
_REMEMBERED = 12  # earlier messages that are read for combinations
_FRAGMENTS = 3  # earlier messages that a cue can begin in
_LONGEST = 4000  # characters of one earlier message that are read
_SHORT = 5  # words of a message that may be only a time


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
class _Hit:
    """An entry found in a message, with the tier after its modifiers."""

    entry: Entry
    tier: int
    language: str
    start: int
    end: int
    message: int = -1
    soon: bool = False


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
    earlier = [past[:_LONGEST] for past in history[-_REMEMBERED:]]
    present: list[_Hit] = []
    past: list[_Hit] = []
    person = False
    for cues in _LISTS:
        spelled = cues.spelled(text)
        before = [cues.spelled(message) for message in earlier]
        present += _hits(cues, spelled)
        present += _fragments(cues, before[-_FRAGMENTS:], spelled)
        for number, message in enumerate(before):
            past += (replace(hit, message=number) for hit in _hits(cues, message))
        present += _completed_by_time(cues, past, spelled, len(before))
        person = person or cues.asks_for_person(spelled)
    found = _judge(present, past)
    tier = max((cue.tier for cue in found), default=None)
    return Assessment(tier, found, person, VERSION)


def _hits(cues: CueList, spelled: Spelled) -> list[_Hit]:
    joking = cues.joking(spelled)
    found = []
    for entry, match in cues.matches(spelled):
        tier = entry.tier
        sentence = spelled.sentence(match.start(), match.end())
        soon = bool(entry.soon) and cues.soon(spelled, *sentence)
        if soon:
            tier = max(tier, entry.soon)
        if not entry.firm:
            for modifier in cues.modifiers:
                if tier > modifier.limit and modifier.applies(spelled, match):
                    tier = modifier.limit
        if joking and entry.joke is not None:
            tier = min(tier, entry.joke)
        if tier or entry.row == CONTEXT:
            start, end = spelled.span(match.start(), match.end())
            found.append(_Hit(entry, tier, cues.language, start, end, soon=soon))
    return found


def _fragments(cues: CueList, before: Sequence[Spelled], spelled: Spelled) -> list[_Hit]:
    """Cues that begin in an earlier message and end in this one, spanned by this one's part."""
    if not before or not spelled.tokens:
        return []
    shift = 1_000_000
    old = [t for message in before for t in _without_last_break(message.tokens)]
    joined = Spelled.of(
        [
            *(replace(t, start=-1, end=-1) for t in old),
            *(replace(t, start=t.start + shift, end=t.end + shift) for t in spelled.tokens),
        ]
    )
    return [
        replace(hit, start=min(t.start for t in spelled.tokens), end=hit.end - shift)
        for hit in _hits(cues, joined)
        if hit.start < 0 and hit.end >= shift
    ]


def _without_last_break(tokens: Sequence[Token]) -> Sequence[Token]:
    return tokens[:-1] if tokens and tokens[-1].text == BREAK else tokens


def _completed_by_time(
    cues: CueList, past: Sequence[_Hit], spelled: Spelled, messages: int
) -> list[_Hit]:
    """A short "tonight" after a cue that speaks of time: that cue again, at its sooner tier."""
    if len(spelled.tokens) > _SHORT or not spelled.tokens or not cues.soon(spelled):
        return []
    start, end = spelled.span(1, len(spelled.text))
    return [
        replace(hit, tier=hit.entry.soon, start=start, end=end, soon=True)
        for hit in past
        if hit.entry.soon and hit.language == cues.language and hit.message >= messages - 2
    ]


def _judge(present: Sequence[_Hit], past: Sequence[_Hit]) -> tuple[Cue, ...]:
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
    for hit in woken:
        floors[hit.entry.row] = max(floors.get(hit.entry.row, 0), hit.tier)
    cues: dict[tuple[int, str, int, int], Cue] = {}
    for hit in active:
        cue = _cue(hit, rows, floors)
        key = (cue.category, cue.name, cue.start, cue.end)
        if key not in cues or cues[key].tier < cue.tier:
            cues[key] = cue
    return _outermost(sorted(cues.values(), key=_order))


def _counted(hits: Sequence[_Hit]) -> list[_Hit]:
    """The hits whose needs are met by another hit of the same conversation."""

    def met(hit: _Hit) -> bool:
        return not hit.entry.needs or any(
            _stands(other)
            and other.entry.name != hit.entry.name
            and not other.entry.needs & {hit.entry.name, hit.entry.row}
            and hit.entry.needs & {other.entry.row, other.entry.name}
            for other in hits
        )

    return [hit for hit in hits if met(hit)]


def _stands(hit: _Hit) -> bool:
    """Whether the cue can complete a combination: one that a negation holds down can not."""
    return hit.tier >= min(hit.entry.tier, Tier.URGENT)


def _cue(hit: _Hit, rows: set[int], floors: dict[int, int]) -> Cue:
    tier = max(hit.tier, floors.get(hit.entry.row, 0))
    for rise in _RISES:
        if hit.entry.row in rise.rows and rows & rise.partners:
            tier = max(tier, rise.tier)
    return Cue(hit.entry.row, hit.entry.name, Tier(tier), hit.language, hit.start, hit.end)


def _order(cue: Cue) -> tuple[int, int, int, int, str, str]:
    return (cue.start, -cue.end, -cue.tier, cue.category, cue.name, cue.language)


def _outermost(cues: list[Cue]) -> tuple[Cue, ...]:
    """Leaves out a cue that lies inside another of the same name with no lower tier."""
    kept: list[Cue] = []
    for cue in cues:
        if not any(_covers(other, cue) for other in kept):
            kept.append(cue)
    return tuple(kept)


def _covers(outer: Cue, inner: Cue) -> bool:
    return (
        outer.name == inner.name
        and outer.start <= inner.start
        and inner.end <= outer.end
        and outer.tier >= inner.tier
    )
