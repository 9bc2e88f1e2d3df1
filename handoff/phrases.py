"""What an advocate may say by name: fixed sentences, the house's phrases, and local ones.

Fixed sentences come from the line's own catalogue in every language it has, so that what is said
of privacy is the same everywhere. The house's phrases and the words worth a second look are data
in `handoff/wording/`; local phrases are the supervisors', in the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from intake.speaking import Voice
from locales.catalogue import Catalogue
from storage.phrases import LocalPhrase

_WORDING = Path(__file__).with_name("wording")
# Sentences of the catalogue that read the same from a person as from the bot.
_FIXED = {"privacy": "privacy.limits", "988": "also.988"}
#: The line's own sentences, and with them its languages.
SENTENCES = Catalogue.load()
LONGEST_NAME = 24
LONGEST_TEXT = 640


@dataclass(frozen=True)
class Phrase:
    """One phrase; `local_id` where a supervisor wrote it here."""

    name: str
    language: str
    text: str
    local_id: str | None = None


@dataclass(frozen=True)
class Care:
    """Words that are worth a second look, and what to say instead. A warning, never a block."""

    language: str
    words: tuple[str, ...]
    instead: str


def phrases(voice: Voice, local: list[LocalPhrase]) -> list[Phrase]:
    """Every phrase; a local one hides the house's phrase of its name and language."""
    found = {(one.language, one.name): one for one in _house()}
    for language in sorted(SENTENCES.languages):
        for name, key in _FIXED.items():
            if key in SENTENCES.keys(language):
                found[language, name] = Phrase(name, language, voice.words(key, language))
    for row in local:
        found[row.language, row.name] = Phrase(row.name, row.language, row.text, str(row.id))
    return [found[key] for key in sorted(found)]


@lru_cache
def cares() -> tuple[Care, ...]:
    """The words of every language."""
    return tuple(
        Care(language, tuple(entry["words"]), entry["instead"])
        for language, content in _files().items()
        for entry in content["avoid"]
    )


@lru_cache
def _house() -> tuple[Phrase, ...]:
    return tuple(
        Phrase(str(name), language, text)
        for language, content in _files().items()
        for name, text in content["phrases"].items()
    )


@lru_cache
def _files() -> dict[str, dict[str, Any]]:
    return {path.stem: yaml.safe_load(path.read_text()) for path in sorted(_WORDING.glob("*.yaml"))}
