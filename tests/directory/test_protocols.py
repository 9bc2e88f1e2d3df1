"""Protocols: files that read back, the one that fits, and approval by two organizations."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from typer.testing import CliRunner

from directory import protocol_store as store
from directory.checked_yaml import RefusedFile
from directory.duty import PROVINCES, Words
from directory.protocol_cli import app
from directory.protocol_files import SEEDS, checked, read_files, read_text, write
from directory.protocol_match import Because, Candidate, Case, Warn, fits, match
from directory.protocols import (
    Age,
    Agency,
    Area,
    Kind,
    Level,
    Protocol,
    Situation,
    State,
    Time,
    from_data,
    steps,
    to_data,
)
from directory.protocols import (
    Path as Way,
)
from directory.seed import seed
from intake.consent import Detail, Ground, RecipientKind, Subject, SubjectKind
from intake.places import by_id
from storage.database import sqlalchemy_url
from tests.conftest import fresh_database

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def agency(**more: Any) -> Agency:
    """An invented service."""
    given = {
        "name": "Invented House",
        "path": Way.NON_POLICE,
        "kind": RecipientKind.SERVICE,
        "numbers": ("613-555-0101",),
        "hours": Words("24/7", "24/7"),
        "languages": ("en", "fr"),
        "may_receive": (Detail.NEEDS,),
    }
    return Agency(**{**given, **more})


def protocol(key: str = "made-up", **more: Any) -> Protocol:
    """An invented protocol for a whole province."""
    given = {
        "key": key,
        "title": Words("Made up", "Inventé"),
        "area": Area(Level.PROVINCE, "ON"),
        "situation": Situation(),
        "before": (Words("Ask.", "Demander."),),
        "agencies": (agency(),),
        "warm_transfer": Words("Stay.", "Rester."),
        "after": (Words("Write down.", "Noter."),),
        "owner": "Invented Network",
        "review_by": date(2027, 5, 1),
        "source": "invented",
        "reviewed_by": "nobody",
    }
    return Protocol(**{**given, **more})


def candidate(one: Protocol, *, approved: bool = True) -> Candidate:
    """A version of it."""
    return Candidate(uuid4(), 1, approved, one)


# Files


def test_seeds_cover_every_place() -> None:
    """An adult, a minor and labour in each place; nothing claims to be verified."""
    found = read_files([SEEDS])
    for province in PROVINCES:
        ages = {
            (one.situation.age, one.situation.kind)
            for one in found
            if one.area.province == province
        }
        assert ages == {(Age.MINOR, Kind.ANY), (Age.ADULT, Kind.ANY), (Age.ADULT, Kind.LABOUR)}
    assert {one.reviewed_by for one in found} == {"to be verified"}
    for one in found:
        paths = [step.agency.path for step in steps(one) if step.agency]
        # Police come last, and never first.
        assert paths[-1] is Way.POLICE and paths[0] is Way.NON_POLICE, one.key


def test_seeds_hold_only_known_numbers(root: Path) -> None:
    """Each number stands in the directory's first records or in the table of duties."""
    known = "".join(
        path.read_text()
        for folder in ("seed_data", "duty_data")
        for path in (root / "directory" / folder).glob("*.yaml")
    )
    numbers = {
        number for one in read_files([SEEDS]) for step in one.agencies for number in step.numbers
    }
    assert len(numbers) > 30
    unknown = {number for number in numbers if number not in known}
    assert unknown <= {"911", "2-1-1"}


def test_files_read_back() -> None:
    """What is written reads back to the same, and writes to the same bytes."""
    found = read_files([SEEDS])
    text_ = write(found)
    assert read_text(text_, "again") == found
    assert write(read_text(text_, "again")) == text_


_line = some.text(
    some.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=30
).filter(lambda one: one == one.strip() != "")
_words = some.builds(Words, _line, _line)
_agencies = some.builds(
    agency,
    name=_line,
    numbers=some.lists(some.sampled_from(["911", "613-555-0101", "2-1-1"]), max_size=3).map(tuple),
    hours=some.none() | _words,
    note=some.none() | _words,
    languages=some.lists(some.sampled_from(["en", "no", "cr"]), max_size=3).map(tuple),
    may_receive=some.lists(some.sampled_from(Detail), max_size=4).map(tuple),
    without_consent=some.lists(some.sampled_from(Ground), max_size=2).map(tuple),
)
_protocols = some.builds(
    protocol,
    title=_words,
    area=some.sampled_from(PROVINCES).map(lambda province: Area(Level.PROVINCE, province)),
    situation=some.builds(
        Situation, some.sampled_from(Age), some.sampled_from(Kind), some.sampled_from(Time)
    ),
    before=some.lists(_words, max_size=3).map(tuple),
    agencies=some.lists(_agencies, min_size=1, max_size=3).map(tuple),
    owner=_line,
    review_by=some.dates(date(2000, 1, 1), date(2100, 1, 1)),
)


