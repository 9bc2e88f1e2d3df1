"""Read HSDS files: JSON as the API writes it or as tables, and CSV data packages, zipped or not."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from directory.hsds.package import MOST_FAULTS, Fault, Given, Package, Refused
from directory.hsds.shape import SYNONYMS, Row, Table, faults, tables

_NAMESPACE = uuid5(NAMESPACE_URL, "https://openreferral.org/")
OTHER_TABLES = "tables"
"""In our own JSON: rows that no service nests."""
AS_GIVEN = "@id"
"""In a copy of a row that a package nests under two parents of one kind: the id it was given."""
_LARGEST_CELL = 10_000_000


def read(path: Path) -> Package:
    """The rows of a file, checked against the schemas. Raises Refused or OSError."""
    return check(_read(path))


def read_bytes(content: bytes, name: str) -> Package:
    """The same for a file that was decrypted into memory."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return check(_csv({one: archive.read(one) for one in archive.namelist()}, name))
    return check(_json(content.decode("utf-8-sig"), name))


def check(package: Package) -> Package:
    """The package itself. Raises Refused when a row does not fit its schema."""
    found: list[Fault] = []
    for table, given in package.every():
        flat = {field: value for field, value in given.row.items() if field != AS_GIVEN}
        for field, reason in faults(table, flat):
            record = f"{table} {flat.get('id', 'without id')}"
            found.append(Fault(given.file, given.line, record, field, reason))
            if len(found) == MOST_FAULTS:
                raise Refused(found)
    if found:
        raise Refused(found)
    return package


def _read(path: Path) -> Package:
    if path.is_dir():
        return _csv({one.name: one.read_bytes() for one in sorted(path.iterdir())}, path.name)
    content = path.read_bytes()
    try:
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return _csv({one: archive.read(one) for one in archive.namelist()}, path.name)
        return _json(content.decode("utf-8-sig"), path.name)
    except (UnicodeDecodeError, zipfile.BadZipFile):
        raise Refused([Fault(path.name, 0, "file", "", "is neither JSON nor a zip")]) from None


def _json(text: str, name: str) -> Package:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise Refused([Fault(name, error.lineno, "file", "", f"is no JSON: {error.msg}")]) from None
    package = Package()
    nesting = _Nesting(package, text, name)
    if isinstance(content, dict) and _is_tabular(content):
        nesting.tabular(content)
    else:
        roots = content.get("contents", [content]) if isinstance(content, dict) else content
        if not isinstance(roots, list):
            raise Refused([Fault(name, 1, "file", "contents", "must be a list")])
        for root in roots:
            nesting.root(root)
        if isinstance(content, dict) and isinstance(content.get(OTHER_TABLES), dict):
            nesting.tabular(content[OTHER_TABLES])
    if nesting.faults:
        raise Refused(nesting.faults[:MOST_FAULTS])
    return package


def _is_tabular(content: Mapping[str, Any]) -> bool:
    return any(isinstance(content.get(table), list) for table in tables())


class _Nesting:
    """Takes nested JSON apart into flat rows that name their parents."""

    def __init__(self, package: Package, text: str, file: str) -> None:
        self._package = package
        self._text = text
        self._file = file
        self._at = 0
        self._line = 1
        self.faults: list[Fault] = []

    def tabular(self, content: Mapping[str, Any]) -> None:
        """{table: [rows]}; rows may nest all the same."""
        for name, rows in content.items():
            if name in tables() and isinstance(rows, list):
                for row in rows:
                    self._add(name, row, {})

    def root(self, record: Any) -> None:
        """A service, an organization, a location or a service at a location."""
        self._add(_kind(record) if isinstance(record, dict) else "service", record, {})

    def _add(self, table: str, record: Any, parents: Row) -> str:
        """Keep a record and what it nests; its id."""
        if not isinstance(record, dict) or not isinstance(record.get("id"), str):
            self._refuse(f"{table} without id", "id", "is required and missing")
            return ""
        shape = tables()[table]
        known = record["id"]
        line = self._line_of(known)
        flat = {
            field: value
            for field, value in record.items()
            if SYNONYMS.get(field, field) not in shape.children
        }
        row_id = self._keep(table, flat, parents, line)
        for field, nested in record.items():
            child = shape.children.get(SYNONYMS.get(str(field), str(field)))
            if child is None or nested is None:
                continue
            if child.many:
                tie = {child.key: row_id} | ({child.entity: table} if child.entity else {})
                for one in nested if isinstance(nested, list) else [nested]:
                    self._add(child.table, one, tie)
            else:
                self._package.rows(table)[row_id].row[child.key] = self._add(
                    child.table, nested, {}
                )
        return row_id

    def _keep(self, table: str, flat: Row, parents: Row, line: int) -> str:
        """Add a row, or the parents of one that stands in several places."""
        rows = self._package.rows(table)
        row_id = str(flat["id"])
        held = rows.get(row_id)
        if held is None:
            rows[row_id] = Given({**flat, **parents}, self._file, line)
            return row_id
        same = all(held.row.get(field) == value for field, value in flat.items())
        if not same:
            self._refuse(f"{table} {row_id}", "id", "stands twice with different contents", line)
            return row_id
        if all(held.row.get(field) in (None, value) for field, value in parents.items()):
            held.row.update(parents)
            return row_id
        # Two parents of one kind: a row has room for one, so the second gets a copy.
        copy = str(uuid5(_NAMESPACE, "/".join([table, row_id, *map(str, parents.values())])))
        rows[copy] = Given({**flat, **parents, "id": copy, AS_GIVEN: row_id}, self._file, line)
        return copy

    def _line_of(self, row_id: str) -> int:
        """The line on which an id stands next, going forward through the text."""
        found = self._text.find(f'"{row_id}"', self._at)
        if found < 0:
            return self._line
        self._line += self._text.count("\n", self._at, found)
        self._at = found
        return self._line

    def _refuse(self, record: str, field: str, reason: str, line: int | None = None) -> None:
        self.faults.append(Fault(self._file, line or self._line, record, field, reason))


