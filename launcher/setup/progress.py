"""Plain lines that tell a waiting person what is going on and for how long."""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import TextIO

# Without a terminal (a log, a CI run) a line now and then shows that all is well.
QUIET_INTERVAL = 20.0

_aside = False


def step_aside() -> None:
    """Send all lines to standard error from now on: standard output is for results."""
    global _aside
    _aside = True


def _out() -> TextIO:
    return sys.stderr if _aside else sys.stdout


def say(text: str) -> None:
    """Print one line at once, also into a pipe."""
    _show(text + "\n")


def _show(text: str) -> None:
    """Write to the terminal, or to nobody when nobody reads any more.

    A line must go on, and stop in good order, after its terminal was closed.
    """
    try:
        _out().write(text)
        _out().flush()
    except OSError:
        # What is left in the buffer would fail again, at the latest at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), _out().fileno())


class Step:
    """One numbered step: a line when it starts, its duration while it lasts."""

    def __init__(self, number: int, total: int, text: str) -> None:
        self._text = f"[{number}/{total}] {text}"
        self._started = time.monotonic()
        self._shown = self._started
        self._live = _out().isatty()
        self._width = 0
        if self._live:
            self._draw(f"{self._text} ...")
        else:
            say(f"{self._text} ...")

    def tick(self, waiting_for: str = "") -> None:
        """Show that the step is still going on, and why; call it a few times a second."""
        now = time.monotonic()
        elapsed = int(now - self._started)
        if self._live:
            self._draw(f"{self._text} ... {elapsed} s {waiting_for}")
        elif now - self._shown >= QUIET_INTERVAL:
            self._shown = now
            say(f"      still at it after {elapsed} s {waiting_for}".rstrip())

    def done(self, result: str | None = None) -> None:
        """Close the step, with what came out of it."""
        elapsed = time.monotonic() - self._started
        text = f"{self._text}: {result or 'done'} ({elapsed:.0f} s)"
        if self._live:
            self._draw(text)
            _show("\n")
        else:
            say(text)

    def failed(self) -> None:
        """Leave the line as it is, so that the reason can follow below it."""
        if self._live:
            _show("\n")

    def _draw(self, text: str) -> None:
        # A line longer than the terminal would begin a new one at each tick.
        shown = text[: shutil.get_terminal_size().columns - 1]
        _show("\r" + shown.ljust(self._width))
        self._width = len(shown)
