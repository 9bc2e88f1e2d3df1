"""What HSDS 3.1 looks like: its tables, how JSON nests them, and the check of one flat row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

_SCHEMAS = Path(__file__).with_name("schema")
Row = dict[str, Any]


@dataclass(frozen=True)
class Child:
    """A property that holds rows of another table, and what ties them to their parent."""

    table: str
    many: bool
    key: str
    """Of a list: the child's column that names the parent. Of one object: the parent's column."""
    entity: str = ""
    """The child's column that names the parent's table, where several are possible."""


@dataclass(frozen=True)
class Table:
    """One table: its file in a data package, its own fields and its nested ones."""

    name: str
    path: str
    order: int
    fields: Mapping[str, Mapping[str, Any]]
    children: Mapping[str, Child]
    required: tuple[str, ...]

    def is_number(self, field: str) -> bool:
        """Whether HSDS has a number here; CSV has only text."""
        return self.fields.get(field, {}).get("type") == "number"


# Older names under which packages nest the same rows.
SYNONYMS = {"service_capacities": "capacities", "physical_addresses": "addresses"}


@lru_cache(maxsize=1)
def tables() -> Mapping[str, Table]:
    """Every table by name, in the order of the data package."""
    read = [json.loads(path.read_text()) for path in sorted(_SCHEMAS.glob("*.json"))]
    ordered = sorted(read, key=lambda one: (one["order"], one["name"]))
    return {one["name"]: _table(one) for one in ordered}


def _table(schema: dict[str, Any]) -> Table:
    name = schema["name"]
    children = {
        field: _child(name, field, spec)
        for field, spec in schema["properties"].items()
        if "$ref" in spec or spec.get("type") == "array"
    }
    needed = [*schema["required"], *schema.get("tabular_required", ())]
    return Table(
        name=name,
        path=schema["path"],
        order=schema["order"],
        fields={
            field: spec for field, spec in schema["properties"].items() if field not in children
        },
        children=children,
        required=tuple(field for field in needed if field not in children),
    )


def _child(parent: str, field: str, spec: Mapping[str, Any]) -> Child:
    if "$ref" in spec:
        table = spec["$ref"].removesuffix(".json")
        return Child(table, many=False, key=f"{table}_id")
    table = spec["items"]["$ref"].removesuffix(".json")
    if table == "attribute":
        return Child(table, many=True, key="link_id", entity="link_entity")
    if table == "metadata":
        return Child(table, many=True, key="resource_id", entity="resource_type")
    return Child(table, many=True, key=f"{parent}_id")


@cache
def _checker(table: str) -> Draft202012Validator:
    """The table's schema for flat rows: nested rows are checked as rows of their own tables."""
    shape = tables()[table]
    flat = {
        "type": "object",
        # A package writes "nothing here" as null in JSON; in CSV the field is left out.
        "properties": {
            field: {"anyOf": [{"type": "null"}, dict(spec)]}
            if field not in shape.required
            else dict(spec)
            for field, spec in shape.fields.items()
        },
        "required": list(shape.required),
    }
    return Draft202012Validator(flat)


@cache
def _quick(table: str) -> tuple[tuple[str, ...], Mapping[str, tuple[type, ...]], frozenset[str]]:
    """(required fields, plain types by field, fields with a closed list) for the fast path."""
    shape = tables()[table]
    types = {
        field: (int, float) if spec["type"] == "number" else (str,)
        for field, spec in shape.fields.items()
    }
    return (
        shape.required,
        types,
        frozenset(field for field, spec in shape.fields.items() if "enum" in spec),
    )


def faults(table: str, row: Row) -> Iterator[tuple[str, str]]:
    """(field, reason) of everything that the schema of the table refuses in a flat row.

    Rows that are plainly right, as nearly all are, skip the full validator.
    """
    required, types, closed = _quick(table)
    plain = all(row.get(field) not in (None, "") for field in required) and all(
        value is None
        or field not in types
        or (isinstance(value, types[field]) and type(value) is not bool and field not in closed)
        for field, value in row.items()
    )
    if plain:
        return
    for field in required:
        if row.get(field) == "":
            yield field, "is required and empty"
    for error in _checker(table).iter_errors(row):
        if error.validator == "required":
            missing = [field for field in required if field not in row]
            named = next((field for field in missing if f"'{field}'" in error.message), "")
            yield named, "is required and missing"
        else:
            yield str(error.absolute_path[0]) if error.absolute_path else "", _reason(error)


def _reason(error: Any) -> str:
    """What is wrong, without repeating the value: a record may hold a sealed address."""
    spec = error.schema
    for one in spec.get("anyOf", ()) if error.validator == "anyOf" else (spec,):
        if "enum" in one:
            return "must be one of " + ", ".join(one["enum"])
        if one.get("type") not in (None, "null"):
            return f"must be a {one['type']}"
    return "does not fit the schema"
