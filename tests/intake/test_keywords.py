"""Whole messages that mean something by themselves."""

from __future__ import annotations

import pytest

from intake.keywords import Choice, choice, keyword
from intake.messages import Keyword

STOP, START, INFO = Keyword.STOP, Keyword.START, Keyword.INFO


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (STOP, "STOP"),
        (STOP, "stop "),
        (STOP, "Arrêt."),
        (STOP, "ARRET!"),
        (STOP, "ＳＴＯＰ"),
        (STOP, "Désabonner"),
        (START, "Start"),
        (START, "unstop"),
        (INFO, "INFO"),
        (None, "stop please"),
        (None, "please stop him"),
        (None, "stop hurting me"),
        (None, "arrete de me frapper"),
        (None, "arrête ça"),
        (None, "help"),
        (None, ""),
        (None, "yes"),
    ],
)
def test_a_keyword_is_a_whole_message(expected: Keyword | None, text: str) -> None:
    """Carrier words count alone, in any case, accent and width; inside a sentence never."""
    assert keyword(text) is expected


@pytest.mark.parametrize(
    ("expected", "texts"),
    [
        (Choice.YES, ["1", "yes", "Y", "Oui", "ok", "C'est OK", "it's ok", "OUAIS!"]),
        (Choice.NO, ["2", "no", "non", "Not now", "pas maintenant", "plus tard."]),
        (Choice.LIMITS, ["3", "privacy", "vie privée"]),
        (Choice.PERSON, ["0", "person", "personne", "Agent", "humain"]),
        (None, ["11", "1 2", "not ok", "ok but he is here", "no one helps me", "person of colour"]),
    ],
)
def test_a_choice_is_a_whole_message(expected: Choice | None, texts: list[str]) -> None:
    """An answer to the safety check is a digit or a plain word, not part of a sentence."""
    assert [choice(text) for text in texts] == [expected] * len(texts)
