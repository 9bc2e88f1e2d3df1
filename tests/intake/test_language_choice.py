"""Which language a conversation goes on in, by what its texts are written in."""

from __future__ import annotations

import pytest

from intake.language_choice import Candidate, Decision, Move, Spoken, decide, offer

STAY, FOLLOW, ASK, INTERPRETER = Move.STAY, Move.FOLLOW, Move.ASK, Move.INTERPRETER
FIVE = "five words of some kind"
TWO = "two words"


def seen(*guesses: str) -> list[Candidate]:
    """Candidates from "es 0.9" or "pa Latn 0.8"."""
    found = []
    for guess in guesses:
        code, *script, confidence = guess.split()
        found.append(Candidate(code, script[0] if script else None, float(confidence)))
    return found


@pytest.mark.parametrize(
    ("text", "guesses", "move", "tag"),
    [
        (FIVE, ["es 0.72", "pt 0.2"], FOLLOW, "es"),
        (FIVE, ["es 0.65", "pt 0.3"], ASK, None),
        (TWO, ["es 0.85", "pt 0.1"], ASK, None),
        (TWO, ["es 0.92"], FOLLOW, "es"),
        ("привет", ["ru Cyrl 0.75", "uk Cyrl 0.2"], FOLLOW, "ru"),
        ("ਮਦਦ", ["pa Guru 0.97"], FOLLOW, "pa"),
        (FIVE, ["zh Hant 0.97"], FOLLOW, "zh-Hant"),
        (FIVE, ["ar Latn 0.9"], FOLLOW, "ar-Latn"),
        # Recognised, not spoken.
        (FIVE, ["so 0.85"], INTERPRETER, "so"),
        (TWO, ["so 0.85", "tl 0.1"], ASK, None),
        (TWO, ["so 0.95"], INTERPRETER, "so"),
        ("haa", ["so 0.97"], ASK, None),
        ("ᐃᓄᒃ", ["iu Cans 0.97"], INTERPRETER, "iu"),
        (FIVE, ["pl 0.95"], INTERPRETER, "pl"),
        # English or French, not quite sure: nothing to ask when nothing else is likely.
        ("hey", ["en 0.7", "fr 0.15"], STAY, None),
        ("ayuda", ["en 0.5", "es 0.4"], ASK, None),
        # Nothing to go by.
        ("👍 12", ["es 0.99"], STAY, None),
        (FIVE, [], STAY, None),
    ],
)
def test_a_first_text(text: str, guesses: list[str], move: Move, tag: str | None) -> None:
    """Clear enough: answer in it. Else ask, and speak nothing that is only probable."""
    decided = decide(seen(*guesses), text, Spoken())
    assert (decided.move, decided.tag) == (move, tag)


@pytest.mark.parametrize(
    ("text", "guesses", "chosen", "move", "tag"),
    [
        (FIVE, ["en 0.99"], False, STAY, "en"),
        (FIVE, ["es 0.85"], False, FOLLOW, "es"),
        (FIVE, ["es 0.6"], False, ASK, "en"),
        (FIVE, ["es 0.3"], False, STAY, "en"),
        ("hola", ["es 0.99"], False, STAY, "en"),
        ("ok", ["tl 0.9"], False, STAY, "en"),
        ("привет", ["ru Cyrl 0.97"], False, FOLLOW, "ru"),
        (FIVE, ["so 0.9"], False, INTERPRETER, "so"),
        (FIVE, ["so 0.5"], False, ASK, "en"),
        # The person chose English.
        (FIVE, ["es 0.99"], True, ASK, "en"),
        (FIVE, ["so 0.99"], True, ASK, "en"),
    ],
)
def test_a_later_text(
    text: str, guesses: list[str], chosen: bool, move: Move, tag: str | None
) -> None:
    """Never on one word in Latin letters; a choice is not overruled by one text."""
    decided = decide(seen(*guesses), text, Spoken("en", chosen))
    assert (decided.move, decided.tag) == (move, tag)


def test_a_switch_offers_the_way_back() -> None:
    """One number leads to the language before."""
    assert decide(seen("es 0.9"), FIVE, Spoken("en")) == Decision(FOLLOW, "es", ("en",))


def test_writing_on_after_the_question_is_an_answer() -> None:
    """The second such text leaves even a language that was chosen."""
    asked = Spoken("en", True, ("es", "en", "fr"))
    assert decide(seen("es 0.9"), FIVE, asked).move is FOLLOW
    assert decide(seen("es 0.6"), FIVE, asked).move is STAY
    assert decide(seen("so 0.9"), FIVE, Spoken("en", True, ("so", "en", "fr"))).move is INTERPRETER


def test_nobody_is_asked_over_and_over() -> None:
    """Half-sure texts are asked about once a conversation, a first text once."""
    assert decide(seen("es 0.6"), FIVE, Spoken("en", False, ())).move is STAY
    assert decide(seen("es 0.6"), FIVE, Spoken(None, False, ())).move is STAY


def test_romanised_south_asian_languages_are_asked_about_once() -> None:
    """Which of the three, and in which script; meanwhile the answer is romanised."""
    first = decide(seen("pa Latn 0.95", "hi Latn 0.04"), FIVE, Spoken())
    assert (first.move, first.tag) == (FOLLOW, "pa-Latn")
    assert first.offer == ("pa", "pa-Latn", "hi", "hi-Latn", "ur", "en")
    assert decide(seen("pa Latn 0.95"), FIVE, Spoken(None, False, ())).offer == ()


@pytest.mark.parametrize(
    ("guess", "current", "chosen", "tag"),
    [
        ("zh Hant 0.97", "zh", False, "zh-Hant"),
        ("zh Hans 0.97", "zh-Hant", False, "zh-Hant"),  # they read both
        ("zh Hant 0.97", "zh", True, "zh"),
        ("zh Hant 0.97", "yue", False, "yue"),
        ("pa Latn 0.9", "pa", False, "pa-Latn"),
        ("pa Guru 0.9", "pa-Latn", False, "pa"),
        ("hi Latn 0.9", "ur", False, "ur"),  # nobody can tell them apart
        ("hi Latn 0.9", "hi", True, "hi"),
        ("ar Latn 0.9", "ar", False, "ar"),  # no words of its own
    ],
)
def test_the_script_of_the_answer_follows_the_text(
    guess: str, current: str, chosen: bool, tag: str
) -> None:
    """Silently, within one language, and never against a choice."""
    assert decide(seen(guess), FIVE, Spoken(current, chosen)) == Decision(STAY, tag)


def test_a_list_shows_the_likeliest_then_the_current_then_the_official() -> None:
    """Three at most, each once, none that has no name."""
    found = seen("es 0.5", "pt 0.3", "xx 0.1", "ro 0.05")
    assert offer(found, Spoken("pt")) == ("es", "pt", "en", "fr")
    assert offer([], Spoken(None)) == ("en", "fr")
