"""The safety gate: what happens to texts before the engine may answer."""

from __future__ import annotations

from uuid import uuid4

import pytest

from intake.conversation import Conversation, Holder, Safety
from intake.gate import Step, plan
from intake.ports import Pending


def pending(*texts: str, held: int = 0) -> list[Pending]:
    """Texts that wait; the first `held` of them since before the safety check."""
    return [Pending(id=uuid4(), text=text, held=i < held) for i, text in enumerate(texts)]


def conversation(**state: object) -> Conversation:
    """A conversation in some state."""
    return Conversation(id=uuid4(), channel="sms", inbox="+16135550100", **state)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("step", "seen", "safety", "texts", "held"),
    [
        (Step.OPEN, "hi", Safety.UNASKED, ["hi"], 0),
        (Step.OPEN, "1", Safety.UNASKED, ["1"], 0),
        (Step.PERSON, "0", Safety.UNASKED, ["0"], 0),
        (Step.PERSON, "hi\npersonne", Safety.OK, ["hi", "personne"], 0),
        (Step.OPEN, "you there", Safety.NOT_SAFE, ["you there"], 0),
        (Step.ASK_ENGINE, "need a bed", Safety.ASKED, ["need a bed", "1"], 1),
        (Step.ASK_ENGINE, "need a bed\nin sudbury", Safety.ASKED, ["need a bed", "in sudbury"], 1),
        (Step.ASK_ENGINE, "need a bed\ntonight", Safety.ASKED, ["need a bed", "ok", "tonight"], 1),
        (Step.NOT_NOW, "need a bed\n2", Safety.ASKED, ["need a bed", "2"], 1),
        (Step.LIMITS, "hi\n3", Safety.ASKED, ["hi", "3"], 1),
        (Step.ASK_ENGINE, "3", Safety.OK, ["3"], 0),
        (Step.ASK_ENGINE, "1", Safety.OK, ["1"], 0),
        (Step.ASK_ENGINE, "2", Safety.OK, ["2"], 0),
    ],
)
def test_the_gate(step: Step, seen: str, safety: Safety, texts: list[str], held: int) -> None:
    """Each state of the safety check, each kind of answer."""
    result = plan(conversation(safety=safety), pending(*texts, held=held))
    assert (result.step, result.text) == (step, seen)


OFFER = ("es", "pt", "en", "fr")


@pytest.mark.parametrize(
    ("expected", "safety", "texts", "held"),
    [
        ((Step.OPEN, "español", "es"), Safety.UNASKED, ["español"], 0),
        ((Step.LANGUAGE, "", "pt"), Safety.ASKED, ["cama", "22"], 1),
        ((Step.LANGUAGES, "", None), Safety.ASKED, ["cama", "20"], 1),
        ((Step.LANGUAGE, "me pega", "pt"), Safety.ASKED, ["cama", "me pega", "22"], 1),
        ((Step.ASK_ENGINE, "cama", "pt"), Safety.ASKED, ["cama", "22", "1"], 1),
        ((Step.MENU, "1", None), Safety.ASKED, ["1"], 0),
        ((Step.MENU, "22\n1", "pt"), Safety.ASKED, ["22", "1"], 0),
        ((Step.NOT_NOW, "cama\n22\n2", "pt"), Safety.ASKED, ["cama", "22", "2"], 1),
        ((Step.LANGUAGE, "", "fr"), Safety.OK, ["24"], 0),
        ((Step.ASK_ENGINE, "need a bed", "fr"), Safety.OK, ["need a bed", "in french"], 0),
        ((Step.PERSON, "español\n0", "es"), Safety.OK, ["español", "0"], 0),
        ((Step.ASK_ENGINE, "29", None), Safety.OK, ["29"], 0),
    ],
)
def test_picking_a_language(
    expected: tuple[Step, str, str | None], safety: Safety, texts: list[str], held: int
) -> None:
    """By number or name, in every state of the check; 0, 1 and 2 keep their meaning."""
    state = conversation(safety=safety, language_offer=OFFER)
    result = plan(state, pending(*texts, held=held))
    assert (result.step, result.text, result.language) == expected


@pytest.mark.parametrize("holder", [Holder.WAITING, Holder.ADVOCATE])
@pytest.mark.parametrize("text", ["hi", "0", "1", "2", "3"])
def test_the_bot_is_silent_while_a_human_has_it_or_is_awaited(holder: Holder, text: str) -> None:
    """No answer of any kind, not even to digits."""
    state = conversation(holder=holder, advocate_id=uuid4() if holder is Holder.ADVOCATE else None)
    assert plan(state, pending(text)).step is Step.STAY_SILENT


def test_nothing_is_said_after_an_opt_out() -> None:
    """The carrier would refuse it, and the person asked for it."""
    assert plan(conversation(opted_out=True), pending("hi")).step is Step.STAY_SILENT
