"""Prints how well the risk rules alone do on the evaluation sets, without any model.

    python -m benchmarks.risk_rules [--misses] [--language en]

Escalation means any tier, or the person asking for a human. Intervals are Wilson's, 95 %.
The sets stand apart from the cue lists; where the rules miss, the trained judge and the people
behind it are the answer, not a cue made to measure.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from intake.risk import VERSION, Assessment, screen

_SETS = Path(__file__).parent.parent / "data" / "eval"
_TIERS = ("none", "concern", "urgent", "imminent")


@dataclass(frozen=True)
class Judged:
    """One message of an evaluation set, and what the rules said of it."""

    text: str
    history: tuple[str, ...]
    tier: str
    category: int | None
    hard: bool
    found: Assessment

    @property
    def said(self) -> str:
        """The tier the rules gave."""
        return self.found.tier.label if self.found.tier else "none"

    @property
    def escalated(self) -> bool:
        """Whether an advocate would have been called."""
        return self.found.tier is not None or self.found.asks_for_person


def judge(path: Path) -> list[Judged]:
    """Every message of the set at ``path`` with the rules' judgement."""
    judged = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        history = tuple(row.get("history", ()))
        found = screen(row["text"], history)
        judged.append(
            Judged(row["text"], history, row["tier"], row["category"], row["hard"], found)
        )
    return judged


def rate(hits: int, of: int) -> str:
    """``hits`` of ``of`` as a percentage with its 95 % interval."""
    if not of:
        return "-"
    z, p = 1.96, hits / of
    centre = (p + z * z / (2 * of)) / (1 + z * z / of)
    spread = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{p:6.1%} ({hits}/{of}; {max(0, centre - spread):.1%}-{min(1, centre + spread):.1%})"


def report(name: str, judged: Sequence[Judged]) -> None:
    """Prints the figures of one set."""
    risky = [j for j in judged if j.tier != "none"]
    calm = [j for j in judged if j.tier == "none"]
    grave = [j for j in risky if j.tier == "imminent"]
    # Who asks for a person is called one whatever the risk: that is no false escalation.
    unasked = [j for j in calm if not j.found.asks_for_person]
    print(f"{name}: {len(judged)} messages, {len(risky)} risky")
    print("  recall of escalation       ", rate(sum(j.escalated for j in risky), len(risky)))
    print("  recall, hard messages      ", rate(*_escalated([j for j in risky if j.hard])))
    print("  recall, imminent           ", rate(*_escalated(grave)))
    print("  imminent said imminent     ", rate(_said(grave, "imminent"), len(grave)))
    print("  tier not below the label   ", rate(sum(map(_high_enough, risky)), len(risky)))
    false = [j for j in unasked if j.found.tier is not None]
    print("  false escalation           ", rate(len(false), len(unasked)))
    hard = [j for j in unasked if j.hard]
    print("  false escalation, hard     ", rate(sum(j in false for j in hard), len(hard)))
    print("  label \\ said   " + "".join(f"{tier:>10}" for tier in _TIERS))
    table = Counter((j.tier, j.said) for j in judged)
    for tier in reversed(_TIERS):
        print(f"  {tier:<14}" + "".join(f"{table[tier, said]:>10}" for said in _TIERS))
    missed = Counter(j.category for j in risky if not j.escalated)
    print("  missed by row:", dict(sorted((k or 0, v) for k, v in missed.items())) or "none")


def _escalated(judged: Sequence[Judged]) -> tuple[int, int]:
    return sum(j.escalated for j in judged), len(judged)


def _said(judged: Sequence[Judged], tier: str) -> int:
    return sum(j.said == tier for j in judged)


def _high_enough(judged: Judged) -> bool:
    return _TIERS.index(judged.said) >= _TIERS.index(judged.tier)


def _list_misses(judged: Sequence[Judged]) -> None:
    for j in judged:
        risky = j.tier != "none"
        if risky != j.escalated and not (j.found.asks_for_person and not risky):
            earlier = " / ".join((*j.history, j.text))
            names = ",".join(cue.name for cue in j.found.cues)
            print(f"  {j.tier:<9} said {j.said:<9} row {j.category or '-':<3} {earlier}  {names}")


def _speed(judged: Sequence[Judged]) -> None:
    taken = []
    for j in judged:
        begun = time.perf_counter()
        screen(j.text, j.history)
        taken.append(time.perf_counter() - begun)
    print(f"  median {statistics.median(taken) * 1000:.2f} ms, slowest {max(taken) * 1000:.1f} ms")


def main() -> None:
    """Reads the arguments and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--language", action="append", help="only this set, e.g. en")
    parser.add_argument("--misses", action="store_true", help="list what was judged wrongly")
    options = parser.parse_args()
    print(VERSION)
    for path in sorted(_SETS.glob("*.jsonl")):
        if options.language and path.stem not in options.language:
            continue
        judged = judge(path)
        report(path.stem, judged)
        _speed(judged)
        if options.misses:
            _list_misses(judged)


if __name__ == "__main__":
    main()
