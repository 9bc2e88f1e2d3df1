"""Bring a package into the database: every row or none, in one transaction, with COPY."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from directory.asking import place_named
from directory.hsds.mapping import Unfit, columns, identity, into_columns, mapped
from directory.hsds.package import MOST_FAULTS, Fault, Given, Package, Refused
from directory.hsds.reading import AS_GIVEN
from directory.hsds.shape import Row
from directory.tables import LINKED
from directory.vocabulary import Extent, OrganizationKind, PhoneType, Visibility
from intake.languages import table as languages
from intake.places import Place, PlaceKind
from storage.base import Base

_NAMESPACE = UUID("b1f0a3c4-6c0b-5d8e-9a5e-2f4d7f0a9c11")
_PHONE_TYPES = frozenset(PhoneType)
# References without which a record is still whole: kept as given, not followed.
_SOFT = frozenset({"parent_organization_id", "parent_id", "protocol_id"})
_TOWN_KM = 30
_ZONE_OF = {
    "NL": "America/St_Johns", "NS": "America/Halifax", "PE": "America/Halifax",
    "NB": "America/Moncton", "QC": "America/Toronto", "ON": "America/Toronto",
    "MB": "America/Winnipeg", "SK": "America/Regina", "AB": "America/Edmonton",
    "BC": "America/Vancouver", "YT": "America/Whitehorse", "NT": "America/Yellowknife",
    "NU": "America/Iqaluit",
}  # fmt: skip


@dataclass
class Ready:
    """Rows as the database takes them, table by table, and those that no table of ours takes."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    given: dict[str, frozenset[str]] = field(default_factory=dict)
    """By table, the columns that the package says something about; the others stay as they are."""

    @property
    def size(self) -> int:
        """How many rows."""
        return sum(map(len, self.tables.values()))


def prepare(package: Package) -> Ready:
    """The package as rows of our tables. Raises Refused with every row that cannot be one."""
    return _Preparing(package).done()


def load(database_url: str, ready: Ready, *, over_sealed: bool = False) -> None:
    """Store the rows in one transaction; a row of the same id is brought up to date.

    A record that is sealed here is left as it is, unless the package may hold sealed ones
    (`over_sealed`). Raises psycopg.Error, with nothing stored.
    """
    with psycopg.connect(database_url) as connection, connection.transaction():
        for table in Base.metadata.sorted_tables:
            rows = ready.tables.get(table.name)
            if rows:
                _copy(connection, table, rows, ready.given[table.name], over_sealed)
        connection.execute("ANALYZE")


def _copy(
    connection: psycopg.Connection[Any],
    table: Any,
    rows: list[dict[str, Any]],
    given: frozenset[str],
    over_sealed: bool,
) -> None:
    names = sorted({name for row in rows for name in row})
    stage = sql.Identifier(f"stage_{table.name}")
    target = sql.Identifier(table.name)
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    connection.execute(
        sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
            stage, listed, target
        )
    )
    with connection.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(stage, listed)) as copy:
        for row in rows:
            copy.write_row([_plain(row.get(name)) for name in names])
    renewed = [name for name in names if name in given and name != "id"]
    sets = sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in renewed
    )
    guard: sql.Composable = sql.SQL("")
    if "visibility" in table.columns and not over_sealed:
        guard = sql.SQL(" WHERE {}.visibility <> 'sealed'").format(target)
    update = sql.SQL("DO UPDATE SET {}{}").format(sets, guard)
    connection.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT (id) {}").format(
            target, listed, listed, stage, update if renewed else sql.SQL("DO NOTHING")
        )
    )


def _plain(value: Any) -> Any:
    return Jsonb(value) if isinstance(value, dict) else value


