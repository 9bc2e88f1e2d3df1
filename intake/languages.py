"""The languages that the line knows: names, scripts, tags, and which of them it speaks.

One table, `intake/data/languages.yaml`, and nothing else in the code knows a language by heart. A
*language* has a code ("pa"); a *form* of it has a tag (BCP 47: "pa", "pa-Latn") that names how it
is written. Conversations, catalogues and pages know tags; training data, cue lists and the
directory know codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_TABLE = Path(__file__).parent / "data" / "languages.yaml"
_RIGHT_TO_LEFT = frozenset({"Arab", "Hebr"})
_CHINESE = frozenset({"Hans", "Hant"})

#: The two languages in which everything can be said, and that stand in for one that is not known.
OFFICIAL = ("en", "fr")

#: Tags that browsers and providers send for forms that we know by another (CLDR, RFC 5646).
_ALIASES = {
    "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "zh-mo": "zh-Hant", "zh-hans": "zh", "zh-cn": "zh",
    "zh-sg": "zh", "cmn": "zh", "zh-yue": "yue", "fil": "tl", "pa-guru": "pa", "pa-pk": "pa-Arab",
    "prs": "fa", "fa-af": "fa", "iw": "he", "in": "id", "mo": "ro", "hi-deva": "hi",
}  # fmt: skip


@dataclass(frozen=True)
class Form:
    """One written form of a language."""

    tag: str
    code: str
    script: str
    """ISO 15924."""
    own: str
    """Its name in its own script."""
    names: Mapping[str, str]
    """Its name in English and French, for the desk."""
    reads: tuple[str, ...]
    """Tags whose catalogue serves where there is none for this one."""
    listed: bool

    @property
    def direction(self) -> str:
        """ "rtl" or "ltr", as HTML writes it."""
        return "rtl" if self.script in _RIGHT_TO_LEFT else "ltr"

    @property
    def html(self) -> str:
        """The tag for HTML; for Chinese with its script, by which browsers choose letter forms."""
        return f"{self.code}-{self.script}" if self.script in _CHINESE else self.tag


@dataclass(frozen=True)
class Language:
    """A language and its written forms, the usual one first."""

    code: str
    full: bool
    """Whether the whole conversation is held in it; else it is only recognised."""
    indigenous: bool
    forms: tuple[Form, ...]
    also: Mapping[str, str]
    """Other names by which people ask for it -> the tag that they mean."""
    not_in: Mapping[str, frozenset[str]]
    """Names that are an everyday word of some languages."""


@lru_cache(maxsize=1)
def table() -> Mapping[str, Language]:
    """Every language by its code, in the order of lists."""
    raw = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    return {code: _language(code, entry) for code, entry in raw.items()}


@lru_cache(maxsize=1)
def forms() -> Mapping[str, Form]:
    """Every written form by its tag, in the order of lists."""
    return {form.tag: form for language in table().values() for form in language.forms}


@lru_cache(maxsize=1)
def full_codes() -> frozenset[str]:
    """Codes of the languages in which the whole conversation is held."""
    return frozenset(code for code, language in table().items() if language.full)


def form(tag: str) -> Form | None:
    """The form that a tag names, if we know it: "es-MX" is "es", "zh-TW" is "zh-Hant"."""
    parts = tag.replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        candidate = "-".join(parts[:length])
        known = forms().get(_ALIASES.get(candidate.lower(), candidate))
        if known is not None:
            return known
    return None


def base(tag: str) -> str:
    """The code of a tag's language: "pa-Latn" is "pa" and "yue" is "zh"."""
    known = form(tag)
    return known.code if known else tag.split("-")[0]


def is_full(tag: str | None) -> bool:
    """Whether the line holds whole conversations in this language."""
    return tag is not None and base(tag) in full_codes()


def is_indigenous(tag: str | None) -> bool:
    """Whether this is an Indigenous language of Canada."""
    language = table().get(base(tag)) if tag else None
    return language is not None and language.indigenous


def tag_of(code: str, script: str | None = None) -> str:
    """The tag of a language as written in a script; of its usual form where that is not known."""
    language = table().get(base(code))
    if language is None:
        return code
    given = forms().get(code)
    if given is not None and (script is None or given.script == script):
        return code
    return next((one.tag for one in language.forms if one.script == script), code)


def chain(tag: str | None) -> tuple[str, ...]:
    """Tags of the catalogues that a person reads, the best first; empty when nothing is known."""
    if tag is None:
        return ()
    known = form(tag)
    return (tag,) if known is None else (known.tag, *known.reads)


def own_name(tag: str) -> str:
    """The language's name in its own script; the tag for one that we do not know."""
    known = form(tag)
    return known.own if known else tag


def name_in(tag: str, screen: str) -> str:
    """The language's name in English or French; the tag for one that we do not know."""
    known = form(tag)
    return known.names.get(screen, known.names["en"]) if known else tag


def direction(tag: str) -> str:
    """ "rtl" or "ltr"."""
    known = form(tag)
    return known.direction if known else "ltr"


@lru_cache(maxsize=1)
def listed() -> tuple[str, ...]:
    """Tags that lists offer, in order: those we speak, then those we hand over."""
    ordered = sorted(forms().values(), key=lambda one: not is_full(one.tag))
    return tuple(one.tag for one in ordered if one.listed)


def negotiate(wanted: Sequence[str], available: Sequence[str]) -> str | None:
    """The first tag wanted that somebody who reads the available ones can read, else None.

    After RFC 4647, section 3.4, with the fallbacks of the table.
    """
    for tag in wanted:
        for candidate in chain(tag.strip()):
            if candidate in available:
                return candidate
    return None


def _language(code: str, entry: Mapping[str, Any]) -> Language:
    written = tuple(_forms(code, entry))
    also: dict[str, str] = {}
    for said in entry.get("also", ()):
        also.update(said if isinstance(said, dict) else {str(said): written[0].tag})
    return Language(
        code=code,
        full=bool(entry.get("full", False)),
        indigenous=bool(entry.get("indigenous", False)),
        forms=written,
        also=also,
        not_in={name: frozenset(codes) for name, codes in entry.get("not_in", {}).items()},
    )


def _forms(code: str, entry: Mapping[str, Any]) -> Iterator[Form]:
    for tag, fields in entry["forms"].items():
        yield Form(
            tag=tag,
            code=code,
            script=fields["script"],
            own=fields["own"],
            names={screen: fields.get(screen, entry[screen]) for screen in OFFICIAL},
            reads=tuple(fields.get("reads", ())),
            listed=not fields.get("unlisted", False),
        )
