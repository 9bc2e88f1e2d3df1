"""HSDS in and out: nothing lost, nothing half imported, nothing sealed let out."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from directory.__main__ import main
from directory.hsds.exporting import collect
from directory.seed import seed
from storage.keys import create
from tests.conftest import fresh_database

EXAMPLE = Path(__file__).with_name("data") / "hsds_service_full.json"
SECRET = "SECRET"


@pytest.fixture
def hall(postgres: str, monkeypatch: pytest.MonkeyPatch, request: Any) -> Iterator[str]:
    """An empty directory, named to the command by DATABASE_URL."""
    url = request.getfixturevalue("hsds_url")
    monkeypatch.setenv("DATABASE_URL", url)
    yield url
    empty(url)


@pytest.fixture(scope="module")
def hsds_url(postgres: str) -> str:
    """A database of this module's own."""
    return fresh_database(postgres, "hsds")


def empty(url: str) -> None:
    """Take every record out."""
    with psycopg.connect(url) as connection:
        connection.execute("TRUNCATE organization, location, taxonomy, attribute, metadata, "
                           "contact, kept_record CASCADE")  # fmt: skip


def sorted_by_id(value: Any) -> Any:
    """The same record with its lists in one order."""
    if isinstance(value, dict):
        return {name: sorted_by_id(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return sorted((sorted_by_id(one) for one in value), key=lambda one: json.dumps(one))
    return value


def less_ours(value: Any) -> Any:
    """A record without the fields that we add to HSDS."""
    added = {"kind", "visibility", "share_by_channel", "unconfirmed", "level", "place_id",
             "timezone_name", "position", "warm_transfer", "address_confidential", "verification",
             "is_the_line", "province", "radius_km"}  # fmt: skip
    if isinstance(value, dict):
        return {name: less_ours(inner) for name, inner in value.items() if name not in added}
    return [less_ours(one) for one in value] if isinstance(value, list) else value


def test_a_package_made_by_others_comes_back_whole(hall: str, tmp_path: Path) -> None:
    """The specification's own full example, into the tables and out again, field by field."""
    out = tmp_path / "out.json"
    assert main(["check", str(EXAMPLE)]) == 0
    assert main(["import", str(EXAMPLE)]) == 0
    assert main(["export", str(out)]) == 0
    (found,) = json.loads(out.read_text())["contents"]
    assert sorted_by_id(less_ours(found)) == sorted_by_id(json.loads(EXAMPLE.read_text()))
    with psycopg.connect(hall) as connection:
        row = connection.execute(
            "SELECT minimum_age, visibility, share_by_channel FROM service"
        ).fetchone()
    # For staff alone until an editor opens it.
    assert row is not None
    assert (int(row[0]), *row[1:]) == (12, "staff_only", "advocate_only")


@pytest.mark.parametrize("suffix", ["json", "zip"])
async def test_our_own_directory_comes_back_whole(hall: str, tmp_path: Path, suffix: str) -> None:
    """Export, empty, import, export: the same records, with every field that HSDS lacks."""
    await seed(hall)
    first, second = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    before = {table: {k: g.row for k, g in rows.items()} for table, rows in
              collect(hall).tables.items()}  # fmt: skip
    assert main(["export", str(first)]) == 0
    empty(hall)
    assert main(["import", str(first)]) == 0
    after = {table: {k: g.row for k, g in rows.items()} for table, rows in
             collect(hall).tables.items()}  # fmt: skip
    assert after == before
    assert len(before["service"]) > 80
    assert main(["export", str(second)]) == 0
    if suffix == "json":
        assert json.loads(second.read_text()) == json.loads(first.read_text())


def test_unknown_fields_and_tables_survive(hall: str, tmp_path: Path) -> None:
    """What we have no column or table for is there in the next export."""
    record = json.loads(EXAMPLE.read_text())
    record["x_local_code"] = {"nested": [1, 2]}
    record["cost_options"] = [{"id": "1fdf4d39-3d80-484d-9f92-a8ffa08621e7", "amount": 35.5}]
    record["capacities"] = [{"id": "8896b788-7b3e-11ef-8db9-7f3d040352b3", "available": 3,
                             "updated": "2024-09-25T14:23:06Z",
                             "unit": {"id": "187a37a2-7b40-11ef-9790-dbf7623d4407",
                                      "name": "Bed"}}]  # fmt: skip
    source, out = tmp_path / "in.json", tmp_path / "out.json"
    source.write_text(json.dumps([record]))
    assert main(["import", str(source)]) == 0
    assert main(["import", str(source)]) == 0  # the same records, brought up to date
    assert main(["export", str(out)]) == 0
    (found,) = json.loads(out.read_text())["contents"]
    for field in ("x_local_code", "cost_options", "capacities"):
        assert found[field] == record[field]


def _package(path: Path, **files: list[dict[str, Any]]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in files.items():
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, sorted({field for row in rows for field in row}))
            writer.writeheader()
            writer.writerows(rows)
            archive.writestr(f"{name}.csv", text.getvalue())
    return path


ORGANIZATION = {"id": "o1", "name": "Invented", "description": "Invented."}
SERVICE = {"id": "s1", "organization_id": "o1", "name": "Beds", "status": "active"}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"services": [{**SERVICE, "status": "open"}]}, "services.csv, line 2: service s1, status"),
        ({"services": [{**SERVICE, "minimum_age": "old"}]}, "line 2: service s1, minimum_age"),
        ({"services": [{**SERVICE, "minimum_age": 200}]}, "minimum_age: must lie between 0"),
        ({"services": [SERVICE, {**SERVICE, "id": "s2", "organization_id": "gone"}]},
         "line 3: service s2, organization_id: names a organization"),
        ({"services": [{**SERVICE, "name": ""}]}, "name: is required"),
        ({"services": [SERVICE, SERVICE]}, "line 3: service s1, id: stands twice"),
        ({"services": [SERVICE],
          "schedules": [{"id": "h", "service_id": "s1", "opens_at": "noon"}]},
         "schedules.csv, line 2: schedule h, opens_at: cannot be read as a time"),
        ({"phones": [{"id": "p", "organization_id": "o1"}]}, "phone p, number: is required"),
        ({"locations": [{"id": "l", "location_type": "physical", "visibility": "sealed",
                         "latitude": 49.1}]}, "latitude: must not stand in the clear"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_with_its_place(
    hall: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    files: dict[str, list[dict[str, Any]]],
    said: str,
) -> None:
    """File, line, field and reason; and nothing of the file is imported."""
    path = _package(tmp_path / "bad.zip", **{"organizations": [ORGANIZATION], **files})
    assert main(["import", str(path)]) == 1
    assert said in capsys.readouterr().err
    with psycopg.connect(hall) as connection:
        assert connection.execute("SELECT count(*) FROM organization").fetchone() == (0,)


def test_what_the_database_refuses_leaves_nothing(
    hall: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rule that only the database knows stops the whole file, and its rows are not repeated."""
    bad = {**SERVICE, "crisis_grade": f"{SECRET} grade"}
    path = _package(tmp_path / "bad.zip", organizations=[ORGANIZATION], services=[bad])
    assert main(["import", str(path)]) == 1
    said = capsys.readouterr().err
    assert "crisis_grade" in said
    assert SECRET not in said
    with psycopg.connect(hall) as connection:
        assert connection.execute("SELECT count(*) FROM organization").fetchone() == (0,)


def test_json_faults_name_their_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line on which the record's id stands; a broken file names the line where it breaks."""
    record = json.loads(EXAMPLE.read_text())
    record["service_at_locations"][0]["location"]["location_type"] = "house"
    del record["organization"]["locations"]
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(record, indent=1))
    known = record["service_at_locations"][0]["location"]["id"]
    lines = path.read_text().split("\n")
    line = next(number for number, text in enumerate(lines, 1) if known in text)
    record_at = f"bad.json, line {line}: location {known}, location_type: must be one of physical"
    assert main(["check", str(path)]) == 1
    assert record_at in capsys.readouterr().err
    path.write_text('{"contents": [\n{"id": }\n]}')
    assert main(["check", str(path)]) == 1
    assert "bad.json, line 2" in capsys.readouterr().err


def test_sealed_records_leave_encrypted_only(hall: str, tmp_path: Path) -> None:
    """A plain export holds no word of them; the encrypted one comes back whole."""
    keys = tmp_path / "keys.json"
    create(keys)
    house = {"id": "l1", "organization_id": "o1", "location_type": "physical",
             "name": f"{SECRET} House", "visibility": "staff_only",
             "address_confidential": "true", "latitude": 49.123456}  # fmt: skip
    files: dict[str, list[dict[str, Any]]] = {
        "organizations": [ORGANIZATION],
        "services": [SERVICE, {**SERVICE, "id": "s2", "name": SECRET, "visibility": "sealed"}],
        "locations": [house],
        "service_at_location": [{"id": "x", "service_id": "s1", "location_id": "l1",
                                 "description": "upstairs"}],
        "addresses": [{"id": "a", "location_id": "l1", "address_1": f"12 {SECRET} Lane",
                       "city": SECRET, "state_province": "BC", "postal_code": "V0V 1A1",
                       "country": "CA", "address_type": "physical"}],
        "phones": [{"id": "p", "service_id": "s1", "number": "555-0100"},
                   {"id": "q", "service_id": "s1", "number": "555-0177", "warm_transfer": "true",
                    "visibility": "staff_only"}],
        "metadata": [{"id": "m", "resource_id": "l1", "resource_type": "location",
                      "last_action_date": "2026-01-01", "last_action_type": "update",
                      "field_name": "name", "previous_value": SECRET, "replacement_value": "x",
                      "updated_by": "Sage"}],
    }  # fmt: skip
    assert main(["import", str(_package(tmp_path / "in.zip", **files))]) == 0
    for suffix in ("json", "zip"):
        out = tmp_path / f"plain.{suffix}"
        assert main(["export", str(out)]) == 0
        text = out.read_bytes()
        if suffix == "zip":
            with zipfile.ZipFile(out) as archive:
                text = b"".join(archive.read(one) for one in archive.namelist())
        for hidden in (SECRET, "V0V 1A1", "49.123456", "555-0177"):
            assert hidden.encode() not in text, hidden
        assert b"555-0100" in text
    whole = {table: len(rows) for table, rows in collect(hall, with_sealed=True).tables.items()}
    out = tmp_path / "all.zip"
    assert main(["export", str(out), "--with-sealed"]) == 2
    assert main(["export", str(out), "--with-sealed", "--key-file", str(keys)]) == 0
    assert SECRET.encode() not in out.read_bytes()
    empty(hall)
    assert main(["import", str(out)]) == 1
    assert main(["import", str(out), "--key-file", str(keys)]) == 0
    again = {table: len(rows) for table, rows in collect(hall, with_sealed=True).tables.items()}
    assert again == whole
