"""Which languages share a script, and what is known of each beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """Languages that share a script."""

    candidates: tuple[str, ...]
    lingua: Mapping[str, str]
    """Candidate -> lingua's code for it; the others lingua does not know."""
    stock: Mapping[str, str]
    """Candidate -> langdetect's profile of it."""
    written: tuple[str, ...]
    """Candidates with a profile made from texts of our own."""
    letters: Mapping[str, str]
    """Candidate -> letters that none of the others uses."""
    beside: frozenset[str] = frozenset()
    """Candidates that the line does not speak and seldom meets: theirs too is no less ours."""


def _same(codes: str) -> dict[str, str]:
    return {code: code for code in codes.split()}


#: Languages of the line in Latin letters, and those that lingua or langdetect know beside them.
_LATIN = "en fr es pt tl vi ro hu so"
_LATIN_TOO = "it de nl pl cs hr sq sw tr id"
_ROMANISED = "hi-Latn ur-Latn pa-Latn ar-Latn fa-Latn ne-Latn bn-Latn ta-Latn zh-Latn"
_UNKNOWN_TO_LIBRARIES = "ht cr-Latn oj-Latn iu-Latn"

GROUPS: Mapping[str, Group] = {
    "Latn": Group(
        candidates=tuple(f"{_LATIN} {_UNKNOWN_TO_LIBRARIES} {_ROMANISED} {_LATIN_TOO}".split()),
        lingua=_same(f"{_LATIN} {_LATIN_TOO}"),
        stock=_same(f"{_LATIN} {_LATIN_TOO}"),
        written=tuple(f"{_LATIN} {_UNKNOWN_TO_LIBRARIES} {_ROMANISED}".split()),
        letters={
            "fr": "çœëîûù",
            "es": "ñ¿¡",
            "pt": "ãõ",
            "ro": "ășțşţ",
            "hu": "őű",
            "ht": "ò",
            "vi": "đơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹĩũ",
            "de": "äß",
            "pl": "łąęśżźćń",
            "cs": "řěů",
            "tr": "ğış",
        },
        beside=frozenset(_LATIN_TOO.split()),
    ),
    "Arab": Group(
        candidates=("ar", "fa", "ur", "pa-Arab", "ps", "ckb"),
        lingua=_same("ar fa ur"),
        stock=_same("ar fa ur"),
        written=("ar", "fa", "ur"),
        letters={
            "ur": "ٹڈڑںےہھۓ",
            "pa-Arab": "ٹڈڑںےہھ",
            "fa": "ژ\u200c",
            "ar": "ةىيكإأؤئ",
            "ps": "ښځڅړټډېۍڼ",
            "ckb": "ڕڵێۆە",
        },
    ),
    "Cyrl": Group(
        candidates=("ru", "uk", "bg"),
        lingua=_same("ru uk bg"),
        stock=_same("ru uk bg"),
        written=("ru", "uk"),
        letters={"uk": "іїєґ", "ru": "ыэё"},
    ),
    "Deva": Group(
        candidates=("hi", "ne", "mr"),
        lingua=_same("hi mr"),
        stock=_same("hi ne mr"),
        written=("hi", "ne"),
        letters={},
    ),
    "Ethi": Group(
        candidates=("am", "ti"),
        lingua={},
        stock={},
        written=("am", "ti"),
        letters={"ti": "ቐቑቒቓቕቖኸኹኺኻኽኾሓሕዓዕ", "am": "ኧሽጭ"},
    ),
    "Cans": Group(
        candidates=("iu", "cr", "oj"),
        lingua={},
        stock={},
        written=(),
        letters={
            "iu": "ᖃᖅᖁᖂᖄᖆᕿᖀᕐᕙᕚᕕᕖᕗᕘᕝᖏᖐᖑᖒᖓᖔᖕᖖᙱᙳᙵᓪᓗᓘᓚᓛᓕᓖᕋᕌᕆᕇᕈᕉᒃᑉᔅᒻᔾᖦᖠᖢᖤ",
            "cr": "ᐤᐟᐠᐢᐣᐦᕽᐨᑊᒼᐩᐁᐯᑌᑫᒉᒣᓀᓭᔦᐧᐍᐏᐘᐚ",
            "oj": "ᔑᔐᔓᔕᔔᔖᔥᐁᐯᑌᑫᒉᒣᓀᓭᔦᐧᐍᐏᐘᐚ",
        },
    ),
}
