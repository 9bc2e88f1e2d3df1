"""Draws the pages: templates, languages, and the addresses of static files."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from intake.languages import direction, form, listed, negotiate, own_name
from locales.catalogue import FALLBACK, Catalogue
from storage.retention import AFTER_HANDOFF, BOT_ONLY, SILENCE

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "static"
LONGEST_MESSAGE = 1_000


@dataclass(frozen=True)
class Tongue:
    """A language as the picker shows it: in its own script. `lang` is its tag in HTML."""

    code: str
    name: str
    direction: str
    lang: str

    @classmethod
    def of(cls, code: str) -> Tongue:
        """Look a language up in the line's table."""
        known = form(code)
        lang = known.html if known else code
        return cls(code=code, name=own_name(code), direction=direction(code), lang=lang)


class Pages:
    """Every page in every language that has a catalogue of pages."""

    def __init__(self, catalogue: Catalogue, phone: str, exit_url: str) -> None:
        self._catalogue = catalogue
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(ROOT / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            static=static_url,
            phone=phone,
            dial="".join(c for c in phone if c.isdigit() or c == "+"),
            exit_url=exit_url,
            longest=LONGEST_MESSAGE,
        )
        self._facts = {
            "phone": phone,
            "bot_days": str((SILENCE + BOT_ONLY).days),
            "person_days": str(AFTER_HANDOFF.days),
        }
        # In the order of every list of the line: English, French, then the others.
        places = {tag: place for place, tag in enumerate(listed())}
        ordered = sorted(catalogue.languages, key=lambda tag: (places.get(tag, len(places)), tag))
        self.tongues = [Tongue.of(code) for code in ordered]

    def render(self, template: str, language: str, **values: Any) -> str:
        """One page in one language."""
        tongue = next(one for one in self.tongues if one.code == language)
        return self._environment.get_template(template).render(
            t=functools.partial(self._text, language),
            tongue=tongue,
            tongues=self.tongues,
            **{"base": "", **values},
        )

    def negotiate(self, accepted: str) -> str:
        """The language that a browser likes best (RFC 9110, section 12.5.4)."""
        codes = [one.code for one in self.tongues]
        return negotiate(_by_preference(accepted), codes) or FALLBACK

    def known(self, code: str) -> str:
        """The code if there are pages in it, else English."""
        return code if any(one.code == code for one in self.tongues) else FALLBACK

    def text(self, language: str, key: str) -> str:
        """One sentence of the pages."""
        return self._text(language, key)

    def _text(self, language: str, key: str, **more: str) -> str:
        # A place in line is filled in by whoever knows it: the template, or the script.
        return self._catalogue.text(key, language, **{"place": "{place}", **self._facts, **more})


def _by_preference(accepted: str) -> list[str]:
    weighted: list[tuple[float, str]] = []
    for part in accepted.split(",")[:20]:
        code, _, weight = part.partition(";q=")
        try:
            weighted.append((-float(weight or 1), code.strip()))
        except ValueError:
            continue
    return [code for weight, code in sorted(weighted, key=lambda one: one[0]) if weight and code]


@functools.cache
def static_url(name: str) -> str:
    """The address of a static file; it changes with the content, so browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]
    return f"/static/{name}?{digest}"
