"""Compare index and plain search: `python -m benchmarks.directory_order [--directories 10000]`.

Each random directory is asked a few random questions, by a person or by
staff. Both searches must offer the same services for the same reasons, and
nobody is called open whom `directory.hours` does not call open at that moment.
The command fails at the first difference, with the seed that shows it again.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from datetime import UTC, datetime

from benchmarks.directory_plain import plain_choice
from benchmarks.directory_random import random_candidates, random_questions
from directory.entries import Candidate
from directory.facets import Asked
from directory.hours import Openness, openness
from directory.index import Index
from directory.question import Reader
from directory.search import DEFAULT_LINE_PHONE, chosen_from
from intake.places import by_id

NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


def differing(index: Index, known: Sequence[Candidate], chance: random.Random) -> bool:
    """Whether any of a few random questions is answered otherwise by the index."""
    for question in random_questions(chance, 6, NOW):
        place = by_id(question.place_id) if question.place_id else None
        asked = Asked(question, place, NOW, chance.choice(list(Reader)))
        limit = chance.choice((2, 3, 8, 50))
        fast = chosen_from(index, asked, limit, DEFAULT_LINE_PHONE)
        plain = plain_choice(known, asked, limit, DEFAULT_LINE_PHONE)
        if [(one.id, said.why) for said, one in fast] != [
            (one.id, said.why) for said, one in plain
        ]:
            return True
        for said, one in fast:
            at = question.open_at
            if "open:live" in said.why and (at is None or openness(one, at) is not Openness.LIVE):
                return True
    return False


def main() -> int:
    """One line at the end; the exit status."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.directory_order")
    words.add_argument("--directories", type=int, default=10_000)
    wanted = words.parse_args()
    for seed in range(wanted.directories):
        chance = random.Random(seed)
        known = random_candidates(chance, chance.randint(0, 60), NOW)
        if differing(Index(known), known, chance):
            print(f"MISS      the directory of seed {seed} is answered differently")
            return 1
    print(f"hit       {wanted.directories} random directories, 6 questions each: the same answers")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
