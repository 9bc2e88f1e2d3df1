"""Hears whether people say of themselves that they are Indigenous; it is never assumed (R25).

Plain and narrow on purpose: "I am", then a people's name, in English, French or Spanish. What is
said of somebody else, and "native speaker", do not count.
"""

from __future__ import annotations

import re

from intake.keywords import fold

_I_AM = (
    r"(?:i am|im|i m|iam|we are|as an?|je suis|jsuis|chui|chuis|nous sommes|"
    r"on est|en tant que|soy|yo soy)"
)
_BETWEEN = (
    r"(?:(?:an?|une?|also|both|half|part|from|proud|young|female|male|trans|de|des|la|le|les|"
    r"originaire|femme|homme|fille|jeune|aussi|moitie|un|una|mujer|an urban|urban|and|et|y) ){0,3}"
)
_PEOPLES = (
    r"(?:inuk|inuit|inuvialuit|inuvialuk|indigenous|aboriginal|first nations?|premieres? nations?|"
    r"autochtones?|indigenas?|metis|metisse|cree|cri|crie|ojibwe|ojibwa|ojibway|oji cree|saulteaux|"
    r"anishinaabe|anishinabe|anishnaabe|anishinaabekwe|algonquin|odawa|potawatomi|innue?|naskapi|"
    r"atikamekw|dene|tlicho|gwichin|mohawk|haudenosaunee|onkwehonwe|oneida|six nations|mikmaq|"
    r"mikmaw|micmac|lnu|wolastoqey|maliseet|blackfoot|siksika|kainai|dakota|lakota|nakota|"
    r"stoney nakoda|haida|coast salish|nisgaa|tsimshian|secwepemc|carrier|"
    r"native(?! (?:speaker|english|french|spanish|of|to|country|language|tongue)))"
)
_SAYS_SO = re.compile(rf"\b{_I_AM} {_BETWEEN}{_PEOPLES}\b")


def says_indigenous(text: str) -> bool:
    """Whether somebody says so of themselves."""
    return _SAYS_SO.search(fold(text)) is not None
