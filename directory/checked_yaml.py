"""Read a YAML file against a JSON Schema, and refuse with file, line, field and reason.

The reader is a narrow YAML: `ON` is a province and not "true", `20:00` is a time and not a number
of base 60, dates stay text. Aliases are refused (they can make a small file huge), and so is a key
that is written twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

LARGEST_BYTES = 2_000_000
Where = tuple[str | int, ...]


@dataclass(frozen=True)
class Refusal:
    """One thing that is wrong, where it stands, and why."""

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field or 'the file'}: {self.reason}"


class RefusedFile(Exception):
    """A file cannot be used; `refusals` says each line, field and reason."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__("\n".join(map(str, refusals)))
        self.refusals = tuple(refusals)


@dataclass(frozen=True)
class Document:
    """What a file says, and on which line it says each thing."""

    file: str
    data: Any
    lines: Mapping[Where, int]

    def refusal(self, where: Where, reason: str) -> Refusal:
        """A refusal at a field, or at the nearest thing around it that has a line."""
        shown, place = _field(where), where
        while place and place not in self.lines:
            place = place[:-1]
        return Refusal(self.file, self.lines.get(place, 1), shown, reason)


class _Narrow(yaml.CSafeLoader):
    """YAML with the surprises taken out."""


_Narrow.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?[0-9]+\.[0-9]+", "-+0123456789"),
    ("null", r"null|~|", ["n", "~", ""]),
):
    _Narrow.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )


def read(path: Path, schema: Mapping[str, Any]) -> Document:
    """A file that fits its schema. Raises RefusedFile."""
    name = str(path)
    try:
        raw = path.read_bytes()
        if len(raw) > LARGEST_BYTES:
            raise RefusedFile([Refusal(name, 1, "", f"larger than {LARGEST_BYTES} bytes")])
        text = raw.decode("utf-8")
    except OSError as error:
        raise RefusedFile([Refusal(name, 1, "", error.strerror or "cannot be read")]) from None
    except UnicodeDecodeError:
        raise RefusedFile([Refusal(name, 1, "", "is not UTF-8 text")]) from None
    return parse(text, name, schema)


def parse(text: str, name: str, schema: Mapping[str, Any]) -> Document:
    """The same for a text. Raises RefusedFile."""
    try:
        for event in yaml.parse(text, _Narrow):
            if isinstance(event, yaml.AliasEvent):
                raise RefusedFile([Refusal(name, _line(event), "", "has an alias (*)")])
        loader = _Narrow(text)
        node = loader.get_single_node()
        if node is None:
            raise RefusedFile([Refusal(name, 1, "", "is empty")])
        lines: dict[Where, int] = {}
        twice = list(_walk(node, (), lines, name))
        if twice:
            raise RefusedFile(twice)
        data = loader.construct_document(node)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or "is not YAML"
        # The end of a text may be told as the start of a line that is not there.
        line = min(mark.line, text.count("\n", 0, -1)) + 1 if mark else 1
        raise RefusedFile([Refusal(name, line, "", str(why))]) from None
    document = Document(name, data, lines)
    wrong = sorted(_wrong(document, schema), key=lambda one: one.line)
    if wrong:
        raise RefusedFile(wrong)
    return document


def load_schema(path: Path) -> dict[str, Any]:
    """A JSON Schema that is one. Raises jsonschema's SchemaError."""
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return schema


def _walk(node: yaml.Node, where: Where, lines: dict[Where, int], name: str) -> Iterator[Refusal]:
    """Note the line of every field; yield the keys that are written twice."""
    lines.setdefault(where, _line(node))
    if isinstance(node, yaml.SequenceNode):
        for position, child in enumerate(node.value):
            yield from _walk(child, (*where, position), lines, name)
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            place = (*where, str(key.value))
            if place in lines:
                yield Refusal(name, _line(key), _field(place), "is written twice")
            lines[place] = _line(key)
            yield from _walk(child, place, lines, name)


def _line(part: yaml.Node | yaml.Event) -> int:
    mark = part.start_mark
    return 1 if mark is None else int(mark.line) + 1


def _wrong(document: Document, schema: Mapping[str, Any]) -> Iterator[Refusal]:
    for error in Draft202012Validator(schema).iter_errors(document.data):
        deepest = best_match([error], relevance=_depth) if error.context else error
        yield document.refusal(tuple((deepest or error).absolute_path), _reason(deepest or error))


def _depth(error: ValidationError) -> int:
    return -len(error.absolute_path)


def _reason(error: ValidationError) -> str:
    """Short, and without the whole value: a file may be long."""
    if error.validator == "enum":
        return "is not one of " + ", ".join(map(str, error.validator_value))
    if error.validator == "required":
        missing = [one for one in error.validator_value if one not in error.instance]
        return f"lacks {', '.join(missing)}"
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        return "has unknown fields: " + ", ".join(sorted(set(error.instance) - set(known)))
    if error.validator == "type":
        return f"must be {error.validator_value}"
    if error.validator == "pattern":
        return f"must look like {error.validator_value}"
    if error.validator in ("minItems", "minLength", "minProperties"):
        return "must not be empty"
    return f"breaks the rule {error.validator}: {error.validator_value}"


def _field(where: Where) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).lstrip(
        "."
    )
