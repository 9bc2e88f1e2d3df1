"""The first records: complete, honest about what is not known, and loaded once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from directory.seed import DATA, seed, seed_if_empty
from directory.seed_records import InvalidRecord, read_organizations
from directory.tables import (
    AddressRow,
    AttributeRow,
    LocationRow,
    OrganizationRow,
    PhoneRow,
    ServiceAreaRow,
    ServiceRow,
)
from directory.vocabulary import Area, Audience, Phase
from intake.needs import Need
from storage.database import sqlalchemy_url


async def test_seeding_twice_adds_nothing(session: AsyncSession) -> None:
    """The second call finds the directory filled and leaves it alone."""
    added = await seed_if_empty(session)
    organizations = await session.scalar(select(func.count()).select_from(OrganizationRow))
    assert added > 80
    assert await seed_if_empty(session) == 0
    again = await session.scalar(select(func.count()).select_from(OrganizationRow))
    assert again == organizations


async def test_a_filled_directory_is_never_touched(session: AsyncSession) -> None:
    """One organization of the hotline's own is enough."""
    session.add(OrganizationRow(name="Ours", description="Own.", kind="direct_service"))
    await session.flush()
    assert await seed_if_empty(session) == 0


async def test_two_at_once_seed_once(postgres: str, empty_url: str) -> None:
    """Processes that start together take turns."""
    added = sorted(await asyncio.gather(seed(empty_url), seed(empty_url)))
    assert added[0] == 0
    assert added[1] > 80
    engine = create_async_engine(sqlalchemy_url(empty_url))
    async with engine.begin() as connection:
        await connection.execute(
            text("TRUNCATE organization, taxonomy, attribute, location CASCADE")
        )
    await engine.dispose()


async def test_every_record_is_to_be_verified_and_has_no_address(session: AsyncSession) -> None:
    """Nobody verified anything yet; houses are sealed and empty."""
    await seed_if_empty(session)
    states = set(await session.scalars(select(ServiceRow.verification)))
    assert states == {"to_be_verified"}
    assert await session.scalar(select(func.count()).select_from(AddressRow)) == 0
    houses = (await session.scalars(select(LocationRow))).all()
    assert {house.place_id for house in houses} == {
        "vancouver-bc", "saskatoon-sk", "toronto-on", "montreal-qc",
    }  # fmt: skip
    for house in houses:
        assert house.visibility == "sealed"
        assert house.address_confidential
        assert house.latitude is None
        assert house.longitude is None
        assert house.sealed is None


async def test_unconfirmed_fields_say_so(session: AsyncSession) -> None:
    """Numbers that no source of today confirms are marked one by one."""
    await seed_if_empty(session)
    phones = (await session.scalars(select(PhoneRow))).all()
    marked = {phone.number for phone in phones if phone.unconfirmed}
    assert {"780-474-1104", "1-866-403-8000", "604-836-6381", "416-598-4898"} <= marked
    assert not {"1-833-900-1010", "9-8-8", "310-1818", "1-800-363-9010"} & marked
    klinic = await session.scalar(select(ServiceRow).where(ServiceRow.discreet_name == "Klinic"))
    two_one_one = await session.scalar(select(ServiceRow).where(ServiceRow.name == "211"))
    assert klinic is not None
    assert two_one_one is not None
    assert klinic.unconfirmed == []
    assert "crisis_grade" in two_one_one.unconfirmed


async def test_every_service_has_an_area_and_a_need(session: AsyncSession) -> None:
    """Without them no search could find it."""
    await seed_if_empty(session)
    services = set(await session.scalars(select(ServiceRow.id)))
    placed = set(await session.scalars(select(ServiceAreaRow.service_id)))
    needed = set(
        await session.scalars(select(AttributeRow.link_id).where(AttributeRow.link_type == "need"))
    )
    assert services == placed == needed


def test_numbers_are_written_as_people_dial_them() -> None:
    """Short codes, 310 numbers, or ten digits with or without the 1."""
    for record in read_organizations(DATA):
        for service in record.services:
            for phone in service.phones:
                digits = "".join(letter for letter in phone.number if letter.isdigit())
                assert len(digits) in {3, 6, 7, 10, 11}, service.name
                assert len(digits) != 7 or digits.startswith("310"), service.name
                assert len(digits) != 11 or digits.startswith("1"), service.name


def test_taxonomies_and_vocabulary_agree() -> None:
    """The terms in the database are the enums of the code."""
    taxonomies = {
        one["name"]: set(one["terms"])
        for one in yaml.safe_load((DATA / "taxonomies.yaml").read_text(encoding="utf-8"))
    }
    assert taxonomies == {
        "area": set(Area),
        "need": {need.value for need in Need},
        "phase": set(Phase),
        "audience": set(Audience),
    }


def test_every_province_and_territory_has_its_child_protection_entry() -> None:
    """Thirteen, or the duty to report has no door there."""
    provinces = set()
    for record in read_organizations(DATA):
        for service in record.services:
            if "child_protection" in service.needs.get("primary", []):
                provinces |= {area.place.rpartition("-")[2].upper() for area in service.where}
    assert provinces == {
        "AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("kind: band", "band"),
        ("colour: red", "colour"),
        ("sealed_location: atlantis", "atlantis"),
        ("services: [{name: X, needs: {}, where: [ZZ]}]", "ZZ"),
        ("services: [{name: X, needs: {}, where: [AB], adress: 12 Lane}]", "adress"),
        ("services: [{name: X, needs: {}, where: [AB], phones: [{number: 911}]}]", "quotes"),
    ],
)
def test_a_bad_record_is_refused_by_name(tmp_path: Path, wrong: str, reason: str) -> None:
    """The message names the file, the entry and the reason."""
    lines = {"kind": "kind: coalition", "services": "services: []"}
    lines[wrong.partition(":")[0]] = wrong
    body = "\n  ".join(["- id: bad", "name: X", "description: X", "areas: []", *lines.values()])
    (tmp_path / "region.yaml").write_text(body, encoding="utf-8")
    with pytest.raises(InvalidRecord, match=f"region.yaml, bad: .*{reason}"):
        list(read_organizations(tmp_path))
