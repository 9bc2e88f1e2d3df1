"""Texts of each language that the project owns: what profiles and weights are made from.

`data/nlu/<code>/` holds a language in all its scripts; `data/language/text/<tag>.txt` what no
conversation is trained in, one text a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from bot.language.scripts import script_of
from bot.settings import ROOT

NLU = ROOT / "data" / "nlu"
WRITTEN = ROOT / "data" / "language" / "text"
#: Romanised forms of languages whose usual script is another.
_USUALLY = {
    "ar": "Arab", "fa": "Arab", "ur": "Arab", "hi": "Deva", "pa": "Guru", "zh": "Hani",
    "ko": "Kore", "th": "Thai", "ru": "Cyrl", "uk": "Cyrl",
}  # fmt: skip


def texts() -> Mapping[str, list[str]]:
    """Tag -> its texts, each once, in the order of files and lines.

    Romanised texts stand under a tag such as "pa-Latn", Shahmukhi under "pa-Arab".
    """
    found: dict[str, dict[str, None]] = {}
    for tag, text in (*_from_nlu(), *_from_files()):
        found.setdefault(tag, {})[text] = None
    return {tag: list(found[tag]) for tag in sorted(found)}


def _from_files() -> Iterator[tuple[str, str]]:
    for path in sorted(WRITTEN.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield path.stem, line.strip()


def _from_nlu() -> Iterator[tuple[str, str]]:
    for folder in sorted(path for path in NLU.iterdir() if path.is_dir()):
        for path in sorted(folder.glob("*.yml")):
            for text in _examples(path):
                tag = _tag(folder.name, text)
                if tag is not None:
                    yield tag, text


def _examples(path: Path) -> Iterator[str]:
    for block in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]:
        for line in str(block.get("examples", "")).splitlines():
            if line.startswith("- "):
                yield line[2:].strip()


def _tag(code: str, text: str) -> str | None:
    script = script_of(text)
    usual = _USUALLY.get(code, "Latn")
    if script is None or script == usual:
        return code if script else None
    return f"{code}-{script}" if script in ("Latn", "Arab") else None
