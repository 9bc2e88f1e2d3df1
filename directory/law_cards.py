"""Facts of law that an advocate may tell: reviewed data with source and date, never advice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from directory.checked_yaml import load_schema, read
from directory.duty import DATA, Words


@dataclass(frozen=True)
class LawCard:
    """One subject. `provinces` is empty where it holds in all of Canada."""

    id: str
    title: Words
    facts: Sequence[Words]
    never_say: Words
    provinces: frozenset[str]
    source: str
    as_of: str
    reviewed_by: str


@lru_cache
def law_cards() -> tuple[LawCard, ...]:
    """Every card that ships with the line. Raises RefusedFile."""
    document = read(DATA / "law_cards.yaml", load_schema(DATA / "law_cards.schema.json"))
    return tuple(
        LawCard(
            id=entry["id"],
            title=Words(**entry["title"]),
            facts=tuple(Words(**fact) for fact in entry["facts"]),
            never_say=Words(**entry["never_say"]),
            provinces=frozenset(entry.get("provinces", ())),
            source=entry["source"],
            as_of=entry["as_of"],
            reviewed_by=entry["reviewed_by"],
        )
        for entry in document.data["cards"]
    )


def cards_for(province: str | None) -> list[LawCard]:
    """What may be told in this province; where it is unknown, only what holds everywhere."""
    return [card for card in law_cards() if not card.provinces or province in card.provinces]
