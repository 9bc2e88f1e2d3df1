"""What tests of the engine share: Rasa without TensorFlow, one trained model, one running engine.

These tests run in the engine's own environment:
`<engine python> -m pytest tests/bot -c pyproject.toml`. Those marked `engine`
need a trained model; it is trained once for each state of its inputs and kept.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.without_tensorflow import keep_out

keep_out()

ROOT = Path(__file__).resolve().parent.parent.parent
MODELS = ROOT / ".build" / "models-for-tests"
#: Three minutes on a machine of two cores with nothing else to do, and room for one that has.
TRAINING_SECONDS = 1_500


def pytest_configure(config: pytest.Config) -> None:
    """The marker of slow tests, and the warnings of libraries pinned to 2023."""
    config.addinivalue_line("markers", "engine: needs a trained model; the first run trains one")
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning")
    config.addinivalue_line("filterwarnings", "ignore:.*Slot auto-fill has been removed")
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["LOG_LEVEL"] = "ERROR"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whichever test is first to need the model waits for its training."""
    for item in items:
        if "model" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(TRAINING_SECONDS))


@pytest.fixture(scope="session")
def model() -> Path:
    """A model of the present inputs: the one of `./hotline train`, or one of the tests' own."""
    import subprocess
    import sys

    from bot import training

    path = training.model_path(MODELS)
    for known in (ROOT / ".build" / "models").glob(f"*/{path.name}"):
        return known
    if not path.exists():
        # In a process of its own, as in life: training sets loggers and the environment.
        subprocess.run(
            [sys.executable, "-m", "bot", "train"],
            cwd=ROOT,
            env={**os.environ, "MODEL_DIR": str(MODELS)},
            check=True,
        )
    return path


@pytest.fixture(scope="session")
def agent(model: Path) -> Iterator[object]:
    """Rasa's agent with the model, in this process, with our words and our store."""
    from rasa.core.agent import Agent

    from bot import patches
    from bot.nlg import CatalogueNLG
    from bot.tracker_store import TurnTrackerStore

    patches.apply()
    yield Agent.load(str(model), generator=CatalogueNLG(), tracker_store=TurnTrackerStore())
