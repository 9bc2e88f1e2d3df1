"""Where the cues of all languages stand in one message, and what the words around leave of each.

An idiom or a plot read in one language counts for all of them, and so does a negation of words
that two languages share.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from intake.cuelist import CONTEXT, UNLIMITED, CueList, Entry
from intake.reading import Spelled
from intake.tokens import fold


@dataclass(frozen=True)
class Hit:
    """An entry found in a message, with the tier after its modifiers."""

    entry: Entry
    tier: int
    language: str
    start: int
    end: int
    limit: int
    personal: bool
    message: int = -1


def spell(text: str, lists: Sequence[CueList]) -> tuple[Spelled, ...]:
    """``text`` as each cue list reads it, in the order of the lists."""
    tokens = fold(text)
    return tuple(cues.spelled(tokens) for cues in lists)


def find_hits(message: Sequence[Spelled], lists: Sequence[CueList]) -> list[Hit]:
    """The cues of one message in every language, idioms left out, modifiers applied."""
    pairs = list(zip(lists, message, strict=True))
    masked = [span for cues, spelled in pairs for span in cues.masked(spelled)]
    told = [span for cues, spelled in pairs for span in cues.told(spelled)]
    found = [hit for cues, spelled in pairs for hit in _hits_in(cues, spelled)]
    return _agreed(
        [
            hit
            for hit in found
            if not _touches(hit, masked) and (hit.personal or not _touches(hit, told))
        ]
    )


def _hits_in(cues: CueList, spelled: Spelled) -> list[Hit]:
    found = []
    for entry, match in cues.matches(spelled):
        tier = entry.tier
        sentence = spelled.sentence(match.start(), match.end())
        if entry.soon and cues.soon(spelled, *sentence):
            tier = max(tier, entry.soon)
        limit = cues.limit(spelled, match)
        if entry.joke is not None and cues.joking(spelled, *sentence):
            tier = min(tier, entry.joke)
        start, end = spelled.span(match.start(), match.end())
        found.append(
            Hit(entry, min(tier, limit), cues.language, start, end, limit, cues.personal(match))
        )
    return found


def _agreed(hits: Sequence[Hit]) -> list[Hit]:
    """The hits, each held down by a modifier that another reading of the same words met.

    Languages share words: French reads "suicidal" too, but only English reads the "not" before.
    Two patterns of one language agree when they read the very same words.
    """
    limits = [hit for hit in hits if hit.limit < UNLIMITED]
    agreed = []
    for hit in hits:
        limit = min([hit.limit, *(other.limit for other in limits if _same_words(hit, other))])
        tier = min(hit.tier, limit)
        if tier or hit.entry.row == CONTEXT:
            agreed.append(replace(hit, tier=tier, limit=limit))
    return agreed


def _same_words(one: Hit, other: Hit) -> bool:
    if one.entry.row != other.entry.row:
        return False
    if one.language != other.language:
        return one.start < other.end and other.start < one.end
    return (one.start, one.end) == (other.start, other.end)


def _touches(hit: Hit, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < hit.end and hit.start < end for start, end in spans)
