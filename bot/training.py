"""Trains the model: the same inputs give the same predictions and the same file name."""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.settings import ROOT
from bot.without_tensorflow import RASA_VERSION

CONFIG = ROOT / "config.yml"
DOMAIN = ROOT / "domain.yml"
TRAINING_DATA = (ROOT / "data" / "nlu", ROOT / "data" / "rules", ROOT / "data" / "stories")
#: What the language component reads by itself (bot/language/texts.py).
_LANGUAGE_TEXTS = ROOT / "data" / "language" / "text"
_CODE = (
    ROOT / "bot" / "components",
    ROOT / "bot" / "language",
    *(
        ROOT / "bot" / f"{name}.py"
        for name in (
            "classifiers",
            "ngrams",
            "risk_model",
            "sentences",
            "text_model",
            "text_training",
        )
    ),
)
_SUFFIXES = (".py", ".txt", ".yml", ".yaml")

_RASA_TRAINS = "rasa.engine.training.hooks"
#: The logger on which a component tells how far its training is.
PROGRESS = "bot.progress"

Progress = Callable[[str], None]


class TrainingFailed(RuntimeError):
    """No model was made; the lines before say why."""


def inputs_version() -> str:
    """Fingerprint of everything a model is made from, as 12 hexadecimal digits."""
    digest = hashlib.sha256(RASA_VERSION.encode())
    for path in _inputs():
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _inputs() -> Iterator[Path]:
    for root in (CONFIG, DOMAIN, *TRAINING_DATA, _LANGUAGE_TEXTS, *_CODE):
        if root.is_file():
            yield root
        else:
            yield from sorted(p for p in root.rglob("*") if p.suffix in _SUFFIXES)


def model_path(model_dir: Path) -> Path:
    """Where the model of the present inputs is, or will be."""
    return model_dir / f"line-{inputs_version()}.tar.gz"


def train(model_dir: Path, progress: Progress, *, force: bool = False) -> Path:
    """Train unless the model of these inputs exists; returns its path. Raises TrainingFailed."""
    path = model_path(model_dir)
    if path.exists() and not force:
        progress(f"the model is up to date: {path.name}")
        return path
    model_dir.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    progress(f"training {path.name}")
    with tempfile.TemporaryDirectory(dir=model_dir, prefix=".training-") as scratch:
        made = _train_with_rasa(Path(scratch), path.name, progress)
        os.replace(made, path)
    progress(f"trained {path.name} in {time.monotonic() - started:.0f} s")
    return path


def _train_with_rasa(scratch: Path, name: str, progress: Progress) -> Path:
    # Rasa reads these when its modules are imported. Nothing leaves the machine,
    # no cache of an earlier run can make two trainings differ, and its bars
    # would only blur our lines.
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["RASA_CACHE_DIRECTORY"] = str(scratch / "cache")
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ["LOG_LEVEL"] = "ERROR"
    from bot import redaction
    from bot.without_tensorflow import keep_out

    keep_out()
    redaction.configure("INFO", libraries=logging.ERROR)
    progress("reading the training data")
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), _reported(progress):
            from rasa import model_training

            result = model_training.train(
                domain=str(DOMAIN),
                config=str(CONFIG),
                training_files=[str(path) for path in TRAINING_DATA if path.exists()],
                output=str(scratch),
                fixed_model_name=name,
                force_training=True,
            )
    except SystemExit:
        # Rasa prints what is wrong with the data, and leaves.
        raise TrainingFailed(said.getvalue().strip()) from None
    if result.code != 0 or result.model is None:
        raise TrainingFailed(said.getvalue().strip() or "Rasa made no model.")
    return Path(result.model)


class _reported(logging.Handler):
    """Turns Rasa's log of trained components into progress lines while it is entered."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(logging.INFO)
        self._progress = progress
        # Rasa's own, and what a long training of ours tells by itself.
        self._loggers = [logging.getLogger(name) for name in (_RASA_TRAINS, PROGRESS)]

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if record.name == PROGRESS:
            self._progress(f"  {message}")
        elif message.startswith("Starting to train component"):
            self._progress(f"training {message.split(chr(39))[1]}")

    def __enter__(self) -> _reported:
        for logger in self._loggers:
            logger.addHandler(self)
            logger.setLevel(logging.INFO)
            logger.propagate = False
        return self

    def __exit__(self, *_: object) -> None:
        for logger in self._loggers:
            logger.removeHandler(self)
            logger.propagate = True
