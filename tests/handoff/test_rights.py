"""Which role has which right, and that routes refuse by name and on record."""

from __future__ import annotations

from typing import Annotated

import pytest
from fastapi import Depends

from handoff.auth import SignedIn
from handoff.office import needs
from handoff.rights import RIGHTS, Right, Role, may
from storage.tables import AdvocateRow
from tests.handoff.people import Bench

Reader = Annotated[SignedIn, Depends(needs(Right.READ_AUDIT))]
# What domain knowledge wants, written a second time on purpose.
EXPECTED = {
    "work_board": {"advocate", "supervisor"},
    "open_any": {"supervisor"},
    "edit_directory": {"directory_editor"},
    "read_tips": {"tips_officer"},
    "unmask_tipster": {"tips_officer"},
    "read_audit": {"privacy_officer"},
    "manage_accounts": {"administrator"},
    "approve_protocols": {"supervisor"},
    "see_wall": {"supervisor"},
    "switch_line": {"supervisor"},
    "edit_phrases": {"supervisor"},
    "manage_tip_keys": {"administrator", "privacy_officer"},
}


def test_each_right_has_its_roles() -> None:
    """Least privilege: nobody who manages accounts, tips or the log reads conversations."""
    found = {
        right.value: {role.value for role, rights in RIGHTS.items() if right in rights}
        for right in Right
    }
    assert found == EXPECTED
    assert set(RIGHTS) == set(Role)


def test_the_database_knows_the_same_roles() -> None:
    """A role of the code that the database refuses would fail at the worst moment."""
    (check,) = [
        str(constraint.sqltext)  # type: ignore[attr-defined]
        for constraint in AdvocateRow.__table__.constraints  # type: ignore[attr-defined]
        if str(constraint.name).endswith("role")
    ]
    assert {part.strip("' ") for part in check.split("(")[1].rstrip(")").split(",")} == set(Role)


async def test_a_route_that_needs_a_right(bench: Bench) -> None:
    """Signed out, without the right and with it: on pages, at the API, and on the log."""
    app = bench.app.app

    async def shown(signed_in: Reader) -> dict[str, str]:
        return {"role": signed_in.advocate.role}

    for path in ("/api/invented", "/invented"):
        app.add_api_route(path, shown)  # type: ignore[attr-defined]
    stranger = bench.stranger()
    assert (await stranger.get("/api/invented")).json()["error"]["code"] == "signed_out"
    assert (await stranger.get("/invented")).headers["location"] == "/sign-in"
    river = await bench.advocate("River", "administrator")
    refused = await river.get("/api/invented")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "no_right")
    assert "read_audit" in refused.json()["error"]["message"]
    page = await river.get("/invented")
    assert page.status_code == 403 and "<html" in page.text
    assert [line for line in await bench.audit() if line[0] == "right_refused"] == [
        ("right_refused", line[1], None, {"right": "read_audit"})
        for line in (await bench.audit())[-2:]
    ]
    wren = await bench.advocate("Wren", "privacy_officer")
    assert (await wren.get("/api/invented")).json() == {"role": "privacy_officer"}


@pytest.mark.parametrize("role", list(Role))
async def test_a_closed_account_has_no_right(bench: Bench, role: Role) -> None:
    """Whatever the role was."""
    account = await bench.account("River", role.value)
    async with bench.database.transaction() as tx:
        await tx.accounts.disable(account, bench.clock.time)
        closed = await tx.accounts.advocate_by_name("River")
    assert closed is not None
    assert not any(may(closed, right) for right in Right)