class _Preparing:
    """One package on its way into rows."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._faults: list[Fault] = []
        self._ready = Ready()
        self._ids = {
            table: {identity(row_id) for row_id in rows} for table, rows in package.tables.items()
        }
        self._provinces = self._provinces_of_services()
        self._taken: set[tuple[Any, ...]] = set()

    def done(self) -> Ready:
        self._add_missing_taxonomies()
        for table, given in self._package.every():
            if table in mapped() and self._fits_a_table(table, given.row):
                self._map(table, given)
            else:
                self._keep(table, given.row)
        if self._faults:
            raise Refused(self._faults[:MOST_FAULTS])
        for table, rows in self._ready.tables.items():
            # Every row of a COPY has the same columns; what one row lacks takes its default.
            names = {name for row in rows for name in row}
            for row in rows:
                for name in names - row.keys():
                    row[name] = _default(table, name)
        return self._ready

    def _map(self, table: str, given: Given) -> None:
        row = {name: value for name, value in given.row.items() if name != AS_GIVEN}
        try:
            changed = dict(self._changes(table, row))
            stored = into_columns(table, row, changed)
            self._hold_rules(table, stored)
        except Unfit as fault:
            record = f"{table} {row['id']}"
            self._faults.append(Fault(given.file, given.line, record, fault.field, str(fault)))
            return
        if AS_GIVEN in given.row:
            kept = stored["kept"] or {}
            kept.setdefault("given", {})["id"] = [str(stored["id"]), given.row[AS_GIVEN]]
            stored["kept"] = kept
        names = frozenset(columns(table)[one][0] for one in {*row, *changed} if one in
                          columns(table)) | {"kept"}  # fmt: skip
        self._ready.given[table] = self._ready.given.get(table, frozenset()) | names
        for name, value in _FILLED.get(table, {}).items():
            stored.setdefault(name, value)
        self._ready.tables.setdefault(table, []).append(stored)

    def _keep(self, table: str, row: Row) -> None:
        """A row for which we have no table: whole, under its owner."""
        owners = {
            name: identity(row[name])
            for name in ("organization_id", "service_id", "location_id")
            if row.get(name) and identity(row[name]) in self._ids.get(name[:-3], ())
        }
        stored = {
            "id": uuid5(_NAMESPACE, f"{table}/{row['id']}"),
            "kind": table,
            "body": row,
            **{name: owners.get(name) for name in ("organization_id", "service_id", "location_id")},
        }
        self._ready.given["kept_record"] = frozenset(stored)
        self._ready.tables.setdefault("kept_record", []).append(stored)

    def _fits_a_table(self, table: str, row: Row) -> bool:
        """Attributes and metadata of tables that we do not have are kept whole."""
        if table == "metadata":
            return row.get("resource_type") in LINKED
        if table == "attribute":
            tie = row.get("link_entity"), row.get("link_id"), row.get("taxonomy_term_id")
            fits = row.get("link_entity") in LINKED and tie not in self._taken
            self._taken.add(tie)
            return fits and identity(row["taxonomy_term_id"]) in self._ids.get("taxonomy_term", ())
        return True

    def _changes(self, table: str, row: Row) -> Iterator[tuple[str, Any]]:
        """What has to be stored instead of what is given, or beside it."""
        for field_name in row:
            if not field_name.endswith("_id") or field_name not in columns(table):
                continue
            target = _target(table, field_name)
            if row[field_name] and identity(row[field_name]) not in self._ids.get(target, ()):
                if field_name not in _SOFT and target in mapped():
                    raise Unfit(field_name, f"names a {target} that the file does not hold")
                if target in mapped():
                    yield field_name, None
        if table == "language" and not row.get("code"):
            yield "code", _language_code(row.get("name"))
        if table == "phone":
            kind = str(row.get("type") or "voice").lower()
            yield "type", kind if kind in _PHONE_TYPES else PhoneType.VOICE.value
        if table == "schedule" and not row.get("timezone_name"):
            yield "timezone_name", self._zone(row)
        if table == "service_area" and not row.get("level"):
            yield from self._area(row).items()
        if table == "taxonomy_term":
            if not row.get("taxonomy_id"):
                yield "taxonomy_id", identity(_nameless(row))
            if not row.get("code"):
                yield "code", row["id"]

    def _area(self, row: Row) -> dict[str, Any]:
        """The reach of an area that is only described: the place it names, to be confirmed."""
        place = place_named(" ".join(str(row.get(one) or "") for one in ("name", "description")))
        province = self._provinces.get(row.get("service_id"))
        if place is None and province:
            place = place_named(province)
        if place is None or place.kind is PlaceKind.COUNTRY:
            found: dict[str, Any] = {"level": Extent.NATIONAL.value, "place_id": "CA"}
        elif place.kind is PlaceKind.PROVINCE:
            found = {"level": Extent.PROVINCE.value, "place_id": place.id}
            found["province"] = place.province
        else:
            found = _town(place)
        if row.get("extent_type") not in (None, "geojson", "topojson", "kml", "text"):
            found["extent_type"] = None
        return found | {"unconfirmed": ["place_id"]}

    def _provinces_of_services(self) -> dict[Any, str]:
        """By service id as given: the province of its first address."""
        towns = {
            given.row.get("location_id"): str(given.row.get("state_province") or "")
            for given in self._package.tables.get("address", {}).values()
        }
        return {
            given.row.get("service_id"): towns[given.row.get("location_id")]
            for given in self._package.tables.get("service_at_location", {}).values()
            if towns.get(given.row.get("location_id"))
        }

    def _zone(self, row: Row) -> str:
        place = place_named(self._provinces.get(row.get("service_id"), ""))
        return _ZONE_OF.get(place.province if place else "", "America/Toronto")

    def _add_missing_taxonomies(self) -> None:
        """A term may name its taxonomy in words alone."""
        terms = list(self._package.tables.get("taxonomy_term", {}).values())
        for given in terms:
            name = _nameless(given.row)
            if given.row.get("taxonomy_id") or identity(name) in self._ids.get("taxonomy", ()):
                continue
            self._ids.setdefault("taxonomy", set()).add(identity(name))
            self._ready.given["taxonomy"] = frozenset({"kept"})
            self._ready.tables.setdefault("taxonomy", []).append(
                {"id": identity(name), "name": name, "description": "", "kept": {"derived": True}}
            )

    def _hold_rules(self, table: str, stored: Mapping[str, Any]) -> None:
        """What the database would refuse, said with its field. Raises Unfit."""
        if table == "service":
            low, high = stored.get("minimum_age"), stored.get("maximum_age")
            for name, age in (("minimum_age", low), ("maximum_age", high)):
                if age is not None and not 0 <= age <= 130:
                    raise Unfit(name, "must lie between 0 and 130")
            if low is not None and high is not None and low > high:
                raise Unfit("maximum_age", "is below minimum_age")
        if table == "schedule":
            begins, ends = stored.get("valid_from"), stored.get("valid_to")
            if begins and ends and begins > ends:
                raise Unfit("valid_to", "is before valid_from")
            if (stored.get("interval") or 1) < 1:
                raise Unfit("interval", "must be 1 or more")
            try:
                ZoneInfo(stored["timezone"])
            except (KeyError, ValueError):
                raise Unfit("timezone_name", "is no IANA time zone") from None
        if table == "location" and stored.get("visibility") == Visibility.SEALED:
            for name in ("latitude", "longitude", "transportation"):
                if stored.get(name) is not None:
                    raise Unfit(name, "must not stand in the clear in a sealed location")


def _town(place: Place) -> dict[str, Any]:
    return {
        "level": Extent.REGION.value if place.kind is PlaceKind.REGION else Extent.TOWN.value,
        "place_id": place.id,
        "province": place.province,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "radius_km": _TOWN_KM,
    }


def _nameless(term: Row) -> str:
    """The name of the taxonomy of a term that names none by id."""
    return str(term.get("taxonomy") or "without a taxonomy")


def _target(table: str, field_name: str) -> str:
    """The table that a field leads to."""
    if field_name == "parent_organization_id":
        return "organization"
    if field_name == "parent_id":
        return "taxonomy_term"
    return field_name.removesuffix("_id")


def _language_code(name: Any) -> str:
    """ISO 639 for a language that is only named; `und` when we do not know the name."""
    wanted = str(name or "").strip().lower()
    for code, language in languages().items():
        names = {name.lower() for form in language.forms for name in form.names.values()}
        if wanted in names:
            return code
    return "und"


# What a record that says nothing of it is taken for: for staff alone until an editor opens it.
_FILLED: dict[str, dict[str, Any]] = {
    "organization": {"kind": OrganizationKind.DIRECT_SERVICE.value, "visibility": "staff_only"},
    "service": {"visibility": "staff_only", "share_by_channel": "advocate_only"},
    # The organization published its address itself; no search ever tells one.
    "location": {"visibility": "staff_only", "address_confidential": False},
    "contact": {"visibility": "staff_only"},
    "phone": {"visibility": "public"},
    "schedule": {"freq": "WEEKLY", "interval": 1},
}
_DEFAULTS: dict[str, Any] = {
    "unconfirmed": [], "is_the_line": False, "verification": "to_be_verified",
    "address_confidential": True, "warm_transfer": False, "position": 0, "interval": 1,
    "freq": "WEEKLY", "status": "active", "country": "CA",
}  # fmt: skip


def _default(table: str, name: str) -> Any:
    if name == "last_modified":
        return datetime.now(UTC)
    return _FILLED.get(table, {}).get(name, _DEFAULTS.get(name))
