"""Put the reasons of a search into words of the desk: why this one, and what to ask first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handoff.words import SCREEN
from intake.languages import name_in
from intake.needs import Need

# Codes of `directory/fit.py` whose part behind the colon is a value, not part of the key.
_CONFIRM = frozenset(
    "unverified disputed overdue stale number language age sobriety government sex labour phase"
    .split()
)  # fmt: skip


def explained(why: Iterable[str], language: str) -> list[str]:
    """One short sentence for each reason, in the language of the screen, none twice."""
    return list(dict.fromkeys(_sentences(why, language)))


def need_name(need: Need | str, language: str) -> str:
    """What a need is called on the screen."""
    return SCREEN.catalogue.text(f"need.{Need(need).value}", language)


def _sentences(why: Iterable[str], language: str) -> Iterator[str]:
    say = SCREEN.catalogue.text
    for reason in why:
        kind, _, value = reason.partition(":")
        if kind in {"need", "related"} and value in {need.value for need in Need}:
            yield say(f"match.{kind}", language, need=need_name(value, language))
        elif kind == "language" and value != "interpreter":
            yield say("match.language", language, language=name_in(value, language))
        elif kind == "ages":
            yield say("match.ages", language, ages=_ages(value))
        elif kind == "confirm":
            known = value if value in _CONFIRM else "accepts"
            yield say(f"match.confirm_{known}", language)
        elif kind == "made_for":
            yield say("match.made_for", language)
        else:
            yield say("match." + reason.replace(":", "_"), language)


def _ages(limits: str) -> str:
    """ "16-" is written "16+" and "-18" is written "0-18"."""
    low, _, high = limits.partition("-")
    return f"{low or 0}-{high}" if high else f"{low}+"
