"""Sentences are found in the language that a person reads; safety ones never in English alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from locales.catalogue import SAFETY, Catalogue, UnknownText, Unreviewed

ENGLISH = {
    "open.first": "Hi.",
    "wait.first": "A person was asked.",
    "safety.not_now": "OK.",
    "utter_thanks": "You're welcome.",
    "language.by_phone": "Interpreter: 0.",
    "offer": "Call {phone}.",
}
FRENCH = {
    "open.first": "Bonjour.",
    "wait.first": "On demande.",
    "safety.not_now": "OK.",
    "utter_thanks": "De rien.",
    "language.by_phone": "Interprète: 0.",
}
WITH_INTERPRETER = "\nInterpreter: 0.\nInterprète: 0."
SPANISH = {"open.first": "Hola.", "utter_thanks": "De nada.", "safety.not_now": "Vale."}


def write(root: Path, language: str, sentences: dict[str, str], reviewed: tuple[str, ...]) -> None:
    """One catalogue file."""
    folder = root / language
    folder.mkdir()
    entries = [
        f'{"" if key in reviewed else "#, fuzzy"}\nmsgid "{key}"\nmsgstr "{text}"\n'
        for key, text in sentences.items()
    ]
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    (folder / "messages.po").write_text("\n".join([header, *entries]), encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """English reviewed, French not, Spanish in part."""
    write(tmp_path, "en", ENGLISH, tuple(ENGLISH))
    write(tmp_path, "fr", FRENCH, ())
    write(tmp_path, "es", SPANISH, ("utter_thanks",))
    return tmp_path


@pytest.mark.parametrize(
    ("key", "language", "used", "replaced"),
    [
        ("open.first", "en", "Hi.", "Hi."),
        ("open.first", None, "Hi.", "Hi."),
        ("open.first", "fr", "Bonjour.", "Hi.\nBonjour."),
        ("open.first", "es", "Hola.", "Hi.\nBonjour." + WITH_INTERPRETER),
        # Spanish lacks it: never English alone, whatever the setting.
        ("wait.first", "es", *["A person was asked.\nOn demande." + WITH_INTERPRETER] * 2),
        # No catalogue at all.
        ("open.first", "xx", *["Hi.\nBonjour." + WITH_INTERPRETER] * 2),
        # Somebody else may read: no word about interpreters, and the same words once.
        ("safety.not_now", "es", "Vale.", "OK."),
        ("safety.not_now", "xx", "OK.", "OK."),
        # Nothing of safety hangs on thanks.
        ("utter_thanks", "es", "De nada.", "De nada."),
        ("utter_thanks", "fr", "De rien.", "De rien."),
        ("utter_thanks", "xx", "You're welcome.", "You're welcome."),
    ],
)  # fmt: skip
def test_what_is_said(root: Path, key: str, language: str | None, used: str, replaced: str) -> None:
    """In a language of its own, else in both official ones; as the setting says."""
    assert Catalogue.load(root=root).text(key, language) == used
    strict = Catalogue.load(root=root, unreviewed=Unreviewed.REPLACE)
    assert strict.text(key, language) == replaced


def test_the_first_language_that_has_the_sentence_is_used(root: Path) -> None:
    """A person who reads several gets the best that there is."""
    catalogue = Catalogue.load(root=root)
    assert catalogue.text("open.first", ("xx", "es")) == "Hola."
    assert catalogue.text("open.first", ()) == "Hi."


def test_placeholders_and_unknown_keys(root: Path) -> None:
    """Values are filled in; a key that nobody wrote is a mistake of ours."""
    catalogue = Catalogue.load(root=root)
    assert catalogue.text("offer", "fr", phone="555-0100") == "Call 555-0100."
    with pytest.raises(UnknownText):
        catalogue.text("no.such.key", "fr")


@pytest.mark.parametrize("domain", sorted(SAFETY))
def test_every_safety_key_is_real(domain: str) -> None:
    """A misspelt key would protect nothing."""
    assert SAFETY[domain] - Catalogue.load(domain).keys() == set()


def test_the_pages_join_on_one_line() -> None:
    """A heading stays one line."""
    pages = Catalogue.load("pages")
    english, french = (pages.text("danger.question", tag) for tag in ("en", "fr"))
    assert pages.both("danger.question") == f"{english} / {french}"
