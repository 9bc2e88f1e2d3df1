"""Turn HSDS rows into rows of our tables and back, keeping what has no column.

Every field that is a column of ours goes there; the fields that we add to HSDS travel under their
own names (`visibility`, `timezone_name`, ...). What is left, and the exact form in which a value
was given where ours reads differently, stands in the column `kept`:
`{"more": {field: value}, "given": {field: [ours, as given]}}`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import Any, cast
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects.postgresql import ARRAY

from directory import tables as ours
from directory.hsds.shape import Row, tables
from storage.base import Base

_NAMESPACE = uuid5(NAMESPACE_URL, "https://hotline.invalid/directory/hsds/")
RENAMED = {"schedule": {"timezone": "timezone_name"}}
"""Columns of ours that mean something else than the HSDS field of that name."""
_EXTENSION = "extension_text"
NOT_EXPORTED = frozenset({"kept", "taxonomy"})


class Unfit(ValueError):
    """A value cannot be stored; `field` and the message say which and why, not what it was."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


@lru_cache(maxsize=1)
def mapped() -> Mapping[str, SqlTable]:
    """The HSDS tables that are tables of ours."""
    known = [
        cast(SqlTable, mapper.local_table)
        for mapper in Base.registry.mappers
        if mapper.class_.__module__ == ours.__name__
    ]
    return {table.name: table for table in known if "kept" in table.columns}


@cache
def columns(table: str) -> Mapping[str, tuple[str, str]]:
    """Field -> (column, kind of value) of one of our tables."""
    renamed = RENAMED.get(table, {})
    return {
        renamed.get(column.name, column.name): (column.name, _kind(column.type))
        for column in mapped()[table].columns
        if column.name not in NOT_EXPORTED
    }


def _kind(kind: Any) -> str:
    if isinstance(kind, ARRAY):
        return "list"
    return str(kind.python_type.__name__)


def identity(given: Any) -> UUID:
    """The id itself where it is a UUID, else the same UUID for the same id every time."""
    try:
        return UUID(str(given))
    except ValueError:
        return uuid5(_NAMESPACE, str(given))


def value_of(given: Any, kind: str, field: str) -> Any:
    """A given value as a column takes it. Raises Unfit."""
    if given is None:
        return None
    try:
        return _READERS[kind](given)
    except (ValueError, TypeError, InvalidOperation):
        raise Unfit(field, f"cannot be read as {_WORDS.get(kind, kind)}") from None


def _bool(given: Any) -> bool:
    if isinstance(given, bool):
        return given
    return {"true": True, "false": False}[str(given).lower()]


def _time(given: Any) -> time:
    """ "10:00", "10:00:00", "09:00-05:00", "09:00Z": the hour on the clock at the place."""
    return time.fromisoformat(str(given)).replace(tzinfo=None)


def _moment(given: Any) -> datetime:
    read = datetime.fromisoformat(str(given))
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _int(given: Any) -> int:
    number = float(given)
    if not number.is_integer():
        raise ValueError
    return int(number)


def _list(given: Any) -> list[str]:
    read = json.loads(given) if isinstance(given, str) else given
    if not isinstance(read, list):
        raise TypeError
    return [str(one) for one in read]


def _text(given: Any) -> str:
    return given if isinstance(given, str) else json.dumps(given)


_READERS: dict[str, Callable[[Any], Any]] = {
    "str": _text,
    "UUID": identity,
    "bool": lambda given: _bool(given),
    "int": _int,
    "float": float,
    "Decimal": lambda given: Decimal(str(given)),
    "date": lambda given: date.fromisoformat(str(given)[:10]),
    "time": _time,
    "datetime": _moment,
    "list": _list,
    "bytes": lambda given: base64.b64decode(given, validate=True),
}
_WORDS = {
    "bool": "true or false", "int": "a whole number", "float": "a number", "Decimal": "a number",
    "date": "a date (YYYY-MM-DD)", "time": "a time (HH:MM)", "datetime": "a date and time",
    "list": "a list",
}  # fmt: skip


def plain(value: Any) -> Any:
    """A column's value as HSDS writes it."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(value).decode()
    if isinstance(value, (list, tuple)):
        return list(value)
    return str(value)


def into_columns(table: str, row: Row, changed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Column values for one row, `kept` included. Raises Unfit.

    `changed`: values that stand in for what the row gives (a reference that leads nowhere).
    """
    if table == "phone" and _EXTENSION in row:
        rest = {name: value for name, value in row.items() if name != _EXTENSION}
        row = {**rest, "extension": row[_EXTENSION]}
    known = columns(table)
    stored: dict[str, Any] = {}
    more: Row = {}
    for field, given in row.items():
        if field in known:
            column, kind = known[field]
            stored[column] = value_of(given, kind, field)
        else:
            more[field] = given
    for field, value in (changed or {}).items():
        stored[known[field][0]] = value
    given_forms = {}
    for field in known.keys() & tables()[table].fields.keys():
        column = known[field][0]
        # A default of ours that the row did not give must not come out as if it had.
        ours_reads = plain(stored.get(column))
        as_given = row.get(field)
        if field in row and (ours_reads != as_given or type(ours_reads) is not type(as_given)):
            given_forms[field] = [ours_reads, as_given]
        elif field not in row and ours_reads is not None and field in (changed or {}):
            given_forms[field] = [ours_reads, None]
    kept: Row = {}
    if more:
        kept["more"] = more
    if given_forms:
        kept["given"] = given_forms
    stored["kept"] = kept or None
    return stored


def out_of_columns(table: str, stored: Mapping[str, Any]) -> Row:
    """The HSDS row of one of our rows, as it was given where nobody changed it since."""
    kept = stored.get("kept") or {}
    forms = kept.get("given", {})
    row: Row = {}
    for field, (column, _) in columns(table).items():
        value = plain(stored.get(column))
        if field in forms and forms[field][0] == value:
            value = forms[field][1]
        if value is not None and value != []:
            row[field] = value
    if table == "phone" and isinstance(row.get("extension"), str):
        # A number in HSDS; what is none ("2 then 5") goes under a name of ours.
        number = str(row.pop("extension"))
        whole = number.isascii() and number.isdigit() and number == str(int(number))
        row |= {"extension": int(number)} if whole else {_EXTENSION: number}
    more: Row = kept.get("more", {})
    return row | more