def _kind(record: Mapping[str, Any]) -> str:
    if "location_type" in record:
        return "location"
    if "service_id" in record or "service" in record:
        return "service_at_location"
    if "status" in record or "organization" in record or "organization_id" in record:
        return "service"
    return "organization"


def _csv(files: Mapping[str, bytes], package_name: str) -> Package:
    """The tables of a data package; `datapackage.json` may give them other file names."""
    package = Package()
    found: list[Fault] = []
    named = _paths(files, package_name)
    csv.field_size_limit(_LARGEST_CELL)
    for shape in tables().values():
        path = named.get(shape.name, shape.path)
        content = next((files[one] for one in files if one.rpartition("/")[2] == path), None)
        if content is None:
            continue
        for given, fault in _csv_rows(shape, path, content):
            row_id = str(given.row.get("id", ""))
            if fault is None and row_id in package.rows(shape.name):
                fault = Fault(path, given.line, f"{shape.name} {row_id}", "id", "stands twice")
            if fault is None:
                package.rows(shape.name)[row_id] = given
            else:
                found.append(fault)
                if len(found) == MOST_FAULTS:
                    raise Refused(found)
    if found:
        raise Refused(found)
    if not package.tables:
        reason = "holds no file of an HSDS data package (organizations.csv, services.csv, ...)"
        raise Refused([Fault(package_name, 0, "package", "", reason)])
    return package


def _paths(files: Mapping[str, bytes], package_name: str) -> dict[str, str]:
    description = next((one for one in files if one.endswith("datapackage.json")), None)
    if description is None:
        return {}
    try:
        resources = json.loads(files[description])["resources"]
        return {one["name"]: str(one["path"]).rpartition("/")[2] for one in resources}
    except (ValueError, KeyError, TypeError):
        reason = "datapackage.json lists no resources with name and path"
        raise Refused([Fault(package_name, 0, "datapackage.json", "", reason)]) from None


def _csv_rows(shape: Table, path: str, content: bytes) -> Iterator[tuple[Given, Fault | None]]:
    """Rows with their lines; numbers become numbers, empty cells are left out."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused([Fault(path, 0, shape.name, "", "is not UTF-8")]) from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    for cells in reader:
        line = reader.line_num
        fault = None
        row: Row = {}
        for field, cell in cells.items():
            if field is None or cell is None or isinstance(cell, list):
                fault = Fault(path, line, shape.name, "", "has not as many cells as the header")
                break
            if cell == "":
                continue
            row[field] = cell
            if shape.is_number(field):
                number = _number(cell)
                if number is None:
                    record = f"{shape.name} {cells.get('id') or 'without id'}"
                    fault = Fault(path, line, record, field, "must be a number")
                else:
                    row[field] = number
        if fault is None and "id" not in row:
            fault = Fault(path, line, f"{shape.name} without id", "id", "is required and missing")
        yield Given(row, path, line), fault


def _number(cell: str) -> int | float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    if value != value or value in (float("inf"), float("-inf")):
        return None
    return (
        int(value) if value.is_integer() and "." not in cell and "e" not in cell.lower() else value
    )
