"""The small dialogue in which a person says when texting is safe and chooses a code word.

Rules R7 and R8, by fixed lines that belong to the gate, so that it works on every channel without
the engine. Nobody meets it unasked: it begins with 99 (beyond the choices 0 to 9, the ages of
young people and the list of languages), a few plain words, or "text me only evenings 7-9"; the
answer to "3" names it. Any other text leaves it. Pure: what to say, ask and keep.
"""

from __future__ import annotations

from dataclasses import dataclass

from intake import code_words
from intake.code_words import Sign
from intake.contact import Preference
from intake.conversation import Conversation, Question
from intake.keywords import choice, fold
from intake.safe_times import answer, unasked

#: What opens it in every language; a whole message only.
NUMBER = "99"
# "Code word" alone is not among them: it may be a cry for help, and a human is fetched for it.
WORDS = frozenset(
    (
        *("safety settings", "safe settings", "safety menu", "safe times", "safe time"),
        *("set safe times", "when to text me", "times to text me"),
        *("reglages", "reglages de securite", "parametres", "parametres de securite"),
        *("heures sures", "quand me texter", "quand mecrire"),
    )
)
# A visit of the web chat ends with its page: nothing could be kept with its address.
_VISITS = frozenset({"web"})


@dataclass(frozen=True)
class Move:
    """What follows a text of the dialogue: the line to say, what is asked next, what is kept.

    `preference`: its zone is yet to be told by the address. `forget`: everything kept goes.
    """

    say: str
    question: Question | None = None
    preference: Preference | None = None
    forget: bool = False


_MENU = Move("settings.menu", Question.MENU)
_CHOICES = {
    "1": Move("settings.times", Question.TIMES),
    "2": Move("settings.word", Question.CODE_WORD),
    "3": Move("settings.saved", forget=True),
}


def offered(conversation: Conversation) -> bool:
    """Whether something can be kept for whoever writes on this channel."""
    return conversation.channel not in _VISITS


def takes_word(conversation: Conversation, text: str) -> bool:
    """Whether a text is the word that was asked for, so that it must not be kept as it is."""
    asked = conversation.question in (Question.CODE_WORD, Question.DURESS_WORD)
    return asked and code_words.fit(text) and fold(text) not in WORDS


def move(conversation: Conversation, text: str, sign: Sign | None) -> Move | None:
    """What a text means here; None when it is not of this dialogue."""
    if not offered(conversation):
        return None
    question = conversation.question
    found = None if question is None else _answered(question, text, sign)
    if found is not None or sign is not None:
        return found
    word = fold(text)
    if word == NUMBER or word in WORDS:
        return _MENU
    times = unasked(text)
    return None if times is None else Move("settings.saved", preference=times)


def _answered(question: Question, text: str, sign: Sign | None) -> Move | None:
    word = fold(text)
    if question is Question.MENU:
        return _CHOICES.get(word)
    if question in (Question.TIMES, Question.TIMES_AGAIN):
        times = answer(text)
        if times is not None:
            return Move("settings.saved", preference=times)
        again = question is Question.TIMES and word != NUMBER
        return Move("settings.times", Question.TIMES_AGAIN) if again else None
    if question is Question.CODE_WORD:
        if sign in (Sign.NEW, Sign.CODE):
            return Move("settings.duress", Question.DURESS_WORD)
        short = bool(word) and len(word) < code_words.SHORTEST and choice(text) is None
        return Move("settings.word", Question.CODE_WORD) if short else None
    if sign is Sign.CODE:
        # The same word twice would say two things.
        return Move("settings.duress", Question.DURESS_WORD)
    return Move("settings.saved") if sign is Sign.NEW or word == "1" else None
