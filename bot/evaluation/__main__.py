"""`python -m bot.evaluation`: prints the figures, writes docs/triage-report.md and its plots."""

from __future__ import annotations

import argparse
import logging
import statistics
import sys
from pathlib import Path

from bot.settings import ROOT, SettingWrong, model_dir
from bot.without_tensorflow import keep_out

DOCS = ROOT / "docs"
REPORT = "triage-report.md"
_LIMITS = Path(__file__).with_name("limits.md")


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(prog="./hotline evaluate", description=__doc__)
    parser.add_argument("--to", type=Path, default=DOCS, metavar="FOLDER", help="where to write")
    chosen = parser.parse_args()
    try:
        folder = model_dir()
    except SettingWrong as fault:
        print(f"evaluate: {fault}", file=sys.stderr)
        return 2
    from bot import redaction

    redaction.configure("WARNING", libraries=logging.ERROR)
    keep_out()
    from bot.evaluation.baseline import kept
    from bot.evaluation.cases import cases
    from bot.evaluation.figures import false_escalations, recall
    from bot.evaluation.plots import recall_by_language, trade_off
    from bot.evaluation.report import Found, report
    from bot.evaluation.verdicts import hear
    from bot.judging import Judge
    from bot.server import newest_model

    wanted = list(cases())
    judge = Judge(newest_model(folder))
    heard = hear(judge, wanted, lambda line: print(line, file=sys.stderr, flush=True))
    judge.close()
    found = Found(heard, kept(wanted))
    words = report(found, _LIMITS.read_text(encoding="utf-8"))
    to: Path = chosen.to
    to.mkdir(parents=True, exist_ok=True)
    (to / REPORT).write_text(words, encoding="utf-8")
    lines = {code: [one.line for one in found.of(code)] for code in found.languages}
    rates = {code: (recall(said), false_escalations(said)) for code, said in lines.items()}
    recall_by_language(rates, to / "triage-recall.svg")
    others = {name: said for name, said in found.everybody.items() if said != found.lines}
    trade_off(heard, others, to / "triage-trade-off.svg")
    print(words.split("## Every miss")[0].split("Named wrongly")[0].strip())
    taken = [one.seconds * 1000 for one in heard]
    slow = statistics.quantiles(taken, n=20)[-1]
    print(f"\na message: median {statistics.median(taken):.1f} ms, 95 in 100 within {slow:.1f} ms")
    print(f"written: {to / REPORT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
