"""A referral step by step: nothing before it is safe, short texts, and answers to the offers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from actions.offering import MOST_PARTS, Wording
from actions.referral import FinishSearch, ShowOffers, ValidateSearch
from directory.question import THE_LINE, Offer, Question
from directory.vocabulary import Exploitation, Gender
from intake.languages import is_full
from intake.needs import Need
from locales.catalogue import Catalogue
from locales.segments import count
from tests.actions.tracker import Outcome, run, slot, tracker, user

CATALOGUE = Catalogue.load()
LANGUAGES = sorted(tag for tag in CATALOGUE.languages if is_full(tag))
LINE = Offer("line", "555-0199", "555-0199", None, "Canada", "24/7", (), (THE_LINE,), False)
OFFERS = [
    Offer(f"{letter * 8}-1", f"House {letter}", f"555-010{digit}", None, "Toronto", "24/7", (), (),
          False)
    for digit, letter in enumerate("abcde")
]  # fmt: skip
A, B, C, D, E = OFFERS


class FakeDirectory:
    """Answers with the offers it was given, and remembers the question."""

    def __init__(self, *offers: Offer) -> None:
        self._offers = offers
        self.asked: Question | None = None

    async def search(self, question: Question, limit: int = 2) -> list[Offer]:
        self.asked = question
        return [*self._offers[:limit], LINE]


def _state(intent: str = "affirm", **slots: Any) -> dict[str, Any]:
    known = {"need": "any", "place": "skipped", "send": "yes", **slots}
    return tracker(user(intent, "x"), slots=known, loop="find_service_form")


async def _shown(*offers: Offer, **slots: Any) -> Outcome:
    return await run(ShowOffers(FakeDirectory(*offers), CATALOGUE), _state(**slots))


async def _validated(
    intent: str, asked: str, *filled: tuple[str, Any], **slots: Any
) -> dict[str, Any]:
    """The slots after the form has heard a text."""
    named = [{"entity": "detail", "value": one} for one in slots.pop("named", [])]
    heard = [
        user(intent, "x", entities=named),
        {"event": "action", "name": "find_service_form"},
        *(slot(name, value) for name, value in filled),
    ]
    state = tracker(*heard, slots={"requested_slot": asked, **slots, **dict(filled)},
                    loop="find_service_form")  # fmt: skip
    return (await run(ValidateSearch(), state)).slots


async def test_two_offers_each_in_a_text_of_its_own() -> None:
    """Then what may be answered; what was offered is recorded, without anybody's name."""
    outcome = await _shown(*OFFERS)
    assert outcome.said == ["utter_offer", "utter_offer", "utter_offers_choices"]
    assert outcome.wishes == [{"kind": "refer", "services": [A.service_id, B.service_id]}]
    assert outcome.messages[0]["offer"] == "House a (Toronto) 555-0100 24/7"
    assert outcome.slots["shown"] == ["aaaaaaaa", "bbbbbbbb"]


async def test_another_one_is_one_not_yet_shown_until_there_is_none() -> None:
    """The line's own number stands in every answer, so that none is empty."""
    more = await _shown(*OFFERS, shown=["aaaaaaaa", "bbbbbbbb"])
    assert more.wishes[0]["services"] == [C.service_id, D.service_id]
    none = await _shown(A, B, shown=["aaaaaaaa", "bbbbbbbb"])
    assert (none.said, none.wishes) == (["utter_offers_no_more"], [])
    for key in ("utter_offers_choices", "utter_offers_no_more", "utter_not_sent"):
        assert "555-0199" in CATALOGUE.text(key, "en", phone="555-0199")


async def test_no_offer_at_all_is_a_human_and_the_phone_line() -> None:
    """Never an empty answer."""
    outcome = await _shown()
    assert outcome.said == ["utter_offers_none"]
    assert [wish["kind"] for wish in outcome.wishes] == ["escalate"]
    assert outcome.ends_form


async def test_a_question_in_between_does_not_send_the_offers_again() -> None:
    """Only what may be answered to them."""
    outcome = await _shown(*OFFERS, offers_sent=True)
    assert (outcome.said, outcome.wishes) == (["utter_offers_choices"], [])


