"""Vendors the console's libraries from npm tarballs, so that no page needs a build step.

In an empty folder: `npm pack preact@VERSION @preact/signals@VERSION @preact/signals-core@VERSION
htm@VERSION`, then `python scripts/vendor_console.py FOLDER`. Import maps are inline scripts, which
the desk's Content-Security-Policy refuses; so bare imports are rewritten to relative ones, and
nothing else is changed but the comment that names a source map.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tarfile
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "handoff/console/static/vendor"

# File here -> package, module inside its tarball.
MODULES = {
    "preact.js": ("preact", "dist/preact.mjs"),
    "hooks.js": ("preact", "hooks/dist/hooks.mjs"),
    "signals.js": ("@preact/signals", "dist/signals.mjs"),
    "signals-core.js": ("@preact/signals-core", "dist/signals-core.mjs"),
    "htm.js": ("htm", "dist/htm.mjs"),
}
IMPORTS = {
    "preact": "./preact.js",
    "preact/hooks": "./hooks.js",
    "@preact/signals-core": "./signals-core.js",
}
_IMPORT = re.compile(r'\b(from|import)\s*"([^"]+)"')
_SOURCE_MAP = re.compile(r"\s*//# sourceMappingURL=\S+\s*$")


def main(folder: Path) -> int:
    """Write every module, its package's licence and the manifest."""
    TARGET.mkdir(parents=True, exist_ok=True)
    packages = dict(_package(path) for path in sorted(folder.glob("*.tgz")))
    entries = []
    for name, (package, module) in MODULES.items():
        files = packages[package]
        about = json.loads(files["package.json"])
        code = _rewritten(files[module].decode())
        licence = f"LICENSE-{package.removeprefix('@').replace('/', '-')}.txt"
        (TARGET / name).write_text(code)
        (TARGET / licence).write_bytes(files["LICENSE"])
        entries.append(
            {
                "file": name,
                "package": package,
                "version": about["version"],
                "source": module,
                "license": about["license"],
                "license_file": licence,
                "sha256": hashlib.sha256(code.encode()).hexdigest(),
                "sha256_of_source": hashlib.sha256(files[module]).hexdigest(),
            }
        )
    (TARGET / "manifest.json").write_text(json.dumps(entries, indent=2) + "\n")
    return 0


def _package(path: Path) -> tuple[str, dict[str, bytes]]:
    with tarfile.open(path) as archive:
        files: dict[str, Any] = {
            member.name.split("/", 1)[1]: archive.extractfile(member)
            for member in archive
            if member.isfile()
        }
        content = {name: file.read() for name, file in files.items()}
    return json.loads(content["package.json"])["name"], content


def _rewritten(code: str) -> str:
    def relative(found: re.Match[str]) -> str:
        return f'{found[1]}"{IMPORTS[found[2]]}"'

    return _SOURCE_MAP.sub("", _IMPORT.sub(relative, code)) + "\n"


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
