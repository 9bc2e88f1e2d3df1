"""The two places where Rasa 3.6.21 itself is changed, each with its reason.

Both wrap one private method. `tests/bot/test_patches.py` keeps a fingerprint of
the code underneath, so a new Rasa release fails a test before it fails a person.
"""

from __future__ import annotations

from typing import Any

import jsonschema
from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction
from rasa.core.processor import MessageProcessor

from bot.tracker_store import note_failure


class ActionAnswerInvalid(Exception):
    """The action server's answer does not have the shape that Rasa documents."""


#: Rasa's own methods, as they were before the patches.
RASA_VALIDATE_ACTION_RESULT = RemoteAction._validate_action_result
RASA_RUN_ACTION = MessageProcessor._run_action

#: Fingerprints of the code that was read when the patches were written (tests/bot/test_patches.py).
UNDERNEATH = {
    "RemoteAction._validate_action_result": "f8cdb4be68123961",
    "RemoteAction.action_response_format_spec": "091b74aa3738d126",
    "MessageProcessor._run_action": "6d383d0179ef1187",
}


def apply() -> None:
    """Patch Rasa; calling it again changes nothing."""
    RemoteAction._validate_action_result = _validate_action_result
    if MessageProcessor._run_action is not _run_action:
        MessageProcessor._run_action = _run_action


# --- 1. One validator instead of one for every answer -----------------------
# Rasa compiles the same JSON schema for each answer of the action server: 25 ms
# of the 32 ms of a turn with a custom action. Its error also quotes the answer,
# which may hold what a person wrote.

_SCHEMA = RemoteAction.action_response_format_spec()
_VALIDATOR = jsonschema.validators.validator_for(_SCHEMA)(_SCHEMA)


def _validate_action_result(self: RemoteAction, result: Any) -> bool:
    fault = next(_VALIDATOR.iter_errors(result), None)
    if fault is None:
        return True
    where = "/".join(str(step) for step in fault.absolute_path) or "the top level"
    raise ActionAnswerInvalid(f"Action {self.name()}: answer not valid at {where}.")


# --- 2. A failed action fails the turn --------------------------------------
# Rasa logs an exception of an action and goes on as if it had run, so that a
# person would be answered by half a turn. The channel needs to know.


async def _run_action(self: MessageProcessor, action: Action, *args: Any, **kwargs: Any) -> Any:
    return await RASA_RUN_ACTION(self, _Watched(action), *args, **kwargs)


class _Watched:
    """An action that notes its own failure before Rasa swallows it."""

    def __init__(self, action: Action) -> None:
        self._action = action

    def __getattr__(self, name: str) -> Any:
        return getattr(self._action, name)

    async def run(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await self._action.run(*args, **kwargs)
        except ActionExecutionRejection:
            # A form that could not use the text: normal dialogue.
            raise
        except Exception:
            note_failure(self._action.name())
            raise
