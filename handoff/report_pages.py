"""The sheet "report": the order of decision for one conversation, with duty, protocol, consent.

It is drawn through the door (handoff/access.py). Every act is a form; what it asks for is done by
the verbs of the ledger, in one transaction, and the sheet is drawn anew.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from directory import protocol_store as store
from directory.law_cards import cards_for
from directory.protocols import steps
from handoff import ledger_acts
from handoff import report_forms as forms
from handoff.access import Ledger, Opened, Refused, open_conversation, open_ledger
from handoff.auth import SignedIn
from handoff.errors import NotYours
from handoff.ledger import LedgerDesk
from handoff.ledger_api import keeping, of_conversation
from handoff.office import Office, TheOffice, needs
from handoff.rendering import language_of, page
from handoff.report_sheet import Answers, Hindered, Sheet, grounds, hindrance, sheet
from handoff.report_words import choices, step_lines
from handoff.rights import Right, may
from handoff.words import SCREEN
from intake.consent import Ground, live_consents
from intake.disclosure import Decision, Option
from intake.errors import ConversationNotFound, LineError
from intake.messages import Author, clean
from storage.database import Transaction

PATH = "/report/{conversation_id}"
LONGEST_REASON = 2_000
_NEWEST_MESSAGES = 12
_NOTHING_KEPT = forms.Kept()
_ANSWERS = ("danger", "place", "province", "first_nation", "age", "kind", "time", "wish")
router = APIRouter(include_in_schema=False)
Worker = Annotated[SignedIn, Depends(needs(Right.WORK_BOARD))]
Act = Callable[[LedgerDesk, UUID, forms.Fields, Sheet], Awaitable[None]]


@router.get(PATH)
async def show(
    conversation_id: UUID, request: Request, signed_in: Worker, office: TheOffice
) -> Response:
    """The sheet, as it was last decided."""
    return await _draw(request, office, signed_in, conversation_id)


@router.post(PATH)
async def act(
    conversation_id: UUID, request: Request, signed_in: Worker, office: TheOffice
) -> Response:
    """Look again with other answers, or do what a form asks for."""
    form = await request.form()
    answers = Answers.of_form(forms.plain(form, _ANSWERS))
    name = forms.text(form, "act")
    done = problem = None
    if name in _ACTS:
        try:
            async with keeping(conversation_id, signed_in, office) as desk:
                shown = sheet(answers, await store.candidates(desk.tx.session), office.now().date())
                await _ACTS[name](desk, conversation_id, form, shown)
            done = f"report.done.{name}"
        except NotYours:
            raise
        except Hindered as refusal:
            problem = f"report.hindered.{refusal.why}"
        except (ValueError, LineError) as refusal:
            problem = f"problem.{ledger_acts.code(refusal)}"
    return await _draw(
        request,
        office,
        signed_in,
        conversation_id,
        answers=answers,
        done=done,
        problem=problem,
        kept=forms.Kept(form, name) if problem else forms.Kept(),
    )


async def _decide(desk: LedgerDesk, subject_id: UUID, form: forms.Fields, shown: Sheet) -> None:
    subject = of_conversation(subject_id)
    await desk.holds(subject)
    option = Option(forms.text(form, "option"))
    why = hindrance(shown, option)
    if why is not None:
        raise Hindered(why)
    reason = clean(forms.text(form, "reason"))
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Hindered("reason")
    chosen = shown.match.chosen.version_id if shown.match else None
    await desk.tx.decisions.record(
        subject,
        Decision(
            danger=shown.answers.danger,
            province=shown.answers.in_province,
            age=shown.answers.age,
            duty=shown.duty.strength.code,
            duty_basis=shown.duty.basis,
            wish=shown.answers.wish,
            option=option,
            protocol_version_id=chosen,
            reason=reason,
            decided_by=desk.advocate.id,
            at=desk.now,
        ),
    )
    await desk.written("decide", subject, option=option.value, duty=shown.duty.strength.code)


async def _step(desk: LedgerDesk, subject_id: UUID, form: forms.Fields, shown: Sheet) -> None:
    subject = of_conversation(subject_id)
    await desk.holds(subject)
    step, _, outcome = forms.text(form, "step").partition(":")
    known = [one.id for one in steps(shown.match.chosen.protocol)] if shown.match else []
    if step not in known or outcome not in store.Outcome:
        raise Hindered("step")
    assert shown.match is not None
    await store.take_step(
        desk.tx.session,
        subject,
        shown.match.chosen.version_id,
        step,
        store.Outcome(outcome),
        desk.advocate.id,
        desk.now,
    )
    await desk.written("protocol_step", subject, step=step, outcome=outcome)


async def _consent(desk: LedgerDesk, subject_id: UUID, form: forms.Fields, _: Sheet) -> None:
    await ledger_acts.record(desk, of_conversation(subject_id), forms.consent(form, desk.now))


async def _revoke(desk: LedgerDesk, subject_id: UUID, form: forms.Fields, _: Sheet) -> None:
    await ledger_acts.take_back(desk, of_conversation(subject_id), form)


async def _override(desk: LedgerDesk, subject_id: UUID, form: forms.Fields, shown: Sheet) -> None:
    await ledger_acts.override(desk, of_conversation(subject_id), form, shown)


async def _sign(desk: LedgerDesk, _: UUID, form: forms.Fields, __: Sheet) -> None:
    await ledger_acts.sign(desk, form)


async def _disclose(desk: LedgerDesk, subject_id: UUID, form: forms.Fields, shown: Sheet) -> None:
    version_id = shown.match.chosen.version_id if shown.match else None
    body = forms.disclosure(form, desk.now, version_id)
    await desk.disclose(body.telling(of_conversation(subject_id)))


_ACTS: Mapping[str, Act] = {
    "decide": _decide,
    "step": _step,
    "consent": _consent,
    "revoke": _revoke,
    "override": _override,
    "sign": _sign,
    "disclose": _disclose,
}


async def _draw(
    request: Request,
    office: Office,
    signed_in: SignedIn,
    conversation_id: UUID,
    *,
    answers: Answers | None = None,
    done: str | None = None,
    problem: str | None = None,
    kept: forms.Kept = _NOTHING_KEPT,
) -> Response:
    now = office.now()
    subject = of_conversation(conversation_id)
    async with office.database.transaction() as tx:
        try:
            opened = await open_conversation(tx, signed_in.advocate, conversation_id, now)
        except ConversationNotFound:
            opened = Refused(None)
        ledger = (
            opened
            if isinstance(opened, Refused)
            else await open_ledger(tx, signed_in.advocate, subject, now)
        )
        if isinstance(opened, Refused) or isinstance(ledger, Refused):
            return RedirectResponse("/", status_code=HTTPStatus.SEE_OTHER)
        if answers is None:
            answers = _last(ledger)
        shown = sheet(answers, await store.candidates(tx.session), now.date())
        taken = await _taken(tx, conversation_id, shown)
    language = language_of(request)
    words = SCREEN.all(language)
    return page(
        request,
        office,
        signed_in,
        "report/sheet.html",
        422 if problem else 200,
        done=None if done is None else words[done],
        problem=None if problem is None else words[problem],
        conversation_id=conversation_id,
        mine=opened.conversation.advocate_id == signed_in.advocate.id,
        lead=may(signed_in.advocate, Right.OPEN_ANY),
        now=now,
        sheet=shown,
        answers=answers,
        fields=answers.fields(),
        choices=choices(words),
        ledger=ledger,
        standing={one.id for one in live_consents(ledger.consents, now)},
        grounds=[ground.value for ground in grounds(shown)],
        danger_ground=Ground.IMMINENT_DANGER.value,
        step_lines=step_lines(shown, taken, language),
        cards=cards_for(answers.in_province),
        messages=_messages(opened),
        kept=kept,
    )


async def _taken(tx: Transaction, conversation_id: UUID, shown: Sheet) -> dict[str, Any]:
    """Of each step of the protocol that is shown, the last that was written down, with a name."""
    if shown.match is None:
        return {}
    rows = await store.steps_taken(tx.session, of_conversation(conversation_id))
    mine = [one for one in rows if one.version_id == shown.match.chosen.version_id]
    names = await tx.accounts.names({one.advocate_id for one in mine})
    return {one.step: (one, names.get(one.advocate_id, "")) for one in mine}


def _last(ledger: Ledger) -> Answers:
    return Answers.of_decision(ledger.decisions[-1]) if ledger.decisions else Answers()


def _messages(opened: Opened) -> list[tuple[str, str]]:
    """The person's newest texts, short, to point at the one that says yes."""
    theirs = [one for one in opened.messages if one.author is Author.CONTACT and one.text]
    return [(str(one.id), (one.text or "")[:80]) for one in theirs[-_NEWEST_MESSAGES:]]
