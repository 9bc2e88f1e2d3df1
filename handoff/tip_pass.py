"""Passing a tip on: what is proposed, what a human accepted, and what may go to whom.

Pure but for `pass_on`, which writes the one record there is: a disclosure of the consent ledger
(handoff/ledger.py). Facts are never typed at that moment; they come from the accepted version.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from directory import protocol_store as store
from directory.protocols import Step, steps
from handoff.ledger import LedgerDesk
from handoff.report_sheet import Answers, Hindered, Sheet
from intake.consent import Detail, Purpose, Recipient, RecipientKind, Subject, SubjectKind
from intake.disclosure import Danger, Occasion, TakenBy, Telling, Way
from intake.places import PlaceKind, find_places
from intake.scrub import Hint, left_over, suggest, without
from intake.tip_fields import Answer, Status, TipFields
from storage.tips_desk import TipFile

#: What of a tip may be told, one text each.
DETAILS = (
    Detail.WHAT_HAPPENED,
    Detail.WHERE,
    Detail.WHEN,
    Detail.AGE,
    Detail.SUSPECT,
    Detail.VEHICLE,
    Detail.WORKPLACE,
)
LONGEST_FACT = 20_000
_PURPOSES = {
    RecipientKind.POLICE: Purpose.POLICE_REPORT,
    RecipientKind.CHILD_PROTECTION: Purpose.CHILD_PROTECTION_REPORT,
}


@dataclass(frozen=True, repr=False)
class Part:
    """One kind of detail: what the tip holds, what to look at in it, what is proposed to be told.

    `pieces`: the original cut at the hints, each piece with the number of its hint.
    """

    detail: Detail
    original: str
    hints: Sequence[Hint]
    chosen: frozenset[int]
    proposed: str

    @property
    def pieces(self) -> list[tuple[str, int | None]]:
        """For the page, which marks them."""
        found: list[tuple[str, int | None]] = []
        at = 0
        for number, one in enumerate(self.hints):
            found += [(self.original[at : one.start], None)]
            found += [(self.original[one.start : one.end], number)]
            at = one.end
        return [*found, (self.original[at:], None)]

    def shown(self, hint: Hint) -> str:
        """The words that a hint is about."""
        return self.original[hint.start : hint.end]


def subject_of(tip: TipFile) -> Subject:
    """The tip, as the ledger names it."""
    return Subject(SubjectKind.TIP, tip.entry.id)


def purpose_for(kind: RecipientKind) -> Purpose:
    """Why a tip is told to such a recipient."""
    return _PURPOSES.get(kind, Purpose.TIP)


def parts(
    tip: TipFile, words: Mapping[str, str], chosen: Collection[str] | None = None
) -> list[Part]:
    """The tip by kinds of detail, with a proposal for each.

    `words`: the sentences of the screen. `chosen`: which hints to leave out (`where:0`); None
    stands for what the rules propose.
    """
    found = []
    for detail, original in _originals(tip, words).items():
        hints = suggest(original)
        if chosen is None:
            out = frozenset(n for n, one in enumerate(hints) if one.take_out)
        else:
            out = frozenset(n for n in range(len(hints)) if f"{detail.value}:{n}" in chosen)
        proposed = without(original, [hints[n] for n in out], words["tips.scrub.removed"])
        found.append(Part(detail, original, hints, out, proposed))
    return found


def _originals(tip: TipFile, words: Mapping[str, str]) -> dict[Detail, str]:
    told = tip.fields

    def answered(name: str) -> str:
        value = getattr(told, name)
        label = words[f"tips.field.{name}"]
        return f"{label}: {words[f'tips.answer.{value}']}" if value else ""

    risk = f"{words['tips.field.at_risk']}: {told.at_risk}" if told.at_risk else ""
    texts = {
        Detail.WHAT_HAPPENED: [told.seen, tip.words, risk],
        Detail.WHERE: [told.where],
        Detail.WHEN: [told.when, answered("ongoing")],
        Detail.AGE: [answered("child")],
    }
    return {one: "\n\n".join(filter(None, texts.get(one, []))) for one in DETAILS}


def accepted(
    facts: Mapping[Detail, str], tip: TipFile, seen: int, *, looked: bool
) -> dict[Detail, str]:
    """The version that a human accepts. Raises Hindered.

    `seen`: how many pieces of the tipster's the page showed. `looked`: the human says that what
    still speaks of the tipster is to stay.
    """
    kept = {one: text for one, text in facts.items() if text}
    if seen != len(tip.said):
        raise Hindered("more_told")
    if not kept:
        raise Hindered("nothing")
    if any(len(text) > LONGEST_FACT for text in kept.values()):
        raise Hindered("too_long")
    if not looked and any(left_over(text) for text in kept.values()):
        raise Hindered("speaks")
    return kept


def answers_of(told: TipFields) -> Answers:
    """What a tip says for the choice of the protocol; a human may correct it."""
    place = next(
        (one.place for one in find_places(told.where) if one.place.kind is not PlaceKind.COUNTRY),
        None,
    )
    danger = {Answer.YES.value: Danger.YES, Answer.NO.value: Danger.NO}
    return Answers(danger=danger.get(told.ongoing, Danger.UNKNOWN), place=place)


def step_for(shown: Sheet, to: Recipient) -> Step | None:
    """The line of the protocol that names this recipient."""
    if shown.match is None:
        return None
    lines = steps(shown.match.chosen.protocol)
    return next(
        (
            one
            for one in lines
            if one.agency and Recipient(one.agency.kind, one.agency.name).key == to.key
        ),
        None,
    )


@dataclass(frozen=True, repr=False)
class Passing:
    """What the officer says of the telling itself. `outside`: why the protocol is not followed."""

    to: Recipient
    details: frozenset[Detail]
    way: Way
    taken_by: TakenBy
    person_told: str
    follow_up: str
    outside: str = ""


async def pass_on(desk: LedgerDesk, tip: TipFile, passing: Passing, shown: Sheet) -> None:
    """Write down that the tip was passed on: record, step of the protocol, status.

    Raises Hindered, or what the ledger raises where nothing lets these details leave.
    """
    facts = tip.accepted
    if facts is None:
        raise Hindered("not_accepted")
    told = {one: facts[one] for one in DETAILS if one in passing.details and one in facts}
    if not told:
        raise Hindered("nothing")
    step, version_id = step_for(shown, passing.to), None
    if step is not None and step.agency is not None:
        assert shown.match is not None
        version_id = shown.match.chosen.version_id
        if not set(told) <= set(step.agency.may_receive):
            raise Hindered("not_for_them")
    elif not passing.outside:
        raise Hindered("outside")
    telling = Telling(
        subject=subject_of(tip),
        occasion=Occasion.TIP,
        purpose=purpose_for(passing.to.kind),
        recipient=passing.to,
        taken_by=passing.taken_by,
        way=passing.way,
        facts=told,
        withheld=frozenset(facts) - frozenset(told),
        person_told=passing.person_told,
        follow_up=passing.follow_up,
        made_at=desk.now,
        protocol_version_id=version_id,
        protocol_step=None if step is None else step.id,
    )
    await desk.disclose(telling)
    await _written(desk, tip, telling, passing.outside)


async def _written(desk: LedgerDesk, tip: TipFile, telling: Telling, outside: str) -> None:
    tip_id, advocate_id = tip.entry.id, desk.advocate.id
    if telling.protocol_version_id is not None and telling.protocol_step is not None:
        await store.take_step(
            desk.tx.session,
            telling.subject,
            telling.protocol_version_id,
            telling.protocol_step,
            store.Outcome.DONE,
            advocate_id,
            desk.now,
        )
    else:
        await desk.tx.tips_desk.add(tip_id, "note", outside, advocate_id, desk.now)
    await desk.tx.tips_desk.set_status(tip_id, Status.PASSED_ON, desk.now)
    detail = {"tip": str(tip_id), "status": Status.PASSED_ON.value}
    await desk.tx.desk.audit("tip_status", advocate_id=advocate_id, detail=detail)


def with_proposal(found: Sequence[Part], texts: Mapping[Detail, str]) -> list[Part]:
    """The same parts with other texts to accept."""
    return [replace(one, proposed=texts.get(one.detail, "")) for one in found]
