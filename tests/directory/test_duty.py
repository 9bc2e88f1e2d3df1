"""The duty to report: the thirteen laws as a table, and what is unknown never makes it laxer."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from directory.checked_yaml import RefusedFile
from directory.duty import DATA, PROVINCES, Strength, duty, duty_table, read_table
from directory.law_cards import cards_for, law_cards

TODAY = date(2026, 11, 24)
NONE, MAY, IF, MUST = Strength
AGES = (None, 0, 15, 16, 17, 18, 19)
# Written down from the laws as the domain brief has them, not from the data file.
TABLE = {
    "BC": (MUST, MUST, MUST, MUST, MUST, MUST, NONE),
    "AB": (MUST, MUST, MUST, MUST, MUST, NONE, NONE),
    # Under 16 is not confirmed: above it a report may be made, until somebody knows.
    "SK": (MUST, MUST, MUST, MAY, MAY, MAY, NONE),
    "MB": (MUST, MUST, MUST, MUST, MUST, NONE, NONE),
    "ON": (MUST, MUST, MUST, MAY, MAY, NONE, NONE),
    "QC": (MUST, MUST, MUST, MUST, MUST, NONE, NONE),
    "NB": (MUST, MUST, MUST, MUST, MUST, MUST, NONE),
    "NS": (MUST, MUST, MUST, IF, IF, IF, NONE),
    "PE": (MUST, MUST, MUST, MUST, MUST, NONE, NONE),
    "NL": (MUST, MUST, MUST, MUST, MUST, NONE, NONE),
    "YT": (MUST, MUST, MUST, MUST, MUST, MUST, NONE),
    "NT": (MUST, MUST, MUST, MUST, MUST, MUST, NONE),
    "NU": (MUST, MUST, MUST, MUST, MUST, MUST, NONE),
    None: (MUST, MUST, MUST, MUST, MUST, MUST, NONE),
}
NUMBERS = {
    "BC": ["1-800-663-9122"],
    "AB": ["1-800-638-0715"],
    "SK": ["1-844-787-3760", "1-800-274-8297", "1-866-719-6164", "306-569-2724"],
    "MB": ["1-866-345-9241", "204-944-4200"],
    "ON": ["416-924-4646", "1-866-527-0833"],
    "QC": ["514-896-3100", "514-935-6196", "1-800-463-4834", "1-800-567-6810", "1-800-361-5310"],
    "NB": ["1-833-733-7835", "1-800-442-9799"],
    "NS": ["1-877-424-1177", "1-866-922-2434"],
    "PE": ["1-877-341-3101", "1-800-341-6868"],
    "NL": ["1-833-552-2368"],
    "YT": ["867-667-3002", "1-800-661-0408 x3002", "867-667-5555"],
    "NT": [],
    "NU": [],
}


@pytest.mark.parametrize("province", TABLE)
def test_the_law_of_each_place(province: str | None) -> None:
    """Age by age, and unknown in each direction."""
    assert tuple(duty(province, age, TODAY).strength for age in AGES) == TABLE[province]


@pytest.mark.parametrize("province", PROVINCES)
def test_each_place_says_whom_to_call(province: str) -> None:
    """A number, or in words where to find the office; source, law and who reviewed it."""
    rule = duty(province, 12, TODAY).rule
    assert rule is not None
    assert [line.number for line in rule.numbers] == NUMBERS[province]
    assert rule.numbers or rule.where
    assert rule.source and rule.statute and rule.reviewed_by == "to be verified"
    assert rule.note.en and rule.note.fr != rule.note.en


ages = some.none() | some.integers(0, 120)
days = some.dates(date(2000, 1, 1), date(2040, 1, 1))


@given(some.sampled_from(PROVINCES), some.integers(0, 120), days)
def test_unknown_is_never_laxer(province: str, age: int, on: date) -> None:
    """Whatever turns out to be so, knowing less asked at least as much."""
    known = duty(province, age, on).strength
    assert duty(None, age, on).strength >= known
    assert duty(province, None, on).strength >= known
    assert duty(None, None, on).strength == Strength.MUST


@given(some.none() | some.sampled_from(PROVINCES), ages, days)
def test_what_was_considered_is_listed(province: str | None, age: int | None, on: date) -> None:
    """Every rule that could hold, the strictest first; the place alone where it is known."""
    found = duty(province, age, on)
    strengths = [one.strength for one in found.considered]
    assert strengths == sorted(strengths, reverse=True) and strengths[0] == found.strength
    expected = set(PROVINCES) if province is None else {province}
    assert {one.rule.province for one in found.considered} == expected
    assert (found.rule is None) == (province is None) == found.place_unknown
    assert found.age_unknown == (age is None)


def test_an_adult_is_under_no_duty_anywhere() -> None:
    """From 19 on a report needs consent, or danger."""
    assert {duty(None, age, TODAY).strength for age in range(19, 120)} == {NONE}


def test_a_change_of_law_holds_from_its_day(tmp_path: Path) -> None:
    """The old row stays for the days before; before all rows the oldest stands in."""
    text = (DATA / "duty.yaml").read_text()
    newer = """
  - province: "SK"
    effective_from: 2030-01-01
    statute: An invented Act
    bands: [{from: 0, under: 18, strength: must}]
    numbers: []
    note: {en: "n", fr: "m"}
    source: invented
    as_of: "2030"
    reviewed_by: nobody
