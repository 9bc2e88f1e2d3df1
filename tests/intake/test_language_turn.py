"""A conversation in the person's language: opening, switching, asking, picking, handing over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from intake.conversation import Holder, Safety
from intake.effects import AskLanguage, Judgement, ModelCue, Say, SetLanguage
from intake.language_choice import Candidate
from intake.languages import listed, own_name
from intake.risk import Tier
from storage.database import Database
from tests.intake.texter import CALM, Texter


def written(*guesses: str) -> Judgement:
    """A calm judgement of a text in "es 0.9" or "pa Latn 0.8"."""
    found = []
    for guess in guesses:
        code, *script, confidence = guess.split()
        found.append(Candidate(code, script[0] if script else None, float(confidence)))
    return replace(CALM, language=found[0].code, candidates=tuple(found))


class Speaker(Texter):
    """A person whose texts are identified as the test says."""

    async def says(self, words: str, *guesses: str) -> list[str]:
        """Text, let the worker answer, and return the keys of what is new."""
        before = len(await self.said()) if self.conversation_id else 0
        self.engine.judgement = written(*guesses) if guesses else CALM
        await self.text(words)
        await self.turn()
        return (await self.said())[before:]

    async def last(self, back: int = 1) -> str:
        """The words that the person read last."""
        async with self.database.transaction() as tx:
            out = [one for one in await tx.desk.thread(self.id) if one.delivery is not None]
        return out[-back].text or ""

    async def language(self) -> tuple[str | None, bool]:
        """The language of the conversation, and whether it was picked."""
        state = await self.state()
        return state.language, state.language_chosen


@pytest.fixture
def speaker(database: Database, voice: Any) -> Speaker:
    """A new person."""
    return Speaker(database, voice)


async def test_a_clear_first_text_opens_in_its_language(speaker: Speaker) -> None:
    """No question about it, and no word of English."""
    assert await speaker.says("hola que es este numero por favor", "es 0.95") == ["open.first"]
    assert await speaker.language() == ("es", False)


async def test_an_unclear_first_text_opens_in_two_languages_and_asks(speaker: Speaker) -> None:
    """The likeliest and English, then the list; its numbers are none of the check's."""
    said = await speaker.says("quisiera", "es 0.6", "pt 0.3")
    assert said == ["open.first", "open.first", "language.ask"]
    assert (await speaker.last()).splitlines()[1:] == [
        "21 Español",
        "22 Português",
        "23 English",
        "24 Français",
        "20 ...",
    ]
    assert await speaker.language() == (None, False)


async def test_a_number_of_the_list_picks_and_asks_the_check_again(speaker: Speaker) -> None:
    """In the language picked; what was said before still gets its answer after "1"."""
    await speaker.says("quero dormir", "es 0.5", "pt 0.45")
    assert await speaker.says("22") == ["open.first"]
    assert await speaker.language() == ("pt", True)
    await speaker.says("1", "es 0.9")
    assert speaker.engine.asked[-1].text == "quero dormir"
    assert (speaker.engine.asked[-1].language, speaker.engine.asked[-1].language_chosen) == (
        "pt",
        True,
    )
    assert await speaker.language() == ("pt", True)


async def test_more_languages_page_by_page(speaker: Speaker) -> None:
    """Eight a page in two SMS, numbers go on counting, every language comes up once."""
    await speaker.says("quisiera", "es 0.6", "pt 0.3")
    shown = (await speaker.last()).splitlines()[1:-1]
    for _ in range(9):
        if not (await speaker.last()).endswith("20 ..."):
            break
        assert await speaker.says("20") == ["language.ask"]
        lines = (await speaker.last()).splitlines()[1:]
        page = [line for line in lines if not line.startswith("20 ")]
        assert len(page) <= 8
        shown += page
    assert [line.split()[0] for line in shown] == [str(21 + at) for at in range(len(listed()))]
    assert {line.split(" ", 1)[1] for line in shown} == {own_name(tag) for tag in listed()}
    number = next(line.split()[0] for line in shown if line.endswith("ไทย"))
    await speaker.says(number)
    assert await speaker.language() == ("th", True)


async def test_words_close_the_list(speaker: Speaker) -> None:
    """A number may answer something else by then."""
    await speaker.says("quisiera", "es 0.6", "pt 0.3")
    await speaker.says("1")
    await speaker.says("what can you do for me", "en 0.95")
    await speaker.says("22", "en 0.95")
    assert speaker.engine.asked[-1].text == "22"
    assert await speaker.language() == ("en", False)


