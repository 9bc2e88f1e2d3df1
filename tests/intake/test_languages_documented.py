"""docs/languages.md says of every language what the table says."""

from __future__ import annotations

import re
from pathlib import Path

from intake.languages import name_in, table

_ROW = re.compile(r"^\| (?P<name>[^|]+?)(?: \([^)]*\))? \| (?P<kind>full|recognised) \|", re.M)


def test_every_language_has_its_row(root: Path) -> None:
    """Those we speak all of them, those we hand over as far as lists show them."""
    text = (root / "docs/languages.md").read_text(encoding="utf-8")
    rows = {row["name"]: row["kind"] for row in _ROW.finditer(text)}
    expected = {
        name_in(code, "en").split(" (")[0]: "full" if language.full else "recognised"
        for code, language in table().items()
        if any(form.listed for form in language.forms)
    }
    assert rows == expected
