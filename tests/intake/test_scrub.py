"""What could give a tipster away: found where it stands, and never taken out unasked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.scrub import Why, left_over, suggest, without

# What is proposed to be left out.
OUT = [
    ("My name is Rowan Field and I saw it", ["My name is Rowan Field"]),
    ("i'm Rowan. she is 15", ["i'm Rowan"]),
    ("write me at rowan.field@example.org", ["rowan.field@example.org"]),
    ("you can call me at 613-555-0142", ["613-555-0142"]),
    ("my insta is @rowan_f", ["my insta", "@rowan_f"]),
    ("I work at the Pine Motel, room 214", ["I work at the Pine Motel"]),
    ("I've been working at the farm and they", ["I've been working at the farm"]),
    ("i'm a nurse here", ["i'm a nurse"]),
    ("after my shift she cried", ["my shift"]),
    ("I live across from the Pine Motel.", ["I live across from the Pine Motel"]),
    ("in my building, unit 4", ["my building"]),
    ("my sister saw her too", ["my sister"]),
    ("my plate is ABCD 123", ["my plate", "ABCD 123"]),
    ("I saw them at 3:15 am by the door", ["3:15 am"]),
    ("my badge number is 448812", ["my badge", "448812"]),
    ("Je m'appelle Rowan Champ et je travaille à l'auberge", [
        "Je m'appelle Rowan Champ", "je travaille à l'auberge"]),
    ("J'habite au-dessus du bar, ma voisine aussi", ["J'habite au-dessus du bar", "ma voisine"]),
    ("Je suis infirmière", ["Je suis infirmière"]),
    ("Me llamo Rowan y trabajo en la finca", ["Me llamo Rowan", "trabajo en la finca"]),
    ("vivo en la calle 5, mi jefe sabe", ["vivo en la calle 5", "mi jefe"]),
]  # fmt: skip
# What a tip is about stays proposed to be told, however it is marked.
KEPT = [
    "A grey van, plate ABCD 123, behind the Pine Motel in Barrie",
    "The ad says to text 613-555-0177",
    "his handle is @big_boss_9",
    "She is 15 and her boss keeps her passport",
    "The van comes at 3:15 am",
    "Dos mujeres en la finca de Leamington",
    "Une fille pleure dans la chambre 214",
]


@pytest.mark.parametrize(("text", "out"), OUT)
def test_what_speaks_of_the_tipster(text: str, out: list[str]) -> None:
    """Each piece, whole, and nothing else of the sentence."""
    assert [text[one.start : one.end] for one in left_over(text)] == out
    scrubbed = without(text, left_over(text), "[-]")
    assert not any(piece in scrubbed for piece in out)
    assert left_over(scrubbed) == ()


@pytest.mark.parametrize("text", KEPT)
def test_what_the_tip_is_about(text: str) -> None:
    """Plates, numbers and times of others are marked at most."""
    assert left_over(text) == ()


def test_marked_for_a_look() -> None:
    """Whose number it is, rules cannot know: a human is shown each."""
    text = "plate ABCD 123, text 613-555-0177, @big_boss_9, http://example.org/x at 3:15"
    assert [one.why for one in suggest(text)] == [
        Why.PLATE,
        Why.PHONE,
        Why.HANDLE,
        Why.LINK,
        Why.TIME,
    ]


@given(st.text(alphabet="Imy workatRonF@.5:1 \n,é", max_size=120))
def test_spans_fit_the_text(text: str) -> None:
    """In order, inside the text, none over another; with nothing chosen the text is as it was."""
    hints = suggest(text)
    edges = [edge for one in hints for edge in (one.start, one.end)]
    assert edges == sorted(edges) and all(0 <= edge <= len(text) for edge in edges)
    assert all(one.start < one.end for one in hints)
    assert without(text, (), "[-]") == text
