"""What forms about consent do, on the sheet of a conversation and on the page of a tip alike."""

from __future__ import annotations

from uuid import UUID

from handoff import report_forms as forms
from handoff.errors import NoSuchEntry
from handoff.ledger import LedgerDesk
from handoff.ledger_schemas import NewConsent
from handoff.refusals import REFUSALS
from handoff.report_sheet import Hindered, Sheet, grounds
from intake.consent import Subject
from intake.errors import LineError


async def record(desk: LedgerDesk, subject: Subject, body: NewConsent) -> None:
    """Write down a yes or a no. Raises what `LedgerDesk.record` does."""
    await desk.record(
        subject,
        body.act,
        body.terms(),
        how=body.how,
        message_id=body.message_id,
        words=body.words,
    )


async def take_back(desk: LedgerDesk, subject: Subject, form: forms.Fields) -> None:
    """Take a yes back. Raises what `LedgerDesk.revoke` does, and ValueError."""
    body = forms.taken_back(form)
    consent_id = _row(forms.text(form, "consent_id"))
    await desk.revoke(
        subject, consent_id, how=body.how, message_id=body.message_id, words=body.words
    )


async def override(desk: LedgerDesk, subject: Subject, form: forms.Fields, shown: Sheet) -> None:
    """Decide without a yes. Raises Hindered for a ground that these answers do not give, what
    `LedgerDesk.override` does, and ValueError.
    """
    body = forms.override(form, shown.duty.basis)
    if body.ground not in grounds(shown):
        raise Hindered("ground")
    await desk.override(
        subject,
        body.to.recipient(),
        ground=body.ground,
        rule=body.rule,
        details=body.details,
        reason=body.reason,
        no_time=body.no_time,
        yardstick=body.yardstick,
    )


async def sign(desk: LedgerDesk, form: forms.Fields) -> None:
    """Sign a colleague's decision or refuse to. Raises what `LedgerDesk.sign` does."""
    answer, _, override_id = forms.text(form, "answer").partition(":")
    await desk.sign(_row(override_id), agrees=answer == "yes")


def code(refusal: Exception) -> str:
    """The code of the desk's words for what was refused."""
    return REFUSALS[type(refusal)][0] if isinstance(refusal, LineError) else "unfit_terms"


def _row(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NoSuchEntry("no row of the ledger is called that") from None
