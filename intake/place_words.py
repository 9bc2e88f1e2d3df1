"""The words around a name that make it a place, or keep it from being one.

The rules that use them stand at the top of `intake/places.py`; all words are folded.
"""

from __future__ import annotations

# Rule 3: what makes an ordinary word a place.
CUES = frozenset(
    "in near nearby at from around outside inside downtown uptown central greater city town "
    "reserve rez leave leaving left reach reached via towards toward "
    "a au aux en de du dans pres vers hors depuis habite vis reste demeure ville quitte "
    "quitter".split()
)
# Rule 4: what makes a person's name a place.
NAME_CUES = frozenset(
    "in near nearby around outside inside downtown uptown central greater city town dans en "
    "habite vis demeure vers hors".split()
)
LOOSE_CUES = frozenset("at to from a de".split())
MOVING = frozenset(
    "im am is are were was be been being i'm live lives lived living stay stays staying stayed "
    "come comes came coming go goes going went gone move moves moved moving drive drives drove "
    "driven driving bring brings brought take takes took taken get gets got travel traveled "
    "travelled fly flew flown bus train sent back arrived leave leaving left not".split()
)
FRENCH_MOVING = frozenset(
    "suis est sommes sont etais etait viens vient venu venue vais va aller alle allee parti "
    "partie arrive arrivee demenage demenagee amene amenee retourne reste restee vis vit "
    "habite ville pres region loin autobus".split()
)
# Words that show a text to be French, so that its "a" is "à".
FRENCH = (FRENCH_MOVING - {"region"}) | frozenset(
    "je j jai jsuis une les des pour est qui dans mon ma mes au aux du et le besoin cherche aide "
    "refuge trouver ou".split()
)
AREA = frozenset(
    "area region city downtown reserve rez town county district island surroundings "
    "ville centre".split()
)
STREET_BEHIND = frozenset(
    "street road rd ave avenue blvd boulevard drive lane crescent cres highway hwy parkway "
    "square arms drugs st".split()
)
STREET_BEFORE = frozenset("rue boul boulevard avenue av chemin ch rang autoroute".split())
PERSON_BEFORE = frozenset(
    "mr mrs ms miss dr named name called madame monsieur mme appelle nomme nommee prenom".split()
)
# "name is Brandon": the verb between the introducing word and the name.
LINKING = frozenset("is s est".split())
ABROAD = frozenset(
    "uk england britain scotland ireland france germany australia usa us america india china "
    "jamaica mexico philippines angleterre allemagne australie inde chine mexique jamaique "
    "ohio texas michigan california florida nevada".split()
)
# Words in front of an answer that do not take away from its being the whole answer.
ANSWER_OPENERS = frozenset(
    "its it is i im am we were are in at near hi hello my city town yes ok okay um live "
    "je suis a en de c est dans ville oui pres bonjour allo habite vis now rn please pls plz "
    "right here currently actuellement ici maintenant".split()
)
QUEBEC_CITY = "quebec-qc"
# "bc", "B.C.", "ont", "PEI": letters that stand for a province are at most this many.
SHORT = 3
# Of these two the small letters are words of their own: "toronto on monday", "bc he".
SMALL_WORDS = frozenset({"on", "bc"})
MISSPELLING_CUES = frozenset("in near from outside around a de dans habite downtown".split())
# "dottawa": a d or l before a name of at least five letters.
ELIDED_FROM_LETTERS = 6
