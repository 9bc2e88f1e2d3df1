"""Only what people say of themselves counts."""

from __future__ import annotations

import pytest

from intake.indigenous import says_indigenous


@pytest.mark.parametrize(
    "text",
    [
        "I'm Inuk",
        "im cree from saskatoon",
        "i am a First Nations woman",
        "hi, I am Métis",
        "we are Anishinaabe",
        "im a young native girl",
        "i'm Mi'kmaq",
        "im half ojibway",
        "je suis inuk",
        "chui autochtone pis jai peur",
        "je suis une femme atikamekw",
        "soy indígena",
        "as an Indigenous person i dont trust police",
    ],
)
def test_said_of_oneself(text: str) -> None:
    """In English, French and Spanish, as people text it."""
    assert says_indigenous(text)


@pytest.mark.parametrize(
    "text",
    [
        "my girlfriend is inuk",
        "he is cree",
        "are you indigenous",
        "im a native speaker of english",
        "im native to toronto",
        "im not indigenous",
        "i am from the first nations university area",
        "im scared",
        "je suis creee pour ca",
        "elle est autochtone",
        "im with a mohawk guy",
        "",
    ],
)
def test_not_said_of_oneself(text: str) -> None:
    """Of others, of places, or denied: never assumed."""
    assert not says_indigenous(text)
