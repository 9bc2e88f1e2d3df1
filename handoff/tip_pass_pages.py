"""The page on which a tip is made fit for others and passed on.

Original and proposal side by side; a human changes and accepts; the place's protocol; the consent
ledger, which is asked before anything leaves; the record, and what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response

from directory import protocol_store as store
from handoff import ledger_acts
from handoff import report_forms as forms
from handoff.access import Refused, consent_for, open_ledger, open_tip
from handoff.auth import SignedIn
from handoff.ledger import LedgerDesk
from handoff.office import Office, TheOffice, needs
from handoff.rendering import language_of, page
from handoff.report_sheet import Answers, Hindered, Sheet, grounds, sheet
from handoff.report_words import choices
from handoff.rights import Right
from handoff.tip_pass import (
    DETAILS,
    Part,
    answers_of,
    parts,
    purpose_for,
    subject_of,
    with_proposal,
)
from handoff.tip_pass_acts import ACTS, At
from handoff.words import SCREEN
from intake.consent import Ground, Lacking, Recipient, live_consents
from intake.disclosure import Addition
from intake.errors import LineError
from intake.scrub import READS
from intake.tip_fields import Status
from storage.database import Transaction
from storage.tips_desk import TipFile

PATH = "/tips/{tip_id}/pass"
_ANSWERS = ("danger", "place", "province", "first_nation", "age", "kind", "time")
_NOTHING_KEPT = forms.Kept()
router = APIRouter(include_in_schema=False)
Officer = Annotated[SignedIn, Depends(needs(Right.READ_TIPS))]


@router.get(PATH)
async def show(tip_id: UUID, request: Request, signed_in: Officer, office: TheOffice) -> Response:
    """The page, with what the rules propose or what was accepted."""
    return await _draw(request, office, signed_in, tip_id)


@router.post(PATH)
async def act(tip_id: UUID, request: Request, signed_in: Officer, office: TheOffice) -> Response:
    """Propose anew, look up another protocol, or do what a form asks for."""
    form = await request.form()
    name = forms.text(form, "act")
    words = SCREEN.all(language_of(request))
    done = problem = None
    if name in ACTS:
        try:
            async with office.database.transaction() as tx:
                tip = await _open(tx, signed_in, tip_id, office.now())
                answers = Answers.of_form(forms.plain(form, _ANSWERS))
                shown = sheet(answers, await store.candidates(tx.session), office.now().date())
                desk = LedgerDesk(tx, signed_in.advocate, office.now())
                await ACTS[name](At(desk, tip, form, shown, words))
            done = f"tips.pass.done.{name}"
        except Hindered as refusal:
            problem = f"tips.pass.unfit.{refusal.why}"
        except (ValueError, LineError) as refusal:
            problem = f"problem.{ledger_acts.code(refusal)}"
    kept = forms.Kept(form, name) if problem or name not in ACTS else forms.Kept()
    return await _draw(
        request, office, signed_in, tip_id, form=form, done=done, problem=problem, kept=kept
    )


async def _draw(
    request: Request,
    office: Office,
    signed_in: SignedIn,
    tip_id: UUID,
    *,
    form: forms.Fields | None = None,
    done: str | None = None,
    problem: str | None = None,
    kept: forms.Kept = _NOTHING_KEPT,
) -> Response:
    now, language = office.now(), language_of(request)
    words = SCREEN.all(language)
    async with office.database.transaction() as tx:
        tip = await _open(tx, signed_in, tip_id, office.now())
        ledger = await open_ledger(tx, signed_in.advocate, subject_of(tip), now)
        assert not isinstance(ledger, Refused)
        answers = answers_of(tip.fields)
        if form is not None:
            answers = Answers.of_form(forms.plain(form, _ANSWERS))
        shown = sheet(answers, await store.candidates(tx.session), now.date())
        agencies = await _agencies(tx, tip, shown, now)
        names = await tx.accounts.names({tip.scrub.advocate_id} if tip.scrub else set())
    return page(
        request,
        office,
        signed_in,
        "tips/pass.html",
        422 if problem else 200,
        done=None if done is None else words[done],
        problem=None if problem is None else words[problem],
        tip=tip,
        parts=_parts(tip, words, form, kept),
        rules_read=tip.entry.language in READS,
        scrub_by=names.get(tip.scrub.advocate_id, "") if tip.scrub else "",
        sheet=shown,
        answers=answers,
        fields=answers.fields(),
        choices=choices(words),
        details=[one.value for one in DETAILS],
        agencies=agencies,
        ledger=ledger,
        standing={one.id for one in live_consents(ledger.consents, now)},
        grounds=[one.value for one in grounds(shown)],
        danger_ground=Ground.IMMINENT_DANGER.value,
        additions=[one.value for one in (Addition.OUTCOME, Addition.FILE_NUMBER)],
        said=[(str(one.id), one.text[:80]) for one in tip.said],
        open=tip.entry.status is not Status.WITHDRAWN and bool(tip.said),
        now=now,
        kept=kept,
    )


def _parts(
    tip: TipFile, words: Mapping[str, str], form: forms.Fields | None, kept: forms.Kept
) -> list[Part]:
    if form is not None and forms.text(form, "act") == "suggest":
        return parts(tip, words, [one for one in form.getlist("out") if isinstance(one, str)])
    found = parts(tip, words)
    if kept.act == "accept":
        typed = {one: kept.text("accept", f"fact_{one.value}") for one in DETAILS}
        return with_proposal(found, typed)
    return found if tip.accepted is None else with_proposal(found, tip.accepted)


async def _agencies(
    tx: Transaction, tip: TipFile, shown: Sheet, now: datetime
) -> list[dict[str, object]]:
    """Whom the protocol names, with what they may read, and why nothing may leave where so."""
    found: list[dict[str, object]] = []
    if shown.match is None:
        return found
    for agency in shown.match.chosen.protocol.agencies:
        told = [one for one in DETAILS if one in agency.may_receive]
        have = [one for one in told if one in (tip.accepted or {})]
        basis = await consent_for(
            tx,
            subject_of(tip),
            Recipient(agency.kind, agency.name),
            now,
            purpose=purpose_for(agency.kind),
            details=have,
        )
        found.append(
            {
                "value": f"{agency.kind.value}|{agency.name}",
                "agency": agency,
                "told": [one.value for one in told],
                "lack": basis.why.value if isinstance(basis, Lacking) else None,
            }
        )
    return found


async def _open(tx: Transaction, signed_in: SignedIn, tip_id: UUID, now: datetime) -> TipFile:
    tip = await open_tip(tx, signed_in.advocate, tip_id, now)
    if tip is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return tip
