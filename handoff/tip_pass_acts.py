"""What the forms of the page on passing a tip on do, each in the transaction of its request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from handoff import report_forms as forms
from handoff.ledger import LedgerDesk
from handoff.ledger_schemas import NewConsent, To
from handoff.refusals import REFUSALS
from handoff.report_sheet import Sheet, grounds
from handoff.tip_pass import (
    DETAILS,
    Passing,
    Unfit,
    accepted,
    pass_on,
    purpose_for,
    subject_of,
)
from intake.consent import Detail, Identified, Recipient, Subject
from intake.disclosure import Addition, TakenBy, Way
from intake.errors import LineError
from intake.messages import clean
from storage.tips_desk import TipFile


@dataclass(frozen=True)
class At:
    """What an act works on, in one transaction."""

    desk: LedgerDesk
    tip: TipFile
    form: forms.Fields
    shown: Sheet
    words: Mapping[str, str]

    @property
    def subject(self) -> Subject:
        """The tip, for the ledger."""
        return subject_of(self.tip)


Act = Callable[[At], Awaitable[None]]


async def _accept(at: At) -> None:
    facts = {one: clean(forms.text(at.form, f"fact_{one.value}")) for one in DETAILS}
    seen = forms.text(at.form, "seen")
    version = accepted(
        facts,
        at.tip,
        int(seen) if seen.isdecimal() and len(seen) <= 6 else -1,
        looked=forms.text(at.form, "looked") == "on",
    )
    tip_id, advocate_id = at.tip.entry.id, at.desk.advocate.id
    tips = at.desk.tx.tips_desk
    await tips.accept(tip_id, version, len(at.tip.said), advocate_id, at.desk.now)
    detail = {"tip": str(tip_id), "details": sorted(one.value for one in version)}
    await at.desk.tx.desk.audit("tip_scrub_accepted", advocate_id=advocate_id, detail=detail)


async def _consent(at: At) -> None:
    to = forms.to(at.form)
    days = forms.text(at.form, "days")
    lasts = int(days) if days.isdecimal() and int(days) in forms.LASTS else forms.LASTS[0]
    body = NewConsent.model_validate(
        {
            **forms.said(at.form),
            "act": forms.text(at.form, "consent_act"),
            "to": to,
            "purpose": purpose_for(_recipient(at.form).kind),
            "details": forms.details(at.form),
            # Who told it is never told (the vault holds it, the ledger does not).
            "identified": Identified.NOT_AT_ALL,
            "call_back": False,
            "until": at.desk.now + timedelta(days=lasts),
        }
    )
    await at.desk.record(
        at.subject,
        body.act,
        body.terms(),
        how=body.how,
        message_id=body.message_id,
        words=body.words,
    )


async def _revoke(at: At) -> None:
    body = forms.taken_back(at.form)
    consent_id = UUID(forms.text(at.form, "consent_id"))
    await at.desk.revoke(
        at.subject, consent_id, how=body.how, message_id=body.message_id, words=body.words
    )


async def _override(at: At) -> None:
    body = forms.override(at.form, at.shown.duty.basis)
    if body.ground not in grounds(at.shown):
        raise Unfit("ground")
    await at.desk.override(
        at.subject,
        body.to.recipient(),
        ground=body.ground,
        rule=body.rule,
        details=body.details,
        reason=body.reason,
        no_time=body.no_time,
        yardstick=body.yardstick,
    )


async def _sign(at: At) -> None:
    answer, _, override_id = forms.text(at.form, "answer").partition(":")
    await at.desk.sign(UUID(override_id), agrees=answer == "yes")


async def _pass(at: At) -> None:
    passing = Passing(
        to=_recipient(at.form),
        details=frozenset(Detail(one) for one in forms.details(at.form)),
        way=Way(forms.text(at.form, "way")),
        taken_by=TakenBy(
            *(clean(forms.text(at.form, f"taker_{one}"))[:200] for one in ("name", "badge", "file"))
        ),
        person_told=at.words["tips.pass.told"],
        follow_up=clean(forms.text(at.form, "follow_up"))[:2_000],
        outside=clean(forms.text(at.form, "outside"))[:500],
    )
    await pass_on(at.desk, at.tip, passing, at.shown)


async def _add(at: At) -> None:
    kind = Addition(forms.text(at.form, "kind"))
    record = UUID(forms.text(at.form, "record"))
    await at.desk.add(at.subject, record, kind, forms.text(at.form, "text"))


ACTS: Mapping[str, Act] = {
    "accept": _accept,
    "consent": _consent,
    "revoke": _revoke,
    "override": _override,
    "sign": _sign,
    "pass": _pass,
    "add": _add,
}


def _recipient(form: forms.Fields) -> Recipient:
    return To.model_validate(forms.to(form)).recipient()


def code(refusal: Exception) -> str:
    """The code of the page's words for what was refused."""
    return REFUSALS[type(refusal)][0] if isinstance(refusal, LineError) else "unfit_terms"
