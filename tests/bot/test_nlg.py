"""The bot finds its words in the catalogues, in the conversation's language."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.nlg import CatalogueNLG
from locales.catalogue import Catalogue, UnknownText


def _speaking(language: str | None) -> DialogueStateTracker:
    domain = Domain.load("domain.yml")
    events = [SlotSet("language", language)]
    return DialogueStateTracker.from_events("one", events, slots=domain.slots)


@pytest.mark.parametrize(
    ("slot", "language"),
    [
        ("en", "en"),
        ("fr", "fr"),
        ("es", "es"),
        ("pa-Latn", "pa-Latn"),
        ("yue", "zh-Hant"),
        ("xx", "en"),
        (None, "en"),
    ],
)
async def test_the_language_of_the_conversation(slot: str | None, language: str) -> None:
    """A form without a catalogue reads what its readers read, a language without one English."""
    said = await CatalogueNLG().generate("utter_thanks", _speaking(slot), "intake")
    assert said == {"text": Catalogue.load().text("utter_thanks", language)}


async def test_an_action_may_say_it_in_another_language() -> None:
    """ "English from now on" is said in English."""
    said = await CatalogueNLG().generate(
        "utter_language_set", _speaking("fr"), "intake", language="en", domain_responses={}
    )
    assert said["text"] == Catalogue.load().text("utter_language_set", "en")


async def test_values_of_an_action_are_filled_in() -> None:
    """Names and numbers come from the directory, not from a template."""
    said = await CatalogueNLG().generate(
        "utter_offer", _speaking("en"), "intake", offer="House A 555-0101",
        buttons=[], text=None,
    )  # fmt: skip
    assert "House A 555-0101" in said["text"]


async def test_the_phone_line_is_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """LINE_PHONE stands where a text names the phone line."""
    monkeypatch.setenv("LINE_PHONE", "555-0142")
    said = await CatalogueNLG().generate("wait.no_one_yet", _speaking("en"), "intake")
    assert "555-0142" in said["text"]


async def test_what_nobody_reviewed_may_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """A safety sentence then comes in both official languages; thanks stay in Spanish."""
    monkeypatch.setenv("UNREVIEWED_SENTENCES", "replace")
    words, catalogue = CatalogueNLG(), Catalogue.load()
    spanish = {key: replace(one, reviewed=False) for key, one in catalogue.sentences["es"].items()}
    words._catalogue = replace(words._catalogue, sentences={**catalogue.sentences, "es": spanish})
    said = (await words.generate("utter_private", _speaking("es"), "intake"))["text"]
    assert said.startswith(catalogue.both("utter_private"))
    assert catalogue.text("language.by_phone", "fr") in said
    thanks = (await words.generate("utter_thanks", _speaking("es"), "intake"))["text"]
    assert thanks == catalogue.text("utter_thanks", "es")


async def test_a_key_without_words_fails() -> None:
    """Silence would hide that a human is needed."""
    with pytest.raises(UnknownText):
        await CatalogueNLG().generate("utter_nothing_of_the_kind", _speaking("en"), "intake")
