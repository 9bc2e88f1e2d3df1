"""Words the figures as docs/triage-report.md: what is reached, what is missed, and each miss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.evaluation.baseline import Baseline
from bot.evaluation.figures import (
    Rate,
    Verdict,
    confusion,
    false_escalations,
    macro_f1,
    not_below,
    rate,
    recall,
)
from bot.evaluation.misses import language_miss, misses
from bot.evaluation.verdicts import Heard
from bot.language.accuracy import figures as language_figures
from bot.text_model import TIERS
from intake.languages import is_full

#: What is aimed at: recall, recall of the imminent, false escalations, worst language.
MARKS = {"recall": 0.98, "imminent": 0.99, "false": 0.08, "worst": 0.95}
_LENGTHS_AIMED_AT = {"one": 0.80, "few": 0.93, "more": 0.97}
_LENGTHS_IN_WORDS = {"one": "1", "few": "2–3", "more": "4 or more"}


@dataclass(frozen=True)
class Found:
    """All that the report is made of."""

    heard: Sequence[Heard]
    baseline: Baseline | None

    @property
    def lines(self) -> list[Verdict]:
        """The verdicts of the line."""
        return [one.line for one in self.heard]

    @property
    def languages(self) -> list[str]:
        """In the order of the cases."""
        return list(dict.fromkeys(one.case.language for one in self.heard))

    def of(self, language: str) -> list[Heard]:
        """What was heard in one language."""
        return [one for one in self.heard if one.case.language == language]

    @property
    def everybody(self) -> Mapping[str, list[Verdict]]:
        """Name -> verdicts, of the line and of all it is compared with."""
        found = {
            "rules and model, as the line decides": self.lines,
            "the model alone": [one.model for one in self.heard],
            "the keyword list alone (the rules)": [one.rules for one in self.heard],
        }
        if self.baseline is not None:
            found["Rasa's default pipeline"] = list(self.baseline.verdicts)
        return found


def report(found: Found, limits: str) -> str:
    """The whole report, in Markdown; the same figures give the same words."""
    parts = [
        _opening(found),
        _in_short(found),
        _by_language(found),
        _direct_and_hard(found),
        _tiers(found),
        _compared(found),
        _languages(found),
        limits.strip(),
        misses(found.heard),
    ]
    return "\n\n".join(parts) + "\n"


def _opening(found: Found) -> str:
    versions = found.heard[0].judged
    return f"""# How well the line tells risk from ordinary life

Made by `./hotline evaluate` from the messages in `data/eval`, which nothing is trained on. Judged
by `{versions.rules.version}` (the porch's rules) and `{versions.model["risk"]["version"]}` (the
engine's model), whichever is higher, as in the running line. Escalation: a live advocate is
fetched, for any tier of risk, because the person asks for one, or because the line recognises the
language and does not speak it. Intervals are Wilson's, 95 %.
*Hard* are near misses and euphemisms: a joke with the words of danger, a disclosure without
them."""


def _in_short(found: Found) -> str:
    lines = found.lines
    spoken = [code for code in found.languages if is_full(code)]
    worst = min(spoken, key=lambda code: _recall_of(found, code).share)
    rows = [
        (
            "recall of escalation",
            recall(lines),
            f"{MARKS['recall']:.0%}",
            recall(lines).share >= 0.98,
        ),
        (
            "recall, imminent alone",
            recall(lines, "imminent"),
            f"{MARKS['imminent']:.0%}",
            recall(lines, "imminent").share >= MARKS["imminent"],
        ),
        (
            f"recall, worst language that the line speaks ({worst})",
            _recall_of(found, worst),
            f"{MARKS['worst']:.0%}",
            _recall_of(found, worst).share >= MARKS["worst"],
        ),
        (
            "false escalations",
            false_escalations(lines),
            f"at most {MARKS['false']:.0%}",
            false_escalations(lines).share <= MARKS["false"],
        ),
        ("tier not below the label", not_below(lines), "–", None),
    ]
    table = _table(
        ("", "found", "mark", ""),
        [
            (name, str(share), mark, {True: "reached", False: "**missed**", None: ""}[held])
            for name, share, mark, held in rows
        ],
    )
    missed = sum(1 for one in lines if one.case.risky and not one.escalates)
    risky = sum(one.case.risky for one in lines)
    return f"""## In short

{table}

{missed} of {risky} risky messages would not have fetched anybody at once; every one of them is
listed below. Of the harmless messages here more than half are written to mislead, so false
escalations are more frequent than among what a line hears."""


def _by_language(found: Found) -> str:
    rows = []
    for code in found.languages:
        heard = found.of(code)
        lines = [one.line for one in heard]
        rows.append(
            (
                code,
                str(len(heard)),
                str(recall(lines)),
                str(recall(lines, "imminent")),
                str(false_escalations(lines)),
                str(not_below(lines)),
                f"{macro_f1([one.group for one in heard]):.2f}" if is_full(code) else "–",
            )
        )
    table = _table(
        ("", "messages", "recall", "imminent", "false escalations", "tier not below", "intent F1"),
        rows,
    )
    return f"""## By language

{table}

Intent F1 is the mean over the groups of intents that occur in a language's set (all signs of risk
are one group). Languages without one are recognised and handed to a person at once, whatever they
say, so that no escalation there is false. With a few dozen messages a language, an interval is
wide: read the languages together before reading one.

