"""TensorFlow stays out, and the list of stand-ins is the whole list for this release of Rasa."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest
import rasa

from bot import without_tensorflow
from bot.without_tensorflow import BUILT_IN, STAND_INS, NeedsTensorFlow, WrongRasa, keep_out

RASA = Path(rasa.__file__).parent

# Modules of Rasa that import TensorFlow when they are imported, as read in its source.
IMPORTS_TENSORFLOW = {
    "rasa.core.policies.ted_policy",
    "rasa.core.policies.unexpected_intent_policy",
    "rasa.nlu.classifiers.diet_classifier",
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer",
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer",
    "rasa.nlu.selectors.response_selector",
}


def test_the_release_is_the_one_that_was_read() -> None:
    """Another Rasa must fail here before anything is trusted."""
    assert importlib.metadata.version("rasa") == without_tensorflow.RASA_VERSION


def test_another_release_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """keep_out() names the file to read again."""
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "3.7.0")
    with pytest.raises(WrongRasa, match=r"without_tensorflow\.py knows 3\.6\.21"):
        keep_out()


def test_the_modules_that_import_tensorflow_are_those_we_know() -> None:
    """A module that begins to import TensorFlow would bring it back, or break the start."""
    found = {
        _module(path)
        for path in RASA.rglob("*.py")
        if "utils/tensorflow" not in path.as_posix()
        and re.search(r"^import tensorflow", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert found == IMPORTS_TENSORFLOW


def test_nothing_else_takes_names_from_the_stand_ins() -> None:
    """Each name that the rest of Rasa takes from a stand-in at import exists in it."""
    taken: dict[str, set[str]] = {module: set() for module in STAND_INS}
    for path in RASA.rglob("*.py"):
        if _module(path) in STAND_INS or _module(path) in IMPORTS_TENSORFLOW:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.module in taken:
                taken[node.module] |= {alias.name for alias in node.names}
    assert {"TEDPolicy"} == taken["rasa.core.policies.ted_policy"]
    assert {"DIETClassifier"} == taken["rasa.nlu.classifiers.diet_classifier"]
    assert {"ResponseSelector"} == taken["rasa.nlu.selectors.response_selector"]
    assert set() == taken["rasa.utils.train_utils"]


def test_the_engine_runs_without_tensorflow() -> None:
    """A process that loads agent, training and components has no module of TensorFlow."""
    script = (
        "from bot.without_tensorflow import keep_out; keep_out();"
        "import rasa.core.agent, rasa.model_training, rasa.engine.recipes.default_components, sys;"
        "print([m for m in sys.modules if m.split('.')[0] in ('tensorflow', 'keras')])"
    )
    command = [sys.executable, "-W", "ignore", "-c", script]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_neural_component_refuses_to_be_made() -> None:
    """A pipeline that names one fails in a sentence."""
    from rasa.nlu.classifiers.diet_classifier import DIETClassifier

    with pytest.raises(NeedsTensorFlow, match="DIETClassifier needs TensorFlow"):
        DIETClassifier()


def test_the_built_in_components_of_the_pipeline_are_registered() -> None:
    """Every built-in component of config.yml is in BUILT_IN, and nothing else is."""
    import rasa.engine.recipes.default_components  # noqa: F401
    import yaml
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe

    config = yaml.safe_load(Path("config.yml").read_text(encoding="utf-8"))
    named = {one["name"] for part in ("pipeline", "policies") for one in config[part]}
    built_in = {name for name in named if "." not in name}
    registered = DefaultV1Recipe._registered_components
    assert built_in <= set(registered)
    modules = {registered[name].clazz.__module__ for name in built_in}
    assert modules | {"rasa.core.policies.memoization"} == set(BUILT_IN)


def _module(path: Path) -> str:
    relative = path.relative_to(RASA.parent).with_suffix("")
    return ".".join(relative.parts)
