"""Who holds a conversation: every move, in every order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from intake.conversation import (
    GAP,
    Conversation,
    Holder,
    Safety,
    claim,
    close,
    escalate,
    give_back,
    hear,
    release,
)
from intake.errors import NotHolder, NotWaiting
from intake.risk import Tier

NOW = datetime(2030, 1, 1, tzinfo=UTC)
ADVOCATES = [uuid4(), uuid4()]


def conversation(**state: object) -> Conversation:
    """A conversation in some state."""
    return replace(Conversation(id=uuid4(), channel="sms", inbox="+16135550100"), **state)  # type: ignore[arg-type]


def test_a_gap_asks_the_safety_check_anew() -> None:
    """After half an hour the phone may be in other hands."""
    before = conversation(safety=Safety.OK, last_inbound_at=NOW)
    assert hear(before, NOW + GAP).safety is Safety.OK
    assert hear(before, NOW + GAP + timedelta(seconds=1)).safety is Safety.UNASKED


def test_not_safe_stays_not_safe_over_a_gap() -> None:
    """Only the person's own answer to a new check lifts it."""
    before = conversation(safety=Safety.NOT_SAFE, last_inbound_at=NOW)
    assert hear(before, NOW + 2 * GAP).safety is Safety.NOT_SAFE


def test_two_claims_one_winner() -> None:
    """Whoever comes second is refused."""
    taken = claim(escalate(conversation(), Tier.URGENT), ADVOCATES[0])
    with pytest.raises(NotWaiting):
        claim(taken, ADVOCATES[1])


@pytest.mark.parametrize("move", [release, lambda c, a: close(c, a, NOW)])
def test_only_the_holder_releases_and_closes(move: object) -> None:
    """Another advocate is refused; the holder is not."""
    held = claim(escalate(conversation(), None), ADVOCATES[0])
    with pytest.raises(NotHolder):
        move(held, ADVOCATES[1])  # type: ignore[operator]
    assert move(held, ADVOCATES[0]).holder is Holder.BOT  # type: ignore[operator]


class Moves(RuleBasedStateMachine):
    """Random moves of the bot, the rules and two advocates."""

    def __init__(self) -> None:
        super().__init__()
        self.state = conversation()
        self.highest = 0

    @rule(tier=st.sampled_from([None, *Tier]))
    def risk(self, tier: Tier | None) -> None:
        """Some judge sees a tier, or a person asks for a human."""
        if self.state.open:
            self.state = escalate(self.state, tier)
            self.highest = max(self.highest, tier or 0)
            assert self.state.holder is not Holder.BOT

    @rule(advocate=st.sampled_from(ADVOCATES))
    def claim(self, advocate: UUID) -> None:
        """An advocate claims."""
        waiting = self.state.holder is Holder.WAITING and self.state.open
        try:
            self.state = claim(self.state, advocate)
            assert waiting
        except NotWaiting:
            assert not waiting

    @rule()
    def vanish(self) -> None:
        """The holder's laptop closes."""
        if self.state.holder is Holder.ADVOCATE:
            self.state = give_back(self.state)
            assert self.state.holder is Holder.WAITING

    @rule(advocate=st.sampled_from(ADVOCATES), ends=st.booleans())
    def leave(self, advocate: UUID, ends: bool) -> None:
        """An advocate releases or closes."""
        mine = self.state.holder is Holder.ADVOCATE and self.state.advocate_id == advocate
        try:
            self.state = close(self.state, advocate, NOW) if ends else release(self.state, advocate)
            assert mine
        except NotHolder:
            assert not mine

    @invariant()
    def an_advocate_holds_or_nobody_is_named(self) -> None:
        """The name and the state say the same."""
        assert (self.state.holder is Holder.ADVOCATE) == (self.state.advocate_id is not None)

    @invariant()
    def the_tier_never_falls(self) -> None:
        """Whatever happens, the highest tier ever seen stays."""
        assert (self.state.tier or 0) == self.highest


Moves.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestMoves = Moves.TestCase
