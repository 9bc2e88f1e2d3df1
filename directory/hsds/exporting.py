"""Write the directory as HSDS: nested JSON as the API has it, or a CSV data package."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from directory.hsds.mapping import mapped, out_of_columns
from directory.hsds.package import Given, Package
from directory.hsds.reading import OTHER_TABLES
from directory.hsds.shape import Row, tables
from directory.vocabulary import Visibility

# What an address says in a location that keeps it: gone from an export that is not encrypted.
_PLACE_FIELDS = frozenset(
    "latitude longitude transportation description name alternate_name url "
    "external_identifier external_identifier_type sealed".split()
)


def collect(database_url: str, *, with_sealed: bool = False) -> Package:
    """Every record; without `with_sealed`, no sealed one and no address that is confidential."""
    package = Package()
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        for name in tables():
            if name in mapped():
                query = sql.SQL("SELECT * FROM {} ORDER BY id").format(sql.Identifier(name))
                for stored in connection.execute(query):
                    if not (stored.get("kept") or {}).get("derived"):
                        row = out_of_columns(name, stored)
                        package.rows(name)[str(stored["id"])] = Given(row, "")
        kept = connection.execute("SELECT kind, body, id FROM kept_record ORDER BY id")
        for stored in kept:
            package.rows(stored["kind"])[str(stored["id"])] = Given(stored["body"], "")
    return package if with_sealed else _without_sealed(package)


def as_csv(package: Package) -> bytes:
    """A zipped tabular data package with its `datapackage.json`."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        resources = []
        for shape in tables().values():
            rows = [given.row for given in package.tables.get(shape.name, {}).values()]
            if not rows:
                continue
            fields = [*shape.fields]
            fields += sorted({name for row in rows for name in row} - set(fields))
            file.writestr(shape.path, _csv(fields, rows))
            resources.append(
                {
                    "name": shape.name,
                    "path": shape.path,
                    "profile": "tabular-data-resource",
                    "schema": {
                        "fields": [
                            {"name": name, "type": shape.fields.get(name, {}).get("type", "any")}
                            for name in fields
                        ],
                        "primaryKey": "id",
                    },
                }
            )
        description = {
            "name": "human_services_data",
            "profile": "tabular-data-package",
            "version": "3.1.0",
            "resources": resources,
        }
        file.writestr("datapackage.json", json.dumps(description, indent=1))
    return archive.getvalue()


def as_json(package: Package) -> bytes:
    """One page of full services, as the HSDS API has it; `tables` has what none of them nests."""
    writing = _Nested(package)
    services = [writing.whole("service", row_id) for row_id in package.tables.get("service", {})]
    page = {
        "total_items": len(services), "total_pages": 1, "page_number": 1, "size": len(services),
        "first_page": True, "last_page": True, "empty": not services, "contents": services,
        OTHER_TABLES: writing.left_over(),
    }  # fmt: skip
    return json.dumps(page, ensure_ascii=False, indent=1).encode()


def _csv(fields: list[str], rows: list[Row]) -> str:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, fields)
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return file.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value


class _Nested:
    """Puts flat rows into each other; what is tied to its parent by nesting names it no more."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._seen: set[tuple[str, str]] = set()
        self._owner: str | None = None
        self._by_parent: dict[tuple[str, str, str, str], list[str]] = {}
        self._ids = {
            name: {str(given.row["id"]): key for key, given in rows.items()}
            for name, rows in package.tables.items()
        }
        for parent in tables().values():
            for child in parent.children.values():
                self._index(parent.name, child.table, child.key, child.entity)

    def _index(self, parent: str, child: str, key: str, entity: str) -> None:
        place = (parent, child, key, entity)
        if any(known[:4] == place for known in self._by_parent):
            return
        for row_id, given in self._package.tables.get(child, {}).items():
            owner = given.row.get(key)
            if owner is not None and (not entity or given.row.get(entity) == parent):
                found = self._by_parent.setdefault((parent, child, key, str(owner)), [])
                if row_id not in found[-1:]:
                    found.append(row_id)

    def whole(self, table: str, row_id: str, above: tuple[str, ...] = ()) -> Row:
        """A row with everything that belongs to it, down to the last."""
        self._seen.add((table, row_id))
        shape = tables()[table]
        row = dict(self._package.tables[table][row_id].row)
        if table == "service":
            self._owner = row.get("organization_id")
        given_id = str(row["id"])
        nested: Row = {}
        for field, child in shape.children.items():
            if child.table in above:
                continue
            if child.many:
                rows = self._by_parent.get((table, child.table, child.key, given_id), [])
                inner = [self._inside(child.table, one, child, (*above, table)) for one in rows]
                if inner:
                    nested[field] = inner
            elif (key := self._ids.get(child.table, {}).get(str(row.get(child.key)))) is not None:
                inner_row = self.whole(child.table, key, (*above, table))
                if inner_row.get("organization_id") == self._owner:
                    # Said once already: the service's organization nests it too.
                    inner_row.pop("organization_id", None)
                nested[field] = inner_row
                row.pop(child.key)
        return row | nested

    def _inside(self, table: str, row_id: str, child: Any, above: tuple[str, ...]) -> Row:
        row = self.whole(table, row_id, above)
        # Every tie goes: a row that hangs on several parents is nested in each of them.
        ties = {one.key for shape in tables().values() for one in shape.children.values()
                if one.many and one.table == table}  # fmt: skip
        return {name: value for name, value in row.items() if name not in ties | {child.entity}}

    def left_over(self) -> dict[str, list[Row]]:
        """Rows that no service holds, whole and flat."""
        return {table: rows for table in tables() if (rows := [*self._rest(table)])}

    def _rest(self, table: str) -> Iterator[Row]:
        for row_id, given in self._package.tables.get(table, {}).items():
            if (table, row_id) not in self._seen:
                yield given.row


def _without_sealed(package: Package) -> Package:
    """No sealed record, nothing that hangs on one, no confidential address, no transfer number."""
    sealed = {
        (table, str(given.row["id"]))
        for table, given in package.every()
        if given.row.get("visibility") == Visibility.SEALED and table != "location"
    }
    private = {
        str(given.row["id"])
        for given in package.tables.get("location", {}).values()
        if given.row.get("visibility") == Visibility.SEALED
        or given.row.get("address_confidential") is not False
    }
    open_package = Package()
    for table, rows in package.tables.items():
        for row_id, given in rows.items():
            row = given.row
            if (table, str(row["id"])) in sealed or _hangs_on(row, sealed, private):
                continue
            if table == "phone" and row.get("warm_transfer") is True:
                continue
            if table == "location" and str(row["id"]) in private:
                row = {name: value for name, value in row.items() if name not in _PLACE_FIELDS}
            open_package.rows(table)[row_id] = Given(row, "")
    return open_package


def _hangs_on(row: Row, sealed: set[tuple[str, str]], private: set[str]) -> bool:
    """Whether a row belongs to something sealed. The link of a service to its house may stay."""
    if row.get("location_id") in private and "service_id" not in row:
        return True
    if (row.get("resource_type"), row.get("resource_id")) in sealed:
        return True
    if row.get("resource_type") in {"location", "address"}:
        # The history of a place holds what was struck out of it.
        return True
    if (row.get("link_entity"), row.get("link_id")) in sealed:
        return True
    return any(
        (name.removesuffix("_id"), str(value)) in sealed
        for name, value in row.items()
        if name in {"organization_id", "service_id", "contact_id"}
    )
