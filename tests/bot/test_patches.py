"""The patches do what they say, and fail loudly when Rasa's code underneath changes."""

from __future__ import annotations

import hashlib
import inspect
from typing import Any

import pytest
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.processor import MessageProcessor

from bot import patches
from bot.patches import ActionAnswerInvalid
from bot.tracker_store import turn


def _fingerprint(code: Any) -> str:
    return hashlib.sha256(inspect.getsource(code).encode()).hexdigest()[:16]


def test_the_code_underneath_is_the_code_that_was_read() -> None:
    """Methods we replace or wrap; when one changes, read it again and renew its line."""
    assert {
        "RemoteAction._validate_action_result": _fingerprint(patches.RASA_VALIDATE_ACTION_RESULT),
        "RemoteAction.action_response_format_spec": _fingerprint(
            RemoteAction.action_response_format_spec
        ),
        "MessageProcessor._run_action": _fingerprint(patches.RASA_RUN_ACTION),
    } == patches.UNDERNEATH


@pytest.mark.parametrize(
    ("answer", "where"),
    [
        ({"events": "none", "responses": []}, "events"),
        ({"events": [{"event": "slot"}], "responses": []}, "events/0"),
        ({"events": [], "responses": ["he has a gun"]}, "responses/0"),
    ],
)
def test_an_invalid_answer_is_named_without_being_quoted(
    answer: dict[str, Any], where: str
) -> None:
    """Rasa's own error quotes the answer; ours says where it is wrong."""
    patches.apply()
    with pytest.raises(ActionAnswerInvalid, match=where) as caught:
        RemoteAction("action_x", None)._validate_action_result(answer)
    assert "gun" not in str(caught.value)


def test_a_valid_answer_passes() -> None:
    """What the action server sends every time."""
    patches.apply()
    answer = {"events": [{"event": "slot", "name": "a", "value": 1}], "responses": [{"text": "x"}]}
    assert RemoteAction("action_x", None)._validate_action_result(answer) is True


class _Fails:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def name(self) -> str:
        return "action_x"

    async def run(self, *_: Any) -> None:
        raise self._error


async def test_a_failed_action_is_noted_for_the_turn() -> None:
    """Rasa swallows the exception; the turn must still know."""
    with turn(None) as taken, pytest.raises(RuntimeError):
        await patches._Watched(_Fails(RuntimeError())).run()
    assert taken.failed_actions == ["action_x"]


async def test_a_form_that_rejects_a_text_has_not_failed() -> None:
    """That is how forms leave a text to the rules."""
    with turn(None) as taken, pytest.raises(ActionExecutionRejection):
        await patches._Watched(_Fails(ActionExecutionRejection("form"))).run()
    assert taken.failed_actions == []


def test_patching_twice_changes_nothing() -> None:
    """The wrapper wraps Rasa's method, not itself."""
    patches.apply()
    first = MessageProcessor._run_action
    patches.apply()
    assert MessageProcessor._run_action is first
