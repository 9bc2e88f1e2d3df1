"""Needs, places, details and wishes in every full language, as people text them on phones."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from intake.details import Detail, Wish, details, sought_and_shunned, wish
from intake.languages import base, is_full, listed
from intake.needs import Need, find_need
from intake.place_names import _NAMES
from intake.places import by_id, named_places
from intake.word_lists import gathered, lists

WANTED = yaml.safe_load(Path(__file__).with_name("wanted.yaml").read_text(encoding="utf-8"))
NEEDS = (
    Need.SHELTER, Need.BASIC_NEEDS, Need.HEALTH, Need.LEGAL_IMMIGRATION, Need.LABOUR_RIGHTS,
    Need.CRISIS_SUPPORT, Need.DOMESTIC_VIOLENCE, Need.INDIGENOUS_SUPPORT,
)  # fmt: skip
FULL = {base(tag) for tag in listed() if is_full(tag)}


def test_every_full_language_has_its_lists_and_its_table() -> None:
    """Eight needs and ten places at least, and no name that nothing reads."""
    assert FULL == set(WANTED) == set(lists())
    for language, table in WANTED.items():
        assert (len(table["needs"]), len(table["places"])) == (8, 10), language
    assert set(gathered("needs")) <= {need.value for need in Need}
    assert set(gathered("details")) <= {detail.value for detail in Detail}
    assert set(gathered("wishes")) == {one.value for one in Wish}
    known = yaml.safe_load(_NAMES.read_text(encoding="utf-8"))
    assert [name for one in known.values() for name in one["names"] if by_id(name) is None] == []


@pytest.mark.parametrize("language", sorted(WANTED))
def test_needs(language: str) -> None:
    """With and without accents, in Latin letters where people write them so."""
    found = {text: find_need(text) for text in WANTED[language]["needs"]}
    assert dict(zip(WANTED[language]["needs"], NEEDS, strict=True)) == found


@pytest.mark.parametrize("language", sorted(WANTED))
def test_places(language: str) -> None:
    """In the language's own script, with its endings, and as a bare answer."""
    wanted = WANTED[language]["places"]
    found = {text: [one.place.id for one in named_places(text)] for text in wanted}
    assert {text: [place] for text, place in wanted.items()} == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("im 34, no status, a man: im a man", {"age:34", "without_status", "man"}),
        ("main banda haan, 34 saal, bina status", {"age:34", "without_status", "man"}),
        ("soy hombre, tengo 34 años, sin papeles", {"age:34", "without_status", "man"}),
        (
            "我34岁，我是男的，没有身份，带孩子",
            {"age:34", "without_status", "man", "with_children"},
        ),
        ("عمري 34، بدون أوراق", {"age:34", "without_status"}),
        ("мне 34 года, без документов", {"age:34", "without_status"}),
        ("room 34 at the inn", set()),
        ("he is a man", set()),
        ("i want to talk to the police", {"police"}),
        ("no police please", set()),
        ("i dont want to talk to the police", set()),
        ("quiero hablar con la policia", {"police"}),
        ("no quiero hablar con la policia", set()),
        ("想找警察", {"police"}),
        ("不要找警察", set()),
        ("ਪੁਲਿਸ ਨਾਲ ਗੱਲ ਨਹੀਂ ਕਰਨੀ", set()),
        ("boss threatens police", set()),
        ("need an interpreter, im trans and queer", {"interpreter", "two_slgbtq"}),
        ("can we chat", set()),
    ],
)
def test_details(text: str, expected: set[str]) -> None:
    """Only what people say of themselves; police only for who asks for it."""
    assert expected == {one.value for one in details(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("another one", "another"), ("un autre", "another"), ("hor dasso", "another"),
        ("换一个", "another"), ("غيره", "another"), ("otro", "another"), ("다른 곳", "another"),
        ("further away pls", "further"), ("plus loin", "further"), ("遠一點", "further"),
        ("mas lejos", "further"), ("ไกลกว่านี้", "further"), ("messzebb", "further"),
        ("can you call them for me", "call"), ("appelez pour moi", "call"), ("幫我打", "call"),
        ("llame conmigo", "call"), ("позвоните за меня", "call"), ("gọi giúp tôi", "call"),
        ("dont call for me", None), ("thanks", None), ("", None),
    ],
)  # fmt: skip
def test_wishes_after_an_offer(text: str, expected: str | None) -> None:
    """In their own words."""
    found = wish(text)
    assert expected == (None if found is None else found.value)


@pytest.mark.parametrize(
    ("text", "sought", "shunned"),
    [
        ("a shelter away from toronto", [], ["toronto-on"]),
        ("hamilton, not in toronto", ["hamilton-on"], ["toronto-on"]),
        ("un refuge loin de montreal", [], ["montreal-qc"]),
        ("ਬਰੈਂਪਟਨ ਤੋਂ ਦੂਰ", [], ["brampton-on"]),
        ("in toronto", ["toronto-on"], []),
    ],
)
def test_a_place_to_stay_away_from_is_not_looked_in(
    text: str, sought: list[str], shunned: list[str]
) -> None:
    """What is near may not be safe."""
    found = [[one.place.id for one in side] for side in sought_and_shunned(text)]
    assert [sought, shunned] == found
