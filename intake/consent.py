"""Whether something about a person may be told to somebody: the ledger's rule, without I/O.

A person is the subject by what we hold of them: a conversation or a tip. Consent is specific: to
one recipient, for one purpose, of named details, until a date; the newest word about a recipient
counts, and revoking ends it. Without consent only three grounds open the way (imminent danger, a
child, a legal duty), each with the rule that forced it and a person who decided; a second person
signs unless there was no time (domain.md section 6).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

# Version of the questions that an advocate asks before recording a yes (`consent.ask.*` in
# locales/*/desk.po). Raise it with every change of their meaning; old rows keep theirs.
CONSENT_TEXT = "2026-11"


class SubjectKind(str, enum.Enum):
    """What the ledger is kept for."""

    CONVERSATION = "conversation"
    TIP = "tip"


@dataclass(frozen=True)
class Subject:
    """Whom it is about, by what we hold of them."""

    kind: SubjectKind
    id: UUID


class RecipientKind(str, enum.Enum):
    """What a recipient is to the person: the police are never just another service."""

    POLICE = "police"
    CHILD_PROTECTION = "child_protection"
    SERVICE = "service"
    GOVERNMENT = "government"
    TIP_LINE = "tip_line"
    OTHER = "other"


@dataclass(frozen=True, repr=False)
class Recipient:
    """One organization. Names meet whatever their case and spacing."""

    kind: RecipientKind
    name: str

    @property
    def key(self) -> str:
        """What two spellings of one recipient have in common."""
        return f"{self.kind.value}:{' '.join(self.name.casefold().split())}"


class Purpose(str, enum.Enum):
    """Why it is told."""

    REFERRAL = "referral"
    WARM_TRANSFER = "warm_transfer"
    POLICE_REPORT = "police_report"
    CHILD_PROTECTION_REPORT = "child_protection_report"
    LABOUR_COMPLAINT = "labour_complaint"
    IMMIGRATION = "immigration"
    TIP = "tip"


class Detail(str, enum.Enum):
    """A kind of fact that may be passed on; what is not named stays here."""

    WHAT_HAPPENED = "what_happened"
    WHERE = "where"
    WHEN = "when"
    NEEDS = "needs"
    LANGUAGE = "language"
    AGE = "age"
    GENDER = "gender"
    NAME = "name"
    CONTACT = "contact"
    HEALTH = "health"
    CHILDREN = "children"
    STATUS = "status"
    WORKPLACE = "workplace"
    SUSPECT = "suspect"
    VEHICLE = "vehicle"


class Identified(str, enum.Enum):
    """How the person appears to the recipient."""

    NOT_AT_ALL = "not_at_all"
    ALIAS = "alias"
    BY_NAME = "by_name"


class How(str, enum.Enum):
    """How the person said it."""

    BY_TEXT = "by_text"
    """The message itself says yes; it is named by its id."""
    ALOUD = "aloud"


class Act(str, enum.Enum):
    """What a row of the ledger says."""

    GIVEN = "given"
    DECLINED = "declined"
    REVOKED = "revoked"


@dataclass(frozen=True, repr=False)
class Terms:
    """What the person agreed to (or was asked and declined)."""

    recipient: Recipient
    purpose: Purpose
    details: frozenset[Detail]
    identified: Identified
    call_back: bool
    until: datetime


@dataclass(frozen=True, repr=False)
class Consent:
    """A row of the ledger. `revokes`: the row that a revocation ends.

    `sequence` is the order of recording; `words` are gone once their date has passed.
    """

    id: UUID
    sequence: int
    subject: Subject
    act: Act
    terms: Terms
    how: How
    message_id: UUID | None
    words: str | None
    text_version: str
    recorded_by: UUID
    at: datetime
    revokes: UUID | None = None


class Ground(str, enum.Enum):
    """What may open the way without consent."""

    IMMINENT_DANGER = "imminent_danger"
    CHILD = "child"
    LEGAL_DUTY = "legal_duty"


@dataclass(frozen=True, repr=False)
class Override:
    """A decision to tell somebody without consent, with the rule that forced it.

    `no_time`: waiting for a second person would have raised the danger. `signed_by`: that second
    person, once they have signed; `refused_by`: one who looked and said no.
    """

    id: UUID
    sequence: int
    subject: Subject
    recipient: Recipient
    ground: Ground
    rule: str
    details: frozenset[Detail]
    reason: str | None
    no_time: bool
    decided_by: UUID
    until: datetime
    at: datetime
    signed_by: UUID | None = None
    refused_by: UUID | None = None


Basis = Consent | Override


class Lack(str, enum.Enum):
    """Why nothing may be told."""

    NEVER_ASKED = "never_asked"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_COVERED = "not_covered"
    """There is consent, but not for all of these details or not for this purpose."""
    UNSIGNED = "unsigned"
    """An override waits for its second person."""
    REFUSED = "refused"
    """The second person said no."""


@dataclass(frozen=True)
class Lacking:
    """Nothing may leave. `details`: those that are not covered, where some are."""

    why: Lack
    details: frozenset[Detail] = frozenset()


def basis_for(
    consents: Iterable[Consent],
    overrides: Iterable[Override],
    recipient: Recipient,
    now: datetime,
    *,
    purpose: Purpose | None = None,
    details: Iterable[Detail] = (),
) -> Basis | Lacking:
    """What allows these details to go to this recipient now, or why nothing does.

    The ledger is that of one subject. Consent comes first; an override is looked for only where
    consent does not reach, so that what a person agreed to is never filed as forced.
    """
    wanted = frozenset(details)
    consent = _standing(list(consents), recipient, now)
    if isinstance(consent, Consent):
        consent = _reaching(consent, purpose, wanted)
    if isinstance(consent, Consent):
        return consent
    return _forced(list(overrides), recipient, now, wanted) or consent


def live_consents(consents: Sequence[Consent], now: datetime) -> list[Consent]:
    """Those that stand now, one a recipient at most, oldest first."""
    recipients = {one.terms.recipient.key: one.terms.recipient for one in consents}
    found = [_standing(list(consents), recipient, now) for recipient in recipients.values()]
    return sorted((one for one in found if isinstance(one, Consent)), key=lambda one: one.sequence)


def _standing(consents: list[Consent], recipient: Recipient, now: datetime) -> Consent | Lacking:
    about = [one for one in consents if one.terms.recipient.key == recipient.key]
    if not about:
        return Lacking(Lack.NEVER_ASKED)
    newest = max(about, key=lambda one: one.sequence)
    if newest.act is Act.DECLINED:
        return Lacking(Lack.DECLINED)
    if newest.act is Act.REVOKED:
        return Lacking(Lack.REVOKED)
    if newest.terms.until <= now:
        return Lacking(Lack.EXPIRED)
    return newest


def _reaching(
    consent: Consent, purpose: Purpose | None, wanted: frozenset[Detail]
) -> Consent | Lacking:
    missing = set(wanted - consent.terms.details)
    # How somebody is identified is agreed apart: without it a name is never among the details.
    if consent.terms.identified is not Identified.BY_NAME and Detail.NAME in wanted:
        missing.add(Detail.NAME)
    other_purpose = purpose is not None and consent.terms.purpose is not purpose
    if missing or other_purpose:
        return Lacking(Lack.NOT_COVERED, frozenset(missing))
    return consent


def _forced(
    overrides: list[Override], recipient: Recipient, now: datetime, wanted: frozenset[Detail]
) -> Override | Lacking | None:
    about = [one for one in overrides if one.recipient.key == recipient.key and one.until > now]
    if not about:
        return None
    newest = max(about, key=lambda one: one.sequence)
    if newest.refused_by is not None:
        return Lacking(Lack.REFUSED)
    if newest.signed_by is None and not newest.no_time:
        return Lacking(Lack.UNSIGNED)
    if not wanted <= newest.details:
        return Lacking(Lack.NOT_COVERED, wanted - newest.details)
    return newest