@given(_protocols)
def test_any_protocol_reads_back(one: Protocol) -> None:
    """Whatever its words look like to YAML ("no", "1:30", "null", "*x"); the database too."""
    assert checked(one) == one
    assert from_data(to_data(one)) == one


@pytest.mark.parametrize(
    ("old", "new", "field", "reason"),
    [
        ("level: province", "level: planet", "area.level", "is not one of first_nation"),
        ("province: 'ON'", "province: ZZ", "area.province", "is not one of AB"),
        ("level: province", "level: town", "area", "lacks place"),
        ("province: 'ON'", "province: 'ON'\n    radius_km: 3", "area.radius_km", "regions only"),
        ("owner: Inv", "onwer: Inv", "", "lacks owner"),
        ("review_by: '2027-05-01'", "review_by: '2027-05-32'", "review_by", "no day"),
        ("path: non_police", "path: police", "agencies", "without police"),
        ("kind: service", "kind: police", "agencies[0].path", "the police path is for police"),
        ("- 613-555-0101", "- call us", "agencies[0].numbers[0]", "must look like"),
        ("- en\n", "- english\n", "agencies[0].languages[0]", "must look like"),
        ("name: Invented House", "name: ''", "agencies[0].name", "must not be empty"),
        ("source: invented", "source: invented\n  source: twice", "source", "is written twice"),
    ],
)
def test_a_broken_file_is_refused(
    tmp_path: Path, old: str, new: str, field: str, reason: str
) -> None:
    """By file, line, field and reason, and the good ones beside it are not taken either."""
    good = write([protocol()])
    assert old in good
    broken = good.replace(old, new, 1)
    (tmp_path / "a.yaml").write_text(write([protocol("another")]))
    (tmp_path / "b.yaml").write_text(broken)
    with pytest.raises(RefusedFile) as refused:
        read_files([tmp_path])
    (found, *_) = [one for one in refused.value.refusals if reason in one.reason]
    assert found.file.endswith("b.yaml")
    assert found.field == f"protocols[0].{field}".rstrip(".")
    said = broken.splitlines()[found.line - 1]
    last = field.split(".")[-1].split("[")[0] or "key"
    assert last in said or said.strip().startswith("- "), said


def test_a_key_in_two_files_is_refused(tmp_path: Path) -> None:
    """Which of them would count?"""
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(write([protocol()]))
    with pytest.raises(RefusedFile, match=r"is in .*a\.yaml already"):
        read_files([tmp_path])


# The one that fits


PEEL = by_id("peel-region-on")
BRAMPTON = by_id("brampton-on")
TORONTO = by_id("toronto-on")
CALGARY = by_id("calgary-ab")
LOCAL = {
    "nation": protocol("nation", area=Area(Level.FIRST_NATION, "ON", name="Invented Nation")),
    "town": protocol("town", area=Area(Level.TOWN, "ON", "brampton-on")),
    "region": protocol("region", area=Area(Level.REGION, "ON", "peel-region-on", radius_km=25)),
    "province": protocol("province"),
    "national": protocol("national", area=Area(Level.NATIONAL)),
}


@pytest.mark.parametrize(
    ("case", "key"),
    [
        (Case(place=BRAMPTON, first_nation="invented  NATION"), "nation"),
        (Case(place=BRAMPTON), "town"),
        (Case(place=PEEL), "region"),
        (Case(place=by_id("mississauga-on")), "region"),
        (Case(place=TORONTO), "province"),
        (Case(place=by_id("ON")), "province"),
        (Case(province="ON"), "province"),
        (Case(place=CALGARY), "national"),
        (Case(), "national"),
    ],
)
def test_the_most_local_one(case: Case, key: str) -> None:
    """Nation, town, region, province, country; it says so."""
    found = match([candidate(one) for one in LOCAL.values()], case, TODAY)
    assert found is not None and found.chosen.protocol.key == key
    level = found.chosen.protocol.area.level
    assert found.because[0].value == level.value and Because.APPROVED in found.because
    assert (Warn.PLACE_UNKNOWN in found.warnings) == (case == Case())


def test_approved_comes_before_what_waits_to_be_verified() -> None:
    """A national protocol that was agreed on beats a provincial one that nobody has read."""
    seeds = [candidate(LOCAL["town"], approved=False), candidate(LOCAL["province"], approved=False)]
    agreed = candidate(LOCAL["national"])
    found = match([*seeds, agreed], Case(place=BRAMPTON), TODAY)
    assert found is not None and found.chosen is agreed and found.warnings == [Warn.AGE_UNKNOWN]
    found = match(seeds, Case(place=BRAMPTON), TODAY)
    assert found is not None and found.chosen is seeds[0]
    assert Warn.NOT_APPROVED in found.warnings and list(found.others) == seeds[1:]


