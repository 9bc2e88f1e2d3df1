"""Reads the gettext catalogues: one `.po` file a language and domain, keyed by message id.

The catalogues are monolingual: `msgid` is a key such as `open.first` and `msgstr` the sentence,
so that translators' tools can read them and a change of wording needs no change of code.
`fuzzy` marks a sentence that no native speaker has reviewed yet. A sentence on which somebody's
safety hangs is never read in English alone by a person who wrote another language: where their
catalogue lacks it, or where the line may not use what is unreviewed, it comes in both official
languages.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parent
FALLBACK = "en"
OFFICIAL = ("en", "fr")

#: Sentences on which safety hangs, by domain: opening, safety check, limits of privacy, waiting for
#: a person, danger, carrier keywords. Never translated by a machine (domain rules, section 4).
SAFETY: Mapping[str, frozenset[str]] = {
    "messages": frozenset(
        "open.first open.again safety.not_now privacy.limits wait.first wait.later wait.discreet "
        "wait.no_one_yet wait.tip wait.engine_failure hunting.no_confirm also.988 keyword.stop "
        "keyword.start keyword.info language.interpreter offer.indigenous utter_risk utter_private "
        "utter_police_involved utter_how_to_stop utter_no_confirm utter_tip_urgent "
        "utter_ask_tip_form_tip_told".split()
    ),
    "pages": frozenset(
        "danger.question danger.answer intro.bot intro.private privacy.team.text "
        "privacy.limits.text privacy.leaving.text privacy.watched.text".split()
    ),
}
#: After these nothing more is said: somebody else may read, or the sentence offers it itself.
_NO_INTERPRETER = frozenset(
    "safety.not_now wait.discreet hunting.no_confirm utter_no_confirm keyword.stop "
    "language.interpreter".split()
)
_INTERPRETER = "language.by_phone"
_JOINERS = {"pages": " / "}


class UnknownText(KeyError):
    """No catalogue holds this key; add it to locales/en/ first."""


class Unreviewed(enum.Enum):
    """What becomes of safety sentences that no native speaker has reviewed."""

    USE = "use"
    """They are said as they are."""
    REPLACE = "replace"
    """English, French and the offer of an interpreter are said instead."""

    def __str__(self) -> str:
        return self.value

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Unreviewed:
        """The setting UNREVIEWED_SENTENCES. Raises ValueError."""
        value = environ.get("UNREVIEWED_SENTENCES") or cls.USE.value
        try:
            return cls(value)
        except ValueError:
            raise ValueError("UNREVIEWED_SENTENCES must be use or replace.") from None


@dataclass(frozen=True)
class Sentence:
    """One sentence of a catalogue."""

    text: str
    reviewed: bool


@dataclass(frozen=True)
class Catalogue:
    """The sentences of one domain in every language that has a file for it."""

    domain: str
    sentences: Mapping[str, Mapping[str, Sentence]]
    unreviewed: Unreviewed = Unreviewed.USE

    @classmethod
    def load(
        cls,
        domain: str = "messages",
        root: Path = ROOT,
        unreviewed: Unreviewed = Unreviewed.USE,
    ) -> Catalogue:
        """Read `<root>/<language>/<domain>.po` for every language; read once a process."""
        return cls(domain, _load(domain, root), unreviewed)

    @property
    def languages(self) -> frozenset[str]:
        """Languages that have a catalogue of this domain, whole or in part."""
        return frozenset(self.sentences)

    @property
    def safety(self) -> frozenset[str]:
        """Keys of this domain on which safety hangs."""
        return SAFETY.get(self.domain, frozenset())

    def keys(self, language: str = FALLBACK) -> frozenset[str]:
        """Message ids of one language."""
        return frozenset(self.sentences[language])

    def text(self, key: str, language: str | Sequence[str] | None, /, **values: str) -> str:
        """The sentence in the first of the languages that has it, placeholders filled.

        Else in English; a safety sentence then comes in both official languages, as it does where
        only reviewed ones may be used. Raises UnknownText when not even English has the key.
        """
        wanted = (language,) if isinstance(language, str) else tuple(language or (FALLBACK,))
        found = next((tag for tag in wanted if key in self.sentences.get(tag, {})), None)
        if key in self.safety and not self._may_stand(key, found):
            return self.both(key, not set(wanted) & set(OFFICIAL), **values)
        return self._sentence(key, found or FALLBACK).text.format(**values)

    def both(self, key: str, interpreter: bool = False, /, **values: str) -> str:
        """The sentence in both official languages, with the offer of an interpreter if wished.

        Raises UnknownText when not even English has the key.
        """
        keys = [key]
        if interpreter and key not in _NO_INTERPRETER and _INTERPRETER in self.keys():
            keys.append(_INTERPRETER)
        said = [self._sentence(one, tag).text.format(**values) for one in keys for tag in OFFICIAL]
        return _JOINERS.get(self.domain, "\n").join(dict.fromkeys(said))

    def is_reviewed(self, key: str, language: str) -> bool:
        """Whether a native speaker has reviewed the sentence (False when it is missing)."""
        sentence = self.sentences.get(language, {}).get(key)
        return sentence is not None and sentence.reviewed

    def _may_stand(self, key: str, language: str | None) -> bool:
        if language is None:
            return False
        return self.unreviewed is Unreviewed.USE or self.is_reviewed(key, language)

    def _sentence(self, key: str, language: str) -> Sentence:
        for candidate in (language, FALLBACK):
            sentence = self.sentences.get(candidate, {}).get(key)
            if sentence is not None:
                return sentence
        raise UnknownText(key)


@lru_cache(maxsize=16)
def _load(domain: str, root: Path) -> Mapping[str, Mapping[str, Sentence]]:
    return {path.parent.name: _read(path) for path in sorted(root.glob(f"*/{domain}.po"))}


def _read(path: Path) -> Mapping[str, Sentence]:
    with path.open("rb") as file:
        po = read_po(file, locale=None)
    return {
        str(message.id): Sentence(text=str(message.string), reviewed=not message.fuzzy)
        for message in po
        if message.id and message.string
    }
