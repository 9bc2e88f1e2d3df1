"""What still waits for a native speaker, and what each sentence costs as SMS.

`python -m locales.report` counts unreviewed sentences by language; `--unreviewed` names them,
`--segments` prints the parts that each sentence takes. `./hotline check` shows the same.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from locales.catalogue import FALLBACK, Catalogue
from locales.segments import Segments, count

DOMAINS = ("messages", "pages", "desk")
#: What placeholders may stand for, at their longest.
SAMPLES = {
    "place": "12",
    "receipt": "1234 5678 9012 3456",
    "question": "Which side of the house is the door on?",
    "phone": "1-833-900-1010",
    "line": "1-833-900-1010",
    "offer": "Name (Place) 1-800-555-0100",
    "services": "Name, Name",
    "number": "604-555-0100",
    "ages": "16-24",
    "language": "English",
    "list": "21 English",
    "details": "19:00-21:00 (St. Johns)",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was asked for; always status 0, for an unreviewed sentence is no fault."""
    parser = argparse.ArgumentParser(prog="./hotline check", description=__doc__)
    parser.add_argument("--unreviewed", action="store_true", help="name every unreviewed sentence")
    parser.add_argument("--segments", action="store_true", help="print the parts of every SMS")
    asked = parser.parse_args(arguments)
    lines = [*_counts()]
    if asked.unreviewed:
        lines += ["", *_unreviewed()]
    if asked.segments:
        lines += ["", *_segments()]
    print("\n".join(lines))
    return 0


def parts(catalogue: Catalogue, key: str, language: str) -> Segments:
    """What a sentence costs as SMS with its placeholders filled."""
    return count(catalogue.text(key, language, **SAMPLES))


def _counts() -> Iterator[str]:
    """Unreviewed sentences by language; of those, how many safety hangs on."""
    yield f"{'unreviewed':<12}{''.join(f'{domain:>12}' for domain in DOMAINS)}{'safety':>12}"
    catalogues = [Catalogue.load(domain) for domain in DOMAINS]
    for language in sorted(set().union(*(one.languages for one in catalogues)) - {FALLBACK}):
        waiting = [_waiting(one, language) for one in catalogues]
        safety = sum(
            len(one.safety & set(keys)) for one, keys in zip(catalogues, waiting, strict=True)
        )
        cells = "".join(f"{len(keys) or '-':>12}" for keys in waiting)
        yield f"{language:<12}{cells}{safety or '-':>12}"


def _unreviewed() -> Iterator[str]:
    """Every unreviewed key; a star marks those on which safety hangs."""
    for domain in DOMAINS:
        catalogue = Catalogue.load(domain)
        for language in sorted(catalogue.languages - {FALLBACK}):
            for key in _waiting(catalogue, language):
                yield f"{language} {domain} {key}{' *' if key in catalogue.safety else ''}"


def _segments() -> Iterator[str]:
    """Parts of every sentence by language; "u" after those that need UCS-2."""
    catalogue = Catalogue.load()
    languages = [FALLBACK, *sorted(catalogue.languages - {FALLBACK})]
    width = max(map(len, catalogue.keys())) + 2
    yield "parts".ljust(width) + "".join(f"{language:>8}" for language in languages)
    for key in catalogue.sentences[FALLBACK]:
        cells = (
            _cell(parts(catalogue, key, language)) if key in catalogue.keys(language) else "-"
            for language in languages
        )
        yield key.ljust(width) + "".join(f"{cell:>8}" for cell in cells)


def _cell(segments: Segments) -> str:
    return f"{segments.parts}{'u' if segments.encoding == 'UCS-2' else ''}"


def _waiting(catalogue: Catalogue, language: str) -> list[str]:
    """Keys of a language that no native speaker has reviewed, in the order of its file."""
    own = catalogue.sentences.get(language, {})
    return [key for key, sentence in own.items() if not sentence.reviewed]


if __name__ == "__main__":
    raise SystemExit(main())
