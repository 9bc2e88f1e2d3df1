"""What was passed on, as a file for whoever it was passed on to: JSON, or PDF.

A file holds what its record in the ledger holds for the recipient and nothing else: neither who
told, nor what was held back, nor who worked on it here. The same record gives the same bytes.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos
from fpdf.fonts import TTFFont

from intake.disclosure import Disclosure
from intake.errors import LineError

FORMAT = "hotline-tip/1"
_FONT = Path(__file__).parent / "fonts/DejaVuSans.ttf"
# Scripts that need no joining or reordering of letters, and run from left to right.
_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN")
_PLAIN = frozenset({"Nd", "Po", "Pd", "Ps", "Pe", "Pi", "Pf", "Pc", "Zs", "Sm", "Sc", "So", "Sk"})


class CannotDraw(LineError):
    """The text has signs that the PDF's font cannot show rightly; JSON holds them all."""


@dataclass(frozen=True, repr=False)
class Passed:
    """A record, with the names that it gives by number alone."""

    number: int
    record: Disclosure
    protocol: str = ""
    version: int | None = None

    @property
    def name(self) -> str:
        """Of the file, without its ending: the tip's number and the record's."""
        return f"T-{self.number}-{self.record.id.hex[:8]}"


def as_json(passed: Passed, words: Mapping[str, str]) -> bytes:
    """For machines. `words`: the sentences of the screen."""
    telling = passed.record.telling
    protocol: dict[str, object] | None = None
    if passed.version is not None:
        protocol = {
            "title": passed.protocol,
            "version": passed.version,
            "step": telling.protocol_step,
        }
    whole = {
        "format": FORMAT,
        "tip": f"T-{passed.number}",
        "record": str(passed.record.id),
        "notice": words["tips.export.notice"],
        "to": {"kind": telling.recipient.kind.value, "name": telling.recipient.name},
        "purpose": telling.purpose.value,
        "way": telling.way.value,
        "passed_on_at": telling.made_at.isoformat(timespec="seconds"),
        "protocol": protocol,
        "facts": {one.value: text for one, text in telling.facts.items()},
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


def as_pdf(passed: Passed, words: Mapping[str, str], language: str) -> bytes:
    """For people. Raises CannotDraw."""
    telling = passed.record.telling
    sheet = _Sheet(telling.made_at, language)
    sheet.line(f"T-{passed.number}", 18)
    sheet.line(words["tips.export.notice"], 10)
    sheet.pair(words["report.to"], telling.recipient.name)
    sheet.pair(words["tips.export.when"], f"{telling.made_at:%Y-%m-%d %H:%M} UTC")
    sheet.pair(words["report.way"], words[f"report.way.{telling.way.value}"])
    if passed.version is not None:
        version = words["report.version"].replace("{number}", str(passed.version))
        step = telling.protocol_step or ""
        sheet.pair(words["report.protocol"], f"{passed.protocol}, {version}, {step}")
    sheet.pair(words["tips.export.record"], str(passed.record.id))
    for detail, text in telling.facts.items():
        sheet.pair(words[f"report.detail.{detail.value}"], text)
    return sheet.bytes()


class _Sheet:
    """One column of lines on letter paper."""

    def __init__(self, at: datetime, language: str) -> None:
        self._pdf = FPDF(format="letter")
        # No title, author or program: the file says what its pages say.
        self._pdf.set_producer("")
        self._pdf.set_creation_date(at)
        self._pdf.set_lang(language)
        self._pdf.set_margin(20)
        self._pdf.add_font("body", "", _FONT)
        font = self._pdf.fonts["body"]
        assert isinstance(font, TTFFont)
        self._glyphs = font.cmap
        self._pdf.add_page()

    def line(self, text: str, size: int, grey: int = 0) -> None:
        """One paragraph."""
        text = unicodedata.normalize("NFC", text)
        if not all(self._draws(sign) for sign in text):
            raise CannotDraw("the PDF cannot show every sign of this text; take the JSON file")
        self._pdf.set_font("body", size=size)
        self._pdf.set_text_color(grey)
        height = size * 0.5
        self._pdf.multi_cell(
            0, height, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT, wrapmode=WrapMode.WORD
        )

    def pair(self, label: str, text: str) -> None:
        """A label over what it names."""
        self._pdf.ln(3)
        self.line(label, 9, grey=80)
        self.line(text, 11)

    def bytes(self) -> bytes:
        """The whole file."""
        return bytes(self._pdf.output())

    def _draws(self, sign: str) -> bool:
        if sign in "\n\r\t":
            return True
        if ord(sign) not in self._glyphs:
            return False
        if unicodedata.category(sign) in _PLAIN:
            return unicodedata.bidirectional(sign) not in ("R", "AL", "AN")
        return unicodedata.name(sign, "").startswith(_SCRIPTS)
