"""Where the cues of all languages stand in one message, and what the words around leave of each.

An idiom or a plot read in one language counts for the languages that know no more of the message,
and so does a negation of words that two languages share.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from intake.cuelist import CONTEXT, UNLIMITED, CueList, Entry
from intake.lexicon import Lexicon, Piece
from intake.reading import Message, Spelled
from intake.tokens import BREAK


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


class Rules:
    """The cue lists of all languages and the words that they have together."""

    def __init__(self, lists: Iterable[CueList]) -> None:
        self.lists = tuple(lists)
        self._lexicon = Lexicon([cues.speller for cues in self.lists])

    def read(self, text: str) -> Message:
        """``text`` in words."""
        return Message.of(text, self._lexicon)

    def joined(self, earlier: Sequence[Message], now: Message) -> Message:
        """One message of the last words of ``earlier`` and the first of ``now``, as if no message
        had ended between them. What was said earlier stands before place 0."""
        before: list[Piece] = []
        for back, message in enumerate(reversed(earlier), start=1):
            pieces = message.pieces
            # The end of a message is no full stop.
            kept = pieces[:-1] if pieces and pieces[-1].text == BREAK else pieces
            by = back * _APART
            before = [p._replace(start=p.start - by, end=p.end - by) for p in kept] + before
        return Message(self._lexicon, [*before[-_JOINED:], *now.pieces[:_JOINED]])

    def find(self, message: Message, *, over: bool = False) -> list[Hit]:
        """The cues of one message in every language, idioms left out, modifiers applied; ``over``
        finds only those that go over place 0 of a joined message."""
        heard = [(n, self.lists[n]) for n in message.heard]
        found = [(n, hit) for n, cues in heard for hit in _hits_in(n, cues, message, over)]
        if not found:
            return []
        masked = [(n, s) for n, cues in heard for s in cues.masked(message.spelled(n))]
        told = [(n, s) for n, cues in heard for s in cues.told(message.spelled(n))]
        return _agreed(
            [
                hit
                for n, hit in found
                if not _touches(hit, _heard(masked, message.shares, n))
                and (hit.personal or not _touches(hit, _heard(told, message.shares, n)))
            ]
        )

    def speaks_of_now(self, message: Message, most: int) -> tuple[int, int] | None:
        """The span of a message of at most ``most`` words that is, or has, only a time."""
        for number in message.heard:
            cues, spelled = self.lists[number], message.spelled(number)
            length = len(spelled.text)
            if len(spelled.tokens) <= most * cues.stretch and cues.soon(spelled, 0, length):
                return spelled.span(1, length)
        return None

    def asks_for_person(self, message: Message) -> bool:
        """Whether the message asks for a human being in any language."""
        return any(
            self.lists[number].asks_for_person(message.spelled(number)) for number in message.heard
        )


_JOINED = 60  # words of a message that a cue over two messages can have
_APART = 1_000_000  # longer than any message: keeps one from the next in a joined one


def _hits_in(number: int, cues: CueList, message: Message, over: bool) -> list[Hit]:
    found = []
    spelled: Spelled = message.spelled(number)
    for entry, match in cues.matches(spelled):
        start, end = spelled.span(match.start(), match.end())
        if (over and not start < 0 < end) or message.taken(number, start, end):
            continue
        tier = entry.tier
        sentence = spelled.sentence(match.start(), match.end())
        if entry.soon and cues.soon(spelled, *sentence):
            tier = max(tier, entry.soon)
        limit = cues.limit(spelled, match)
        if entry.joke is not None and cues.joking(spelled, *sentence):
            tier = min(tier, entry.joke)
        personal = cues.personal(match)
        found.append(Hit(entry, min(tier, limit), cues.language, start, end, limit, personal))
    return found


def _heard(
    spans: Iterable[tuple[int, tuple[int, int]]], shares: Sequence[int], number: int
) -> Iterable[tuple[int, int]]:
    """The spans found by lists that know no less of the message than ``number`` does."""
    return [span for n, span in spans if shares[n] >= shares[number]]


def _agreed(hits: Sequence[Hit]) -> list[Hit]:
    """The hits, each held down by a modifier that another reading of the same words met.

    Languages share words: French reads "suicidal" too, but only English reads the "not" before.
    Two patterns of one language agree when they read the very same words.
    """
    limits: dict[int, list[Hit]] = {}
    for hit in hits:
        if hit.limit < UNLIMITED:
            limits.setdefault(hit.entry.row, []).append(hit)
    agreed = []
    for hit in hits:
        others = limits.get(hit.entry.row, ())
        limit = min([hit.limit, *(other.limit for other in others if _same_words(hit, other))])
        tier = min(hit.tier, limit)
        if tier or hit.entry.midway or hit.entry.row == CONTEXT:
            agreed.append(replace(hit, tier=tier, limit=limit))
    return agreed


def _same_words(one: Hit, other: Hit) -> bool:
    if one.language != other.language:
        return one.start < other.end and other.start < one.end
    return (one.start, one.end) == (other.start, other.end)


def _touches(hit: Hit, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < hit.end and hit.start < end for start, end in spans)
