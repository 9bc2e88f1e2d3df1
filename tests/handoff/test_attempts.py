"""The brake on guessing lies in the database: it outlives a restart, grows, and names nobody."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handoff.errors import TooManyAttempts
from handoff.passwords import Attempts, network
from storage.account_tables import SignInAttemptRow
from tests.handoff.people import PASSWORD, Bench

PLACE = "198.51.100.7"


async def _no_pause(_: float) -> None:
    """Tests do not wait."""


def _process(bench: Bench) -> Attempts:
    """The brake of a desk process that has just started."""
    return Attempts(bench.database, bench.clock, _no_pause)


async def _minutes(attempts: Attempts, name: str = "River", place: str = PLACE) -> float:
    """Guess until it is shut; for how many minutes."""
    for _ in range(6):
        try:
            await attempts.begin(name, place)
        except TooManyAttempts as refusal:
            return refusal.wait_seconds / 60
        await attempts.failed(name, place)
    raise AssertionError("it was never shut")


async def test_it_outlives_the_process(bench: Bench) -> None:
    """Restarting the desk, or another process of it, gives no further guesses."""
    await _minutes(_process(bench))
    with pytest.raises(TooManyAttempts):
        await _process(bench).begin("rIVER ", PLACE)
    await _process(bench).begin("River", "198.51.100.8")
    await _process(bench).begin("Sage", PLACE)


async def test_it_grows_and_is_forgiven(bench: Bench) -> None:
    """Twice as long each time in a row, to four hours; a quiet day or a success ends the row."""
    waits = []
    for _ in range(6):
        waits.append(await _minutes(_process(bench)))
        bench.clock.forward(minutes=waits[-1], seconds=1)
    assert waits == [15, 30, 60, 120, 240, 240]
    bench.clock.forward(days=1)
    assert await _minutes(_process(bench)) == 15
    bench.clock.forward(minutes=16)
    await _process(bench).succeeded("River", PLACE)
    assert await _minutes(_process(bench)) == 15


async def test_a_network_is_shut_and_grows(bench: Bench) -> None:
    """Thirty failures whatever the names, also for passkeys; other networks go on."""
    for wait in (15, 30):
        for number in range(30):
            await _process(bench).failed(f"Name {number}", PLACE)
        for knock in (_process(bench).begin("River", PLACE), _process(bench).knock(PLACE)):
            with pytest.raises(TooManyAttempts) as refusal:
                await knock
            assert refusal.value.wait_seconds == wait * 60
        await _process(bench).knock("198.51.100.8")
        bench.clock.forward(minutes=wait, seconds=1)


async def test_a_stranger_shuts_an_account_for_an_hour_at_most(bench: Bench) -> None:
    """A hundred failures from everywhere; not longer the next time: that would be the attack."""
    for _ in range(2):
        for number in range(100):
            await _process(bench).failed("River", f"203.0.113.{number}")
        with pytest.raises(TooManyAttempts) as refusal:
            await _process(bench).begin("River", PLACE)
        assert refusal.value.wait_seconds <= 3_600
        bench.clock.forward(hours=1, seconds=1)
    await _process(bench).begin("River", PLACE)


async def test_no_name_and_no_address_is_kept(bench: Bench) -> None:
    """Counts hang on keyed fingerprints; and the right password is refused while it is shut."""
    await bench.account("River")
    for _ in range(6):
        answer = await bench.stranger().post("/api/session", {"name": "River", "password": "no"})
    assert answer.status_code == 429
    right = {"name": "River", "password": PASSWORD}
    assert (await bench.stranger().post("/api/session", right)).status_code == 429
    async with bench.database.transaction() as tx:
        marks = (await tx.session.scalars(select(SignInAttemptRow.mark))).all()
    assert len(marks) == 4 and {len(mark) for mark in marks} == {32}
    bench.clock.forward(minutes=15, seconds=1)
    assert (await bench.stranger().post("/api/session", right)).status_code == 200


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("unknown", "unknown"),
    ],
)
def test_a_network(place: str, found: str) -> None:
    """Within 64 bits of IPv6 an address is changed at will."""
    assert network(place) == found
