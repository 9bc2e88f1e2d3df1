"""The script of a text is counted letter by letter."""

from __future__ import annotations

import pytest

from bot.language.scripts import han_script, is_cantonese, script_of


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("help me", "Latn"),
        ("我要 help", "Hani"),
        ("please help me now ok 好", "Latn"),
        ("помогите pls", "Cyrl"),
        ("助けて", "Jpan"),
        ("ᐊᓂᔑᓈᐯ", "Cans"),
        ("ਮਦਦ please", "Guru"),
        ("123 👍", None),
    ],
)
def test_a_foreign_script_needs_a_third_of_the_letters(text: str, script: str | None) -> None:
    """A Han character weighs as a short word does."""
    assert script == script_of(text)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("请帮帮我", "Hans"),
        ("請幫幫我", "Hant"),
        ("救命", None),
        ("我嘅護照", "Hant"),
        ("嘅", None),
    ],
)
def test_only_characters_of_one_chinese_script_count(text: str, script: str | None) -> None:
    """Characters that both have, and those of Cantonese, show neither."""
    assert script == han_script(text)


@pytest.mark.parametrize(
    ("text", "cantonese"),
    [("唔該幫我", True), ("邊度有地方瞓", True), ("請問哪裡有地方睡", False), ("我认识他", False)],
)
def test_cantonese_shows_in_its_own_characters(text: str, cantonese: bool) -> None:
    """Characters and words that written Mandarin does not have."""
    assert cantonese == is_cantonese(text)
