"""Words that mean something by themselves: carrier keywords and answers to the safety check.

Only a whole message counts, like at the carrier, so that "please stop him" is never an opt-out
and our state and the carrier's agree (domain.md section 3; Twilio's default keywords and the
mandatory Canadian ones).
"""

from __future__ import annotations

import enum
import re
import unicodedata

from intake.messages import Keyword

STOP_WORDS = frozenset(
    "stop stopall unsubscribe end quit cancel revoke optout arret arreter desabonner".split()
)
# The carrier answers these itself unless it is told otherwise; the French ones are ours to answer.
CARRIER_STOP_WORDS = frozenset("stop stopall unsubscribe end quit cancel revoke optout".split())
START_WORDS = frozenset("start unstop".split())
INFO_WORDS = frozenset({"info"})

_PUNCTUATION = re.compile(r"[^\w\s]|_")


class Choice(enum.Enum):
    """An answer to "is it OK to text now?" (1, 2), a wish for limits (3) or a person (0)."""

    YES = "1"
    NO = "2"
    LIMITS = "3"
    PERSON = "0"


_YES = ("1", "one", "yes", "y", "ya", "yep", "yeah", "yup", "ok", "okay", "k", "sure", "safe")
_YES_PHRASES = ("its ok", "its okay", "im ok", "im safe", "its safe", "i can talk", "i can text")
_OUI = ("un", "oui", "ouais", "o", "wi", "si", "dac", "daccord", "cest ok", "cest beau", "je peux")
_NO = ("2", "two", "no", "n", "nah", "nope", "not now", "not safe", "later", "no its not", "cant")
_NON = ("deux", "non", "nan", "pas maintenant", "pas la", "plus tard", "jpeux pas", "pas safe")
_LIMITS = ("3", "three", "trois", "limits", "privacy", "limites", "vie privee")
_PERSON = ("0", "zero", "person", "personne", "agent", "human", "humain", "operator")

_ANSWERS = {
    **dict.fromkeys((*_YES, *_YES_PHRASES, *_OUI), Choice.YES),
    **dict.fromkeys((*_NO, *_NON), Choice.NO),
    **dict.fromkeys(_LIMITS, Choice.LIMITS),
    **dict.fromkeys(_PERSON, Choice.PERSON),
}


def fold(text: str) -> str:
    """Lower case without accents, punctuation, full-width forms or outer spaces."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    # An apostrophe joins ("c'est" is one word); other signs part words.
    joined = bare.replace("'", "").replace("\u2019", "")
    return " ".join(_PUNCTUATION.sub(" ", joined).split())


def keyword(text: str) -> Keyword | None:
    """The carrier keyword that this whole message is, if it is one."""
    word = fold(text)
    if word in STOP_WORDS:
        return Keyword.STOP
    if word in START_WORDS:
        return Keyword.START
    if word in INFO_WORDS:
        return Keyword.INFO
    return None


def choice(text: str) -> Choice | None:
    """The answer to the safety check that this whole message is, if it is one."""
    return _ANSWERS.get(fold(text))
