"""The record of a referral with details, or a report, that left the line.

It holds what domain.md section 6 asks for: occasion, basis, who decided, when, who took it, by
which way, the exact facts told, what was withheld, what the person was told, what follows. No
opinion, no transcript.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from intake.consent import Detail, Purpose, Recipient, Subject


class Occasion(str, enum.Enum):
    """What set it off."""

    PERSON_ASKED = "person_asked"
    IMMINENT_DANGER = "imminent_danger"
    CHILD = "child"
    LEGAL_DUTY = "legal_duty"
    TIP = "tip"


class Way(str, enum.Enum):
    """How it was told."""

    PHONE = "phone"
    WEB_FORM = "web_form"
    FAX = "fax"
    E_MAIL = "e_mail"
    IN_PERSON = "in_person"
    TEXT = "text"


class Addition(str, enum.Enum):
    """What may be added to a record later; nothing in it is ever changed."""

    FILE_NUMBER = "file_number"
    FOLLOW_UP = "follow_up"
    CORRECTION = "correction"
    OUTCOME = "outcome"
    PERSON_TOLD = "person_told"


@dataclass(frozen=True, repr=False)
class TakenBy:
    """Who took it at the recipient's; empty where nobody said."""

    name: str = ""
    badge: str = ""
    file_number: str = ""


@dataclass(frozen=True, repr=False)
class Telling:
    """What was told to whom, as the advocate writes it down.

    `facts`: the exact words passed on, one text for each kind of detail. `protocol_step`: which
    line of the protocol's version it was.
    """

    subject: Subject
    occasion: Occasion
    purpose: Purpose
    recipient: Recipient
    taken_by: TakenBy
    way: Way
    facts: Mapping[Detail, str]
    withheld: frozenset[Detail]
    person_told: str
    follow_up: str
    made_at: datetime
    protocol_version_id: UUID | None = None
    protocol_step: str | None = None


@dataclass(frozen=True, repr=False)
class Added:
    """One addition."""

    kind: Addition
    text: str | None
    added_by: UUID
    at: datetime


@dataclass(frozen=True, repr=False)
class Disclosure:
    """A record, with what allowed it (`basis` in words, and the row it rests on)."""

    id: UUID
    telling: Telling
    basis: str
    consent_id: UUID | None
    override_id: UUID | None
    decided_by: Sequence[UUID]
    made_by: UUID
    at: datetime
    additions: Sequence[Added] = ()


class Danger(str, enum.Enum):
    """First question of the order of decision: is there danger now?"""

    UNKNOWN = "unknown"
    YES = "yes"
    NO = "no"


class Wish(str, enum.Enum):
    """What the person wants."""

    UNKNOWN = "unknown"
    REPORT = "report"
    NO_REPORT = "no_report"
    OTHER_HELP = "other_help"


class Option(str, enum.Enum):
    """What was decided: the least harm that answers danger, law and wish."""

    NOTHING_LEAVES = "nothing_leaves"
    REFERRAL = "referral"
    NON_POLICE = "non_police"
    CHILD_PROTECTION = "child_protection"
    POLICE = "police"
    ASK_LEAD = "ask_lead"


@dataclass(frozen=True, repr=False)
class Decision:
    """A walk through the order of decision, with its answers in codes."""

    danger: Danger
    province: str | None
    age: int | None
    duty: str
    duty_basis: str
    wish: Wish
    option: Option
    protocol_version_id: UUID | None
    reason: str | None
    decided_by: UUID
    at: datetime
