"""Runs the line's two judges, and what they are compared with, over every case."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bot.evaluation.cases import Case, group_of
from bot.evaluation.figures import Verdict
from bot.judging import Judge, Judged
from bot.language.accuracy import Named, plain_langdetect

Progress = Callable[[str], None]
_A_LINE_EVERY = 400


@dataclass(frozen=True)
class Heard:
    """A case, what both judges said of it, and how long the whole took."""

    case: Case
    judged: Judged
    langdetect: Named
    seconds: float

    @property
    def line(self) -> Verdict:
        """Rules and model together, as the running line decides."""
        judged = self.judged
        return Verdict(self.case, judged.tier, judged.asks_for_person, judged.hands_over)

    @property
    def judges(self) -> Verdict:
        """Rules and model together, whatever the language."""
        return Verdict(self.case, self.judged.tier, self.judged.asks_for_person)

    @property
    def rules(self) -> Verdict:
        """The keyword list alone."""
        rules = self.judged.rules
        return Verdict(self.case, self.judged.tier_of_rules, rules.asks_for_person)

    @property
    def model(self) -> Verdict:
        """The model alone."""
        model = self.judged.model
        return Verdict(self.case, self.judged.tier_of_model, bool(model["asks_for_person"]))

    @property
    def risk(self) -> float:
        """How likely the model takes it for risk, 0 to 1."""
        confidence = float(self.judged.model["risk"]["confidence"])
        return confidence if self.judged.tier_of_model != "none" else 1.0 - confidence

    @property
    def group(self) -> tuple[str, str]:
        """The right group of intents and the one that was named."""
        said = group_of(self.judged.intent[0])
        right = self.case.groups[0]
        return right, right if said in self.case.groups else said

    @property
    def language(self) -> Named:
        """The language that was named."""
        said = self.judged.model["language"]
        code = None if said["code"] is None else str(said["code"])
        return self._named(code, float(said["confidence"]))

    def _named(self, said: str | None, confidence: float) -> Named:
        language = self.case.language
        return Named(self.case.text, language, language, said, confidence)


def hear(judge: Judge, cases: Iterable[Case], progress: Progress = lambda _: None) -> list[Heard]:
    """Judge every case, each as the first text of its conversation or after its history."""
    return list(_hear(judge, list(cases), progress))


def _hear(judge: Judge, cases: list[Case], progress: Progress) -> Iterator[Heard]:
    plain = plain_langdetect()
    for number, case in enumerate(cases):
        if number % _A_LINE_EVERY == 0:
            progress(f"messages judged: {number} of {len(cases)}")
        begun = time.perf_counter()
        judged = judge.judge(case.text, case.history)
        taken = time.perf_counter() - begun
        code, confidence = plain(case.text, case.language)
        named = Named(case.text, case.language, case.language, code, confidence)
        yield Heard(case, judged, named, taken)