@pytest.mark.parametrize(
    ("name", "tag"), [("español", "es"), ("ਪੰਜਾਬੀ", "pa"), ("中文", "zh"), ("عربي", "ar")]
)
async def test_a_name_picks_at_any_time(speaker: Speaker, name: str, tag: str) -> None:
    """As first text, and in the middle of a conversation, without the engine."""
    assert (await speaker.says(name))[0] == "open.first"
    assert await speaker.language() == (tag, True)
    await speaker.says("1", "en 0.9")
    asked = len(speaker.engine.asked)
    assert (await speaker.says("francais"))[0] == "utter_language_set"
    assert await speaker.language() == ("fr", True)
    assert len(speaker.engine.asked) == asked


async def test_a_name_beside_other_words_sets_the_language_of_the_answer(speaker: Speaker) -> None:
    """A burst: the rest of it is answered, in the language picked."""
    await speaker.open_up()
    await speaker.text("can you find me a bed")
    await speaker.text("en francais svp")
    await speaker.turn()
    request = speaker.engine.asked[-1]
    assert (request.text, request.language) == ("can you find me a bed", "fr")
    assert await speaker.language() == ("fr", True)


async def test_the_other_script_is_offered(speaker: Speaker) -> None:
    """ "punjabi" is typed in Latin letters by many who read Gurmukhi."""
    await speaker.open_up()
    assert await speaker.says("punjabi") == ["utter_language_set", "language.ask"]
    assert "21 ਪੰਜਾਬੀ" in await speaker.last()
    await speaker.says("21")
    assert await speaker.language() == ("pa", True)


async def test_a_switch_says_so_with_the_way_back(speaker: Speaker) -> None:
    """One line, then the answer; the number leads back, once and for all."""
    await speaker.open_up()
    said = await speaker.says("quiero saber que es esto", "es 0.95")
    assert said == ["language.switched", "utter_menu"]
    assert "English" in await speaker.last(2) and "21" in await speaker.last(2)
    assert await speaker.language() == ("es", False)
    await speaker.says("21")
    assert await speaker.language() == ("en", True)


async def test_yes_to_a_check_before_any_word_shows_the_choices(speaker: Speaker) -> None:
    """The digit answers the check; it is not the menu's 1, which fetches a person."""
    await speaker.says("español")
    asked = len(speaker.engine.asked)
    assert await speaker.says("1") == ["utter_menu"]
    state = await speaker.state()
    assert (state.holder, state.safety, len(speaker.engine.asked)) == (
        Holder.BOT,
        Safety.OK,
        asked,
    )


async def test_a_wish_in_a_new_language_is_told_once(speaker: Speaker) -> None:
    """The engine's own words are enough."""
    await speaker.open_up()
    effects = (SetLanguage("fr"), Say("OK", "utter_language_set"))
    speaker.engine.answer = replace(speaker.engine.answer, effects=effects)
    said = await speaker.says("je prefere parler en francais", "fr 0.95")
    assert said == ["utter_language_set"]
    assert await speaker.language() == ("fr", True)


async def test_one_word_never_switches(speaker: Speaker) -> None:
    """ "hola" in a conversation in English."""
    await speaker.open_up()
    assert await speaker.says("hola", "es 0.99") == ["utter_menu"]
    assert await speaker.language() == ("en", False)


async def test_half_sure_asks_once(speaker: Speaker) -> None:
    """Carry on, show the list after the answer, and do not nag."""
    await speaker.open_up()
    assert await speaker.says("que pasa if i call", "es 0.6") == ["utter_menu", "language.ask"]
    assert await speaker.says("otra vez the same", "es 0.6") == ["utter_menu"]


async def test_a_choice_gives_way_to_the_second_text(speaker: Speaker) -> None:
    """The first text in another language is asked about."""
    await speaker.open_up()
    await speaker.says("english")
    assert (await speaker.says("no entiendo bien esto", "es 0.95"))[-1] == "language.ask"
    assert await speaker.language() == ("en", True)
    assert "language.switched" in await speaker.says("sigo sin entender nada", "es 0.95")
    assert await speaker.language() == ("es", False)


async def test_romanised_punjabi_is_asked_about_once(speaker: Speaker) -> None:
    """Answered in Latin letters, with the three languages and their scripts on offer."""
    said = await speaker.says("mainu ik gal puchni si ji", "pa Latn 0.95")
    assert said == ["open.first", "language.ask"]
    assert await speaker.language() == ("pa-Latn", False)
    assert [line.split()[1] for line in (await speaker.last()).splitlines()[1:-1]] == [
        "ਪੰਜਾਬੀ", "Punjabi", "हिन्दी", "Hindi", "اردو", "English",
    ]  # fmt: skip
    await speaker.says("1", "pa Latn 0.95")
    assert "language.ask" not in await speaker.says("te hor ki karna hai", "pa Latn 0.95")


