"""The practice phone: fictional numbers, a real signed way in, replies on the screen."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from practice.phone import random_number
from tests.channels.conftest import LINE, PUBLIC, SID, TOKEN, Carrier


def test_numbers_are_fictional_and_not_the_lines_own() -> None:
    """555-01xx in some area code of Canada."""
    numbers = {random_number(LINE) for _ in range(500)}
    assert LINE not in numbers
    assert all(re.fullmatch(r"\+1\d{3}55501\d\d", number) for number in numbers)
    assert len(numbers) > 100


def test_without_a_line_it_says_how_to_start_one() -> None:
    """One sentence, no traceback, exit status 1."""
    done = subprocess.run(
        [sys.executable, "-m", "practice.phone"],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"]},
        check=False,
    )
    assert done.returncode == 1
    assert "./hotline up" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_line_that_is_down_is_said_plainly(carrier: Carrier) -> None:
    """The carrier is there, the porch is not."""
    done = subprocess.run(
        [sys.executable, "-m", "practice.phone"],
        input="hello\n",
        capture_output=True,
        text=True,
        env={
            "PATH": os.environ["PATH"],
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_FROM": LINE,
            "TWILIO_API_URL": carrier.url,
            "PUBLIC_URL": PUBLIC,
        },
        check=False,
    )
    assert "the line did not take the text" in done.stdout
