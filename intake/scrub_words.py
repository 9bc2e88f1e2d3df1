"""How people speak of themselves in a tip, by language: name, work, home, kin, own things.

Patterns for intake/scrub.py. They catch the usual ways and no more: a human reads every text.
"""

from __future__ import annotations

import re

#: Languages with rules for what people say of themselves.
READS = ("en", "fr", "es")

# A clause goes on until a sign or a word that begins another.
_REST = (
    r"(?:(?!\s+(?:and|when|but|because|so|who|where|et|quand|mais|parce|qui|y|e|cuando|pero|porque)"
    r"\b)[^,.;:!?\n]){0,60}"
)
_CAPITALS = r"[A-ZÀ-ÖØ-Þ][\w'’-]+(?:\s+[A-ZÀ-ÖØ-Þ][\w'’-]+){0,2}"

#: "My name is", and a word that begins with a capital; case counts for the name alone.
NAMED = (
    re.compile(rf"(?i:\bmy\s+(?:full\s+)?name(?:\s+is|'s|:)\s+){_CAPITALS}"),
    re.compile(rf"(?i:\bcall\s+me\s+){_CAPITALS}"),
    re.compile(rf"\b(?:I\s+am|I['’]m|i\s+am|i['’]?m)\s+{_CAPITALS}"),
    re.compile(rf"(?i:\bthis\s+is\s+){_CAPITALS}(?i:\s+(?:from|at|speaking)\b)"),
    re.compile(rf"(?i:\bje\s+m['’]appelle\s+){_CAPITALS}"),
    re.compile(rf"(?i:\bmon\s+nom\s+(?:est|c['’]est)\s+){_CAPITALS}"),
    re.compile(rf"(?i:\bje\s+suis\s+){_CAPITALS}"),
    re.compile(rf"(?i:\b(?:me\s+llamo|mi\s+nombre\s+es)\s+){_CAPITALS}"),
    re.compile(rf"(?i:\b(?:yo\s+)?soy\s+){_CAPITALS}"),
)

_EN_JOBS = (
    r"nurse|teacher|doctor|clerk|cleaner|housekeeper|driver|trucker|guard|cook|server|bartender|"
    r"manager|receptionist|caretaker|superintendent|paramedic|social worker|dispatcher|neighbou?r|"
    r"co-?worker|guest|tenant|client|customer|patient|student|volunteer|pastor|landlord|cashier"
)
_FR_JOBS = (
    r"infirmi(?:er|ère)|enseignante?|professeure?|médecin|commis|concierge|chauffeu(?:r|se)|"
    r"camionneu(?:r|se)|gardien(?:ne)?|cuisini(?:er|ère)|serveu(?:r|se)|gérante?|réceptionniste|"
    r"voisine?|collègue|cliente?|locataire|bénévole|caissi(?:er|ère)|travailleuse sociale"
)
_ES_JOBS = (
    r"enfermer[oa]|maestr[oa]|doctora?|recepcionista|conductora?|camioner[oa]|guardia|cociner[oa]|"
    r"meser[oa]|vecin[oa]|compañer[oa]|client[ea]|inquilin[oa]|voluntari[oa]|cajer[oa]|limpiadora?"
)

