"""How often the language of a text is named rightly, by length: `python -m bot.language.accuracy`.

Prints the figures of plain langdetect (all its languages, seeded) and of ours, alone and with the
conversation's language as it stands after some texts: macro averages, and how often a name is
given with confidence and wrong. Nothing learns from the texts: data/language/eval (every language
and script that we name; its author also wrote the word lists, so it flatters) and data/eval (the
full languages, by other hands, most of the texts long). `figures` is for whoever has texts and
verdicts of their own.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from bot.identification import identifier
from bot.language.cleaning import clean
from bot.language.scripts import script_of
from bot.language.weighing import LENGTHS, length_of
from bot.settings import ROOT
from intake.languages import base

EVALUATION = ROOT / "data" / "language" / "eval"
LINE = ROOT / "data" / "eval"
CONFIDENT = 0.8
#: Characters that say as much as a word in scripts written without spaces.
_CHARACTERS_A_WORD = {"Hani": 2, "Jpan": 2, "Thai": 4, "Laoo": 4, "Khmr": 4, "Mymr": 4}
#: One language in writing when romanised: either name is right.
_HINDUSTANI = frozenset({"hi", "ur"})

Verdict = tuple[str | None, float]


@dataclass(frozen=True)
class Named:
    """A text whose language is known, and what was said of it."""

    text: str
    group: str
    """What averages are taken over: a language, or one of its scripts."""
    language: str
    said: str | None
    confidence: float

    @property
    def length(self) -> str:
        """The length class (LENGTHS)."""
        return length_of(words_in(self.text))

    @property
    def right(self) -> bool:
        """Whether the language was named; of romanised Hindi and Urdu, either."""
        said = None if self.said is None else base(self.said)
        if said == base(self.language):
            return True
        romanised = script_of(self.text) == "Latn"
        return romanised and {said, self.language} <= _HINDUSTANI

    @property
    def misled(self) -> bool:
        """Whether the wrong language was named with confidence."""
        return not self.right and self.said is not None and self.confidence >= CONFIDENT


@dataclass(frozen=True)
class Figures:
    """Shares of texts of one length class, each group weighing the same."""

    texts: int
    right: float
    misled: float


def words_in(text: str) -> int:
    """The words of a text; where a script has no spaces, as many as its characters make."""
    script = script_of(text)
    if script in _CHARACTERS_A_WORD:
        letters = sum(character.isalpha() for character in text)
        return math.ceil(letters / _CHARACTERS_A_WORD[script])
    return len(clean(text).words)


def figures(named: Iterable[Named]) -> dict[str, Figures]:
    """Length class -> figures; a class without texts is left out."""
    cells: dict[str, dict[str, list[Named]]] = {}
    for one in named:
        cells.setdefault(one.length, defaultdict(list))[one.group].append(one)
    return {
        length: Figures(
            texts=sum(map(len, cells[length].values())),
            right=_macro(cells[length], lambda one: one.right),
            misled=_macro(cells[length], lambda one: one.misled),
        )
        for length in LENGTHS
        if length in cells
    }


def _macro(groups: Mapping[str, Sequence[Named]], holds: Callable[[Named], bool]) -> float:
    return statistics.fmean(sum(map(holds, members)) / len(members) for members in groups.values())


def evaluation(folder: Path = EVALUATION) -> Iterator[tuple[str, str, str]]:
    """Group, tag and text of each line; a file is named by its tag, "vi.plain.txt" is a "vi"."""
    for path in sorted(folder.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield path.stem, path.stem.split(".")[0], line.strip()


def line_evaluation(folder: Path = LINE) -> Iterator[tuple[str, str, str]]:
    """The same of the line's evaluation sets; texts that go on from others are left out."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if not row.get("history"):
                yield base(row["language"]), row["language"], row["text"]


def name_all(
    name: Callable[[str, str], Verdict], texts: Iterable[tuple[str, str, str]]
) -> list[Named]:
    """What `name`, given a text and the tag of its language, says of every text."""
    return [Named(text, group, base(tag), *name(text, tag)) for group, tag, text in texts]


def plain_langdetect() -> Callable[[str, str], Verdict]:
    """langdetect as it comes, but seeded."""
    factory = DetectorFactory()
    factory.load_profile(PROFILES_DIRECTORY)
    factory.set_seed(0)

    def name(text: str, tag: str) -> Verdict:
        detector = factory.create()
        detector.append(text)
        try:
            best = detector.get_probabilities()[0]
        except (LangDetectException, IndexError):
            return None, 0.0
        return best.lang.split("-")[0], best.prob

    return name


def _print(title: str, named: Sequence[Named]) -> None:
    print(title)
    for length, found in figures(named).items():
        print(
            f"  {length:<5} {found.texts:>4} texts  right {found.right:6.1%}"
            f"  confident and wrong {found.misled:6.1%}"
        )
    overall = statistics.fmean(one.misled for one in figures(named).values())
    print(f"  confident and wrong, mean of the lengths {overall:.1%}")


def _print_groups(named: Sequence[Named]) -> None:
    for group in sorted({one.group for one in named}):
        members = [one for one in named if one.group == group]
        missed = [
            f"{one.text!r} {one.said} {one.confidence:.2f}" for one in members if not one.right
        ]
        print(f"  {group:<9} {len(members) - len(missed)}/{len(members)}  {'; '.join(missed)}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--misses", action="store_true", help="list what was named wrongly")
    options = parser.parse_args()

    def ours(text: str, tag: str) -> Verdict:
        found = identifier().identify(text)
        return found.code, found.confidence

    def in_conversation(text: str, tag: str) -> Verdict:
        found = identifier().identify(text, current=tag)
        return found.code, found.confidence

    langdetect = plain_langdetect()
    for title, read in (("data/language/eval", evaluation), ("data/eval", line_evaluation)):
        texts = list(read())
        _print(f"{title}: langdetect alone", name_all(langdetect, texts))
        _print(f"{title}: ours, a first text", name_all(ours, texts))
        if options.misses:
            _print_groups(name_all(ours, texts))
        _print(f"{title}: ours, in a conversation in it", name_all(in_conversation, texts))
    taken = []
    for _, _, text in evaluation():
        begun = time.perf_counter()
        identifier().identify(text)
        taken.append((time.perf_counter() - begun) * 1000)
    slow = statistics.quantiles(taken, n=20)[-1]
    print(f"median {statistics.median(taken):.2f} ms, 95 of 100 within {slow:.2f} ms")


if __name__ == "__main__":
    main()
