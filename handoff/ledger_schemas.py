"""What the ledger's calls take and give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from handoff.access import Ledger
from handoff.ledger import LONGEST_NAME, LONGEST_TEXT
from handoff.schemas import Strict
from intake.consent import (
    Act,
    Basis,
    Consent,
    Detail,
    Ground,
    How,
    Identified,
    Lack,
    Lacking,
    Override,
    Purpose,
    Recipient,
    RecipientKind,
    Subject,
    Terms,
    live_consents,
)
from intake.disclosure import Addition, Disclosure, Occasion, TakenBy, Telling, Way

Name = Annotated[str, StringConstraints(max_length=2 * LONGEST_NAME)]
Text = Annotated[str, StringConstraints(max_length=2 * LONGEST_TEXT)]
Details = Annotated[tuple[Detail, ...], Field(max_length=len(Detail))]
Word = Literal["clear", "serious", "imminent"]


class To(Strict):
    """One organization."""

    kind: RecipientKind
    name: Name

    def recipient(self) -> Recipient:
        """As the rules know it."""
        return Recipient(self.kind, self.name)


class Said(Strict):
    """How the person said it: by a message of theirs, or aloud in these words."""

    how: How
    message_id: UUID | None = None
    words: Text = ""


class NewConsent(Said):
    """A yes or a no to one recipient."""

    act: Literal[Act.GIVEN, Act.DECLINED] = Act.GIVEN
    to: To
    purpose: Purpose
    details: Details
    identified: Identified
    call_back: bool
    until: AwareDatetime

    def terms(self) -> Terms:
        """As the rules know them."""
        return Terms(
            recipient=self.to.recipient(),
            purpose=self.purpose,
            details=frozenset(self.details),
            identified=self.identified,
            call_back=self.call_back,
            until=self.until,
        )


class Question(Strict):
    """May these details go to this recipient for this purpose?"""

    to: To
    purpose: Purpose | None = None
    details: Details = ()


class NewOverride(Strict):
    """A decision without consent. `rule`: the law, where it is not danger's own yardstick."""

    to: To
    ground: Ground
    rule: Name = ""
    details: Details
    reason: Text
    no_time: bool = False
    yardstick: Annotated[tuple[Word, ...], Field(max_length=3)] = ()


class Answer(Strict):
    """The second person's answer."""

    agrees: bool


class Taker(Strict):
    """Who took it at the recipient's."""

    name: Name = ""
    badge: Name = ""
    file_number: Name = ""


class NewDisclosure(Strict):
    """What was told to whom."""

    occasion: Occasion
    purpose: Purpose
    to: To
    taken_by: Taker = Taker()
    way: Way
    facts: Annotated[dict[Detail, Text], Field(max_length=len(Detail))]
    withheld: Details = ()
    person_told: Text
    follow_up: Text = ""
    made_at: AwareDatetime
    protocol_version_id: UUID | None = None

    def telling(self, subject: Subject) -> Telling:
        """As the rules know it."""
        return Telling(
            subject=subject,
            occasion=self.occasion,
            purpose=self.purpose,
            recipient=self.to.recipient(),
            taken_by=TakenBy(**self.taken_by.model_dump()),
            way=self.way,
            facts=self.facts,
            withheld=frozenset(self.withheld),
            person_told=self.person_told,
            follow_up=self.follow_up,
            made_at=self.made_at,
            protocol_version_id=self.protocol_version_id,
        )


class NewAddition(Strict):
    """What became known later."""

    kind: Addition
    text: Text


class ConsentLine(BaseModel):
    """A row of the ledger. `standing`: whether it allows anything now."""

    id: UUID
    act: Act
    to: To
    purpose: Purpose
    details: list[Detail]
    identified: Identified
    call_back: bool
    until: datetime
    how: How
    message_id: UUID | None
    words: str | None
    text_version: str
    revokes: UUID | None
    recorded_by: str | None
    at: datetime
    standing: bool

    @classmethod
    def of(cls, one: Consent, names: Mapping[UUID, str], standing: bool) -> ConsentLine:
        """A row with the shift name of who recorded it."""
        terms = one.terms
        return cls(
            id=one.id,
            act=one.act,
            to=_to(terms.recipient),
            purpose=terms.purpose,
            details=sorted(terms.details),
            identified=terms.identified,
            call_back=terms.call_back,
            until=terms.until,
            how=one.how,
            message_id=one.message_id,
            words=one.words,
            text_version=one.text_version,
            revokes=one.revokes,
            recorded_by=names.get(one.recorded_by),
            at=one.at,
            standing=standing,
        )


