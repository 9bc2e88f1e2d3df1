"""What is asked of the directory, and what it answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from directory.vocabulary import Gender
from intake.needs import Need

THE_LINE = "the_line"
"""In `Offer.why`: this is the line's own number, not one of the options."""


@dataclass(frozen=True)
class Question:
    """What is known of a person's wish. Whatever they did not say stays None or False."""

    need: Need | None = None
    place_id: str | None = None
    """An id of `intake.places`."""
    language: str | None = None
    """ISO 639 code of the language they want to be helped in."""
    age: int | None = None
    gender: Gender | None = None
    """As they say it themselves; never guessed from a name."""
    open_at: datetime | None = None
    """Aware. With it, services that nobody answers then rank lower."""
    without_status: bool = False
    with_children: bool = False
    with_pets: bool = False
    indigenous: bool = False
    """They said so, and wish for it to count."""
    police_ok: bool = False
    """They asked for police. Otherwise no law-enforcement record is ever shown."""

    def __post_init__(self) -> None:
        if self.open_at is not None and self.open_at.tzinfo is None:
            raise ValueError("Question.open_at must be an aware datetime")


@dataclass(frozen=True)
class Offer:
    """One door to knock at. There is no address here, on purpose: people get a number."""

    service_id: str
    name: str
    """Discreet where the service has a discreet name: fit for a lock screen."""
    phone: str | None
    text_number: str | None
    where: str
    """The area it serves ("Toronto", "Alberta", "Canada"), never where it stands."""
    hours: str
    """Empty when not known."""
    languages: tuple[str, ...]
    """ISO 639 codes of languages spoken, as far as they are confirmed."""
    why: tuple[str, ...]
    """Codes such as "need:shelter", "area:town", "open:live", "language:interpreter"
    (`directory/fit.py` has them all), for the caller to put into words."""
    confirm: bool
    """Something that matters here is unknown or unverified: say "call to confirm"."""
