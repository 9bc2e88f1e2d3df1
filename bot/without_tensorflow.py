"""Lets Rasa 3.6.21 run where TensorFlow is not installed.

Nothing in our pipeline or policies is one of Rasa's neural networks, but its list
of built-in components imports every one of them, and the validator of a training
run imports three to ask "is it one of these?". TensorFlow costs 2 GB on disk,
345 MB of memory a process and half a minute of start-up.

`keep_out()` puts a finder in front of Python's own that answers for exactly
the five modules of `STAND_INS`. It touches nothing else and imports nothing
until Rasa asks. The stand-in of a neural component is a class that refuses to
be made, so a pipeline that names one fails in a sentence, not in silence.

Pinned: Rasa is asked for its version, and the test beside this file reads
Rasa's source to see that the list of modules is still the whole list.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.metadata
import sys
import types
from collections.abc import Sequence

RASA_VERSION = "3.6.21"

#: Module of Rasa that would import TensorFlow -> the names the rest of Rasa
#: takes from it at import. `default_components` is a list of imports made only
#: to register each class; `BUILT_IN` registers those that need no TensorFlow.
STAND_INS: dict[str, tuple[str, ...]] = {
    "rasa.core.policies.ted_policy": ("TEDPolicy",),
    "rasa.engine.recipes.default_components": ("DEFAULT_COMPONENTS",),
    "rasa.nlu.classifiers.diet_classifier": ("DIETClassifier",),
    "rasa.nlu.selectors.response_selector": ("ResponseSelector",),
    "rasa.utils.train_utils": (),
}

#: The built-in components of config.yml, by the module that registers them.
BUILT_IN: tuple[str, ...] = (
    "rasa.core.policies.memoization",
    "rasa.core.policies.rule_policy",
    "rasa.nlu.classifiers.fallback_classifier",
)


class WrongRasa(RuntimeError):
    """The installed Rasa is not the one this file was written against."""


class NeedsTensorFlow(RuntimeError):
    """A neural component was asked for in an environment without TensorFlow."""


def keep_out() -> None:
    """Install the finder once. Call before the first import of Rasa."""
    installed = importlib.metadata.version("rasa")
    if installed != RASA_VERSION:
        raise WrongRasa(
            f"Rasa {installed} is installed, bot/without_tensorflow.py knows {RASA_VERSION}: "
            "install the locked engine environment, or read the new release and update the file."
        )
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers for the modules in `STAND_INS`, and for no other."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in STAND_INS:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin=__file__)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        if module.__name__ == "rasa.engine.recipes.default_components":
            for name in BUILT_IN:
                importlib.import_module(name)
            module.__dict__["DEFAULT_COMPONENTS"] = []
            return
        for name in STAND_INS[module.__name__]:
            module.__dict__[name] = _neural_component(name, module.__name__)


def _neural_component(name: str, module: str) -> type:
    """A class of that name for `isinstance` and `issubclass`, never for use."""

    def refuse(*_: object, **__: object) -> None:
        raise NeedsTensorFlow(
            f"{name} needs TensorFlow, which this line runs without. "
            "Take it out of config.yml, or stop calling keep_out() and install TensorFlow."
        )

    return type(name, (), {"__module__": module, "__init__": refuse, "create": refuse})