#: Pairs of why (as in intake.scrub.Why) and pattern.
SELF: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (why, re.compile(pattern, re.I))
    for why, pattern in (
        (
            "work",
            rf"\b(?:i|we)(?:['’]m|['’]ve|\s+am|\s+have|\s+was|\s+used\s+to)?\s*"
            rf"(?:been\s+)?(?:work(?:ing|ed)?|volunteer(?:ing)?|clean(?:ing)?|deliver(?:ing)?)\s+"
            rf"(?:at|for|in|as|on|with|the|to|here|there|nights?|days?)\b{_REST}",
        ),
        ("work", rf"\bi(?:['’]?m|\s+am|\s+was)\s+(?:an?|the|her|his|their)\s+(?:{_EN_JOBS})\b"),
        ("work", rf"\bas\s+(?:an?|the|their)\s+(?:{_EN_JOBS})\b"),
        (
            "work",
            r"\b(?:my|our)\s+(?:boss|manager|supervisor|shift|break|co-?workers?|colleagues?|job|"
            r"workplace|employer|patients?|students?|class|clients?|guests?|hotel|motel|clinic|"
            r"school|store|shop|route|truck\s+stop|crew|farm)\b",
        ),
        ("work", rf"\bje\s+travaille(?:\s+\w+)?\s+(?:à|au|aux|chez|dans|pour|comme|de)\b{_REST}"),
        ("work", rf"\bje\s+suis\s+(?:une?\s+|l['’]|la\s+|le\s+)?(?:{_FR_JOBS})\b"),
        (
            "work",
            r"\b(?:mon|ma|mes|notre|nos)\s+(?:patronn?e?|gérante?|quart|pause|collègues?|cheff?e?|"
            r"employeur|patiente?s?|élèves?|classe|cliente?s?|hôtel|motel|clinique|école|"
            r"magasin|travail)\b",
        ),
        ("work", rf"\b(?:yo\s+)?trabajo\s+(?:en|para|como|de|con)\b{_REST}"),
        ("work", rf"\b(?:yo\s+)?soy\s+(?:una?\s+|el\s+|la\s+|su\s+)?(?:{_ES_JOBS})\b"),
        (
            "work",
            r"\b(?:mi|mis|nuestr[oa]s?)\s+(?:jef[ea]|patr[oó]na?|turno|descanso|compañer[oa]s?|"
            r"trabajo|pacientes?|alumn[oa]s?|clase|clientes?|hotel|motel|clínica|escuela|tienda)\b",
        ),
        (
            "home",
            rf"\b(?:i|we)(?:['’]m|['’]re|\s+am|\s+are)?\s*(?:liv(?:e|ing)|stay(?:ing)?|"
            rf"rent(?:ing)?)\s+(?:at|in|on|next|across|near|above|below|beside|behind|here)\b{_REST}",
        ),
        (
            "home",
            r"\b(?:my|our)\s+(?:apartment|apt|house|home|unit|building|street|block|window|balcony|"
            r"neighbou?rs?|landlord|room|floor|yard|driveway|door|place|address)\b(?:\s*\#?\d+\w?)?",
        ),
        (
            "home",
            r"\b(?:next\s+door\s+to|across\s+(?:the\s+\w+\s+)?from|right\s+(?:above|below)|"
            r"(?:above|below)|beside)\s+(?:me|us|mine)\b",
        ),
        ("home", rf"\bj['’]habite\b{_REST}"),
        ("home", rf"\bje\s+(?:vis|loge|demeure)\s+(?:à|au|dans|sur|en|chez|près)\b{_REST}"),
        (
            "home",
            r"\b(?:mon|ma|mes|notre)\s+(?:appartement|maison|immeuble|rue|fenêtre|balcon|"
            r"voisine?s?|propriétaire|chambre|étage|cour|porte|adresse)\b",
        ),
        ("home", rf"\b(?:yo\s+)?vivo\s+(?:en|al|a|cerca|frente|arriba|abajo)\b{_REST}"),
        (
            "home",
            r"\b(?:mi|mis|nuestr[oa])\s+(?:casa|apartamento|departamento|edificio|calle|ventana|"
            r"balcón|vecin[oa]s?|cuarto|piso|patio|puerta|dirección)\b",
        ),
        (
            "kin",
            r"\b(?:my|our)\s+(?:husband|wife|partner|daughter|son|kids?|children|sister|brother|"
            r"mother|mom|mum|father|dad|cousin|aunt|uncle|friend|boyfriend|girlfriend|"
            r"room-?mate|ex|family)\b(?:['’]s)?",
        ),
        (
            "kin",
            r"\b(?:mon|ma|mes)\s+(?:mari|femme|conjointe?|fille|fils|enfants?|sœur|soeur|frère|"
            r"mère|père|cousine?|tante|oncle|amie?s?|copain|copine|coloc(?:ataire)?|ex|famille)\b",
        ),
        (
            "kin",
            r"\b(?:mi|mis)\s+(?:espos[oa]|marido|mujer|pareja|hij[oa]s?|herman[oa]s?|mamá|madre|"
            r"papá|padre|prim[oa]s?|tí[oa]s?|amig[oa]s?|novi[oa]|ex|familia)\b",
        ),
        (
            "own",
            r"\b(?:my|our)\s+(?:car|truck|van|bus|cab|taxi|plates?|licen[cs]e|phone|number|cell|"
            r"e-?mail|badge|employee|id|dash-?cam|camera|facebook|insta(?:gram)?|snap(?:chat)?)\b",
        ),
        (
            "own",
            r"\b(?:mon|ma|mes)\s+(?:auto|voiture|char|camion|plaque|permis|téléphone|numéro|cell|"
            r"courriel|badge|matricule|caméra|facebook|insta(?:gram)?)\b",
        ),
        (
            "own",
            r"\b(?:mi|mis)\s+(?:carro|coche|auto|camión|placas?|licencia|teléfono|número|celular|"
            r"correo|gafete|cámara|facebook|insta(?:gram)?)\b",
        ),
    )
)

#: Words before a number or a handle that make it the tipster's own.
OWN = re.compile(
    r"\b(?:my|our|me|us|i['’]?m|i\s+am|mon|ma|mes|moi|nous|joindre|rejoindre|mi|mis|llám[ae]me|"
    r"llamarme|soy)\b",
    re.I,
)
#: Somebody speaks of what they did themselves.
SELF_ANY = re.compile(
    r"\b(?:i|i['’](?:m|ve|d)|we|my|our|me|je|j['’]\w*|nous|mon|ma|mes|yo|mi|mis|nosotr[oa]s|vi|"
    r"estaba|salí)\b",
    re.I,
)
