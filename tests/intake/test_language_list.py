"""The numbered list of languages: short, unambiguous, and every number means one thing."""

from __future__ import annotations

import pytest

from intake.keywords import choice
from intake.language_list import FIRST, MORE, PAGE, Picked, lines, next_page, picked
from intake.languages import listed
from locales.catalogue import Catalogue
from locales.segments import count

OFFER = ("es", "ur", "en", "fr")


@pytest.mark.parametrize(
    ("text", "offer", "expected"),
    [
        ("21", OFFER, Picked("es")),
        ("22.", OFFER, Picked("ur")),
        ("٢٢", OFFER, Picked("ur")),
        ("24", OFFER, Picked("fr")),
        ("25", OFFER, None),
        ("20", OFFER, Picked(None)),
        ("20", tuple(listed()), None),
        ("21", None, None),
        ("21", (), None),
        ("1", OFFER, None),
        ("2", OFFER, None),
        ("21 years old", OFFER, None),
        ("اردو", None, Picked("ur")),
        ("english please", OFFER, Picked("en")),
        ("hello", OFFER, None),
    ],
)
def test_what_is_picked(text: str, offer: tuple[str, ...] | None, expected: Picked | None) -> None:
    """A number while a list is open, a name always, as a whole message."""
    assert picked(text, None, offer) == expected


def test_numbers_keep_clear_of_all_others() -> None:
    """No answer to another question of ours, and no age of a child."""
    numbers = [MORE, *range(FIRST, FIRST + len(listed()))]
    assert min(numbers) >= 20
    assert [number for number in numbers if choice(str(number)) is not None] == []


def test_every_page_is_short() -> None:
    """Two SMS at the most, whatever comes first."""
    catalogue = Catalogue.load()
    offer: tuple[str, ...] = ("pa", "pa-Latn", "hi", "hi-Latn", "ur", "en")
    pages = [lines(offer)]
    while len(offer) < len(listed()):
        shown = len(offer)
        offer = next_page(offer)
        assert len(offer) - shown <= PAGE
        pages.append(lines(offer, shown))
    for language in catalogue.languages:
        if "language.ask" in catalogue.keys(language):
            sizes = [count(catalogue.text("language.ask", language, list=one)) for one in pages]
            assert max(size.parts for size in sizes) <= 2, language


def test_names_stand_on_lines_of_their_own() -> None:
    """A name that runs from the right must not pull the next number to it."""
    assert lines(OFFER) == "21 Español\n22 اردو\n23 English\n24 Français\n20 ..."
    assert not lines(tuple(listed())).endswith("...")
