"""A search is put to the directory and answered in two SMS, without an address."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from actions.find_service import FindService
from directory.question import THE_LINE, Offer, Question
from intake.needs import Need
from locales.catalogue import Catalogue
from locales.segments import count
from tests.actions.tracker import run, tracker, user

CATALOGUE = Catalogue.load()
LINE = Offer("line", "555-0199", "555-0199", None, "Canada", "24/7", (), (THE_LINE,), False)
A = Offer("a", "House A", "555-0101", None, "Toronto", "24/7", ("en",), (), False)
B = Offer("b", "Centre B", "555-0102", None, "Ontario", "", ("en",), (), False)
C = Offer("c", "Place C", "555-0103", None, "Canada", "", (), (), False)


class FakeDirectory:
    """Answers with the offers it was given, and remembers the question."""

    def __init__(self, *offers: Offer) -> None:
        self._offers = offers
        self.asked: Question | None = None

    async def search(self, question: Question, limit: int = 2) -> list[Offer]:
        self.asked = question
        return [*self._offers, LINE]


def _state(**slots: Any) -> dict[str, Any]:
    return tracker(user("find_service", "x"), slots={"need": "any", "place": "skipped", **slots})


async def _text(*offers: Offer, language: str = "en") -> str:
    """What the person would read."""
    outcome = await run(FindService(FakeDirectory(*offers), CATALOGUE), _state(language=language))
    said = next(one for one in outcome.messages if one["response"])
    values = {name: value for name, value in said.items() if isinstance(value, str)}
    return CATALOGUE.text(said["response"], language, **values)


async def test_two_options_and_the_line() -> None:
    """Names, areas, numbers, hours; the line's own number; a person; what was offered."""
    outcome = await run(FindService(FakeDirectory(A, B), CATALOGUE), _state())
    assert outcome.said == ["utter_offers_two"]
    assert outcome.wishes == [{"kind": "refer", "services": ["a", "b"]}]
    text = await _text(A, B)
    for part in ("House A (Toronto) 555-0101 24/7", "Centre B (Ontario) 555-0102", "555-0199"):
        assert part in text
    assert "reply 0" in text


@pytest.mark.parametrize(
    ("language", "women", "ages"),
    [("en", "for women", "ages 16-24"), ("fr", "pour femmes", "16-24 ans")],
)
async def test_whom_a_service_is_for_is_always_said(language: str, women: str, ages: str) -> None:
    """Also when there is no room for the area."""
    long = "A house with a long name near the lake in the north of the town, open house"
    limited = replace(A, name=long, why=("only:women", "ages:16-24"))
    text = await _text(limited, replace(B, name=long), language=language)
    assert women in text
    assert ages in text


@pytest.mark.parametrize(("why", "words"), [("ages:16-", "ages 16+"), ("ages:-18", "ages 0-18")])
async def test_open_ended_ages(why: str, words: str) -> None:
    """One limit is written so that nobody reads it as a range."""
    assert words in await _text(replace(A, why=(why,)))


async def test_more_than_two_are_two() -> None:
    """A list on a small screen is no help."""
    outcome = await run(FindService(FakeDirectory(A, B, C), CATALOGUE), _state())
    assert outcome.wishes == [{"kind": "refer", "services": ["a", "b"]}]


async def test_one_option() -> None:
    """The directory knows a single door."""
    outcome = await run(FindService(FakeDirectory(A), CATALOGUE), _state())
    assert outcome.said == ["utter_offers_one"]


async def test_no_option_is_a_human_and_the_phone_line() -> None:
    """Never an empty answer."""
    outcome = await run(FindService(FakeDirectory(), CATALOGUE), _state())
    assert (
        outcome.said,
        [wish["kind"] for wish in outcome.wishes],
    ) == (["utter_offers_none"], ["escalate"])
    assert "555-0199" in await _text()


async def test_unverified_details_say_so() -> None:
    """One option to confirm is enough."""
    outcome = await run(
        FindService(FakeDirectory(A, replace(B, confirm=True)), CATALOGUE), _state()
    )
    assert outcome.said == ["utter_offers_two_to_confirm"]


async def test_a_number_for_texts_only_says_so() -> None:
    """In the person's language."""
    only_text = replace(A, phone=None, text_number="555-0104")
    assert "text 555-0104" in await _text(only_text)
    assert "texto 555-0104" in await _text(only_text, language="fr")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "name", ["House A", "A" * 120, "B" * 300, "Maison d'hébergement pour femmes de l'Île " * 2]
)
async def test_any_answer_fits_two_sms(name: str, language: str) -> None:
    """Areas go first, then the second option, then the first; never the line."""
    long = replace(A, name=name, confirm=True)
    text = await _text(long, replace(B, name=name), language=language)
    assert count(text).parts <= 2
    assert "555-0199" in text


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({}, Question(language="en")),
        ({"need": "shelter", "place": "toronto-on"},
         Question(need=Need.SHELTER, place_id="toronto-on", language="en")),
        ({"place": "unknown"}, Question(language="en")),
        ({"place": "no-such-place"}, Question(language="en")),
        ({"need": "no-such-need"}, Question(language="en")),
        ({"need": "indigenous_support"},
         Question(need=Need.INDIGENOUS_SUPPORT, language="en", indigenous=True)),
        ({"details": ["with_pets", "without_status", "nonsense", 3]},
         Question(language="en", with_pets=True, without_status=True)),
        ({"details": ["with_children"], "language": "fr"},
         Question(language="fr", with_children=True)),
    ],
)  # fmt: skip
async def test_what_is_asked_of_the_directory(slots: dict[str, Any], expected: Question) -> None:
    """What the person said, and nothing they did not say; never police."""
    directory = FakeDirectory(A)
    await run(FindService(directory, CATALOGUE), _state(**slots))
    assert directory.asked is not None
    assert expected == replace(directory.asked, open_at=None)
    assert directory.asked.open_at is not None and not directory.asked.police_ok


async def test_an_unknown_place_is_said_and_forgotten() -> None:
    """The next search asks for it again."""
    outcome = await run(FindService(FakeDirectory(A), CATALOGUE), _state(place="unknown"))
    assert outcome.said == ["utter_place_unknown", "utter_offers_one"]
    assert outcome.slots == {"need": None, "details": None, "place": None}


async def test_a_known_place_is_kept_for_the_next_search() -> None:
    """The person need not say it again."""
    outcome = await run(FindService(FakeDirectory(A), CATALOGUE), _state(place="toronto-on"))
    assert outcome.slots["place"] == "toronto-on"
