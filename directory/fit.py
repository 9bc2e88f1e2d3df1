"""Judge how well one service answers one question: excluded, or a cost and the reasons.

The rules of the search: a known "no"
excludes, an unknown never does, it costs rank and asks to confirm; nearest
reach first; only a live person counts as open. Costs add up; `directory/weights.py`
is the whole table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from directory import weights
from directory.entries import Area, Candidate, Phone, Service
from directory.hours import Openness, openness
from directory.question import Question, Reader
from directory.vocabulary import (
    Audience,
    CrisisGrade,
    Exploitation,
    Extent,
    Fit,
    Gender,
    OrganizationKind,
    PhoneType,
    ShareBy,
    Verification,
    Visibility,
)
from intake.needs import Need
from intake.places import Place, PlaceKind, by_id

_YOUTH_UNTIL = 24
PAST_YOUTH = 30
# A language code also stands for the languages under it.
_LANGUAGE_FAMILIES = {"zh": {"cmn", "yue"}, "cr": {"crk", "csw", "cwd"}, "oj": {"ojs", "ojb"}}
_CRISIS_VERIFIED_FOR = timedelta(days=90)
_VERIFIED_FOR = timedelta(days=180)
_ACCEPTS = {
    Gender.WOMAN: "accepts_women",
    Gender.MAN: "accepts_men",
    Gender.TRANS_WOMAN: "accepts_trans_women",
    Gender.TRANS_MAN: "accepts_trans_men",
    Gender.NON_BINARY: "accepts_non_binary",
    Gender.TWO_SPIRIT: "accepts_two_spirit",
}
ACCEPTANCES = (*_ACCEPTS.values(), "accepts_no_status", "accepts_with_children", "accepts_pets")


@dataclass
class Judgement:
    """The cost of offering a service, and why it would be offered."""

    area: Area | None = None
    cost: float = 0.0
    why: list[str] = field(default_factory=list)
    confirm: bool = False
    restricted: bool = False
    """It takes only some people, and whether this person is one of them is not known."""

    def note(self, reason: str, cost: float = 0.0, *, unsure: bool = False) -> None:
        """Add a reason, what it costs, and whether it asks to confirm."""
        self.why.append(reason)
        self.cost += cost
        self.confirm = self.confirm or unsure


def judge(
    candidate: Candidate,
    question: Question,
    place: Place | None,
    now: datetime,
    reader: Reader = Reader.PERSON,
) -> Judgement | None:
    """The judgement, or None when the service must not be offered for this question."""
    service = candidate.service
    judgement = Judgement()
    fits = (
        may_be_shown(service, question, reader)
        and fresh_enough(service, judgement, now, reader)
        and meets_need(candidate, question, judgement)
        and reaches(service, question, place, judgement)
        and _accepts(service, question, judgement)
        and covers(service, question, judgement)
        and speaks(service, question, judgement)
    )
    if not fits:
        return None
    judge_openness(service, question, judgement)
    judge_audience(candidate, question, judgement)
    judge_phase(candidate, question, judgement)
    if reader is Reader.PERSON:
        judge_number(service, judgement)
    elif service.share_by_channel != ShareBy.ANY:
        judgement.note(f"share:{service.share_by_channel}")
    return judgement


def voice_number(service: Service) -> Phone | None:
    """The public number to call."""
    return _number(service, {PhoneType.VOICE, PhoneType.CELL})


def text_number(service: Service) -> Phone | None:
    """The public number for SMS, unless texting there is known to be unsafe."""
    return None if service.safe_to_text is False else _number(service, {PhoneType.TEXT})


def _number(service: Service, types: set[PhoneType]) -> Phone | None:
    public = [
        phone
        for phone in service.phones
        if phone.type in types and phone.visibility == Visibility.PUBLIC
    ]
    return min(public, key=lambda phone: phone.position, default=None)


def transfer_number(service: Service) -> Phone | None:
    """The number by which an advocate brings somebody over; never for the person."""
    lines = [phone for phone in service.phones if phone.warm_transfer]
    return min(lines, key=lambda phone: phone.position, default=None)


def is_police(service: Service) -> bool:
    """Whether police themselves run it."""
    return service.organization.kind == OrganizationKind.LAW_ENFORCEMENT


def police_involved(service: Service) -> bool:
    """Whether it is police, or works with them."""
    return is_police(service) or service.police_affiliated is True


def is_government(service: Service) -> bool:
    """Whether a department or agency runs it."""
    return service.organization.kind == OrganizationKind.GOVERNMENT


def is_crisis_line(service: Service) -> bool:
    """Whether somebody is said to answer: it has to be checked twice as often."""
    return service.crisis_grade in {CrisisGrade.LIVE_24_7, CrisisGrade.LIVE_HOURS}


def may_be_shown(service: Service, question: Question, reader: Reader) -> bool:
    """Police only for those who asked; a service nobody can reach is no offer."""
    if police_involved(service) and not question.police_ok:
        return False
    if reader is Reader.STAFF and transfer_number(service) is not None:
        return True
    return voice_number(service) is not None or text_number(service) is not None


def fresh_enough(service: Service, judgement: Judgement, now: datetime, reader: Reader) -> bool:
    """Never verified: shown, to confirm. Overdue: lower. Twice overdue: for staff alone."""
    if service.verification == Verification.DISPUTED:
        judgement.note("confirm:disputed", weights.DISPUTED, unsure=True)
    elif service.verification != Verification.VERIFIED or service.verified_at is None:
        judgement.note("confirm:unverified", unsure=True)
    else:
        valid = _CRISIS_VERIFIED_FOR if is_crisis_line(service) else _VERIFIED_FOR
        age = now - service.verified_at
        if age > 2 * valid:
            judgement.note("confirm:stale", weights.STALE, unsure=True)
            return reader is Reader.STAFF
        if age > valid:
            judgement.note("confirm:overdue", weights.OVERDUE, unsure=True)
    return True


def meets_need(candidate: Candidate, question: Question, judgement: Judgement) -> bool:
    """By how much the service answers the need; False when it does not at all."""
    if is_police(candidate.service) and question.police_ok:
        judgement.note("asked:police", weights.ASKED_FOR_POLICE)
        return True
    needs = candidate.needs
    if question.need is None:
        return _meets_unsaid_need(needs, judgement)
    if question.need in needs:
        fit = needs[question.need]
        general = fit is Fit.GENERAL
        judgement.note(
            "need:general" if general else f"need:{question.need.value}", weights.NEED[fit]
        )
        return True
    primary = {need for need, fit in needs.items() if fit is Fit.PRIMARY}
    related = primary & weights.RELATIONS[question.need]
    if related:
        nearest = min(related, key=list(Need).index)
        judgement.note(f"related:{nearest.value}", weights.RELATED, unsure=True)
        return True
    if Need.CRISIS_SUPPORT in primary:
        judgement.note("related:crisis_support", weights.SOMEBODY_TO_TALK_TO)
        return True
    return False


def _meets_unsaid_need(needs: Mapping[Need, Fit], judgement: Judgement) -> bool:
    """Nobody said what they need: general help, help after exploitation, somebody to talk to."""
    if Fit.GENERAL in needs.values() or needs.get(Need.TRAFFICKING) is Fit.PRIMARY:
        fit = Fit.GENERAL if Fit.GENERAL in needs.values() else Fit.PRIMARY
        judgement.note("need:general", weights.NEED_UNSAID[fit])
        return True
    if needs.get(Need.CRISIS_SUPPORT) is Fit.PRIMARY:
        judgement.note("need:crisis_support", weights.NEED_UNSAID[Fit.SECONDARY])
        return True
    return False


def reaches(
    service: Service, question: Question, place: Place | None, judgement: Judgement
) -> bool:
    """The nearest of its areas that holds the place and none to stay away from."""
    best: tuple[float, str, Area] | None = None
    shunned = [found for name in question.away_from if (found := by_id(name)) is not None]
    for area in service.service_areas:
        if any(_stands_in(area, unsafe) for unsafe in shunned):
            continue
        reach = _reach(area, place)
        if reach is not None and (best is None or reach[0] < best[0]):
            best = (*reach, area)
    if best is None:
        return False
    cost, reason, area = best
    judgement.area = area
    judgement.note(reason, cost, unsure=bool(area.unconfirmed) or reason == "area:nearby")
    return True


def _stands_in(area: Area, unsafe: Place) -> bool:
    """Whether the area is, or holds, or lies in a place that the person must stay away from.

    A line for a whole province or the country stands nowhere in particular.
    """
    if Extent(area.level) not in {Extent.TOWN, Extent.REGION}:
        return False
    if unsafe.kind is PlaceKind.PROVINCE:
        return area.province == unsafe.province
    if unsafe.kind is PlaceKind.COUNTRY:
        return False
    distance = kilometres(
        unsafe.latitude, unsafe.longitude, area.latitude or 0.0, area.longitude or 0.0
    )
    return distance <= max(area.radius_km or 0, weights.UNSAFE_KM)


def _reach(area: Area, place: Place | None) -> tuple[float, str] | None:
    """(cost, reason) of one area, or None when the place lies outside."""
    extent = Extent(area.level)
    if extent in {Extent.NATIONAL, Extent.NATIONAL_INTAKE}:
        return weights.REACH[extent], f"area:{extent.value}"
    if place is None or place.kind is PlaceKind.COUNTRY:
        return None
    same_province = area.province == place.province
    if extent is Extent.PROVINCE:
        return (weights.REACH[extent], "area:province") if same_province else None
    if place.kind is PlaceKind.PROVINCE:
        return (
            (weights.SOMEWHERE_IN_PROVINCE, "area:somewhere_in_province") if same_province else None
        )
    distance = kilometres(
        place.latitude, place.longitude, area.latitude or 0.0, area.longitude or 0.0
    )
    if distance <= (area.radius_km or 0):
        # Of two that both reach the place, the nearer centre.
        return weights.REACH[extent] + distance / 200, f"area:{extent.value}"
    if same_province and distance <= weights.NEARBY_KM:
        return weights.NEARBY + distance / 200, "area:nearby"
    return None


@lru_cache(maxsize=50_000)
def kilometres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance between two points given in degrees."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = (
        math.sin((phi1 - phi2) / 2) ** 2
        + math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon1 - lon2) / 2) ** 2
    )
    return 12_742 * math.asin(min(1.0, math.sqrt(half)))


def _accepts(service: Service, question: Question, judgement: Judgement) -> bool:
    """Age, gender, status, children, pets. False for a known no."""
    if not accepts_age(service, question.age, judgement):
        return False
    for name in acceptances_asked(question):
        if not accepts_one(service, name, judgement):
            return False
    judge_doors(service, question, judgement)
    return True


def acceptances_asked(question: Question) -> list[str]:
    """The columns in which a service says whether it takes this person."""
    asked = [] if question.gender is None else [_ACCEPTS[question.gender]]
    for said, name in (
        (question.without_status, "accepts_no_status"),
        (question.with_children, "accepts_with_children"),
        (question.with_pets, "accepts_pets"),
    ):
        if said:
            asked.append(name)
    return asked


def accepts_one(service: Service, name: str, judgement: Judgement) -> bool:
    """One of them: yes, not known, or a known no."""
    answer: bool | None = getattr(service, name)
    if answer is None or name in service.unconfirmed:
        judgement.note(f"confirm:{name}", weights.ELIGIBILITY_UNKNOWN, unsure=True)
        return True
    return answer


def judge_doors(service: Service, question: Question, judgement: Judgement) -> None:
    """What may still keep somebody out: a door for women alone, sobriety, a government desk."""
    if question.gender is None and service.accepts_men is False:
        judgement.note("only:women", weights.ELIGIBILITY_UNKNOWN, unsure=True)
        judgement.restricted = True
    if service.sobriety_rule:
        judgement.note("confirm:sobriety", weights.ELIGIBILITY_UNKNOWN, unsure=True)
    if question.without_status and service.accepts_no_status is None and is_government(service):
        judgement.note("confirm:government", weights.GOVERNMENT_WITHOUT_STATUS, unsure=True)


def covers(service: Service, question: Question, judgement: Judgement) -> bool:
    """Sex or labour: a mandate for the other one alone is a no."""
    if question.exploitation is None:
        return True
    asked = service.serves_sex_trafficking, service.serves_labour_trafficking
    if question.exploitation is Exploitation.LABOUR:
        asked = asked[1], asked[0]
    this, other = asked
    if this:
        judgement.note(f"covers:{question.exploitation.value}")
    elif this is False:
        return False
    elif question.need is Need.TRAFFICKING or other:
        judgement.note(f"confirm:{question.exploitation.value}", weights.ELIGIBILITY_UNKNOWN,
                       unsure=True)  # fmt: skip
    return True


def judge_phase(candidate: Candidate, question: Question, judgement: Judgement) -> None:
    """A house for tonight is no home for a year; but better than nothing."""
    if question.phase is None:
        return
    if question.phase in candidate.phases:
        judgement.note(f"phase:{question.phase.value}")
    elif candidate.phases:
        judgement.note("phase:other", weights.OTHER_PHASE)
    else:
        judgement.note("confirm:phase", weights.ELIGIBILITY_UNKNOWN, unsure=True)


def accepts_age(service: Service, age: int | None, judgement: Judgement) -> bool:
    """Within its ages, as far as they are known."""
    low, high = service.minimum_age, service.maximum_age
    limits = f"{'' if not low else int(low)}-{'' if high is None else int(high)}"
    if "minimum_age" in service.unconfirmed or "maximum_age" in service.unconfirmed:
        judgement.note("confirm:age", weights.ELIGIBILITY_UNKNOWN, unsure=True)
        return True
    if age is None:
        if low or high is not None:
            judgement.note(f"ages:{limits}", weights.ELIGIBILITY_UNKNOWN, unsure=True)
            judgement.restricted = True
        return True
    if (low is not None and age < low) or (high is not None and age > high):
        return False
    if low is None and high is None:
        judgement.note("confirm:age", weights.ELIGIBILITY_UNKNOWN, unsure=True)
    return True


def speaks(service: Service, question: Question, judgement: Judgement) -> bool:
    """Spoken, interpreted, not known, or known not to be."""
    wanted = question.language
    if wanted is None:
        return True
    codes = {wanted} | _LANGUAGE_FAMILIES.get(wanted, set())
    listed = {row.code: not row.unconfirmed for row in service.languages}
    complete = "languages" not in service.unconfirmed and bool(listed) and all(listed.values())
    interpreted = service.interpretation if "interpretation" not in service.unconfirmed else None
    if any(listed.get(code) for code in codes) and "languages" not in service.unconfirmed:
        judgement.note(f"language:{wanted}")
    elif interpreted:
        judgement.note("language:interpreter", weights.LANGUAGE_INTERPRETED)
    elif complete and interpreted is False:
        return False
    else:
        cost = weights.LANGUAGE_UNLISTED if complete else weights.LANGUAGE_UNKNOWN
        judgement.note("confirm:language", cost, unsure=True)
    return True


def judge_openness(service: Service, question: Question, judgement: Judgement) -> None:
    """Whether somebody answers at the moment asked about."""
    if question.open_at is None:
        if service.crisis_grade in {CrisisGrade.MESSAGE_ONLY, CrisisGrade.INFO_ONLY}:
            judgement.note("open:closed", weights.CLOSED)
        return
    state = openness(service, question.open_at)
    if state is Openness.LIVE:
        judgement.note("open:live")
    elif state is Openness.UNKNOWN:
        judgement.note("open:unknown", weights.OPEN_UNKNOWN, unsure=True)
    else:
        urgent = question.need in weights.URGENT
        judgement.note("open:closed", weights.CLOSED_URGENT if urgent else weights.CLOSED)


def judge_audience(candidate: Candidate, question: Question, judgement: Judgement) -> None:
    """A service made for some people comes later for others."""
    if not candidate.audiences:
        return
    shared = candidate.audiences & groups(question)
    if shared:
        judgement.note(f"made_for:{min(shared)}", weights.MADE_FOR_THEM)
        return
    cost = min(weights.MADE_FOR_OTHERS[audience] for audience in candidate.audiences)
    past_youth = question.age is not None and question.age >= PAST_YOUTH
    if candidate.audiences == {Audience.YOUTH} and past_youth:
        cost = weights.PAST_YOUTH
    judgement.note("made_for_others", cost)


def groups(question: Question) -> set[Audience]:
    """The groups that the person's own words put them in."""
    groups: set[Audience] = set()
    if question.indigenous or question.need is Need.INDIGENOUS_SUPPORT:
        groups.add(Audience.INDIGENOUS)
    if question.gender is Gender.TWO_SPIRIT:
        groups |= {Audience.INDIGENOUS, Audience.TRANS}
    if question.gender in {Gender.TRANS_WOMAN, Gender.TRANS_MAN, Gender.NON_BINARY}:
        groups.add(Audience.TRANS)
    if question.two_slgbtq:
        groups.add(Audience.TRANS)
    young = question.age is not None and question.age <= _YOUTH_UNTIL
    if young or (question.age is None and question.need is Need.YOUTH):
        groups.add(Audience.YOUTH)
    if question.age is None and question.need is Need.ONLINE_IMAGES:
        groups.add(Audience.YOUTH)
    if question.language == "fr":
        groups.add(Audience.FRANCOPHONE)
    if question.without_status or question.need is Need.LABOUR_RIGHTS:
        groups.add(Audience.MIGRANT_WORKERS)
    return groups


