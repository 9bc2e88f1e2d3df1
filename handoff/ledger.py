"""The verbs of the ledger: record a yes or a no, take it back, decide without, write down a report.

Each runs in the caller's transaction and leaves an audit line of codes. What may leave is asked of
`consent_for` (handoff/access.py); the bot has no way here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from handoff.access import consent_at, standing_consents
from handoff.errors import (
    Answered,
    NoConsent,
    NoRight,
    NoSuchEntry,
    NotStanding,
    NotTheirMessage,
    OwnDecision,
    UnfitTerms,
)
from handoff.rights import Right, may
from intake.consent import (
    Act,
    Detail,
    Ground,
    How,
    Identified,
    Lacking,
    Recipient,
    Subject,
    SubjectKind,
    Terms,
)
from intake.disclosure import Addition, Telling
from intake.errors import NotHolder
from intake.messages import clean
from storage.accounts import Advocate
from storage.database import Transaction

LONGEST_CONSENT = timedelta(days=366)
OVERRIDE_LASTS = timedelta(hours=24)
LONGEST_TEXT = 2_000
LONGEST_NAME = 200
# Smith v. Jones, [1999] 1 SCR 455: what must be true before confidence is broken for safety.
YARDSTICK = frozenset({"clear", "serious", "imminent"})
YARDSTICK_RULE = "Smith v. Jones, [1999] 1 SCR 455"


@dataclass(frozen=True)
class LedgerDesk:
    """One advocate who keeps the ledger of subjects that they hold, in one transaction."""

    tx: Transaction
    advocate: Advocate
    now: datetime

    async def record(
        self,
        subject: Subject,
        act: Act,
        terms: Terms,
        *,
        how: How,
        message_id: UUID | None = None,
        words: str = "",
    ) -> UUID:
        """Write down a yes or a no. Raises NotHolder, UnfitTerms or NotTheirMessage."""
        await self.holds(subject)
        if act is Act.REVOKED:
            raise UnfitTerms("a yes is taken back by its own call")
        terms = self._fit(terms)
        said = await self._said(subject, how, message_id, words)
        row = await self.tx.ledger.record(
            subject,
            act,
            terms,
            how=how,
            recorded_by=self.advocate.id,
            at=self.now,
            message_id=message_id,
            words=said,
        )
        await self.written("consent", subject, act=act.value, kind=terms.recipient.kind.value)
        return row

    async def revoke(
        self,
        subject: Subject,
        consent_id: UUID,
        *,
        how: How,
        message_id: UUID | None = None,
        words: str = "",
    ) -> UUID:
        """The person takes a yes back. Raises NotHolder, NoSuchEntry or NotStanding."""
        await self.holds(subject)
        standing = await standing_consents(self.tx, subject, self.now)
        found = next((one for one in standing if one.id == consent_id), None)
        if found is None:
            if await self.tx.ledger.has(subject, consent_id):
                raise NotStanding("this consent does not stand any more")
            raise NoSuchEntry("no such consent here")
        said = await self._said(subject, how, message_id, words)
        row = await self.tx.ledger.record(
            subject,
            Act.REVOKED,
            found.terms,
            how=how,
            recorded_by=self.advocate.id,
            at=self.now,
            message_id=message_id,
            words=said,
            revokes=consent_id,
        )
        await self.written("consent", subject, act=Act.REVOKED.value)
        return row

    async def override(
        self,
        subject: Subject,
        recipient: Recipient,
        *,
        ground: Ground,
        rule: str,
        details: Collection[Detail],
        reason: str,
        no_time: bool,
        yardstick: Collection[str] = (),
    ) -> UUID:
        """Decide to tell somebody without consent, for a day. Raises NotHolder or UnfitTerms.

        `rule`: the law that forces it; for danger it is the yardstick itself, and each of its
        three words must have been affirmed.
        """
        await self.holds(subject)
        if ground is Ground.IMMINENT_DANGER:
            if frozenset(yardstick) != YARDSTICK:
                raise UnfitTerms("the risk must be clear, serious and imminent, each affirmed")
            rule = YARDSTICK_RULE
        if not details:
            raise UnfitTerms("name what is to be told: at least one kind of detail")
        row = await self.tx.ledger.override(
            subject,
            _fit_recipient(recipient),
            ground=ground,
            rule=_text(rule, LONGEST_NAME, "rule"),
            details=frozenset(details),
            reason=_text(reason, LONGEST_TEXT, "reason"),
            no_time=no_time,
            decided_by=self.advocate.id,
            until=self.now + OVERRIDE_LASTS,
            at=self.now,
        )
        await self.written("override", subject, ground=ground.value, no_time=no_time)
        return row

    async def sign(self, override_id: UUID, *, agrees: bool) -> None:
        """A lead answers another's decision; of a tip, another of the tips desk may too.

        Raises NoRight, NoSuchEntry, OwnDecision, NotStanding or Answered.
        """
        found = await self.tx.ledger.override_by_id(override_id)
        of_tip = found is not None and found.subject.kind is SubjectKind.TIP
        # Who signs must be able to look: a lead opens no tip, another of the tips desk does.
        fit = may(self.advocate, Right.OPEN_ANY) or (of_tip and may(self.advocate, Right.READ_TIPS))
        if not fit:
            raise NoRight("a lead signs decisions that were taken without consent")
        if found is None:
            raise NoSuchEntry("no such decision")
        if found.decided_by == self.advocate.id:
            raise OwnDecision("another than who decided signs")
        if found.until <= self.now:
            raise NotStanding("this decision has ended; take it anew if it is still needed")
        if not await self.tx.ledger.sign(override_id, self.advocate.id, agrees=agrees, at=self.now):
            raise Answered("the second person has answered already")
        await self.written("sign", found.subject, agrees=agrees)

    async def disclose(self, telling: Telling) -> UUID:
        """Write down what was told to whom. Raises NotHolder, NoConsent or UnfitTerms.

        Refused when nothing allowed it at that moment: then it must not be told, and what was told
        all the same is a privacy incident.
        """
        subject = telling.subject
        await self.holds(subject)
        if not telling.facts or not all(clean(text) for text in telling.facts.values()):
            raise UnfitTerms("write down each fact that was told, in the words that were used")
        if telling.withheld & set(telling.facts):
            raise UnfitTerms("a kind of detail is either told or withheld")
        if telling.made_at > self.now:
            raise UnfitTerms("a record is of what was told, not of what will be")
        _text(telling.person_told, LONGEST_TEXT, "note of what the person was told")
        basis = await consent_at(
            self.tx,
            subject,
            _fit_recipient(telling.recipient),
            telling.made_at,
            purpose=telling.purpose,
            details=telling.facts,
        )
        if isinstance(basis, Lacking):
            raise NoConsent(basis.why.value)
        row = await self.tx.disclosures.record(
            telling, basis, made_by=self.advocate.id, at=self.now
        )
        await self.written(
            "disclose", subject, kind=telling.recipient.kind.value, purpose=telling.purpose.value
        )
        return row

    async def add(self, subject: Subject, disclosure_id: UUID, kind: Addition, text: str) -> UUID:
        """Add what became known later. Raises NotHolder, NoSuchEntry or UnfitTerms."""
        await self.holds(subject, also_lead=True)
        if not await self.tx.disclosures.has(subject, disclosure_id):
            raise NoSuchEntry("no such record here")
        row = await self.tx.disclosures.add(
            disclosure_id,
            kind,
            _text(text, LONGEST_TEXT, "addition"),
            added_by=self.advocate.id,
            at=self.now,
        )
        await self.written("disclosure_add", subject, kind=kind.value)
        return row

    async def holds(self, subject: Subject, *, also_lead: bool = False) -> None:
        """Raises NotHolder. The right to a tip is checked by the tips desk before it comes here."""
        if subject.kind is SubjectKind.TIP or (also_lead and may(self.advocate, Right.OPEN_ANY)):
            return
        conversation = await self.tx.conversations.lock(subject.id)
        if not conversation.open or conversation.advocate_id != self.advocate.id:
            raise NotHolder("you do not hold this conversation; claim it first")

    def _fit(self, terms: Terms) -> Terms:
        if not terms.details:
            raise UnfitTerms("name what may be told: at least one kind of detail")
        if not self.now < terms.until <= self.now + LONGEST_CONSENT:
            raise UnfitTerms("consent lasts until a date within a year from now")
        named = Detail.NAME in terms.details
        if named != (terms.identified is Identified.BY_NAME):
            raise UnfitTerms("the name is among the details exactly when they agreed to be named")
        if terms.call_back and Detail.CONTACT not in terms.details:
            raise UnfitTerms("a call back needs a way to reach them among the details")
        return Terms(
            recipient=_fit_recipient(terms.recipient),
            purpose=terms.purpose,
            details=terms.details,
            identified=terms.identified,
            call_back=terms.call_back,
            until=terms.until,
        )

    async def _said(
        self, subject: Subject, how: How, message_id: UUID | None, words: str
    ) -> str | None:
        """The person's words, or None where their message holds them."""
        if how is How.ALOUD:
            if message_id is not None:
                raise UnfitTerms("words said aloud are in no message")
            return _text(words, LONGEST_TEXT, "note of the person's words")
        if message_id is None or not await self.tx.ledger.wrote(message_id, subject):
            raise NotTheirMessage("the message is not one that this person wrote")
        return None

    async def written(self, action: str, subject: Subject, **detail: Any) -> None:
        of_conversation = subject.kind is SubjectKind.CONVERSATION
        await self.tx.desk.audit(
            action,
            advocate_id=self.advocate.id,
            conversation_id=subject.id if of_conversation else None,
            detail=detail if of_conversation else {**detail, "tip": str(subject.id)},
        )
        if of_conversation:
            await self.tx.signals.desk(subject.id)


def _fit_recipient(recipient: Recipient) -> Recipient:
    return Recipient(recipient.kind, _text(recipient.name, LONGEST_NAME, "recipient's name"))


def _text(text: str, longest: int, what: str) -> str:
    words = clean(text)
    if not 0 < len(words) <= longest:
        raise UnfitTerms(f"a {what} has 1 to {longest} characters")
    return words
