"""The directory in the JSON API: the same search as the bot's, with what staff may know on top."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from directory.asking import Understood, place_named, understand
from directory.question import THE_LINE, Offer, Question, Reader
from directory.vocabulary import Exploitation, Gender, Phase
from handoff.auth import SignedIn
from handoff.directory_words import explained, need_name
from handoff.errors import SignedOut
from handoff.office import TheOffice, who
from handoff.rendering import language_of
from handoff.schemas import Failure, Strict
from intake.languages import name_in
from intake.needs import Need
from intake.places import Place

_FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"model": Failure} for status in (401, 403, 422)
}
_LONGEST = 200
_MOST = 50
router = APIRouter(prefix="/api/directory", tags=["directory"], responses=_FAILURES)


class Wanted(Strict):
    """What to search for. Whatever is left out counts as not known, never as a no."""

    q: str = Field("", max_length=_LONGEST, description="free text: need, place, language, name")
    need: Need | None = None
    place: str = Field("", max_length=_LONGEST, description="a name, postal code or place id")
    away_from: list[str] = Field([], max_length=5, description="places that are not safe")
    age: int | None = Field(None, ge=0, le=130)
    gender: Gender | None = None
    language: str | None = Field(None, max_length=16, description="ISO 639 code of the help")
    no_status: bool = False
    children: bool = False
    pets: bool = False
    indigenous: bool = False
    exploitation: Exploitation | None = None
    phase: Phase | None = None
    open_now: bool = True
    police: bool = Field(False, description="the person asked for police")
    limit: int = Field(8, ge=1, le=_MOST)

    def question(self, said: Understood, now: datetime) -> Question:
        """The question, with what the free text names where no field says it."""
        place = place_named(self.place) if self.place.strip() else said.place
        away = (place_named(name) for name in self.away_from)
        return Question(
            need=self.need or said.need,
            place_id=None if place is None else place.id,
            away_from=tuple(found.id for found in away if found is not None),
            language=self.language or said.language,
            age=self.age,
            gender=self.gender,
            open_at=now if self.open_now else None,
            without_status=self.no_status,
            with_children=self.children,
            with_pets=self.pets,
            indigenous=self.indigenous,
            exploitation=self.exploitation,
            phase=self.phase,
            police_ok=self.police,
            name=self.q.strip() or None,
        )


class NamedPlace(BaseModel):
    """A place as it was understood."""

    id: str
    name: str


class Reading(BaseModel):
    """How the search was understood, for the screen to show; null where nothing was."""

    need: str | None
    need_name: str | None
    place: NamedPlace | None
    away_from: list[NamedPlace]
    language: str | None
    language_name: str | None


class Found(BaseModel):
    """One service. There is no address here, whoever asks.

    `name` is the one to send to a person; `full_name` may say too much on a lock screen.
    `transfer_number` is for staff alone. `share`: any, voice_only or advocate_only.
    """

    id: str
    name: str
    full_name: str | None
    phone: str | None
    text_number: str | None
    transfer_number: str | None
    share: str | None
    where: str
    hours: str
    languages: list[str]
    why: list[str]
    reasons: list[str]
    confirm: bool
    alert: str | None
    verified_at: datetime | None
    the_line: bool

    @classmethod
    def of(cls, offer: Offer, language: str) -> Self:
        """The offer with its reasons in words."""
        return cls(
            id=offer.service_id,
            name=offer.name,
            full_name=offer.full_name,
            phone=offer.phone,
            text_number=offer.text_number,
            transfer_number=offer.transfer_number,
            share=offer.share,
            where=offer.where,
            hours=offer.hours,
            languages=[name_in(code, language) for code in offer.languages],
            why=list(offer.why),
            reasons=explained(offer.why, language),
            confirm=offer.confirm,
            alert=offer.alert,
            verified_at=offer.verified_at,
            the_line=THE_LINE in offer.why,
        )


class SearchAnswer(BaseModel):
    """What was understood, and the services, best first; the line's own number is the last."""

    understood: Reading
    offers: list[Found]


async def _reader(request: Request, office: TheOffice) -> SignedIn:
    """Anybody who works the board or keeps the directory. Raises SignedOut."""
    signed_in = await who(request, office, touch=True)
    if signed_in is None:
        raise SignedOut("sign in first")
    return signed_in


DirectoryReader = Annotated[SignedIn, Depends(_reader)]


@router.get("/search")
async def search(
    request: Request, wanted: Annotated[Wanted, Query()], _: DirectoryReader, office: TheOffice
) -> SearchAnswer:
    """Services for a person, best first, each with why; two at least, and the line's number."""
    screen = language_of(request)
    question = wanted.question(understand(wanted.q), office.now())
    offers = await office.directory.search(question, wanted.limit, Reader.STAFF)
    return SearchAnswer(
        understood=_reading(question, screen),
        offers=[Found.of(offer, screen) for offer in offers],
    )


def _reading(question: Question, screen: str) -> Reading:
    place = None if question.place_id is None else place_named(question.place_id)
    away = [place_named(name) for name in question.away_from]
    return Reading(
        need=None if question.need is None else question.need.value,
        need_name=None if question.need is None else need_name(question.need, screen),
        place=None if place is None else _named(place, screen),
        away_from=[_named(one, screen) for one in away if one is not None],
        language=question.language,
        language_name=None if question.language is None else name_in(question.language, screen),
    )


def _named(place: Place, screen: str) -> NamedPlace:
    return NamedPlace(id=place.id, name=place.name_in(screen))
