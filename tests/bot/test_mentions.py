"""Places, needs, details and languages are found in the text as people write it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.components.mentions import mentions
from locales.catalogue import Catalogue


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
        ("can someone talk to me in punjabi", {("wanted_language", "pa-Latn")}),
        ("我想说中文", {("wanted_language", "zh")}),
        ("je parle créole", {("wanted_language", "ht")}),
        ("english please i dont read spanish", {("wanted_language", "en")}),
        ("i cant read this english", set()),
        ("spanish or portuguese", set()),
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


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_question_understands_its_own_words(language: str) -> None:
    """Whoever writes a choice out is answered as whoever sends its digit."""
    domain = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))
    wanted = {
        mapping["intent"][-1]: mapping["value"]
        for mapping in domain["slots"]["need"]["mappings"]
        if isinstance(mapping.get("intent"), str)
    }
    question = Catalogue.load().text("utter_ask_find_service_form_need", language)
    choices = re.findall(r"([1-8]) ([^,]+),", question)
    assert len(choices) == len(wanted) == 8
    understood = {digit: dict(_found(words)).get("need") for digit, words in choices}
    assert understood == wanted
