"""`./hotline triage` and `evaluate`: the line's two judges without a line."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NoReturn

from launcher.line import model
from launcher.line.up import train
from launcher.setup import environments
from launcher.setup.layout import ROOT, environment_python
from launcher.setup.options import Options
from launcher.setup.progress import Step
from launcher.setup.tools import clean_environment, run

# A word of `evaluate` that is the launcher's own.
BASELINES = "--baselines"


def triage(options: Options) -> int:
    """Become the judge of the messages on standard input. Raises Refusal."""
    train(options)
    _become("bot.triage", options.rest)


def evaluate(options: Options) -> int:
    """Become the evaluation, after measuring what it compares with if asked. Raises Refusal."""
    words = [word for word in options.rest if word != BASELINES]
    if len(words) < len(options.rest):
        _measure_baseline()
    train(options)
    _become("bot.evaluation", words)


def _measure_baseline() -> None:
    environments.ensure([environments.BASELINE], 2)
    step = Step(2, 2, "Rasa's default pipeline, trained and judged")
    command = [str(environment_python("baseline")), "-m", "bot.evaluation.rasa_default"]
    run(command, step, "measuring Rasa's default pipeline", _settings())
    step.done()


def _become(module: str, words: Sequence[str]) -> NoReturn:
    python = str(environment_python("engine"))
    settings = {**_settings(), "MODEL_DIR": str(model.place())}
    os.execve(python, [python, "-m", module, *words], clean_environment(settings))


def _settings() -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), "PYTHONNOUSERSITE": "1"}
