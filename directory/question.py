"""What is asked of the directory, and what it answers with."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from directory.vocabulary import Exploitation, Gender, Phase
from intake.needs import Need

THE_LINE = "the_line"
"""In `Offer.why`: this is the line's own number, not one of the options."""


class Reader(enum.Enum):
    """Who will read the answer."""

    PERSON = "person"
    """A person on a phone: public services that may be passed on in writing."""
    STAFF = "staff"
    """An advocate at the desk: also what only staff may know, with the number for a transfer."""


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
    two_slgbtq: bool = False
    """The same."""
    away_from: tuple[str, ...] = ()
    """Ids of places that are not safe for them: nothing that serves just those is offered."""
    exploitation: Exploitation | None = None
    phase: Phase | None = None
    name: str | None = None
    """What staff typed: services whose name holds it come first. Never read for a person."""
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

    # For staff alone; None for a person.
    full_name: str | None = None
    """The official name, which may say too much on a lock screen."""
    transfer_number: str | None = None
    """By which an advocate brings somebody over (`warm_transfer`)."""
    share: str | None = None
    """`directory.vocabulary.ShareBy`: how it may be passed on."""
    alert: str | None = None
    verified_at: datetime | None = None