def judge_number(service: Service, judgement: Judgement) -> None:
    """A number that no source of today confirms."""
    numbers = [one for one in (voice_number(service), text_number(service)) if one is not None]
    if all(number.unconfirmed for number in numbers):
        judgement.note("confirm:number", weights.NUMBER_UNCONFIRMED, unsure=True)


def numbers_known(service: Service) -> tuple[bool, bool, bool]:
    """All that `may_be_shown` and `judge_number` want to know of the numbers."""
    numbers = [one for one in (voice_number(service), text_number(service)) if one is not None]
    return (
        transfer_number(service) is not None,
        bool(numbers),
        all(number.unconfirmed for number in numbers),
    )


def may_be_made_for_it(judgement: Judgement) -> bool:
    """Whether nothing said so far makes it a stopgap: too far to go, or made for others."""
    far = judgement.area is not None and judgement.area.level == Extent.NATIONAL_INTAKE
    return not far and "made_for_others" not in judgement.why


def number_of(service: Service) -> str:
    """The digits by which a person would reach it first; empty without a public number."""
    number = voice_number(service) or text_number(service)
    return "" if number is None else digits(number.number)


def digits(number: str) -> str:
    """For comparing numbers: digits alone, without the country code."""
    found = "".join(letter for letter in number if letter.isdigit())
    return found[1:] if len(found) == 11 and found.startswith("1") else found
