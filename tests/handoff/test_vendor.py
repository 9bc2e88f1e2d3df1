"""The vendored libraries are what their manifest says, and our own scripts set no markup."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from scripts.vendor_console import MODULES, TARGET

MANIFEST = json.loads((TARGET / "manifest.json").read_text())
_IMPORT = re.compile(r"""\b(?:from|import)\s*\(?\s*["']([\w@./-]+)["']""")


@pytest.mark.parametrize("entry", MANIFEST, ids=[entry["file"] for entry in MANIFEST])
def test_files_are_as_vendored(entry: dict[str, str]) -> None:
    """Nobody edited a library by hand; its version and licence are on record."""
    content = (TARGET / entry["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", entry["version"])
    assert (TARGET / entry["license_file"]).read_text().strip()


def test_manifest_is_complete() -> None:
    """Every script in the folder is in the manifest."""
    listed = {entry["file"] for entry in MANIFEST}
    assert listed == set(MODULES) == {path.name for path in TARGET.glob("*.js")}


def test_imports_are_relative(root: Path) -> None:
    """A bare or foreign import would need an import map or the network: the policy allows none."""
    for path in (root / "handoff/console/static").rglob("*.js"):
        for target in _IMPORT.findall(path.read_text()):
            assert target.startswith("."), f"{path.name}: {target}"
            assert (path.parent / target).resolve().is_file(), f"{path.name}: {target}"


@pytest.mark.parametrize(
    "forbidden",
    ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "localStorage",
     "sessionStorage", "dangerouslySetInnerHTML", "new Notification(", "document.title"],
)  # fmt: skip
def test_our_scripts_set_no_markup_and_keep_nothing(root: Path, forbidden: str) -> None:
    """Words stay text; nothing is kept in the browser; titles and notifications stay neutral."""
    for path in (root / "handoff/console/static").rglob("*.js"):
        if "vendor" not in path.parts and path.name != "html.js":
            assert forbidden not in path.read_text(), path.name
