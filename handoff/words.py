"""The sentences of the desk's own pages, from `locales/<language>/desk.po`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from locales.catalogue import FALLBACK, Catalogue

COOKIE = "desk_language"


@dataclass(frozen=True)
class Screen:
    """The desk's catalogue."""

    catalogue: Catalogue

    @property
    def languages(self) -> list[str]:
        """The languages that the desk speaks."""
        return sorted(self.catalogue.languages)

    def all(self, language: str) -> dict[str, str]:
        """Every sentence in one language, English where it has none; placeholders unfilled."""
        english = self.catalogue.sentences[FALLBACK]
        own = self.catalogue.sentences.get(language, {})
        return {key: own.get(key, english[key]).text for key in sorted(english)}


SCREEN = Screen(Catalogue.load("desk"))


def chosen(cookie: str | None, accepted: str = "") -> str:
    """The language of a screen: as chosen, else the browser's first that we speak, else English."""
    for code in [cookie or "", *_accepted(accepted)]:
        if code in SCREEN.languages:
            return code
    return FALLBACK


def _accepted(header: str) -> Sequence[str]:
    """Languages of an Accept-Language header, the most wanted first; regions are dropped."""
    wanted: list[tuple[float, str]] = []
    for part in header.split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wanted.append((float(weight or 1), tag.split("-")[0].strip().lower()))
        except ValueError:
            continue
    return [tag for _, tag in sorted(wanted, key=lambda pair: -pair[0])]
