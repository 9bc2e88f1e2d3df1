"""To whom a waiting conversation is offered, and who is woken when nobody takes it.

Pure: it reads what waits and who is there, and says what to do next. An offer never keeps another
advocate from claiming. Nobody suitable: the search widens step by step, and the steps are told, so
that who takes the conversation knows what it lacks.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from intake.competencies import Competency
from intake.risk import Tier

# A raised cap: so many more conversations than an advocate wants at once.
OVERLOAD = 2


class Presence(enum.Enum):
    """What an advocate says of themselves; a screen without a sign of life is AWAY."""

    ON_DUTY = "on_duty"
    ON_BREAK = "on_break"
    AWAY = "away"


class Widening(enum.Enum):
    """What the advocate who was found lacks. The values are steps in the order of the search."""

    LANGUAGE = "language"
    COMPETENCY = "competency"
    LOAD = "load"


@dataclass(frozen=True)
class Waiting:
    """One conversation that waits for a human.

    `asked`: who was offered it since the present round began. `wants`: the colleague to whom it
    was handed over; `supervisor`: it was handed to any supervisor.
    """

    escalation_id: UUID
    conversation_id: UUID
    tier: Tier | None
    language: str | None
    needs: frozenset[Competency]
    since: datetime
    asked: frozenset[UUID] = frozenset()
    wants: UUID | None = None
    supervisor: bool = False
    paged_at: datetime | None = None
    lead_paged_at: datetime | None = None


@dataclass(frozen=True)
class Colleague:
    """One advocate, as routing sees them.

    `load`: conversations that they hold; `most`: how many they want at once. `deciding`: tiers
    of the offers that lie open with them (0 for none). `quiet`: it is night where they are.
    """

    id: UUID
    languages: frozenset[str]
    competencies: frozenset[Competency] = frozenset()
    load: int = 0
    most: int = 3
    presence: Presence = Presence.AWAY
    on_shift: bool = False
    on_call: bool = False
    quiet: bool = False
    supervisor: bool = False
    deciding: tuple[int, ...] = ()
    idle_since: datetime | None = None

    @property
    def present(self) -> bool:
        """At a live screen, and on duty."""
        return self.presence is Presence.ON_DUTY

    def speaks(self, language: str | None) -> bool:
        """Whether the conversation needs no interpreter; the script does not matter."""
        return language is None or _code(language) in {_code(one) for one in self.languages}


@dataclass(frozen=True)
class Offer:
    """Ask this colleague, for this long."""

    colleague: UUID
    widened: tuple[Widening, ...]


class NoOffer(enum.Enum):
    """Why nobody is asked now."""

    DECIDING = "everybody suitable has another offer on the screen"
    NOBODY = "nobody is there, or all have been asked"


class Call(enum.Enum):
    """Who is woken outside the desk."""

    SHIFT = "shift"
    LEAD = "lead"


@dataclass(frozen=True)
class Pace:
    """How long the steps of one tier last (domain brief, section 1: service targets)."""

    offer: timedelta
    page: timedelta
    lead: timedelta
    repeat: timedelta


def _pace(offer: int, page: int, lead: int, repeat: int) -> Pace:
    return Pace(*(timedelta(seconds=one) for one in (offer, page, lead, repeat)))


PACES: dict[Tier | None, Pace] = {
    Tier.IMMINENT: _pace(20, 40, 40, 60),
    Tier.URGENT: _pace(45, 180, 120, 300),
    Tier.CONCERN: _pace(60, 480, 300, 900),
    None: _pace(60, 480, 300, 900),
}


def in_order(waiting: Collection[Waiting]) -> list[Waiting]:
    """Highest tier first, then longest wait."""
    return sorted(waiting, key=lambda one: (-(one.tier or 0), one.since, one.escalation_id))


def offer(waiting: Waiting, colleagues: Sequence[Colleague]) -> Offer | NoOffer:
    """Whom to ask next: suitable first, then through an interpreter, less trained, busier."""
    left = [one for one in colleagues if one.present and one.id not in waiting.asked]
    chosen = next((one for one in left if one.id == waiting.wants), None)
    if chosen is not None:
        return Offer(chosen.id, lacks(waiting, chosen))
    if waiting.supervisor and any(one.supervisor for one in left):
        left = [one for one in left if one.supervisor]
    free = [one for one in left if _may_decide(waiting, one)]
    best = min(free, key=lambda one: _rank(waiting, one), default=None)
    if best is not None and _suitable_decides(waiting, best, left):
        return NoOffer.DECIDING
    if best is None:
        return NoOffer.DECIDING if any(_has_room(one) for one in left) else NoOffer.NOBODY
    return Offer(best.id, lacks(waiting, best))


def _suitable_decides(waiting: Waiting, best: Colleague, left: Sequence[Colleague]) -> bool:
    """Whether it is better to wait for somebody who fits than to widen: not in danger."""
    if waiting.tier is Tier.IMMINENT or not lacks(waiting, best):
        return False
    return any(not lacks(waiting, one) for one in left if one.deciding)


def lacks(waiting: Waiting, colleague: Colleague) -> tuple[Widening, ...]:
    """What the colleague lacks for this conversation, in the order of the search."""
    found = []
    if not colleague.speaks(waiting.language):
        found.append(Widening.LANGUAGE)
    if not waiting.needs <= colleague.competencies:
        found.append(Widening.COMPETENCY)
    if colleague.load >= colleague.most:
        found.append(Widening.LOAD)
    return tuple(found)


def call(waiting: Waiting, nobody: bool, shift_empty: bool, now: datetime) -> tuple[Call, ...]:
    """Who is woken now. `nobody`: there is nobody left to ask; `shift_empty`: no one to page."""
    pace = PACES[waiting.tier]
    first = nobody or now - waiting.since >= pace.page
    if waiting.paged_at is None:
        if not first:
            return ()
        return (Call.SHIFT, Call.LEAD) if shift_empty else (Call.SHIFT,)
    if waiting.lead_paged_at is None:
        return (Call.LEAD,) if now - waiting.paged_at >= pace.lead else ()
    last = max(waiting.paged_at, waiting.lead_paged_at)
    return (Call.SHIFT, Call.LEAD) if now - last >= pace.repeat else ()


def to_wake(who: Call, tier: Tier | None, colleagues: Sequence[Colleague]) -> list[Colleague]:
    """Those whom a call reaches. Nights are kept, except when life is in danger.

    Without a lead on call the supervisors stand in, so that a call never goes nowhere for want
    of a plan.
    """
    if who is Call.SHIFT:
        reached = [one for one in colleagues if one.on_shift or one.presence is not Presence.AWAY]
    else:
        reached = [one for one in colleagues if one.on_call]
        reached = reached or [one for one in colleagues if one.supervisor]
    if tier is Tier.IMMINENT:
        return reached
    return [one for one in reached if not one.quiet]


def _rank(waiting: Waiting, one: Colleague) -> tuple[object, ...]:
    """The fewest and latest steps of widening first, then the least busy, then the longest idle."""
    missing = lacks(waiting, one)
    steps = (Widening.LOAD in missing, Widening.COMPETENCY in missing, Widening.LANGUAGE in missing)
    idle = one.idle_since.timestamp() if one.idle_since else 0.0
    return (*steps, one.load + len(one.deciding), idle, one.id)


def _has_room(one: Colleague) -> bool:
    return one.load < one.most + OVERLOAD


def _may_decide(waiting: Waiting, one: Colleague) -> bool:
    """One offer at a time, except that danger may interrupt a lesser one."""
    if not _has_room(one) and waiting.tier is not Tier.IMMINENT:
        return False
    return all((waiting.tier or 0) > tier for tier in one.deciding)


def _code(tag: str) -> str:
    return tag.split("-")[0].casefold()
