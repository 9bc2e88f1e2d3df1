"""Whom a waiting conversation is offered to, and who is woken, as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from intake.competencies import Competency, needed
from intake.risk import Tier
from intake.routing import (
    PACES,
    Call,
    Colleague,
    NoOffer,
    Offer,
    Presence,
    Waiting,
    Widening,
    call,
    in_order,
    offer,
    to_wake,
)

NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
RIVER, ASH, WREN, LARK = (UUID(int=number) for number in range(1, 5))


def colleague(who: UUID, *languages: str, **more: object) -> Colleague:
    """Somebody at the screen, on duty."""
    given: dict[str, object] = {"presence": Presence.ON_DUTY, **more}
    return Colleague(who, frozenset(languages or ("en",)), **given)  # type: ignore[arg-type]


def waits(tier: Tier | None = Tier.URGENT, language: str | None = "en", **more: object) -> Waiting:
    """Somebody who has waited for ten seconds."""
    given: dict[str, object] = {"needs": frozenset(), "since": NOW - timedelta(seconds=10), **more}
    return Waiting(UUID(int=90), UUID(int=91), tier, language, **given)  # type: ignore[arg-type]


MINORS = frozenset({Competency.MINORS})

CHOICES: dict[str, tuple[Waiting, list[Colleague], Offer | NoOffer]] = {
    "the one who speaks the language": (
        waits(language="fr"),
        [colleague(RIVER), colleague(ASH, "en", "fr")],
        Offer(ASH, ()),
    ),
    "whatever script it is written in": (
        waits(language="pa-Latn"),
        [colleague(RIVER), colleague(ASH, "pa")],
        Offer(ASH, ()),
    ),
    "the one who is trained for it": (
        waits(needs=MINORS),
        [colleague(RIVER), colleague(ASH, competencies=MINORS)],
        Offer(ASH, ()),
    ),
    "the one with the least to do": (
        waits(),
        [colleague(RIVER, load=2), colleague(ASH, load=1)],
        Offer(ASH, ()),
    ),
    "among equals the one who was asked longest ago": (
        waits(),
        [colleague(RIVER, idle_since=NOW), colleague(ASH, idle_since=NOW - timedelta(hours=1))],
        Offer(ASH, ()),
    ),
    "nobody speaks it: through an interpreter, and said so": (
        waits(language="so"),
        [colleague(RIVER)],
        Offer(RIVER, (Widening.LANGUAGE,)),
    ),
    "the language is given up before the training": (
        waits(language="so", needs=MINORS),
        [colleague(RIVER, "so"), colleague(ASH, competencies=MINORS)],
        Offer(ASH, (Widening.LANGUAGE,)),
    ),
    "nobody is trained: said so": (
        waits(needs=MINORS),
        [colleague(RIVER)],
        Offer(RIVER, (Widening.COMPETENCY,)),
    ),
    "training is given up before the cap is raised": (
        waits(needs=MINORS),
        [colleague(RIVER), colleague(ASH, competencies=MINORS, load=3)],
        Offer(RIVER, (Widening.COMPETENCY,)),
    ),
    "everybody is full: the cap is raised, and said so": (
        waits(),
        [colleague(RIVER, load=4), colleague(ASH, load=3)],
        Offer(ASH, (Widening.LOAD,)),
    ),
    "but not without end": (waits(), [colleague(RIVER, load=5)], NoOffer.NOBODY),
    "except for somebody in danger now": (
        waits(Tier.IMMINENT),
        [colleague(RIVER, load=5)],
        Offer(RIVER, (Widening.LOAD,)),
    ),
    "who was asked is not asked again": (
        waits(asked=frozenset({RIVER})),
        [colleague(RIVER), colleague(ASH, load=3)],
        Offer(ASH, (Widening.LOAD,)),
    ),
    "all were asked": (waits(asked=frozenset({RIVER})), [colleague(RIVER)], NoOffer.NOBODY),
    "nobody on a break or away": (
        waits(),
        [
            colleague(RIVER, presence=Presence.ON_BREAK),
            colleague(ASH, presence=Presence.AWAY, on_shift=True),
        ],
        NoOffer.NOBODY,
    ),
    "one offer at a time": (waits(), [colleague(RIVER, deciding=(2,))], NoOffer.DECIDING),
    "danger interrupts a lesser offer": (
        waits(Tier.IMMINENT),
        [colleague(RIVER, deciding=(2,))],
        Offer(RIVER, ()),
    ),
    "but not an equal one": (
        waits(Tier.IMMINENT),
        [colleague(RIVER, deciding=(3,))],
        NoOffer.DECIDING,
    ),
    "the search waits for who fits and is deciding": (
        waits(language="fr"),
        [colleague(RIVER), colleague(ASH, "fr", deciding=(2,))],
        NoOffer.DECIDING,
    ),
    "but not in danger": (
        waits(Tier.IMMINENT, "fr"),
        [colleague(RIVER), colleague(ASH, "fr", deciding=(3,))],
        Offer(RIVER, (Widening.LANGUAGE,)),
    ),
    "handed to a colleague: that one, whatever they lack": (
        waits(wants=ASH, needs=MINORS),
        [colleague(RIVER, competencies=MINORS), colleague(ASH, load=9)],
        Offer(ASH, (Widening.COMPETENCY, Widening.LOAD)),
    ),
    "who has passed: anybody": (
        waits(wants=ASH, asked=frozenset({ASH})),
        [colleague(RIVER), colleague(ASH)],
        Offer(RIVER, ()),
    ),
    "handed to a supervisor": (
        waits(supervisor=True),
        [colleague(RIVER), colleague(ASH, supervisor=True, load=2)],
        Offer(ASH, ()),
    ),
    "no supervisor there: anybody": (waits(supervisor=True), [colleague(RIVER)], Offer(RIVER, ())),
    "a language that nobody knows yet asks for none": (
        waits(language=None),
        [colleague(RIVER, "fr")],
        Offer(RIVER, ()),
    ),
}


@pytest.mark.parametrize("case", CHOICES)
def test_whom_to_ask(case: str) -> None:
    """The order in which colleagues are looked at does not matter."""
    waiting, colleagues, expected = CHOICES[case]
    assert offer(waiting, colleagues) == expected
    assert offer(waiting, colleagues[::-1]) == expected


def test_the_order_is_by_tier_then_by_wait() -> None:
    """Highest tier first, then the longest wait."""
    late, early = NOW, NOW - timedelta(hours=1)
    line = [
        replace(waits(None), since=early),
        replace(waits(Tier.CONCERN), since=early),
        replace(waits(Tier.IMMINENT), since=late),
        replace(waits(Tier.IMMINENT), since=early),
    ]
    assert in_order(line) == [line[3], line[2], line[1], line[0]]


@pytest.mark.parametrize("tier", [Tier.IMMINENT, Tier.URGENT, Tier.CONCERN, None])
def test_who_is_woken_and_when(tier: Tier | None) -> None:
    """The shift, then the lead, then both again and again; nobody to ask: the shift at once."""
    pace = PACES[tier]
    moment = timedelta(seconds=1)
    fresh = waits(tier, since=NOW)
    assert call(fresh, False, False, NOW + pace.page - moment) == ()
    assert call(fresh, False, False, NOW + pace.page) == (Call.SHIFT,)
    assert call(fresh, True, False, NOW) == (Call.SHIFT,)
    assert call(fresh, True, True, NOW) == (Call.SHIFT, Call.LEAD)
    paged = replace(fresh, paged_at=NOW)
    assert call(paged, True, False, NOW + pace.lead - moment) == ()
    assert call(paged, True, False, NOW + pace.lead) == (Call.LEAD,)
    led = replace(paged, lead_paged_at=NOW + pace.lead)
    assert call(led, True, False, NOW + pace.lead + pace.repeat - moment) == ()
    assert call(led, True, False, NOW + pace.lead + pace.repeat) == (Call.SHIFT, Call.LEAD)


def test_the_lead_hears_of_danger_within_two_minutes_and_every_minute() -> None:
    """The service targets of the domain brief, section 1."""
    pace = PACES[Tier.IMMINENT]
    assert pace.page + pace.lead <= timedelta(minutes=2)
    assert pace.repeat == timedelta(seconds=60)


def test_nights_are_kept_but_not_for_danger() -> None:
    """Quiet hours silence everything else; without a lead the supervisors stand in."""
    asleep = colleague(RIVER, presence=Presence.AWAY, on_shift=True, quiet=True)
    awake = colleague(ASH, presence=Presence.ON_BREAK)
    off = colleague(WREN, presence=Presence.AWAY)
    boss = colleague(LARK, presence=Presence.AWAY, supervisor=True, quiet=True)
    all_of_them = [asleep, awake, off, boss]
    assert to_wake(Call.SHIFT, Tier.URGENT, all_of_them) == [awake]
    assert to_wake(Call.SHIFT, Tier.IMMINENT, all_of_them) == [asleep, awake]
    assert to_wake(Call.LEAD, Tier.URGENT, all_of_them) == []
    assert to_wake(Call.LEAD, Tier.IMMINENT, all_of_them) == [boss]
    on_call = replace(off, on_call=True)
    assert to_wake(Call.LEAD, Tier.IMMINENT, [asleep, on_call, boss]) == [on_call]


@pytest.mark.parametrize(
    ("rows", "words", "language", "expected"),
    [
        ({7}, "im 15", "en", {Competency.MINORS}),
        ({11, 13}, "", "en", {Competency.LABOUR, Competency.IMMIGRATION}),
        (set(), "im cree from alberta", "en", {Competency.INDIGENOUS}),
        (set(), "hello", "cr", {Competency.INDIGENOUS}),
        (set(), "I'm a trans woman and he found me", "en", {Competency.TWO_SPIRIT_LGBTQ}),
        (set(), "je suis bispirituel", "fr", {Competency.TWO_SPIRIT_LGBTQ}),
        (set(), "he calls me gay", "en", set()),
        (set(), "my transport is late", "en", set()),
        ({1, 2}, "he has a gun", "en", set()),
    ],
)
def test_what_a_person_says_asks_for_training(
    rows: set[int], words: str, language: str, expected: set[Competency]
) -> None:
    """Rows of the risk model, and what people say of themselves; nothing is guessed."""
    assert needed(rows, words, language) == expected
