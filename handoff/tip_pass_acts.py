"""What the forms of the page on passing a tip on do, each in the transaction of its request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from handoff import ledger_acts
from handoff import report_forms as forms
from handoff.ledger import LedgerDesk
from handoff.ledger_schemas import NewConsent, To
from handoff.report_sheet import Sheet
from handoff.tip_pass import (
    DETAILS,
    Passing,
    accepted,
    pass_on,
    purpose_for,
    subject_of,
)
from intake.consent import Detail, Identified, Recipient, Subject
from intake.disclosure import Addition, TakenBy, Way
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
    await ledger_acts.record(at.desk, at.subject, body)


async def _revoke(at: At) -> None:
    await ledger_acts.take_back(at.desk, at.subject, at.form)


async def _override(at: At) -> None:
    await ledger_acts.override(at.desk, at.subject, at.form, at.shown)


async def _sign(at: At) -> None:
    await ledger_acts.sign(at.desk, at.form)


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
