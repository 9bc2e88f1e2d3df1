"""Find the right door: the search that answers a person's question from the directory.

Nothing here knows an address: offers carry a name, numbers, an area and
hours. The line's own number closes every answer, so that no answer is empty.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from directory.current import Indexes
from directory.entries import Area, Phone, Service
from directory.facets import Asked
from directory.fit import (
    Judgement,
    digits,
    may_be_made_for_it,
    number_of,
    text_number,
    transfer_number,
    voice_number,
)
from directory.hours import describe
from directory.index import Index, Ranked
from directory.question import THE_LINE, Offer, Question, Reader
from intake.places import by_id
from storage.database import sqlalchemy_url

DEFAULT_LINE_PHONE = "1-833-900-1010"
FEWEST_OPTIONS = 2
_POOL_SIZE = 4


class Directory:
    """The directory as the bot sees it: public services that may be passed on by text."""

    def __init__(
        self,
        sessions: Callable[[], AsyncSession],
        line_phone: str = DEFAULT_LINE_PHONE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._indexes = Indexes(sessions)
        self._line_phone = line_phone
        self._now = now

    @classmethod
    @asynccontextmanager
    async def open(
        cls, database_url: str, line_phone: str = DEFAULT_LINE_PHONE
    ) -> AsyncIterator[Directory]:
        """A directory on an engine of its own, closed with the context."""
        engine = create_async_engine(
            sqlalchemy_url(database_url),
            pool_size=_POOL_SIZE,
            max_overflow=0,
            pool_pre_ping=True,
        )
        try:
            yield cls(lambda: AsyncSession(engine), line_phone)
        finally:
            await engine.dispose()

    @classmethod
    def on(cls, engine: AsyncEngine, line_phone: str, now: Callable[[], datetime]) -> Directory:
        """A directory on an engine that belongs to somebody else."""
        return cls(lambda: AsyncSession(engine), line_phone, now)

    async def search(
        self,
        question: Question,
        limit: int = FEWEST_OPTIONS,
        reader: Reader = Reader.PERSON,
    ) -> list[Offer]:
        """The best options, then the line's own number (`THE_LINE` in its reasons).

        `limit` options at the most, two at the least where the directory holds
        two that may be offered at all; the line's own number comes on top.
        """
        place = by_id(question.place_id) if question.place_id else None
        index = await self._indexes.of_today(reader)
        asked = Asked(question, place, self._now(), reader)
        named: list[Ranked] = []
        if reader is Reader.STAFF and question.name:
            found = index.named(question.name, limit)
            named = [(Judgement(why=["named"]), service) for service in found]
        chosen = chosen_from(index, asked, max(limit, FEWEST_OPTIONS), self._line_phone)
        known = {service.id for _, service in named}
        options = [*named, *(one for one in chosen if one[1].id not in known)]
        offers = [_offer(service, judgement, question, reader) for judgement, service in options]
        return [*offers, self._line_offer(index.line, question)]

    async def warm(self, reader: Reader = Reader.PERSON) -> None:
        """Make the index before the first question comes; a large directory takes seconds."""
        await self._indexes.of_today(reader)

    def _line_offer(self, line: Service | None, question: Question) -> Offer:
        """The line's own number, whether or not the directory has an entry for it."""
        return Offer(
            service_id=THE_LINE if line is None else str(line.id),
            name=self._line_phone,
            phone=self._line_phone,
            text_number=None,
            where="Canada",
            hours="" if line is None else describe(line, question.language),
            languages=() if line is None else _languages(line),
            why=(THE_LINE,),
            confirm=False,
        )


def chosen_from(index: Index, asked: Asked, limit: int, line_phone: str) -> list[Ranked]:
    """The first `limit`, but never without the two that an advocate would miss.

    One of them was made for this need, even if it is closed now; and one of
    them turns nobody away, as long as it is not known whom the others accept.
    """
    best = _without_repeats(index.ranked(asked), line_phone)
    chosen = [one for one, _ in zip(best, range(limit), strict=False)]
    if len(chosen) < limit:
        return chosen
    kept: list[Ranked] = []

    def made_for_it(one: Ranked) -> bool:
        return _made_for_it(one, asked)

    def turns_nobody_away(one: Ranked) -> bool:
        return not one[0].restricted

    for holds, others in (
        (made_for_it, index.made_for_it),
        (turns_nobody_away, index.turning_nobody_away),
    ):
        if not any(holds(one) for one in chosen):
            free = [place for place, one in enumerate(chosen) if one not in kept]
            found = next(
                (
                    one
                    for one in others(asked)
                    if holds(one) and _alone(one, index, asked, line_phone)
                ),
                None,
            )
            if found is None or not free:
                continue
            chosen[free[-1]] = found
        kept.append(next(one for one in chosen if holds(one)))
    return chosen


def _alone(one: Ranked, index: Index, asked: Asked, line_phone: str) -> bool:
    """Whether no better service, nor the line, has the same number."""
    number = number_of(one[1])
    return number != digits(line_phone) and index.is_best_of(number, one, asked)


def _made_for_it(one: Ranked, asked: Asked) -> bool:
    """Made for this need, near enough, and not for others."""
    judgement, _ = one
    return bool(asked.wanted) and asked.wanted in judgement.why and may_be_made_for_it(judgement)


def _without_repeats(ranked: Iterator[Ranked], line_phone: str) -> Iterator[Ranked]:
    """One service a number, none of them the line's own."""
    seen = {digits(line_phone)}
    for judgement, service in ranked:
        number = number_of(service)
        if number not in seen:
            seen.add(number)
            yield judgement, service


def _offer(service: Service, judgement: Judgement, question: Question, reader: Reader) -> Offer:
    """What the reader may be told of a service."""
    offer = _public_offer(service, judgement, question)
    if reader is Reader.PERSON:
        return offer
    transfer = transfer_number(service)
    return replace(
        offer,
        full_name=service.name,
        transfer_number=None if transfer is None else _written(transfer),
        share=service.share_by_channel,
        alert=service.alert,
        verified_at=service.verified_at,
    )


def _public_offer(service: Service, judgement: Judgement, question: Question) -> Offer:
    """What the person may be told of a service."""
    voice, text = voice_number(service), text_number(service)
    return Offer(
        service_id=str(service.id),
        name=service.discreet_name or service.name,
        phone=None if voice is None else _written(voice),
        text_number=None if text is None else _written(text),
        where="" if judgement.area is None else _area_name(judgement.area, question.language),
        hours=describe(service, question.language),
        languages=_languages(service),
        why=tuple(judgement.why),
        confirm=judgement.confirm,
    )


def _written(phone: Phone) -> str:
    """As people dial it."""
    return phone.number if not phone.extension else f"{phone.number} x{phone.extension}"


def _area_name(area: Area, language: str | None) -> str:
    """What people call the area; else the name of its place in the person's language."""
    if area.name:
        return area.name
    place = by_id(area.place_id)
    return "" if place is None else place.name_in(language)


def _languages(service: Service) -> tuple[str, ...]:
    """Codes of the languages that are known to be spoken."""
    if "languages" in service.unconfirmed:
        return ()
    return tuple(row.code for row in service.languages if not row.unconfirmed)
