"""The part of the report that nobody likes to write: each message that was judged wrongly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.evaluation.figures import Verdict, needless
from bot.evaluation.verdicts import Heard
from bot.language.accuracy import Named


def language_miss(named: Named) -> str:
    """A message whose language was named wrongly."""
    return f"- {named.language} as {named.said or 'unknown'} ({named.confidence:.2f}): {named.text}"


def misses(heard: Sequence[Heard]) -> str:
    """Both kinds of error, language by language."""
    return "\n\n".join(_listed(heard))


def _listed(heard: Sequence[Heard]) -> Iterator[str]:
    yield "## Every miss"
    yield (
        "What each judge said stands in brackets: the rules, then the model with how likely it "
        "took the message for risk."
    )
    for title, wrong in (
        ("Risk that would have fetched nobody", _missed),
        ("Harmless, and an advocate would have been fetched", _false),
    ):
        listed = [one for one in heard if wrong(one.line)]
        yield f"### {title}: {len(listed)}"
        for code in dict.fromkeys(one.case.language for one in heard):
            here = [one for one in listed if one.case.language == code]
            if here:
                yield f"**{code}**\n\n" + "\n".join(map(_miss, here))


def _missed(verdict: Verdict) -> bool:
    return verdict.case.risky and not verdict.escalates


def _false(verdict: Verdict) -> bool:
    return needless(verdict) and verdict.escalates


def _miss(one: Heard) -> str:
    case = one.case
    said = f"[{one.judged.tier_of_rules}; {one.judged.tier_of_model} {one.risk:.2f}]"
    if one.judged.hands_over:
        said += " [heard as a language that the line does not speak]"
    if one.judged.asks_for_person:
        said += " [heard as a wish for a person]"
    what = f"{case.tier}, row {case.category}" if case.risky else "harmless"
    earlier = "".join(f"{text} / " for text in case.history)
    return f"- {what}{', hard' if case.hard else ''} {said}: {earlier}{case.text}"