def test_situation() -> None:
    """The exact one first; another's never; an unknown age takes the one for minors."""
    adult = candidate(protocol("adult", situation=Situation(Age.ADULT)))
    minor = candidate(protocol("minor", situation=Situation(Age.MINOR)))
    labour = candidate(protocol("labour", situation=Situation(Age.ADULT, Kind.LABOUR)))
    every = [adult, minor, labour]
    here = Case(province="ON")

    def key(**known: Any) -> str:
        found = match(every, replace(here, **known), TODAY)
        assert found is not None
        return found.chosen.protocol.key

    assert key(age=Age.ADULT) == "adult"
    assert key(age=Age.ADULT, kind=Kind.LABOUR) == "labour"
    assert key(age=Age.ADULT, kind=Kind.SEX) == "adult"
    assert key(age=Age.MINOR, kind=Kind.LABOUR) == "minor"
    assert key() == "minor"
    assert match([adult], replace(here, age=Age.MINOR), TODAY) is None


def test_review_date() -> None:
    """Past it, the protocol still counts and warns."""
    old = candidate(protocol(review_by=TODAY - timedelta(days=1)))
    found = match([old], Case(province="ON", age=Age.ADULT), TODAY)
    assert found is not None and found.warnings == [Warn.REVIEW_PAST]
    due = candidate(protocol(review_by=TODAY))
    found = match([due], Case(province="ON", age=Age.ADULT), TODAY)
    assert found is not None and found.warnings == []


def test_every_question_has_an_answer_from_the_seeds() -> None:
    """And of all that fit none is more local and as well agreed on."""
    rng = random.Random(5)
    every = [candidate(one, approved=rng.random() < 0.3) for one in read_files([SEEDS])]
    places = [None, TORONTO, CALGARY, PEEL, by_id("iqaluit-nu"), by_id("CA"), by_id("QC")]
    order = list(Level)
    for _ in range(1_500):
        case = Case(
            place=rng.choice(places),
            province=rng.choice([None, *PROVINCES]),
            age=rng.choice([None, Age.ADULT, Age.MINOR]),
            kind=rng.choice([None, Kind.SEX, Kind.LABOUR]),
            time=rng.choice([None, Time.PAST, Time.IN_PROGRESS]),
        )
        rng.shuffle(every)
        found = match(every, case, TODAY)
        assert found is not None and fits(found.chosen.protocol, case)
        if case.age is not None:
            assert found.chosen.protocol.situation.age in (case.age, Age.ANY)
        mine = (not found.chosen.approved, order.index(found.chosen.protocol.area.level))
        for other in every:
            if fits(other.protocol, case):
                assert mine <= (not other.approved, order.index(other.protocol.area.level))
        # The order of the list does not matter.
        again = match(sorted(every, key=lambda one: one.version_id), case, TODAY)
        assert again is not None and again.chosen == found.chosen


# Versions and approvals


@pytest.fixture(scope="module")
def url(postgres: str) -> str:
    """A database of these tests' own."""
    return fresh_database(postgres, "protocols")


@pytest.fixture
def at_work(url: str) -> Callable[[Callable[[AsyncSession], Awaitable[Any]]], Any]:
    """Runs something in one transaction."""

    def run(work: Callable[[AsyncSession], Awaitable[Any]]) -> Any:
        async def whole() -> Any:
            engine = create_async_engine(sqlalchemy_url(url))
            try:
                async with AsyncSession(engine) as session, session.begin():
                    return await work(session)
            finally:
                await engine.dispose()

        return asyncio.run(whole())

    return run


async def _account(session: AsyncSession) -> UUID:
    made = uuid4()
    await session.execute(
        text("INSERT INTO advocate (id, name, password_hash) VALUES (:id, :name, 'x')"),
        {"id": made, "name": str(made)},
    )
    return made


