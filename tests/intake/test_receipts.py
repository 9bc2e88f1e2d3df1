"""The receipt of a tip: every typing slip is found, and it looks like no payment card."""

from __future__ import annotations

import pytest

from intake import receipts


def test_receipts_read_back_in_every_way_people_write_them() -> None:
    """Groups, hyphens, other scripts' digits; the digits are what counts."""
    for _ in range(200):
        receipt = receipts.new()
        assert receipts.read(receipts.shown(receipt)) == receipt
        assert receipts.read("-".join(receipts.shown(receipt).split())) == receipt
        arabic = receipt.translate({48 + n: 0x660 + n for n in range(10)})
        assert receipts.read(arabic) == receipt
        assert not receipts._could_be_a_card(receipt)


def test_every_single_slip_and_swap_of_neighbours_is_found() -> None:
    """What the check digit promises."""
    receipt = receipts.derived(b"a seed")
    for at in range(16):
        for digit in "0123456789":
            if digit != receipt[at]:
                assert receipts.read(receipt[:at] + digit + receipt[at + 1 :]) is None
    for at in range(15):
        first, second = receipt[at : at + 2]
        if first != second:
            swapped = receipt[:at] + second + first + receipt[at + 2 :]
            assert receipts.read(swapped) is None


@pytest.mark.parametrize("text", ["", "call 911", "613 555 0100", "1" * 17, "٣", receipts.MASK])
def test_other_texts_are_no_receipts(text: str) -> None:
    """Numbers of phones and ordinary words pass through."""
    assert receipts.read(text) is None


def test_the_same_seed_gives_the_same_receipt() -> None:
    """An organization that asks again hears the same."""
    assert receipts.derived(b"x" * 32) == receipts.derived(b"x" * 32) != receipts.derived(b"y" * 32)