{_unspoken(found)}

![Recall of escalation and false escalations by language](triage-recall.svg)"""


def _unspoken(found: Found) -> str:
    rows = []
    for code in found.languages:
        if not is_full(code):
            heard = found.of(code)
            calm = [one.judges for one in heard if not one.case.risky]
            rows.append(
                (
                    code,
                    str(rate([one.line for one in heard], lambda said: said.handed_over)),
                    str(recall([one.judges for one in heard])),
                    str(rate(calm, lambda said: said.escalates)),
                )
            )
    table = _table(
        ("", "handed over for the language", "recall, judges alone", "harmless, judges alone"), rows
    )
    return f"""What the two judges alone find in languages that no training text is written in:

{table}"""


def _direct_and_hard(found: Found) -> str:
    rows = []
    for name, hard in (("direct", False), ("hard", True)):
        lines = [one for one in found.lines if one.case.hard is hard]
        rows.append((name, str(recall(lines)), str(recall(lines, "imminent")),
                     str(false_escalations(lines))))  # fmt: skip
    table = _table(("", "recall", "imminent", "false escalations"), rows)
    return f"## Direct and hard apart\n\n{table}"


def _tiers(found: Found) -> str:
    counted = confusion(found.lines)
    rows = [
        (label, *(str(counted[label, said]) for said in reversed(TIERS)))
        for label in reversed(TIERS)
    ]
    table = _table(("label \\ said", *reversed(TIERS)), rows)
    return f"## Tiers\n\n{table}"


def _compared(found: Found) -> str:
    rows = [
        (
            name,
            str(recall(lines)),
            str(recall(lines, "imminent")),
            str(false_escalations(lines)),
            str(not_below(lines)),
        )
        for name, lines in found.everybody.items()
    ]
    table = _table(("", "recall", "imminent", "false escalations", "tier not below"), rows)
    spoken = [is_full(one.case.language) for one in found.heard]
    ours = macro_f1([one.group for one, full in zip(found.heard, spoken, strict=True) if full])
    told = f"Intent F1 over the languages that the line speaks: {ours:.2f} for the line."
    if found.baseline is None:
        told += (
            " Rasa's default pipeline has not been measured on these very messages: "
            "`./hotline evaluate --baselines` does it."
        )
    else:
        about = found.baseline.about
        pairs = zip(found.baseline.groups, spoken, strict=True)
        told = told[:-1] + (
            f", {macro_f1([pair for pair, full in pairs if full]):.2f} for Rasa's default pipeline "
            "(WhitespaceTokenizer, CountVectorsFeaturizer, DIETClassifier; "
            f"{about['epochs']} epochs on {about['texts']} training texts; "
            "a sign of risk at each tier is an intent of its own)."
        )
    return f"""## Compared

{table}

{told}

![Recall against false escalations](triage-trade-off.svg)"""


def _languages(found: Found) -> str:
    ours = language_figures(one.language for one in found.heard)
    plain = language_figures(one.langdetect for one in found.heard)
    rows = [
        (
            _LENGTHS_IN_WORDS[length],
            str(ours[length].texts),
            f"{ours[length].right:.1%}",
            f"{_LENGTHS_AIMED_AT[length]:.0%}",
            f"{ours[length].misled:.1%}",
            f"{plain[length].right:.1%}",
            f"{plain[length].misled:.1%}",
        )
        for length in ours
    ]
    table = _table(
        ("words", "messages", "right", "mark", "sure and wrong", "langdetect: right",
         "langdetect: sure and wrong"),
        rows,
    )  # fmt: skip
    wrong = [one.language for one in found.heard if not one.language.right]
    listed = "\n".join(language_miss(named) for named in wrong)
    return f"""## Language

First texts of a conversation, nothing known before; averages over languages. Two Chinese or four
Thai characters count as a word. Inside a conversation its language so far decides nearly all of the
short ones.

{table}

Named wrongly, {len(wrong)} of {len(found.heard)}:

{listed or "none"}"""


def _recall_of(found: Found, language: str) -> Rate:
    return recall([one.line for one in found.of(language)])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def row(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cells) + " |"

    return "\n".join([row(head), row(["---"] * len(head)), *map(row, rows)])
