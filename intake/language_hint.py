"""English or French, guessed from a few words, for fixed lines sent before any model was asked.

Only the two official languages, only when the words are clear; otherwise None, and the line is
sent in both. The engine's language component decides everything else.
"""

from __future__ import annotations

from collections.abc import Iterable

from intake.keywords import fold

_ENGLISH = frozenset(
    "the is are was my me he she they his her him you your and not cant dont im ive its hes shes "
    "help please someone want need know with from this that what how who where when will gun "
    "knife kill going out of to for have has been person hi hello hey yes at the in on".split()
)
_FRENCH = frozenset(
    "le la les un une des est sont suis chui jai je j tu il elle ils elles mon ma mes ton ta sa "
    "son ses moi toi lui nous vous et pas peux peut veux veut aide aidez aider svp besoin ou qui "
    "que quoi avec pour dans sur chez va vais fait couteau arme tuer sortir personne bonjour "
    "salut allo oui non ici maintenant au aux du ce cette ca cest ya jpeux jsuis quelquun "
    "bonsoir merci arret arreter desabonner parler francais".split()
)


def hint(texts: Iterable[str]) -> str | None:
    """`en`, `fr`, or None when the words do not clearly belong to one of the two."""
    words = [word for text in texts for word in fold(text).split()]
    english = sum(word in _ENGLISH for word in words)
    french = sum(word in _FRENCH for word in words)
    if english == french:
        return None
    return "en" if english > french else "fr"