class OverrideLine(BaseModel):
    """A decision without consent, and the second person's answer."""

    id: UUID
    to: To
    ground: Ground
    rule: str
    details: list[Detail]
    reason: str | None
    no_time: bool
    decided_by: str | None
    signed_by: str | None
    refused_by: str | None
    until: datetime
    at: datetime

    @classmethod
    def of(cls, one: Override, names: Mapping[UUID, str]) -> OverrideLine:
        """A decision with shift names."""

        def name(who: UUID | None) -> str | None:
            return None if who is None else names.get(who)

        return cls(
            id=one.id,
            to=_to(one.recipient),
            ground=one.ground,
            rule=one.rule,
            details=sorted(one.details),
            reason=one.reason,
            no_time=one.no_time,
            decided_by=name(one.decided_by),
            signed_by=name(one.signed_by),
            refused_by=name(one.refused_by),
            until=one.until,
            at=one.at,
        )


class AddedLine(BaseModel):
    """An addition to a record."""

    kind: Addition
    text: str | None
    at: datetime


class DisclosureLine(BaseModel):
    """A record of what left the line."""

    id: UUID
    occasion: Occasion
    basis: str
    purpose: Purpose
    to: To
    taken_by: Taker
    way: Way
    facts: dict[Detail, str]
    withheld: list[Detail]
    person_told: str
    follow_up: str
    made_at: datetime
    made_by: str | None
    decided_by: list[str]
    protocol_version_id: UUID | None
    additions: list[AddedLine]

    @classmethod
    def of(cls, one: Disclosure, names: Mapping[UUID, str]) -> DisclosureLine:
        """A record with shift names."""
        told = one.telling
        return cls(
            id=one.id,
            occasion=told.occasion,
            basis=one.basis,
            purpose=told.purpose,
            to=_to(told.recipient),
            taken_by=Taker(
                name=told.taken_by.name,
                badge=told.taken_by.badge,
                file_number=told.taken_by.file_number,
            ),
            way=told.way,
            facts=dict(told.facts),
            withheld=sorted(told.withheld),
            person_told=told.person_told,
            follow_up=told.follow_up,
            made_at=told.made_at,
            made_by=names.get(one.made_by),
            decided_by=[names[who] for who in one.decided_by if who in names],
            protocol_version_id=told.protocol_version_id,
            additions=[AddedLine(kind=a.kind, text=a.text, at=a.at) for a in one.additions],
        )


class WholeLedger(BaseModel):
    """Everything that the ledger holds about one subject."""

    consents: list[ConsentLine]
    overrides: list[OverrideLine]
    disclosures: list[DisclosureLine]

    @classmethod
    def of(cls, ledger: Ledger, now: datetime) -> WholeLedger:
        """As the screen shows it."""
        standing = {one.id for one in live_consents(ledger.consents, now)}
        return cls(
            consents=[
                ConsentLine.of(one, ledger.names, one.id in standing) for one in ledger.consents
            ],
            overrides=[OverrideLine.of(one, ledger.names) for one in ledger.overrides],
            disclosures=[DisclosureLine.of(one, ledger.names) for one in ledger.disclosures],
        )


class Allowed(BaseModel):
    """The answer to a question. `basis`: the consent or decision; `why`: what is missing."""

    allowed: bool
    by: Literal["consent", "override"] | None = None
    basis: UUID | None = None
    why: Lack | None = None
    missing: tuple[Detail, ...] = ()

    @classmethod
    def of(cls, found: Basis | Lacking) -> Allowed:
        """As the rules found."""
        if isinstance(found, Lacking):
            return cls(allowed=False, why=found.why, missing=tuple(sorted(found.details)))
        by: Literal["consent", "override"] = "consent" if isinstance(found, Consent) else "override"
        return cls(allowed=True, by=by, basis=found.id)


class WaitingOverride(BaseModel):
    """A decision that waits for a lead."""

    id: UUID
    subject: str
    subject_id: UUID
    ground: Ground
    rule: str
    at: datetime
    own: bool


def _to(recipient: Recipient) -> To:
    return To(kind=recipient.kind, name=recipient.name)