@pytest.mark.parametrize("opened", [False, True])
async def test_a_language_that_we_do_not_speak_fetches_a_human(
    speaker: Speaker, opened: bool
) -> None:
    """At once, as first text or later, with the interpreter's phone."""
    if opened:
        await speaker.open_up()
    said = await speaker.says("waxaan u baahanahay caawimaad fadlan", "so 0.95")
    assert said == ["language.interpreter"]
    assert "1-833-900-1010" in await speaker.last()
    state = await speaker.state()
    assert (state.holder, state.language) == (Holder.WAITING, "so")
    (row,) = await speaker.rows("SELECT reason FROM escalation WHERE conversation_id = :id")
    assert row.reason == "language"


@pytest.mark.parametrize(
    "cue", [ModelCue(23, "third_party"), ModelCue(24, "hunting"), ModelCue(8, "phone_watched")]
)
async def test_what_a_model_sees_in_a_language_it_never_learnt_hides_no_sentence(
    speaker: Speaker, cue: ModelCue
) -> None:
    """The person reads the one line in their language; the tier still rises."""
    cues = (cue,)
    seen = replace(written("so 0.95"), tier=Tier.CONCERN, cues=cues)
    speaker.engine.judgement = seen
    await speaker.text("waxaan u baahanahay qof ku hadla fadlan")
    await speaker.turn()
    assert await speaker.said() == ["language.interpreter"]
    (row,) = await speaker.rows("SELECT reason, tier FROM escalation WHERE conversation_id = :id")
    assert (row.reason, row.tier) == ("language", Tier.CONCERN)


async def test_a_language_picked_that_we_do_not_speak_fetches_a_human(speaker: Speaker) -> None:
    """The name alone is enough."""
    assert await speaker.says("soomaali") == ["language.interpreter"]
    assert (await speaker.state()).holder is Holder.WAITING


async def test_speakers_of_an_indigenous_language_are_offered_a_choice(speaker: Speaker) -> None:
    """In English and French, for no machine words their language."""
    said = await speaker.says("ᐃᑲᔪᕐᓂᖅ", "iu Cans 0.97")
    assert said == ["language.interpreter", "offer.indigenous"]
    for back in (1, 2):
        words = await speaker.last(back)
        assert speaker.voice.wording.text(said[-back], "fr", phone="1-833-900-1010") in words


async def test_who_says_they_are_indigenous_is_offered_a_choice_once(speaker: Speaker) -> None:
    """Beside the answer, never instead of it, and not twice."""
    await speaker.open_up()
    said = await speaker.says("hi im inuk and i want to know who you are")
    assert said == ["utter_menu", "offer.indigenous"]
    assert await speaker.says("as i said i'm Inuk") == ["utter_menu"]


async def test_danger_goes_before_any_question_of_language(speaker: Speaker) -> None:
    """The model sees risk in a text of an unclear language: a human, and no list."""
    speaker.engine.judgement = replace(written("es 0.6", "pt 0.3"), tier=CALM.tier)
    await speaker.text("he has a gun")
    await speaker.turn()
    assert await speaker.said() == ["wait.first"]


@pytest.mark.parametrize(
    ("words", "tag"),
    [
        ("mujhe maar dega", "hi-Latn"),
        ("kinuha nya ang pasaporte ko", "tl"),
        # One word of it shows no language; the rule that read danger in it does.
        ("passport le lia", "hi-Latn"),
    ],
)
async def test_danger_is_answered_in_the_language_it_was_told_in(
    speaker: Speaker, words: str, tag: str
) -> None:
    """Before the engine was asked."""
    await speaker.text(words)
    assert await speaker.last() == speaker.voice.words("wait.first", tag)
    assert speaker.engine.asked == []


async def test_a_pick_while_a_human_is_awaited_is_kept_in_silence(speaker: Speaker) -> None:
    """The advocate reads which language it is; the bot says nothing."""
    await speaker.text("i want to talk to someone")
    await speaker.turn()
    assert await speaker.says("español") == []
    assert await speaker.language() == ("es", True)


async def test_hindi_answers_the_check_in_tagalog(speaker: Speaker) -> None:
    """It is no there: one neutral line, and silence."""
    await speaker.says("ano po itong numero na ito", "tl 0.95")
    assert await speaker.says("hindi po") == ["safety.not_now"]
    assert (await speaker.state()).safety is Safety.NOT_SAFE


async def test_the_engine_may_ask_for_the_list(speaker: Speaker) -> None:
    """ "can we talk in another language" names none."""
    await speaker.open_up()
    speaker.engine.answer = replace(speaker.engine.answer, effects=(AskLanguage(),))
    assert await speaker.says("can we talk in another language") == ["language.ask"]
    assert "21 English" in await speaker.last()