"""
    file = tmp_path / "duty.yaml"
    file.write_text(text + newer)
    table = read_table(file)
    day = date(2030, 1, 1)
    assert duty("SK", 17, day, table).strength is MUST
    assert duty("SK", 17, day - timedelta(days=1), table).strength is MAY
    assert duty("SK", 17, day, table).basis == "SK: An invented Act (data 2026-11)"
    # Ontario's row begins on a day; before it there is no other.
    assert duty("ON", 12, date(1990, 1, 1)).strength is MUST


@pytest.mark.parametrize(("province", "age"), [("XX", 3), ("on", 3), (None, -1), ("ON", -1)])
def test_nonsense_is_an_error(province: str | None, age: int) -> None:
    """Not a silent "no duty"."""
    with pytest.raises(ValueError, match="not"):
        duty(province, age, TODAY)


@pytest.mark.parametrize(
    ("old", "new", "at", "reason"),
    [
        ("under: 19, strength: must}", "under: 0, strength: must}", "", "breaks the rule minimum"),
        ("strength: must}", "strength: perhaps}", "", "is not one of must, must_if, may"),
        ("  - province: AB", "  - province: XX", "", "is not one of AB"),
        ("from: 16, under: 18", "from: 17, under: 18", "", "must begin at 16"),
        ("effective_from: 2021-10-01", "effective_from: 2021-13-01", "", "no day of the calendar"),
        ("    statute: Child, Family", "    stature: Child, Family", "- province: BC", "lacks st"),
        ("    statute: Child, Youth and Family E", "    statute: 12 #", "", "must be string"),
        ("    statute: Child, Youth and Family E", "    province: MB #", "", "is written twice"),
        ("province: NU", "province: NT", "rules:", "lacks NU"),
        ("version:", "versions: [", "", ""),
        ("version: ", "version: *x #", "", "has an alias"),
    ],
)
def test_a_broken_table_is_refused(
    tmp_path: Path, old: str, new: str, at: str, reason: str
) -> None:
    """By file, line, field and reason."""
    text = (DATA / "duty.yaml").read_text()
    assert old in text
    broken = text.replace(old, new, 1)
    file = tmp_path / "duty.yaml"
    file.write_text(broken)
    with pytest.raises(RefusedFile) as refused:
        read_table(file)
    found = [one for one in refused.value.refusals if reason in one.reason]
    assert found, refused.value
    if reason:
        line = 1 + broken[: broken.index(at or new)].count("\n")
        assert (found[0].file, found[0].line) == (str(file), line), found[0]


def test_law_cards() -> None:
    """Each with source, date and review; provincial ones only in their province."""
    assert len({card.id for card in law_cards()}) == len(law_cards()) >= 9
    assert all(card.source and card.as_of for card in law_cards())
    assert {card.reviewed_by for card in law_cards()} == {"to be verified"}
    everywhere = {card.id for card in cards_for(None)}
    assert {"vtip-permit", "open-work-permit", "good-samaritan"} <= everywhere
    assert {card.id for card in cards_for("AB")} - everywhere == {"protection-order-ab"}
    assert {card.id for card in cards_for("ON")} - everywhere == {"restraining-orders-on"}
    assert duty_table().version
