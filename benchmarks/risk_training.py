"""Prints what the risk rules find of the training texts: for whoever writes a cue list.

    python -m benchmarks.risk_training [--language pa] [--misses] [--false]

Of a language: how many of the risky texts its rules find, row by row, and which harmless texts of
any language its list raises. What is told about somebody else and who hunts a person (rows 23 and
24) stand under intents without a tier and are counted apart.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence

import yaml

from benchmarks.risk_rules import rate
from benchmarks.training_lines import Line, languages, lines
from intake.hits import Rules
from intake.risk import FILES, VERSION, Assessment, cue_list, screen

#: Intents whose texts are judged by what they say: some are a sign of risk, some are none.
_TOLD = frozenset({"tip_about_someone", "asks_about_person"})


Judged = Sequence[tuple[Line, Assessment]]


def readable() -> Rules:
    """The cue lists that are in their form; one that is not is named and left out."""
    lists = []
    for path in FILES:
        try:
            cues = cue_list(path)
            cues.check()
            lists.append(cues)
        except (yaml.YAMLError, ValueError, OSError) as error:
            print(f"left out: {path.name}: {' '.join(str(error).split())}")
    return Rules(lists)


def report(language: str, read: Judged, options: argparse.Namespace) -> None:
    """Prints the figures of one language's list over the texts of all languages."""
    own = [(line, found) for line, found in read if line.language == language]
    risky = [(line, found) for line, found in own if line.intent.startswith("risk_")]
    heard = [line for line, found in risky if found.tier or found.asks_for_person]
    told = [(line, found) for line, found in own if line.intent in _TOLD]
    print(f"{language}: {len(own)} texts, {len(risky)} risky")
    print("  risky texts found          ", rate(len(heard), len(risky)))
    print("  told or asked, found       ", rate(sum(bool(f.tier) for _, f in told), len(told)))
    calm = [
        (line, found)
        for line, found in read
        if not line.intent.startswith("risk_") and line.intent not in _TOLD
    ]
    here = [(line, found) for line, found in calm if line.language == language]
    print("  harmless texts raised      ", rate(sum(bool(f.tier) for _, f in here), len(here)))
    abroad = [
        (line, found)
        for line, found in calm
        if line.language != language and any(cue.language == language for cue in found.cues)
    ]
    print(f"  harmless texts of other languages that this list raises: {len(abroad)}")
    missed = Counter(line.row for line, found in risky if not found.tier)
    print("  missed by row:", dict(sorted((row or 0, n) for row, n in missed.items())) or "none")
    if options.misses:
        for line, found in risky:
            if not found.tier and not found.asks_for_person:
                print(f"    row {line.row} {line.tier}: {line.text}")
    if options.false:
        for line, found in [*((x, f) for x, f in here if f.tier), *abroad]:
            cues = ", ".join(
                f"{c.language}.{c.name} ({line.text[c.start : c.end]})" for c in found.cues
            )
            print(f"    {line.language} {line.intent}: {line.text} -> {cues}")


def main() -> None:
    """Reads the arguments and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--language", action="append", help="only this language, e.g. pa")
    parser.add_argument("--misses", action="store_true", help="list the risky texts not found")
    parser.add_argument("--false", action="store_true", help="list the harmless texts raised")
    options = parser.parse_args()
    print(VERSION)
    judge = readable()
    read = [(line, screen(line.text, judge=judge)) for code in languages() for line in lines(code)]
    for language in options.language or languages():
        report(language, read, options)


if __name__ == "__main__":
    main()
