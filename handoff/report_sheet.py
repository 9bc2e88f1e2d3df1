"""The order of decision about a report, as the sheet shows it: what is known, what follows.

Danger now? A child? A legal duty? What does the person want? Which option harms least? The sheet
proposes and refuses what cannot be right; a person decides (domain.md section 6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from directory.duty import PROVINCES, Duty, Strength, duty
from directory.protocol_match import Candidate, Case, Match, match
from directory.protocols import Age, Kind, Time
from intake.consent import Ground
from intake.disclosure import Danger, Decision, Option, Wish
from intake.errors import LineError
from intake.places import Place, PlaceKind, by_id, named_places


class Hindered(LineError):
    """What a form asks for cannot be right like this; `why` is a code of its page's words."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this does not go with the answers: {why}")
        self.why = why


@dataclass(frozen=True)
class Answers:
    """What the advocate knows so far. None and "unknown" are honest answers."""

    danger: Danger = Danger.UNKNOWN
    place: Place | None = None
    province: str | None = None
    first_nation: str = ""
    age: int | None = None
    kind: Kind | None = None
    time: Time | None = None
    wish: Wish = Wish.UNKNOWN

    @classmethod
    def of_form(cls, form: Mapping[str, str]) -> Answers:
        """From the fields of the sheet. What cannot be read is unknown."""
        return cls(
            danger=_member(Danger, form.get("danger")) or Danger.UNKNOWN,
            place=_place(form.get("place", "")),
            province=_province(form.get("province")),
            first_nation=form.get("first_nation", "").strip()[:200],
            age=_age(form.get("age", "")),
            kind=_member(Kind, form.get("kind")),
            time=_member(Time, form.get("time")),
            wish=_member(Wish, form.get("wish")) or Wish.UNKNOWN,
        )

    @classmethod
    def of_decision(cls, decision: Decision) -> Answers:
        """As they were when it was last decided; the town was not kept."""
        return cls(
            danger=decision.danger,
            province=decision.province,
            age=decision.age,
            wish=decision.wish,
        )

    def fields(self) -> dict[str, str]:
        """As `of_form` reads them, for the hidden fields of other forms."""
        return {
            "danger": self.danger.value,
            "place": "" if self.place is None else self.place.id,
            "province": self.province or "",
            "first_nation": self.first_nation,
            "age": "" if self.age is None else str(self.age),
            "kind": "" if self.kind is None else self.kind.value,
            "time": "" if self.time is None else self.time.value,
            "wish": self.wish.value,
        }

    @property
    def in_province(self) -> str | None:
        """The province as told, or that of the town."""
        if self.place is not None and self.place.province:
            return self.place.province
        return self.province

    def case(self, minor: bool | None) -> Case:
        """As the protocols are asked."""
        known = None if minor is None else Age.MINOR if minor else Age.ADULT
        return Case(
            place=self.place,
            province=self.in_province,
            first_nation=self.first_nation or None,
            age=known,
            kind=self.kind,
            time=self.time,
        )


@dataclass(frozen=True)
class Sheet:
    """What follows from the answers."""

    answers: Answers
    duty: Duty
    minor: bool | None
    match: Match | None


def sheet(answers: Answers, candidates: Sequence[Candidate], today: date) -> Sheet:
    """The duty and the protocol that fit. Pure."""
    asked = duty(answers.in_province, answers.age, today)
    # A child by the law of the place, or under 18 everywhere.
    minor = None if answers.age is None else answers.age < 18 or asked.strength > Strength.NONE
    return Sheet(
        answers=answers,
        duty=asked,
        minor=minor,
        match=match(candidates, answers.case(minor), today),
    )


def hindrance(shown: Sheet, option: Option) -> str | None:
    """Why this option cannot be right with these answers, as a code; None when it may be.

    Telling somebody needs the person's wish, danger, or a child under a duty or a right to report.
    Telling nobody is refused where it is known that the law asks for a report.
    """
    answers, strength = shown.answers, shown.duty.strength
    asked = answers.wish is Wish.REPORT
    danger = answers.danger is Danger.YES
    if option is Option.POLICE and not (asked or danger):
        return "without_consent"
    if option is Option.NON_POLICE and not (asked or danger or answers.wish is Wish.OTHER_HELP):
        return "without_consent"
    if option is Option.REFERRAL and answers.wish not in (Wish.OTHER_HELP, Wish.REPORT):
        return "without_consent"
    if option is Option.CHILD_PROTECTION and not (asked or strength >= Strength.MAY):
        return "no_child"
    must = strength is Strength.MUST and answers.age is not None
    if option in (Option.NOTHING_LEAVES, Option.REFERRAL, Option.NON_POLICE) and must:
        return "duty"
    return None


def grounds(shown: Sheet) -> list[Ground]:
    """The grounds without consent that these answers could carry."""
    found = []
    if shown.answers.danger is Danger.YES:
        found.append(Ground.IMMINENT_DANGER)
    if shown.duty.strength >= Strength.MAY:
        found += [Ground.CHILD, Ground.LEGAL_DUTY]
    return found


def _age(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 3 and int(text) <= 120 else None


def _province(text: str | None) -> str | None:
    return text if text in PROVINCES else None


def _place(text: str) -> Place | None:
    """A town or region by its id, or by its name as people write it."""
    known = by_id(text)
    if known is None:
        found = named_places(text[:200])
        known = found[0].place if found else None
    if known is None or known.kind is PlaceKind.COUNTRY:
        return None
    return known


def _member[T: (Danger, Wish, Kind, Time)](kind: type[T], text: str | None) -> T | None:
    try:
        return kind(text or "")
    except ValueError:
        return None
