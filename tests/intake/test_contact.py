"""When a line may leave: STOP above "not safe", "not safe" above safe times, always."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.contact import (
    ANSWER_WITHIN,
    NEUTRAL_KEYS,
    Outgoing,
    Passage,
    Preference,
    Texting,
    Verdict,
    Window,
    opens_at,
    verdict,
)
from intake.conversation import CodeWord, Conversation, Safety
from intake.messages import Author
from intake.zones import ZONES

EVENINGS = Preference(Texting.WINDOWS, (Window(19 * 60, 21 * 60),))
NIGHTS = Preference(Texting.WINDOWS, (Window(22 * 60, 2 * 60, frozenset({4})),))
TORONTO = ZoneInfo("America/Toronto")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of a week that begins on Monday, by the clock of Toronto."""
    return datetime(2030, 1, 7 + day, hour, minute, tzinfo=TORONTO).astimezone(UTC)


def conversation(**state: object) -> Conversation:
    """A conversation in some state."""
    return Conversation(id=uuid4(), channel="sms", inbox="+16135550100", **state)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("preference", "now", "opens"),
    [
        (EVENINGS, at(0, 18, 59), at(0, 19)),
        (EVENINGS, at(0, 19), at(0, 19)),
        (EVENINGS, at(0, 20, 59), at(0, 20, 59)),
        (EVENINGS, at(0, 21), at(1, 19)),
        (NIGHTS, at(5, 1, 59), at(5, 1, 59)),
        (NIGHTS, at(5, 2), at(11, 22)),
        (NIGHTS, at(4, 21), at(4, 22)),
        (NIGHTS, at(4, 1), at(4, 22)),
        (Preference(Texting.ANSWERS), at(0, 12), None),
        (Preference(), at(0, 3), at(0, 3)),
    ],
)
def test_when_the_way_opens(preference: Preference, now: datetime, opens: datetime | None) -> None:
    """At the edges, over midnight, over the week."""
    assert opens_at(preference, now) == opens


def test_safe_times_follow_the_persons_clock_through_the_year() -> None:
    """Seven in the evening is an hour earlier in summer."""
    winter = datetime(2030, 1, 7, 12, tzinfo=UTC)
    summer = datetime(2030, 7, 8, 12, tzinfo=UTC)
    assert opens_at(EVENINGS, winter) == datetime(2030, 1, 8, 0, tzinfo=UTC)
    assert opens_at(EVENINGS, summer) == datetime(2030, 7, 8, 23, tzinfo=UTC)


def test_an_advocates_words_wait_and_the_bots_are_dropped() -> None:
    """What belongs to the moment would be wrong later."""
    now = at(0, 12)
    silent = conversation(safety=Safety.OK, last_inbound_at=now - timedelta(hours=3))
    words = Outgoing(Author.ADVOCATE, None, now)
    line = Outgoing(Author.BOT, "advocate.joined", now)
    why = "outside_safe_times"
    assert verdict(words, silent, EVENINGS, now) == Verdict(Passage.WAIT, why, at(0, 19))
    assert verdict(line, silent, EVENINGS, now) == Verdict(Passage.DROP, why)
    assert verdict(words, silent, EVENINGS, now, rings=False).passage is Passage.LEAVE


@pytest.mark.parametrize(
    ("state", "age", "passage"),
    [
        ({"safety": Safety.UNASKED}, timedelta(0), Passage.LEAVE),
        ({"safety": Safety.UNASKED}, timedelta(hours=5), Passage.WAIT),
        ({"safety": Safety.OK}, timedelta(hours=5), Passage.LEAVE),
        ({"safety": Safety.OK, "code_word": CodeWord.NOT_GIVEN}, timedelta(hours=5), Passage.WAIT),
        ({"safety": Safety.OK, "code_word": CodeWord.GIVEN}, timedelta(hours=5), Passage.LEAVE),
    ],
)
def test_old_words_wait_for_the_check_though_the_phone_is_in_hand(
    state: dict[str, object], age: timedelta, passage: Passage
) -> None:
    """Somebody writes outside the safe times: only who passed gets what was written before."""
    now = at(0, 12)
    heard = now - timedelta(minutes=1)
    held = Outgoing(Author.ADVOCATE, None, now - age)
    state = {**state, "last_inbound_at": heard}
    assert verdict(held, conversation(**state), EVENINGS, now).passage is passage


moments = st.timedeltas(timedelta(0), timedelta(days=730)).map(
    lambda since: datetime(2029, 1, 1, tzinfo=UTC) + since
)
windows = st.builds(
    Window,
    st.integers(0, 719),
    st.integers(720, 1440),
    st.frozensets(st.integers(0, 6), min_size=1),
) | st.builds(
    Window,
    st.integers(720, 1439),
    st.integers(1, 719),
    st.frozensets(st.integers(0, 6), min_size=1),
)
preferences = st.builds(
    Preference,
    st.sampled_from(Texting),
    st.lists(windows, max_size=4).map(tuple),
    st.sampled_from(sorted(ZONES)),
)
ages = st.timedeltas(timedelta(0), timedelta(days=3))
keys = st.sampled_from([None, "open.again", "wait.discreet", "keyword.stop", "wait.later"])


@settings(max_examples=600, deadline=None)
@given(
    preference=preferences,
    now=moments,
    heard=ages,
    written=ages,
    key=keys,
    author=st.sampled_from([Author.BOT, Author.ADVOCATE]),
    confirmed=st.booleans(),
    safety=st.sampled_from(Safety),
    code_word=st.sampled_from(CodeWord),
    opted_out=st.booleans(),
)
def test_no_line_leaves_against_what_the_person_said(
    preference: Preference,
    now: datetime,
    heard: timedelta,
    written: timedelta,
    key: str | None,
    author: Author,
    confirmed: bool,
    safety: Safety,
    code_word: CodeWord,
    opted_out: bool,
) -> None:
    """Whatever comes together: not after STOP, not when not safe, not outside the safe times."""
    state = conversation(
        safety=safety, code_word=code_word, opted_out=opted_out, last_inbound_at=now - heard
    )
    line = Outgoing(author, key, now - written, confirmed)
    found = verdict(line, state, preference, now)
    # Said again in other words than the code's.
    local = now.astimezone(ZoneInfo(preference.zone))
    minute, day = local.hour * 60 + local.minute, local.weekday()
    inside = preference.texting is Texting.WINDOWS and any(
        (minute - one.start) % 1440 < (one.end - one.start) % 1440 or one.end - one.start == 1440
        for one in preference.windows
        if (day if minute >= one.start else (day - 1) % 7) in one.days
    )
    in_hand = heard <= ANSWER_WITHIN
    if found.passage is Passage.LEAVE:
        assert not opted_out or key == "keyword.stop"
        if safety is Safety.NOT_SAFE:
            assert key in NEUTRAL_KEYS or (author is Author.ADVOCATE and confirmed)
        assert preference.texting is Texting.ANY or inside or in_hand
    elif found.why == "outside_safe_times":
        assert preference.texting is not Texting.ANY and not inside
    if found.until is not None:
        assert now < found.until <= now + timedelta(days=8)
        assert opens_at(preference, found.until) == found.until
    # Words of a human are never lost but to STOP.
    if author is Author.ADVOCATE and found.passage is Passage.DROP:
        assert found.why == "opted_out"
