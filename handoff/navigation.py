"""The pages of the desk beside the console: one entry a page, drawn in every bar."""

from __future__ import annotations

from dataclasses import dataclass

from handoff.rights import Right, may
from storage.accounts import Advocate


@dataclass(frozen=True)
class Entry:
    """A page: its path, the key of its name in the catalogue, and the right it needs, if any.

    The bar only hides what an account cannot open; the page's own route refuses
    (`handoff.office.needs`).
    """

    path: str
    word: str
    right: Right | None


ENTRIES: tuple[Entry, ...] = (
    Entry("/directory", "record.title", Right.EDIT_DIRECTORY),
    Entry("/tips", "tips.title", Right.READ_TIPS),
    Entry("/wall", "wall.title", Right.SEE_WALL),
    Entry("/calls", "calls.title", Right.WORK_BOARD),
    Entry("/line", "line.title", Right.SWITCH_LINE),
    Entry("/practice", "practice.title", Right.WORK_BOARD),
    Entry("/break-glass", "glass.title", Right.WORK_BOARD),
    Entry("/phrases", "phrases.title", Right.EDIT_PHRASES),
    # Whose work is one of these is led there at sign-in; the pages for everybody come last.
    Entry("/accounts", "accounts.title", Right.MANAGE_ACCOUNTS),
    Entry("/audit", "audit.title", Right.READ_AUDIT),
    Entry("/tip-keys", "keys.title", Right.MANAGE_TIP_KEYS),
    Entry("/protocols", "protocols.title", None),
    Entry("/account", "account.title", None),
)


def entries_for(advocate: Advocate) -> list[Entry]:
    """The pages that an account may open, in the order of the bar."""
    return [entry for entry in ENTRIES if entry.right is None or may(advocate, entry.right)]