def test_two_organizations(at_work: Any) -> None:
    """Draft, proposed, approved by two persons of two organizations; only then it counts."""

    async def work(session: AsyncSession) -> None:
        writer, first, second = [await _account(session) for _ in range(3)]
        one = protocol(f"two-{uuid4().hex}")
        key = one.key
        made = await store.save(session, one, origin="desk", saved_by=writer, at=NOW)

        async def counts() -> bool:
            return any(found.protocol.key == key for found in await store.candidates(session))

        with pytest.raises(store.NotInThatState):
            await store.approve(session, made, first, "A", NOW)
        await store.propose(session, made, writer, NOW)
        with pytest.raises(store.NotInThatState):
            await store.propose(session, made, writer, NOW)
        assert await store.approve(session, made, first, "Network A", NOW) is State.PROPOSED
        assert not await counts()
        for who, organization in ((first, "Network B"), (second, " network  a ")):
            with pytest.raises(store.SameVoice):
                await store.approve(session, made, who, organization, NOW)
        assert await store.approve(session, made, second, "Network B", NOW) is State.APPROVED
        assert await counts()
        # A newer draft changes nothing until it is approved too; the old one stays as it is.
        newer = replace(one, owner="Somebody else")
        with pytest.raises(store.StaleDraft):
            await store.save(session, newer, origin="desk", saved_by=writer, at=NOW, base=0)
        draft = await store.save(session, newer, origin="desk", saved_by=writer, at=NOW, base=1)
        history = await store.versions(session, key)
        assert [(v.number, v.state) for v in history] == [
            (2, State.DRAFT),
            (1, State.APPROVED),
        ]
        (now,) = [c for c in await store.candidates(session) if c.protocol.key == key]
        assert now.protocol == one and now.approved
        await store.withdraw(session, draft, writer, NOW)
        await store.withdraw(session, made, writer, NOW)
        assert not await counts()

    at_work(work)


def test_an_older_version_is_not_approved_over_a_newer_one(at_work: Any) -> None:
    """What two organizations read is what counts, not what somebody saved meanwhile."""

    async def work(session: AsyncSession) -> None:
        who = await _account(session)
        one = protocol(f"old-{uuid4().hex}")
        made = await store.save(session, one, origin="desk", saved_by=who, at=NOW)
        await store.propose(session, made, who, NOW)
        await store.save(session, one, origin="desk", saved_by=who, at=NOW)
        with pytest.raises(store.NotInThatState, match="newer"):
            await store.approve(session, made, who, "Network A", NOW)

    at_work(work)


@pytest.mark.parametrize("table", ["protocol_version", "protocol_event", "protocol_step"])
def test_nothing_is_edited_in_place(at_work: Any, table: str) -> None:
    """Not even around the functions."""

    async def work(session: AsyncSession) -> None:
        who = await _account(session)
        made = await store.save(
            session, protocol(f"x-{uuid4().hex}"), origin="desk", saved_by=who, at=NOW
        )
        await store.propose(session, made, who, NOW)
        subject = Subject(SubjectKind.TIP, uuid4())
        done = store.Outcome.DONE
        await store.take_step(session, subject, made, "agency-1", done, who, NOW)
        (taken,) = await store.steps_taken(session, subject)
        assert (taken.step, taken.outcome, taken.version_id) == ("agency-1", done, made)
        await session.execute(text(f"UPDATE {table} SET id = gen_random_uuid()"))

    with pytest.raises(DBAPIError, match="append-only"):
        at_work(work)


# The command


def test_commands(postgres: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Seeded, exported, imported again without change; a bad file takes nothing in."""
    url = fresh_database(postgres, "protocol_commands")
    monkeypatch.setenv("DATABASE_URL", url)
    runner = CliRunner()
    asyncio.run(seed(url))
    asyncio.run(seed(url))
    out = tmp_path / "out.yaml"
    assert runner.invoke(app, ["export", "--to", str(out)]).exit_code == 0
    mine = {one.key: one for one in read_files([out])}
    assert {one.key: one for one in read_files([SEEDS])}.items() <= mine.items()
    again = runner.invoke(app, ["import", str(out)])
    assert (again.exit_code, "0 added as drafts" in again.output) == (0, True), again.output
    key = f"mine-{uuid4().hex}"
    fresh = tmp_path / "fresh.yaml"
    fresh.write_text(write([protocol(key)]))
    bad = tmp_path / "bad.yaml"
    bad.write_text(write([protocol("bad")]).replace("level: province", "level: planet"))
    refused = runner.invoke(app, ["import", str(fresh), str(bad)])
    assert refused.exit_code == 1
    assert f"{bad}:8: protocols[0].area.level: is not one of" in refused.output
    assert key not in runner.invoke(app, ["list"]).output
    added = runner.invoke(app, ["import", str(fresh)])
    assert "1 added as drafts" in added.output
    assert f"{key}" in runner.invoke(app, ["list"]).output
    # A draft is exported only when asked for.
    assert runner.invoke(app, ["export", "--key", key]).exit_code == 1
    text_ = runner.invoke(app, ["export", "--key", key, "--newest"]).output
    assert read_text(text_, "out") == [protocol(key)]
    assert runner.invoke(app, ["check", str(SEEDS)]).exit_code == 0
    assert runner.invoke(app, ["check", str(bad)]).exit_code == 1
    assert runner.invoke(app, ["check", str(tmp_path / "none.yaml")]).exit_code == 1
    assert '"title"' in runner.invoke(app, ["schema"]).output


def test_without_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence says what is missing."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    found = CliRunner().invoke(app, ["list"])
    assert found.exit_code == 1 and "DATABASE_URL" in found.output
