"""The training data is whole: every intent spoken in every language, every risk row at its tier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.components.gate import _OWN_ANSWER
from bot.components.normalise import fold
from bot.risk_model import TIERS
from intake.needs import Need
from locales.catalogue import Catalogue

NLU = Path("data/nlu")
LANGUAGES = tuple(sorted(path.name for path in NLU.iterdir() if path.is_dir()))
#: English and French have more; the others live by this many an intent at least.
FEWEST = 12
#: Rows of the risk model that no text can show (26 is the absence of risk, 27 and 28 are facts
#: about a conversation), and 24, which is the intent asks_about_person.
WITHOUT_TEXTS = {24, 26, 27, 28}
#: Intents that bot/components/gate.py sets.
UNTRAINED = {"other_language", "risk_unsure", *(f"choose_{digit}" for digit in range(1, 10))}


@dataclass(frozen=True)
class Line:
    """One training text."""

    language: str
    file: str
    intent: str
    text: str
    metadata: dict[str, Any]


def _lines() -> Iterator[Line]:
    for path in sorted(NLU.glob("*/*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for row in block["examples"].splitlines():
                assert row.startswith("- "), f"{path}: a line of {block['intent']} has no dash"
                yield Line(
                    path.parent.name,
                    path.name,
                    block["intent"],
                    row[2:],
                    block.get("metadata") or {},
                )


LINES = tuple(_lines())
DOMAIN = yaml.safe_load(Path("domain.yml").read_text(encoding="utf-8"))


def test_every_intent_is_in_the_domain_and_the_other_way_round() -> None:
    """Rasa only warns; here it fails."""
    assert {line.intent for line in LINES} == set(DOMAIN["intents"]) - UNTRAINED


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_has_enough_texts_in_every_language(language: str) -> None:
    """A dozen lines, each of its own."""
    counted = Counter(line.intent for line in LINES if line.language == language)
    too_few = {
        intent: counted[intent]
        for intent in set(DOMAIN["intents"]) - UNTRAINED
        if counted[intent] < FEWEST
    }
    assert too_few == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_stands_twice_in_a_language(language: str) -> None:
    """Folded the same, said the same: two intents would pull at one text."""
    seen: dict[str, Line] = {}
    twice = []
    for line in (one for one in LINES if one.language == language):
        folded = fold(line.text) or line.text
        if folded in seen and seen[folded].intent != line.intent:
            twice.append((line.text, line.intent, seen[folded].intent))
        if line.text in {other.text for other in [seen.get(folded)] if other is not None}:
            twice.append((line.text, line.intent, "again"))
        seen.setdefault(folded, line)
    assert twice == []


def test_the_languages_do_not_contradict_each_other() -> None:
    """ "ok" is one intent, whoever writes it."""
    intents: dict[str, set[str]] = {}
    for line in LINES:
        intents.setdefault(fold(line.text) or line.text, set()).add(line.intent)
    assert {text: names for text, names in intents.items() if len(names) > 1} == {}


def test_risk_intents_and_no_others_carry_a_tier_and_a_row() -> None:
    """The risk model is trained on this and on nothing else."""
    for line in LINES:
        if line.intent.startswith("risk_"):
            assert line.metadata.keys() == {"tier", "category"}, line.intent
            assert line.metadata["tier"] in TIERS[1:]
        else:
            assert line.metadata == {}, line.intent


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_of_the_risk_model_is_spoken(language: str) -> None:
    """All rows that a text can show, in every language, under one intent each."""
    rows = {
        (line.metadata["category"], line.intent)
        for line in LINES
        if line.language == language and line.metadata
    }
    assert {row for row, _ in rows} == set(range(1, 29)) - WITHOUT_TEXTS
    assert len(rows) == len({intent for _, intent in rows})


def test_all_languages_give_a_row_the_same_tiers() -> None:
    """A person is not safer for writing another language."""
    tiers: dict[str, set[tuple[str, str]]] = {language: set() for language in LANGUAGES}
    for line in LINES:
        if line.metadata:
            tiers[line.language].add((line.intent, line.metadata["tier"]))
    assert {language for language in LANGUAGES if tiers[language] != tiers["en"]} == set()


@pytest.mark.parametrize("file", ["unseen_risk.yml", "unseen_harmless.yml"])
def test_nothing_that_measures_is_trained_on(file: str) -> None:
    """A text that the model has seen measures nothing."""
    trained = {fold(line.text) for line in LINES}
    measured = yaml.safe_load((Path("tests/bot/data") / file).read_text(encoding="utf-8"))
    assert {text for text in _texts(measured) if fold(text) in trained} == set()


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list) and len(node) == 2 and isinstance(node[1], list):
        yield str(node[0])
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)
    else:
        yield str(node)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_response_has_words(language: str) -> None:
    """A response of the domain, or that an action says, is in every catalogue."""
    said = set(DOMAIN["responses"])
    for path in Path("actions").glob("*.py"):
        said |= {
            word.strip("\",)'") for word in path.read_text().split() if word.startswith('"utter_')
        }
    catalogue = Catalogue.load()
    missing = {key for key in said if not catalogue.keys(language) >= {key}}
    assert missing == set()


def test_the_catalogue_has_no_words_for_nothing() -> None:
    """A key that nobody says is a sentence that nobody reviews in vain."""
    source = " ".join(path.read_text() for path in Path("actions").glob("*.py"))
    english = Catalogue.load().keys()
    keys = {key for key in english if key.startswith("utter_")}
    unused = {key for key in keys if key not in DOMAIN["responses"] and f'"{key}' not in source}
    assert {key for key in unused if not key.endswith("_to_confirm")} == set()


def test_the_needs_of_the_form_are_needs_of_the_directory() -> None:
    """The digits of the question are values that a search understands."""
    mappings = DOMAIN["slots"]["need"]["mappings"]
    values = {mapping["value"] for mapping in mappings if "value" in mapping}
    assert values - {"any"} <= {need.value for need in Need}


def test_no_form_takes_risk_for_an_answer() -> None:
    """Every form leaves every sign of risk to the rule that fetches a human."""
    signs = {intent for intent in DOMAIN["intents"] if intent.startswith("risk_")}
    for name, form in DOMAIN["forms"].items():
        assert set(form["ignored_intents"]) == signs, name


def test_every_sign_of_risk_has_the_rule() -> None:
    """An intent without a rule would be asked again."""
    rules = yaml.safe_load(Path("data/rules/risk.yml").read_text(encoding="utf-8"))["rules"]
    named = {one["intent"] for one in rules[0]["steps"][0]["or"]}
    assert named == {intent for intent in DOMAIN["intents"] if intent.startswith("risk_")}


def test_intents_with_an_answer_of_their_own_exist() -> None:
    """The gate lets these pass although a text carries risk."""
    assert set(DOMAIN["intents"]) >= _OWN_ANSWER
