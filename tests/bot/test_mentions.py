"""Places, needs, details and languages are found in the text as people write it."""

from __future__ import annotations

import pytest

from bot.components.mentions import mentions


def _found(text: str) -> set[tuple[str, str]]:
    return {(entity["entity"], entity["value"]) for entity in mentions(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("need a shelter in toronto", {("need", "shelter"), ("place", "toronto-on")}),
        (
            "jcherche un avocat a montréal",
            {("need", "legal_immigration"), ("place", "montreal-qc")},
        ),
        ("in french please", {("wanted_language", "fr")}),
        ("en français svp", {("wanted_language", "fr")}),
        ("espagnol", {("wanted_language", "es")}),
        (
            "shelter that takes my dog and kids, im undocumented",
            {
                ("need", "shelter"),
                ("detail", "with_pets"),
                ("detail", "with_children"),
                ("detail", "without_status"),
            },
        ),
        ("hello", set()),
        ("", set()),
    ],
)
def test_mentions(text: str, expected: set[tuple[str, str]]) -> None:
    """What a search needs of a text."""
    assert expected <= _found(text)
    assert bool(expected) == bool(_found(text))


def test_spans_are_those_of_the_words() -> None:
    """An entity points at the words that named it."""
    text = "un avocat à Laval"
    spans = {entity["entity"]: text[entity["start"] : entity["end"]] for entity in mentions(text)}
    assert spans["need"] == "avocat"
    assert "Laval" in spans["place"]
