"""Each voice alone: n-grams, word lists, usage, digits."""

from __future__ import annotations

import pytest

from bot.language.cleaning import clean
from bot.language.groups import GROUPS
from bot.language.ngrams import NGrams, profile, stock_profile
from bot.language.scripts import ALONE, script_of
from bot.language.usage import Usage, count
from bot.language.voices import VOICES, Learnt, Voices
from bot.language.weighing import LENGTHS, length_of, weights
from bot.language.words import arabizi, claimed, lists


def test_a_profile_of_ours_stands_beside_the_stock_ones() -> None:
    """Creole is told from French once it has a profile, and two profiles make one language."""
    creole = profile("ht", ["mwen bezwen èd", "mwen pa konnen kote m ye", "li pran paspò mwen"])
    french = profile("fr:texts", ["jpeux pas sortir", "chui cachee"])
    voice = NGrams([stock_profile("fr"), stock_profile("en"), creole, french])
    assert voice.languages == ("fr", "en", "ht")
    chances = voice.probabilities("mwen bezwen paspò")
    assert max(chances, key=lambda code: chances[code]) == "ht"
    assert pytest.approx(sum(chances.values())) == 1.0


def test_a_text_of_unknown_letters_is_even() -> None:
    """No n-gram that a profile knows is no evidence."""
    voice = NGrams([stock_profile("fr"), stock_profile("en")])
    assert voice.probabilities("ᐊᓂᔑ") == {"fr": 0.5, "en": 0.5}


def test_a_shared_word_counts_in_part() -> None:
    """ "pa" is a word of Creole and of Tagalog, "mwen" of Creole alone."""
    found = claimed(["mwen", "pa"], ("ht", "tl"))
    assert found == {"ht": (1.5, 2), "tl": (0.5, 1)}


def test_romanised_hindi_and_urdu_share_a_word_as_one() -> None:
    """A word of both is not torn in two."""
    assert claimed(["mujhe"], ("hi-Latn", "ur-Latn", "en"))["hi-Latn"] == (1.0, 1)


@pytest.mark.parametrize("word", ["3lesh", "sa3douni", "7abibi", "2a3ed", "law2"])
def test_digits_are_letters_in_romanised_arabic(word: str) -> None:
    """2, 3, 5, 6, 7 and 9 stand for letters."""
    assert arabizi([word]) == 1


@pytest.mark.parametrize("word", ["2nd", "5pm", "2day", "24h", "mp3", "me2", "m5v2t6", "gr8", "me"])
def test_other_words_with_digits_are_not_arabic(word: str) -> None:
    """Times, postal codes and English shorthand."""
    assert arabizi([word]) == 0


def test_usage_knows_whose_word_it_is_and_nothing_of_new_words() -> None:
    """A word seen nowhere says nothing; one seen in one language speaks for it."""
    usage = Usage(count({"a": ["tama rolo tama"], "b": ["siri rolo"]}), ("a", "b", "c"))
    seen, unseen = usage.compare(["tama"]), usage.compare(["zzz"])
    assert seen[0] > 0 > seen[1]
    assert unseen.tolist() == [0.0, 0.0, 0.0]


def test_every_candidate_has_a_list_or_a_profile() -> None:
    """What no voice can speak for cannot be found."""
    for group in GROUPS.values():
        for tag in group.candidates:
            assert lists().get(tag) or tag in group.stock, tag
            assert lists().get(tag) or tag in group.lingua, tag


def test_lists_are_written_in_their_scripts() -> None:
    """A word of another script in a list is a slip of the pen."""
    for script, group in GROUPS.items():
        for tag in group.candidates:
            strays = [word for word in lists().get(tag, ()) if script_of(word) != script]
            assert strays == [], tag


def test_weights_cover_every_voice_candidate_and_length() -> None:
    """A new candidate or voice needs a new fit."""
    for script, group in GROUPS.items():
        found = weights()[script]
        assert (len(VOICES), len(group.candidates)) == (len(found.voices), len(found.constants))
        assert set(LENGTHS) == set(found.trust)
        assert script not in ALONE


def test_a_script_without_texts_is_heard_too() -> None:
    """Nothing learnt: the lists and libraries still speak."""
    heard = Voices(Learnt.of({})).hear("Latn", clean("mwen bezwen"))
    column = heard[:, VOICES.index("listed")]
    assert GROUPS["Latn"].candidates[int(column.argmax())] == "ht"


@pytest.mark.parametrize(("words", "length"), [(0, "one"), (1, "one"), (3, "few"), (4, "more")])
def test_lengths_are_one_few_and_more(words: int, length: str) -> None:
    """The classes that figures are given by."""
    assert length == length_of(words)
