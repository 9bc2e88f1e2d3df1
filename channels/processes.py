"""Several processes on one public socket: one that dies is replaced while the others answer.

They are forks of a parent that has read everything, so that the next one serves within a moment.
They share the socket and its line of waiting callers: what a dead one had not taken up yet, another
takes. The parent does nothing else and so has nothing to die of; when it does, they end.
"""

from __future__ import annotations

import gc
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

#: The exit code of a process that cannot work with its settings: another would not either.
MISCONFIGURED = 2
_ENDS = (signal.SIGTERM, signal.SIGINT)
_TOO_SOON = 5.0
_BREATH = 1.0

Serve = Callable[[int], int]


class Processes:
    """The parent. `serve` gets the number of its process and returns an exit code."""

    def __init__(self, count: int, serve: Serve) -> None:
        self._count = count
        self._serve = serve
        self._running: dict[int, tuple[int, float]] = {}
        self._stopping = False
        # Its other end closes with the parent, whatever ends it.
        self._alive, self._life = os.pipe()

    def run(self) -> int:
        """Serve until SIGTERM or SIGINT; the exit code."""
        for number in _ENDS:
            signal.signal(number, self._stop)
        gc.freeze()
        for place in range(self._count):
            self._start(place)
        code = 0
        while self._running:
            pid, status = os.wait()
            if pid not in self._running:
                continue
            place, since = self._running.pop(pid)
            ended = os.waitstatus_to_exitcode(status)
            if self._stopping:
                continue
            if ended == MISCONFIGURED:
                code = ended
                self._stop(signal.SIGTERM, None)
                continue
            print(f"process {place} of the porch ended ({ended}); another begins", file=sys.stderr)
            if time.monotonic() - since < _TOO_SOON:
                time.sleep(_BREATH)
            self._start(place)
        return code

    def _start(self, place: int) -> None:
        # A signal that came between the fork and its note would pass the new process by.
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
        if self._stopping:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
            return
        pid = os.fork()
        if pid:
            self._running[pid] = (place, time.monotonic())
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
            return
        # From here on the child; it must never return into the parent's code.
        code = 1
        try:
            for number in _ENDS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDS)
            os.close(self._life)
            random.seed()
            threading.Thread(target=_end_with_parent, args=(self._alive,), daemon=True).start()
            code = self._serve(place)
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
        for pid in self._running:
            os.kill(pid, signal.SIGTERM)


def _end_with_parent(alive: int) -> None:
    os.read(alive, 1)
    os.kill(os.getpid(), signal.SIGTERM)