@pytest.mark.parametrize(
    ("intent", "asked", "filled", "slots", "expected"),
    [
        ("deny", "send", [("send", "no")], {}, {"send": "no", "offer_wish": "not_sent"}),
        ("affirm", "send", [("send", "yes")], {}, {"send": "yes"}),
        ("nlu_fallback", "send", [("send", "unclear")], {}, {"send": None}),
        ("choose_1", "offer_wish", [("offer_wish", "another")], {},
         {"offer_wish": None, "offers_sent": False}),
        ("choose_2", "offer_wish", [("offer_wish", "further")], {},
         {"offer_wish": None, "offers_sent": False, "reach": "away"}),
        ("choose_2", "offer_wish", [("offer_wish", "further")], {"reach": "away"},
         {"offer_wish": None, "offers_sent": False, "reach": "anywhere"}),
        ("choose_3", "offer_wish", [("offer_wish", "call")], {}, {"offer_wish": "call"}),
        ("inform_place", "offer_wish", [("place", "calgary-ab")], {"shown": ["aaaaaaaa"]},
         {"place": "calgary-ab", "offer_wish": None, "offers_sent": False, "shown": [],
          "reach": None}),
        ("inform_need", "need", [], {"named": ["man"], "known_details": ["without_status"]},
         {"known_details": ["man", "without_status"]}),
        ("ask_if_police", "offer_wish", [], {"named": ["police"]}, {}),
        ("risk_weapon", "offer_wish", [("offer_wish", "another")], {}, {}),
    ],
)  # fmt: skip
async def test_what_a_text_changes(
    intent: str, asked: str, filled: list[tuple[str, Any]], slots: dict[str, Any],
    expected: dict[str, Any],
) -> None:  # fmt: skip
    """Nothing goes on in a text with risk; another place begins the search anew."""
    assert expected == await _validated(intent, asked, *filled, **slots)


@pytest.mark.parametrize(
    ("slots", "intent", "said", "kinds"),
    [
        ({"offer_wish": "call", "offered": [A.service_id]}, "choose_3", ["utter_call_together"],
         ["escalate"]),
        ({"offer_wish": "not_sent"}, "deny", ["utter_not_sent"], []),
        ({"offer_wish": "thanks"}, "thanks", ["utter_thanks"], []),
        ({"offer_wish": "done"}, "deny", ["utter_nevermind"], []),
        ({"offer_wish": "unclear"}, "nlu_fallback", [], ["escalate"]),
        ({}, "nevermind", ["utter_nevermind"], []),
        ({}, "opt_out_words", ["utter_how_to_stop"], []),
    ],
)  # fmt: skip
async def test_how_a_search_ends(
    slots: dict[str, Any], intent: str, said: list[str], kinds: list[str]
) -> None:
    """A call together names the services for the advocate; all of the search is forgotten."""
    outcome = await run(FinishSearch(FakeDirectory(*OFFERS), CATALOGUE), _state(intent, **slots))
    assert (said, kinds) == (outcome.said, [wish["kind"] for wish in outcome.wishes])
    assert set(outcome.slots.values()) == {None}
    if said == ["utter_call_together"]:
        assert outcome.messages[0]["services"] == "House a"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_two_sms_at_most_and_tells_nothing(language: str) -> None:
    """In each language, however long the name; whom a service is for is never left out."""
    wording = Wording(CATALOGUE, [language])
    limited = replace(A, confirm=True, hours="Mon-Fri 9:00-17:00, Sat 10:00-14:00",
                      why=("only:women", "ages:16-24"))  # fmt: skip
    for name in ("House A", "A" * 60, "B" * 300, "Sexual Assault Centre", "Maison pour victimes"):
        key, values = wording.of(replace(limited, name=name))
        text = CATALOGUE.text(key, language, **values)
        assert count(text).parts <= MOST_PARTS, name
        assert "555-0100" in text and "16-24" in text
        assert CATALOGUE.text("utter_offer_women", language) in text
        assert "Sexual" not in text and "victime" not in text
    for key in ("utter_ask_find_service_form_send", "utter_offers_choices", "utter_not_sent",
                "utter_offers_no_more"):  # fmt: skip
        assert count(CATALOGUE.text(key, language, phone="1-833-900-1010")).parts <= MOST_PARTS


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({}, Question(language="en")),
        ({"need": "shelter", "place": "toronto-on"},
         Question(need=Need.SHELTER, place_id="toronto-on", language="en")),
        ({"place": "no-such-place", "need": "no-such-need"}, Question(language="en")),
        ({"place": "toronto-on", "reach": "away"},
         Question(place_id="ON", language="en", away_from=("toronto-on",))),
        ({"place": "toronto-on", "reach": "anywhere"},
         Question(language="en", away_from=("toronto-on",))),
        ({"need": "labour_rights", "place": "AB", "language": "pa",
          "known_details": ["age:34", "man", "without_status"]},
         Question(need=Need.LABOUR_RIGHTS, place_id="AB", language="pa", age=34, gender=Gender.MAN,
                  without_status=True, exploitation=Exploitation.LABOUR)),
        ({"known_details": ["police", "two_slgbtq", "with_pets", "away:toronto-on"]},
         Question(language="en", police_ok=True, two_slgbtq=True, with_pets=True,
                  away_from=("toronto-on",))),
        ({"need": "indigenous_support", "known_details": ["with_children", 3]},
         Question(need=Need.INDIGENOUS_SUPPORT, language="en", indigenous=True,
                  with_children=True)),
    ],
)  # fmt: skip
async def test_what_is_asked_of_the_directory(slots: dict[str, Any], expected: Question) -> None:
    """What the person said, and nothing they did not say; police only when asked for."""
    directory = FakeDirectory(A)
    await run(ShowOffers(directory, CATALOGUE), _state(**slots))
    assert directory.asked is not None and directory.asked.open_at is not None
    assert expected == replace(directory.asked, open_at=None)
