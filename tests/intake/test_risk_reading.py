"""How a message is read: tokens with their places, phone spelling, the pattern language."""

from __future__ import annotations

import re

import pytest
import yaml

from intake.cue_file import CueListError
from intake.cuelist import CueList
from intake.lexicon import Lexicon
from intake.patterns import Grammar, PatternError
from intake.reading import Message
from intake.spelling import Speller
from intake.tokens import Token, fold, plain

_TIERS = {"concern": 1, "urgent": 2, "imminent": 3}
_LISTS = {"he": ["he", "my (boss|ex)"], "age": ["%minor", "fifteen"]}


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("He's OK", [("he's", 0, 4), ("ok", 5, 7)]),
        ("l’hôtel", [("l'hotel", 0, 7)]),
        ("e\u0301te\u0301", [("ete", 0, 5)]),
        ("ok. go", [("ok", 0, 2), (".", 2, 3), ("go", 4, 6)]),
        ("he... go", [("he", 0, 2), ("go", 6, 8)]),
        ("3,500", [("3500", 0, 5)]),
        ("k!ll r*pe", [("k!ll", 0, 4), ("r*pe", 5, 9)]),
        ("go!", [("go", 0, 2), (".", 2, 3)]),
        ("🔫x", [("emojigun", 0, 1), ("x", 1, 2)]),
        ("ﬁn", [("fin", 0, 2)]),
        ("cœur", [("coeur", 0, 4)]),
        ("a\u200bb", [("ab", 0, 3)]),
        ("", []),
    ],
)
def test_folding_keeps_places(text: str, tokens: list[tuple[str, int, int]]) -> None:
    """A token is plain and knows the span it came from."""
    assert [(t.text, t.start, t.end) for t in fold(text)] == tokens


def test_plain_takes_marks_off() -> None:
    """Case and accents go, ligatures open."""
    assert plain("ÉTÉ Œuvre ÇA") == "ete oeuvre ca"


def _speller(**more: object) -> Speller:
    return Speller(
        vocabulary={"killing", "trapped", "passport", "help", "locked", "veux", "argent", "hotel"},
        prefixes={"deport"},
        spellings={"u": "you", "dont": "do not", "2nite": "tonight"},
        ordinary={"looked"},
        **more,  # type: ignore[arg-type]
    )


def _read(text: str, *spellers: Speller) -> str:
    """``text`` as the first of ``spellers`` reads it."""
    return " ".join(t.text for t in Message.of(text, Lexicon(spellers)).spelled(0).tokens)


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("u", "you"),
        ("don't", "do not"),
        ("2nite", "tonight"),
        ("k1ll1ng", "killing"),
        ("p@ssport", "passport"),
        ("trap*ed", "trapped"),
        ("heeeelp", "help"),
        ("hlp", "help"),
        ("traped", "trapped"),
        ("pasport", "passport"),
        ("passprot", "passport"),
        ("deportation", "deportation"),
        ("looked", "looked"),
        ("unknown", "unknown"),
        ("im15", "im 15"),
        ("h e l p", "help"),
    ],
)
def test_phone_spelling(word: str, read: str) -> None:
    """Each habit of thumbs is undone, and ordinary words stay as they are."""
    assert _read(word, _speller()) == read


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("j'veux", "je veux"),
        ("jveux", "je veux"),
        ("l'argent", "le argent"),
        ("largent", "le argent"),
        ("d'argent", "de argent"),
        ("n'veux", "veux"),
    ],
)
def test_french_elision(word: str, read: str) -> None:
    """Elided words are opened with or without their apostrophe; "ne" is left out."""
    assert _read(word, _speller(elides=True, silent={"ne"})) == read


def test_a_word_that_a_better_list_knows_is_not_mended() -> None:
    """What is a word in the language of the message is no slip of another one's."""
    other = Speller(vocabulary={"les", "mots", "ici", "traped"})
    assert _read("les mots ici traped", _speller()) == "les mots ici trapped"
    assert _read("les mots ici traped", _speller(), other) == "les mots ici traped"


def test_an_expanded_word_keeps_its_one_span() -> None:
    """Two words read from one token both point at that token."""
    spelled = Message.of("x dont", Lexicon([_speller()])).spelled(0)
    assert spelled.tokens == (Token("x", 0, 1), Token("do", 2, 6), Token("not", 2, 6))


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("he has a gun", "he has a gun", True),
        ("he has a gun", "he has guns", False),
        ("@he (hits|beats) me", "my ex beats me", True),
        ("deport*", "deportation", True),
        ("he .. me", "he never ever really hits me", False),
        ("he ... me", "he never ever really hits me", True),
        ("he ... me", "he left . tell me", False),
        ("hits [all of] me", "hits me", True),
        ("i am @age !(min|years ago)", "i am 15 min", False),
        ("i am @age !(min|years ago)", "i am 15", True),
        ("i am @age", "i am 34", False),
        ("i am @age", "i am fifteen", True),
        ("%long hours", "16 hours", True),
        ("%long hours", "8 hours", False),
        ("^ help $", "help", True),
        ("^ help $", "ok . help . thanks", True),
        ("^ help $", "help me", False),
        ("pay %number", "pay 500", True),
        ("is %word there", "is . there", False),
    ],
)
def test_the_pattern_language(pattern: str, text: str, matches: bool) -> None:
    """Each sign of the language does what its description says."""
    speller = Speller(vocabulary={"he"}, prefixes={"deport"})
    compiled = Grammar(_LISTS, lambda words: words).compile(pattern)
    assert bool(compiled.regex.search(f" {text} ")) is matches
    spelled = Message.of(text, Lexicon([speller])).spelled(0)
    assert spelled.has(compiled, 0, len(spelled.text)) is matches


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("(he|she", "no ')' for '('"),
        ("he)", "unexpected ')'"),
        ("@nobody", "no list named 'nobody'"),
        ("[he]", "asks for no word"),
        ("!", "cannot read"),
    ],
)
def test_a_pattern_that_cannot_be_read_says_why(pattern: str, complaint: str) -> None:
    """Whoever edits a list is told what is wrong with which pattern."""
    with pytest.raises(PatternError, match=re.escape(complaint)):
        Grammar(_LISTS, lambda words: words).compile(pattern)


def test_an_entry_without_its_words_says_which() -> None:
    """A cue that lacks a key is named."""
    document = yaml.safe_load("language: en\ncues: [{name: odd, row: 1, tier: urgent, say: []}]")
    assert CueList(document, _TIERS).entries[0].name == "odd"
    document["cues"][0]["tier"] = "grave"
    with pytest.raises(CueListError, match=r"en: cue 'odd': 'grave'"):
        CueList(document, _TIERS)
