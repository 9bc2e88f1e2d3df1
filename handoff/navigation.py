"""The pages of the desk beside the console: one entry a page, drawn in every bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from storage.accounts import Advocate


@dataclass(frozen=True)
class Entry:
    """A page: its path, the key of its name in the catalogue, and who sees it in the bar.

    The bar only hides what an account cannot open; the page's own route refuses.
    """

    path: str
    word: str
    open_to: Callable[[Advocate], bool]


ENTRIES: tuple[Entry, ...] = ()


def entries_for(advocate: Advocate) -> list[Entry]:
    """The pages that an account may open, in the order of the bar."""
    return [entry for entry in ENTRIES if entry.open_to(advocate)]
