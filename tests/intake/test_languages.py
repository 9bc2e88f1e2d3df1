"""The table of languages: whole, without contradictions, and read the right way."""

from __future__ import annotations

import pytest

from intake import languages

FULL = "en fr es tl pa zh ar hi ur fa vi ko th pt ru uk ro hu".split()
RECOGNISED = "so ht ta bn am ti ne iu cr oj".split()


def test_the_languages_of_the_line() -> None:
    """Eighteen are spoken; the others are recognised and handed over."""
    assert languages.full_codes() == set(FULL)
    assert [code for code in RECOGNISED if code not in languages.table()] == []


def test_every_fallback_is_a_form_of_the_table() -> None:
    """A form without a catalogue reads one that exists."""
    known = languages.forms()
    assert [tag for form in known.values() for tag in form.reads if tag not in known] == []


def test_no_two_forms_look_alike_in_a_list() -> None:
    """A person could not choose between them."""
    shown = [languages.own_name(tag).casefold() for tag in languages.listed()]
    assert sorted(set(shown)) == sorted(shown)
    assert all(name and len(name) <= 18 for name in shown)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("es", ("es",)),
        ("es-MX", ("es",)),
        ("zh-TW", ("zh-Hant", "zh")),
        ("zh-Hant-HK", ("zh-Hant", "zh")),
        ("zh-CN", ("zh",)),
        ("yue", ("yue", "zh-Hant", "zh")),
        ("ur-Latn", ("ur-Latn", "hi-Latn")),
        ("pa-Latn", ("pa-Latn",)),
        ("pa-Arab", ("pa-Arab", "ur")),
        ("fil-PH", ("tl",)),
        ("xx", ("xx",)),
        (None, ()),
    ],
)
def test_which_catalogues_a_tag_reads(tag: str | None, expected: tuple[str, ...]) -> None:
    """Its own first, then what a reader of it can read."""
    assert languages.chain(tag) == expected


@pytest.mark.parametrize(
    ("code", "script", "tag"),
    [
        ("pa", "Guru", "pa"),
        ("pa", "Latn", "pa-Latn"),
        ("hi", "Latn", "hi-Latn"),
        ("ur", "Latn", "ur-Latn"),
        ("zh", "Hant", "zh-Hant"),
        ("zh", "Hans", "zh"),
        ("zh", None, "zh"),
        ("yue", None, "yue"),
        ("ar", "Latn", "ar-Latn"),
        ("vi", "Latn", "vi"),
        ("es", None, "es"),
        ("ru", "Latn", "ru"),
        ("xx", "Latn", "xx"),
    ],
)
def test_the_tag_of_a_script(code: str, script: str | None, tag: str) -> None:
    """A code and a script make a tag; where the table has no such form, the usual one."""
    assert languages.tag_of(code, script) == tag


@pytest.mark.parametrize(
    ("tag", "code"),
    [("pa-Latn", "pa"), ("yue", "zh"), ("zh-TW", "zh"), ("es-MX", "es"), ("q", "q")],
)
def test_the_language_of_a_tag(tag: str, code: str) -> None:
    """Training data, cues and the directory know languages, not forms."""
    assert languages.base(tag) == code


def test_directions() -> None:
    """Arabic script runs from the right, romanised Arabic from the left."""
    rtl = [tag for tag in languages.listed() if languages.direction(tag) == "rtl"]
    assert rtl == ["ar", "ur", "fa"]
    assert languages.direction("ar-Latn") == "ltr"


def test_names_for_the_desk() -> None:
    """An advocate reads a name in English or French, also of a form."""
    assert languages.name_in("yue", "en") == "Cantonese"
    assert languages.name_in("pa-Latn", "fr") == "pendjabi en lettres latines"
    assert languages.name_in("xx", "en") == "xx"


def test_indigenous_languages() -> None:
    """Those of Canada, in either script."""
    assert languages.is_indigenous("cr-Latn") and languages.is_indigenous("iu")
    assert not languages.is_indigenous("es") and not languages.is_indigenous(None)


@pytest.mark.parametrize(
    ("wanted", "available", "expected"),
    [
        (["zh-HK", "en"], ["en", "zh"], "zh"),
        (["zh-HK", "en"], ["en", "zh", "zh-Hant"], "zh-Hant"),
        (["de", "fr-CA"], ["en", "fr"], "fr"),
        (["ur-Latn"], ["hi-Latn", "ur"], "hi-Latn"),
        (["ja"], ["en"], None),
        ([], ["en"], None),
    ],
)
def test_negotiation(wanted: list[str], available: list[str], expected: str | None) -> None:
    """The first that is wanted and can be read."""
    assert languages.negotiate(wanted, available) == expected
