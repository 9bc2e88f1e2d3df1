"""`python -m bot.triage`: judges messages that come as JSON lines, one answer a line, in order.

Reads `{"text": "...", "history": ["earlier text", ...]}` from standard input; whatever other keys
a line has come back with its answer, save those that the answer itself uses. A line that cannot be
read gets an answer with `error` in its place, a sentence on standard error that names it by its
number and never by its words, and the status 1 in the end.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO

from bot.settings import SettingWrong, model_dir
from bot.without_tensorflow import keep_out

_OURS = ("text", "history")


class LineWrong(ValueError):
    """A line is not a message; the sentence says why, without its words."""


@dataclass(frozen=True)
class Asked:
    """One line of the input."""

    text: str
    history: tuple[str, ...]
    passed: dict[str, Any]
    """The other keys, to be given back."""


def read(line: str) -> Asked:
    """Raises LineWrong."""
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        raise LineWrong("not JSON") from None
    if not isinstance(given, dict):
        raise LineWrong("not a JSON object")
    text = given.get("text")
    if not isinstance(text, str):
        raise LineWrong('"text" must be there, and be a string')
    history = given.get("history")
    history = [] if history is None else history
    if not isinstance(history, list) or not all(isinstance(one, str) for one in history):
        raise LineWrong('"history" must be a list of strings')
    if any("\ud800" <= letter <= "\udfff" for one in (text, *history) for letter in one):
        raise LineWrong("half of a surrogate pair, which no text can hold")
    passed = {key: value for key, value in given.items() if key not in _OURS}
    return Asked(text, tuple(history), passed)


def answer(judged: Any) -> dict[str, Any]:
    """A judgement (`bot.judging.Judged`) in the words of the output."""
    language, risk = judged.model["language"], judged.model["risk"]
    intent, sure = judged.intent
    return {
        "language": language["code"],
        "language_confidence": language["confidence"],
        "intent": intent,
        "intent_confidence": sure,
        "tier": judged.tier,
        "escalate": judged.escalates,
        "hands_over": judged.hands_over,
        "cues": judged.cues(),
        "judges": {
            "rules": {
                "tier": judged.tier_of_rules,
                "cues": [
                    {"category": cue.category, "name": cue.name, "tier": cue.tier.label}
                    for cue in judged.rules.cues
                ],
                "asks_for_person": judged.rules.asks_for_person,
                "version": judged.rules.version,
            },
            "model": {
                "tier": judged.tier_of_model,
                "confidence": risk["confidence"],
                "cues": risk["cues"],
                "asks_for_person": judged.model["asks_for_person"],
                "version": risk["version"],
            },
        },
    }


def answers(lines: TextIO, judge: Any, complaints: TextIO) -> Iterator[tuple[dict[str, Any], bool]]:
    """An answer for each line, and whether the line could be read."""
    for number, line in enumerate(lines, start=1):
        try:
            asked = read(line)
        except LineWrong as fault:
            print(f"triage: line {number}: {fault}", file=complaints, flush=True)
            yield {"error": f"line {number}: {fault}"}, False
        else:
            yield {**asked.passed, **answer(judge.judge(asked.text, asked.history))}, True


def main() -> int:
    """Returns the exit status: 1 when a line could not be read, 2 for a wrong setting."""
    from bot import redaction

    try:
        folder = model_dir()
    except SettingWrong as fault:
        print(f"triage: {fault}", file=sys.stderr)
        return 2
    formatter = redaction.configure("WARNING", libraries=logging.ERROR)
    keep_out()
    from bot.judging import Judge
    from bot.server import NoModel, newest_model

    try:
        judge = Judge(newest_model(folder))
    except NoModel as fault:
        print(f"triage: {fault}", file=sys.stderr)
        return 2
    redaction.seal(formatter)
    whole = True
    # Bytes that are no UTF-8 are a line's fault, not the end of all lines.
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    for found, readable in answers(sys.stdin, judge, sys.stderr):
        print(json.dumps(found, ensure_ascii=False), flush=True)
        whole = whole and readable
    judge.close()
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
