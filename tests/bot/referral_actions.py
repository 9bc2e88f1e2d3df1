"""The real actions on a port, with a directory of five invented services; for Python 3.12.

Started by test_referral.py in the environment of the services: engine and actions never share one.
"""

from __future__ import annotations

import sys

import uvicorn

from actions.app import build, line_actions
from directory.question import THE_LINE, Offer, Question
from locales.catalogue import Catalogue

_LINE = Offer("line", "555-0199", "555-0199", None, "Canada", "24/7", (), (THE_LINE,), False)
_OFFERS = [
    Offer(letter * 36, f"House {letter}", f"555-010{n}", None, "Ontario", "24/7", (), (), False)
    for n, letter in enumerate("abcde")
]


class _Directory:
    """Nothing but the invented services; police for those who ask."""

    async def search(self, question: Question, limit: int = 2) -> list[Offer]:
        return [*_OFFERS[:limit], _LINE]


if __name__ == "__main__":
    app = build(line_actions(_Directory(), Catalogue.load()))  # type: ignore[arg-type]
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
