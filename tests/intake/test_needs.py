"""What people look for, from their own words, in English and French."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from intake.needs import Need, find_need, find_needs, match_needs

LISTS = Path(__file__).resolve().parents[2] / "intake" / "data" / "needs.yaml"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i need a shelter in calgary", Need.SHELTER),
        ("nowhere to go tonight", Need.SHELTER),
        ("got kicked out", Need.SHELTER),
        ("ya tu une maison dhebergement a laval", Need.SHELTER),
        ("qui aide avec les papiers dimmigration", Need.LEGAL_IMMIGRATION),
        ("j'ai besoin d'un endroit où dormir à Laval", Need.SHELTER),
        ("mise dehors par mes parents", Need.SHELTER),
        ("i was raped last night", Need.SEXUAL_ASSAULT),
        ("agression sexuelle hier", Need.SEXUAL_ASSAULT),
        ("need someone to talk to", Need.CRISIS_SUPPORT),
        ("besoin de parler", Need.CRISIS_SUPPORT),
        ("signaler un enfant en danger", Need.CHILD_PROTECTION),
        ("kid being hurt, yellowknife", Need.CHILD_PROTECTION),
        ("in crisis", Need.CRISIS_SUPPORT),
        ("he posted my nudes", Need.ONLINE_IMAGES),
        ("il veut publier mes photos", Need.ONLINE_IMAGES),
        ("i want out of the life", None),
        ("leaving the life", Need.TRAFFICKING),
        ("sortir de la prostitution", Need.TRAFFICKING),
        ("food plz", Need.BASIC_NEEDS),
        ("banque alimentaire", Need.BASIC_NEEDS),
        ("need a doctor", Need.HEALTH),
        ("je suis enceinte", Need.HEALTH),
        ("my boyfriend beats me", Need.DOMESTIC_VIOLENCE),
        ("mon chum me frappe", Need.DOMESTIC_VIOLENCE),
        ("im 15", Need.YOUTH),
        ("boss didnt pay me", Need.LABOUR_RIGHTS),
        ("mon patron me paie pas", Need.LABOUR_RIGHTS),
        ("looking for a lawyer", Need.LEGAL_IMMIGRATION),
        ("je suis sans statut", Need.LEGAL_IMMIGRATION),
        ("is there a native friendship centre", Need.INDIGENOUS_SUPPORT),
        ("je suis atikamekw", Need.INDIGENOUS_SUPPORT),
        ("hi", None),
        ("", None),
        ("toronto", None),
    ],
)
def test_needs_by_their_words(text: str, expected: Need | None) -> None:
    """One clear need, in either language; none where none is named."""
    assert find_need(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("looking for a lawyer, boss took my passport", Need.LEGAL_IMMIGRATION),
        ("i was raped and i need a place to sleep", Need.SHELTER),
        ("no place to sleep and im 15", Need.SHELTER),
        ("I don't need a shelter, i need a lawyer", Need.LEGAL_IMMIGRATION),
        ("je veux pas de refuge, je cherche un avocat", Need.LEGAL_IMMIGRATION),
        ("i dont want counselling just food", Need.BASIC_NEEDS),
        ("i dont have any place to sleep", Need.SHELTER),
        ("je peux pas trouver de refuge", Need.SHELTER),
        ("i dont know need shelter", Need.SHELTER),
    ],
)
def test_what_is_asked_for_counts_most(text: str, expected: Need) -> None:
    """The wish outranks the background, and a refused need does not count."""
    assert find_need(text) is expected


def test_every_need_named_is_kept_in_order() -> None:
    """Ties go to the more pressing need."""
    assert find_needs("shelter, lawyer, food") == [
        Need.SHELTER,
        Need.BASIC_NEEDS,
        Need.LEGAL_IMMIGRATION,
    ]


def test_spans_point_into_the_text_as_written() -> None:
    """The span cuts out the words, apostrophes and accents included."""
    text = "Bonjour, besoin d’hébergement"
    (match,) = match_needs(text)
    assert text[match.start : match.end] == "hébergement"
    assert match.asked


def test_the_lists_cover_every_need_in_both_languages() -> None:
    """No need without words, no words without a need, no phrase under two needs."""
    lists = yaml.safe_load(LISTS.read_text(encoding="utf-8"))
    assert set(lists) == {need.value for need in Need}
    for languages in lists.values():
        assert set(languages) == {"en", "fr"}
        assert all(isinstance(phrase, str) for phrases in languages.values() for phrase in phrases)
    for language in ("en", "fr"):
        phrases = [phrase for languages in lists.values() for phrase in languages[language]]
        assert sorted(phrases) == sorted(set(phrases))
