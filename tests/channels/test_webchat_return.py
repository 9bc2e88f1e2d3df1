"""Coming back to the web chat with a code: what it opens, what it never shows, what it resists."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest
from limits import RateLimitItemPerMinute
from sqlalchemy import text

from channels.web import flood
from intake.conversation import Safety
from storage import returns
from storage.database import Database, utc_now
from storage.retention import CODE, purge
from storage.returns import code_keys, digits, new_code
from tests.channels.test_webchat import visitor  # noqa: F401  # a fixture
from tests.channels.webchat import SAME, Visitor, count

_CODE = re.compile(r'<p class="code" dir="ltr">(.*?)</p>')


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real hash with parameters for tests, and no limit but where one is the subject."""
    monkeypatch.setattr(returns, "_TIME_COST", 1)
    monkeypatch.setattr(returns, "_MEMORY_KIB", 8)
    monkeypatch.setattr(flood, "CODES", (RateLimitItemPerMinute(1000),))


async def code_of(visitor: Visitor) -> str:  # noqa: F811
    """The code that a visitor is shown on request."""
    page = await visitor.client.post("/return/code", data={"language": "en"}, headers=SAME)
    (code,) = _CODE.findall(page.text)
    return str(code)


async def enter(visitor: Visitor, code: str) -> httpx.Response:  # noqa: F811
    """Enter a code in another browser."""
    visitor.client.cookies.clear()
    return await visitor.client.post("/return", data={"code": code, "language": "fr"}, headers=SAME)


async def _run(database: Database, command: str, **values: object) -> None:
    async with database.transaction() as tx:
        await tx.session.execute(text(command), values)


async def test_the_way_back(visitor: Visitor) -> None:  # noqa: F811
    """The same conversation, the check first, and nothing of what was written before."""
    await visitor.say("he has a gun and hes coming")
    before = await visitor.conversation()
    code = await code_of(visitor)
    await visitor.client.post("/leave", headers=SAME)
    answer = await enter(visitor, code)
    assert (answer.status_code, answer.headers["location"]) == (303, "/fr#write")
    assert await visitor.lines() == []
    async with visitor.database.transaction() as tx:
        assert (await tx.conversations.get(before)).safety is Safety.ASKED
        said = await tx.desk.thread(before)
    assert said[-1].key == "open.again"
    await visitor.say("1")
    assert await visitor.conversation() == before
    assert await visitor.lines() == [("contact", "1")]


async def test_a_code_is_shown_to_a_visit_alone_and_replaces_the_last(
    visitor: Visitor,  # noqa: F811
) -> None:
    """Nobody who only looks gets one, and nobody else's page can ask for one."""
    looking = await visitor.client.post("/return/code", data={"language": "en"}, headers=SAME)
    assert (looking.status_code, looking.headers["location"]) == (303, "/en/return")
    await visitor.say("hello")
    first, second = await code_of(visitor), await code_of(visitor)
    foreign = {"Sec-Fetch-Site": "cross-site"}
    for path in ("/return", "/return/code"):
        assert (await visitor.client.post(path, data={}, headers=foreign)).status_code == 403
        long = await visitor.client.post(path, content=b"x" * 9_000, headers=SAME)
        assert long.status_code == 413
    assert (await enter(visitor, first)).status_code == 200
    assert (await enter(visitor, f" ({second}) ".replace("-", " "))).status_code == 303


async def test_wrong_and_old_look_the_same(visitor: Visitor) -> None:  # noqa: F811
    """One page for a code that never was, that is too old, or that leads to nothing any more."""
    await visitor.say("hello")
    old = await code_of(visitor)
    await _run(visitor.database, "UPDATE return_code SET made_at = made_at - :by", by=CODE)
    before = await count(visitor.database, "SELECT count(*) FROM web_visit")
    pages = {(await enter(visitor, code)).text for code in (new_code(), old, "", "no digits", "7")}
    assert len(pages) == 1
    assert "does not work" not in pages.pop()  # the page is in the language of the form
    assert await count(visitor.database, "SELECT count(*) FROM web_visit") == before


async def test_guesses_are_few(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    """All visitors together have so many tries; a right code does not get past the limit."""
    await visitor.say("hello")
    code = await code_of(visitor)
    monkeypatch.setattr(flood, "CODES", (RateLimitItemPerMinute(6),))  # two processes
    found = [(await enter(visitor, new_code())).status_code for _ in range(3)]
    assert found == [200, 200, 200]
    assert (await enter(visitor, code)).status_code == 429


async def test_the_database_does_not_lead_back(visitor: Visitor) -> None:  # noqa: F811
    """Neither the code nor the token is in a row, and the keys alone do not open it."""
    await visitor.say("hello")
    code, token = await code_of(visitor), visitor.client.cookies["visit"]
    async with visitor.database.transaction() as tx:
        dump = str(
            (await tx.session.execute(text("SELECT return_code::text FROM return_code"))).all()
        )
    assert token not in dump
    for hidden in (code, digits(code), token.encode().hex(), code.encode().hex()):
        assert hidden not in dump
    other = await code_keys(visitor.database.keyring, new_code())
    own = await code_keys(visitor.database.keyring, code)
    assert len({other.place, other.lock, own.place, own.lock}) == 4


async def test_a_code_goes_with_what_it_leads_to(visitor: Visitor) -> None:  # noqa: F811
    """The purge leaves no code that is too old or whose conversation was emptied."""
    await visitor.say("hello")
    await code_of(visitor)
    mine = "SELECT count(*) FROM return_code"
    async with visitor.database.transaction() as tx:
        await purge(tx.session, utc_now())
    assert await count(visitor.database, mine) >= 1
    await _run(visitor.database, "UPDATE conversation SET closed_at = now(), holder = 'bot'")
    async with visitor.database.transaction() as tx:
        await purge(tx.session, utc_now() + timedelta(days=31))
    assert await count(visitor.database, mine) == 0


def test_the_shape_of_a_code() -> None:
    """Like a phone number, but nobody's: no exchange begins with 0 or 1; any digits are read."""
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(r"[2-9]\d\d-[01]\d\d-\d{4}", code) for code in codes)
    assert digits(" (٤١٦) ०12 ۳۴۵۶ ²") == "41601234562"
