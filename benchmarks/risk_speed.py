"""Prints how long the risk rules take: to be read, for a message, for the longest message.

    python -m benchmarks.risk_speed

Messages are training texts of all languages, put together to a hundred characters. What is
measured is the time of the processor, so that a busy machine does not count; the second run is
shown, when the patterns that these messages need are compiled.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

from benchmarks.training_lines import languages, lines
from intake.risk import VERSION, rules, screen

_LENGTH = 100
_LONGEST = 4000
_EACH = 40  # messages of each language
_READ = "import time; from intake.risk import rules; b = time.process_time(); rules(); "
_START = "import time; b = time.process_time(); import intake.risk; "
_TELL = "print(time.process_time() - b)"


def _message(texts: Sequence[str], length: int, choose: random.Random) -> str:
    written = choose.choice(texts)
    while len(written) < length:
        written += " " + choose.choice(texts)
    return written[:length]


def _seconds(code: str) -> float:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _taken(text: str, earlier: Sequence[str] = ()) -> float:
    begun = time.thread_time()
    screen(text, earlier)
    return (time.thread_time() - begun) * 1000


def main() -> None:
    """Measures and prints."""
    choose = random.Random(7)
    texts = {code: [line.text for line in lines(code)] for code in languages()}
    messages = [
        (code, _message(texts[code], _LENGTH, choose)) for code in texts for _ in range(_EACH)
    ]
    patterns = sum(len(entry.say) for cues in rules().lists for entry in cues.entries)
    print(f"{VERSION}: {len(rules().lists)} lists, {patterns} patterns of cues")
    print(f"  import of the module       {_seconds(_START + _TELL):.2f} s")
    print(f"  reading of the lists       {_seconds(_READ + _TELL):.2f} s")
    for _ in range(2):
        taken = sorted((_taken(text), code) for code, text in messages)
    times = [ms for ms, _ in taken]
    print(f"  message of {_LENGTH} characters: median {statistics.median(times):.2f} ms, ", end="")
    print(f"p99 {times[int(len(times) * 0.99)]:.2f} ms, slowest {times[-1]:.2f} ms")
    by_language = {
        code: statistics.median(ms for ms, other in taken if other == code) for code in texts
    }
    print("   ", "  ".join(f"{code} {ms:.2f}" for code, ms in by_language.items()))
    earlier = {code: [_message(texts[code], _LENGTH, choose) for _ in range(12)] for code in texts}
    for _ in range(2):
        late = sorted(_taken(text, earlier[code]) for code, text in messages)
    print(f"  the same after 12 others:   median {statistics.median(late):.1f} ms, ", end="")
    print(f"p99 {late[int(len(late) * 0.99)]:.1f} ms")
    print(f"  message of {_LONGEST} characters:", end="")
    for code in texts:
        longest = _message(texts[code], _LONGEST, choose)
        screen(longest)
        print(f"  {code} {_taken(longest):.0f}", end="")
    print(" ms")


if __name__ == "__main__":
    main()
