"""Measures Rasa's default pipeline: `python -m bot.evaluation.rasa_default`, with TensorFlow.

Runs in an environment of its own (requirements/baseline.txt). The pipeline is the one that
`rasa init` writes, without what only other tasks need; it learns the same texts, with each sign of
risk at each tier as an intent of its own, and its verdicts are kept (`baseline.py`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.evaluation.cases import cases, fingerprint, group_of
from bot.settings import ROOT

KEPT = ROOT / "data" / "eval" / "rasa-default.json"
#: Rasa's default is 100; the loss changes little after these, and a training takes an hour less.
EPOCHS = 20
_AT = "__"
#: Intents that name a tier by themselves in our pipeline, and so here.
_TIERS = {"asks_about_person": "urgent", "tip_about_someone": "concern"}


def _config(epochs: int) -> dict[str, Any]:
    return {
        "recipe": "default.v1",
        "assistant_id": "baseline",
        "language": "en",
        "pipeline": [
            {"name": "WhitespaceTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {
                "name": "CountVectorsFeaturizer",
                "analyzer": "char_wb",
                "min_ngram": 1,
                "max_ngram": 4,
            },
            {
                "name": "DIETClassifier",
                "epochs": epochs,
                "constrain_similarities": True,
                "entity_recognition": False,
                "random_seed": 7,
            },
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
        ],
    }


def _blocks() -> Iterator[tuple[str, str]]:
    """Intent, with its tier where it has one, and its examples as they stand in the file."""
    for path in sorted((ROOT / "data" / "nlu").glob("*/*.yml")):
        for block in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]:
            tier = (block.get("metadata") or {}).get("tier") or _TIERS.get(block["intent"])
            yield block["intent"] + (f"{_AT}{tier}" if tier else ""), block["examples"]


def _train(folder: Path, epochs: int) -> tuple[str, int]:
    """Path of the model, and how many texts it learnt."""
    from rasa.model_training import train_nlu

    blocks = list(_blocks())
    nlu = {"version": "3.1", "nlu": [{"intent": name, "examples": text} for name, text in blocks]}
    (folder / "nlu.yml").write_text(yaml.safe_dump(nlu, allow_unicode=True), encoding="utf-8")
    (folder / "config.yml").write_text(yaml.safe_dump(_config(epochs)), encoding="utf-8")
    model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
    return str(model), sum(text.count("- ") for _, text in blocks)


async def _judge(model: str) -> list[str]:
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    named = []
    for case in cases():
        found = await agent.parse_message(case.text)
        named.append(str(found["intent"]["name"]))
    return named


def main() -> None:
    """Train, judge every message, and keep the verdicts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    chosen = parser.parse_args()
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    with tempfile.TemporaryDirectory() as scratch:
        # Rasa would keep what it computed in the checkout.
        os.environ["RASA_CACHE_DIRECTORY"] = scratch
        os.environ["RASA_MAX_CACHE_SIZE"] = "0"
        model, texts = _train(Path(scratch), chosen.epochs)
        named = asyncio.run(_judge(model))
    intents = [name.split(_AT)[0] for name in named]
    tiers = [name.split(_AT)[1] if _AT in name else "none" for name in named]
    kept = {
        "about": {"rasa": "3.6.21", "epochs": chosen.epochs, "texts": texts},
        "sets": fingerprint(),
        "tiers": "".join(tier[0] for tier in tiers),
        "groups": " ".join(group_of(intent) for intent in intents),
    }
    KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
