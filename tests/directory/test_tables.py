"""What the database itself refuses."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from directory.tables import (
    LocationRow,
    OrganizationRow,
    PhoneRow,
    ScheduleRow,
    ServiceAreaRow,
    ServiceRow,
)
from storage.base import Base


def organization(**columns: Any) -> OrganizationRow:
    """A valid organization."""
    return OrganizationRow(**{"name": "X", "description": "X", "kind": "direct_service", **columns})


@pytest.mark.parametrize(
    "wrong",
    [
        LocationRow(location_type="physical", visibility="sealed", latitude=49.0),
        LocationRow(location_type="physical", visibility="sealed", transportation="bus 9"),
        LocationRow(location_type="physical", visibility="sealed", address_confidential=False),
        LocationRow(location_type="house"),
        PhoneRow(number="555-0100", visibility="public", warm_transfer=True),
        PhoneRow(number="555-0100", type="pigeon"),
        organization(kind="band"),
        organization(visibility="secret"),
        ScheduleRow(timezone="America/Toronto", freq="DAILY"),
        ScheduleRow(timezone="America/Toronto", interval=0),
        ServiceAreaRow(level="province", place_id="AB"),
        ServiceAreaRow(level="national", place_id="CA", province="AB"),
        ServiceAreaRow(level="town", place_id="calgary-ab", province="AB"),
    ],
    ids=lambda row: type(row).__name__,
)
async def test_rows_that_contradict_themselves_are_refused(
    session: AsyncSession, wrong: Base
) -> None:
    """Sealed means empty, closed sets are closed, a town has a centre."""
    session.add(wrong)
    with pytest.raises(IntegrityError):
        await session.flush()


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "open"},
        {"crisis_grade": "24/7"},
        {"share_by_channel": "fax"},
        {"minimum_age": 30, "maximum_age": 20},
        {"maximum_age": 200},
        {"verification": "verified"},
        {"verified_method": "hearsay"},
    ],
)
async def test_services_that_contradict_themselves_are_refused(
    session: AsyncSession, columns: dict[str, Any]
) -> None:
    """Verified takes somebody, a day and a way; ages stand in order."""
    owner = organization()
    session.add(owner)
    await session.flush()
    session.add(ServiceRow(organization_id=owner.id, name="X", **columns))
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_what_nobody_decided_is_closed(session: AsyncSession) -> None:
    """Defaults hide: staff only, by an advocate, sealed and confidential, unverified."""
    owner = organization()
    session.add(owner)
    await session.flush()
    service = ServiceRow(organization_id=owner.id, name="X")
    location = LocationRow(location_type="physical")
    phone = PhoneRow(number="555-0100")
    session.add_all([service, location, phone])
    await session.flush()
    for row in (owner, service, location, phone):
        await session.refresh(row)
    assert owner.visibility == service.visibility == phone.visibility == "staff_only"
    assert service.share_by_channel == "advocate_only"
    assert service.verification == "to_be_verified"
    assert service.accepts_men is service.accepts_no_status is service.police_affiliated is None
    assert (location.visibility, location.address_confidential) == ("sealed", True)
