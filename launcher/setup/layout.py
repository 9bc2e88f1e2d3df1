"""Where things lie in a checkout and in a data directory."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
REQUIREMENTS = ROOT / "requirements"

# Made by the launcher, thrown away freely: environments, uv, models, reports.
BUILD = ROOT / ".build"
MODELS = BUILD / "models"
SETUP_LOG = BUILD / "setup.log"

DEFAULT_DATA = ROOT / ".data"


def environment_python(name: str) -> Path:
    """Return the interpreter of the environment `name` once it is set up."""
    return BUILD / name / "bin" / "python"
