"""A directory as flat rows, the form between files and the database, and how it can be refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from directory.hsds.shape import Row

MOST_FAULTS = 20


@dataclass(frozen=True)
class Fault:
    """One thing that keeps a file from being imported. Never holds a value of the record."""

    file: str
    line: int
    record: str
    """Table and id, as far as they are known."""
    field: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        what = f"{self.record}, {self.field}" if self.field else self.record
        return f"{where}: {what}: {self.reason}"


class Refused(Exception):
    """The file is not imported, and nothing of it is; `faults` says why (the first twenty)."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass
class Given:
    """A row as it was given, and where it stood."""

    row: Row
    file: str
    line: int = 0


@dataclass
class Package:
    """Rows by table and id, in the order of the file."""

    tables: dict[str, dict[str, Given]] = field(default_factory=dict)

    def rows(self, table: str) -> dict[str, Given]:
        """The rows of a table, for adding to."""
        return self.tables.setdefault(table, {})

    def every(self) -> Iterator[tuple[str, Given]]:
        """(table, row) of everything."""
        for table, rows in self.tables.items():
            for given in rows.values():
                yield table, given

    @property
    def size(self) -> int:
        """How many rows."""
        return sum(map(len, self.tables.values()))
