"""Reads the gettext catalogues: one `.po` file a language and domain, keyed by message id.

The catalogues are monolingual: `msgid` is a key such as `open.first` and `msgstr` the sentence,
so that translators' tools can read them and a change of wording needs no change of code.
`fuzzy` marks a sentence that no native speaker has reviewed yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parent
FALLBACK = "en"


class UnknownText(KeyError):
    """No catalogue holds this key; add it to locales/en/ first."""


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

    @classmethod
    def load(cls, domain: str = "messages", root: Path = ROOT) -> Catalogue:
        """Read `<root>/<language>/<domain>.po` for every language; read once a process."""
        return _load(domain, root)

    @property
    def languages(self) -> frozenset[str]:
        """Languages that have a catalogue of this domain."""
        return frozenset(self.sentences)

    def keys(self, language: str = FALLBACK) -> frozenset[str]:
        """Message ids of one language."""
        return frozenset(self.sentences[language])

    def text(self, key: str, language: str | None, **values: str) -> str:
        """The sentence in the language asked for, else in English, placeholders filled.

        Raises UnknownText when not even English has the key.
        """
        return self._find(key, language).text.format(**values)

    def is_reviewed(self, key: str, language: str) -> bool:
        """Whether a native speaker has reviewed the sentence (False when it is missing)."""
        sentence = self.sentences.get(language, {}).get(key)
        return sentence is not None and sentence.reviewed

    def _find(self, key: str, language: str | None) -> Sentence:
        for candidate in (language, FALLBACK):
            sentence = self.sentences.get(candidate or FALLBACK, {}).get(key)
            if sentence is not None:
                return sentence
        raise UnknownText(key)


@lru_cache(maxsize=16)
def _load(domain: str, root: Path) -> Catalogue:
    found = {path.parent.name: _read(path) for path in sorted(root.glob(f"*/{domain}.po"))}
    return Catalogue(domain=domain, sentences=found)


def _read(path: Path) -> Mapping[str, Sentence]:
    with path.open("rb") as file:
        po = read_po(file, locale=None)
    return {
        str(message.id): Sentence(text=str(message.string), reviewed=not message.fuzzy)
        for message in po
        if message.id and message.string
    }
