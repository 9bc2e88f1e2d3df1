"""What an advocate should be good at for a person, as far as the person's own words say so.

It only decides to whom a conversation is offered first; nobody is told, and nobody is kept waiting
for it: routing drops it when no such advocate is free (intake/routing.py).
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection

from intake.indigenous import says_indigenous
from intake.keywords import fold
from intake.languages import is_indigenous


class Competency(enum.Enum):
    """What advocates are trained for beyond the common ground."""

    INDIGENOUS = "indigenous_cultural_safety"
    MINORS = "minors"
    LABOUR = "labour"
    IMMIGRATION = "immigration"
    TWO_SPIRIT_LGBTQ = "2slgbtq"


# Rows of the risk model (domain brief, section 1).
_ROWS = {
    7: Competency.MINORS,
    11: Competency.LABOUR,
    12: Competency.LABOUR,
    13: Competency.IMMIGRATION,
    14: Competency.LABOUR,
    17: Competency.IMMIGRATION,
}
_I_AM = r"(?:i am|im|i m|iam|as an?|je suis|jsuis|chui|chuis|en tant que|soy|yo soy)"
_BETWEEN = r"(?:(?:an?|une?|also|both|femme|homme|woman|man|girl|boy|personne|y|and|et) ){0,2}"
_WORDS = (
    r"(?:trans|transgender|transgenre|transsexual|2 ?spirit|two ?spirit|bispirituel(?:le)?|2s|gay|"
    r"lesbian|lesbienne|lesbiana|bi|bisexual|bisexuel(?:le)?|queer|non ?binary|non ?binaire|enby|"
    r"lgbtq?|2slgbtqi?a?|gai|intersex|intersexe|asexual)"
)
_SAYS_SO = re.compile(rf"\b{_I_AM} {_BETWEEN}{_WORDS}\b")


def needed(rows: Collection[int], words: str, language: str | None) -> frozenset[Competency]:
    """What rows of the risk model, the person's words and language ask of an advocate.

    Of who somebody is, only what they say of themselves counts; it is never guessed (R24, R25).
    """
    found = {_ROWS[row] for row in rows if row in _ROWS}
    if is_indigenous(language) or says_indigenous(words):
        found.add(Competency.INDIGENOUS)
    if _SAYS_SO.search(fold(words)):
        found.add(Competency.TWO_SPIRIT_LGBTQ)
    return frozenset(found)
