"""The engine's judgement of one text, as the contract words it, from Rasa's parse data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Keys that our components add to a parsed message (`add_to_output=True`).
LANGUAGE = "language"
RISK = "risk"

ASKS_FOR_PERSON = "ask_person"


def from_parse_data(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Raises KeyError when a component of the pipeline left no verdict."""
    language, risk, intent = parsed[LANGUAGE], parsed[RISK], parsed["intent"]
    name = intent["name"] or "nlu_fallback"
    return {
        "language": {
            "code": language["code"],
            "script": language["script"],
            "confidence": _probability(language["confidence"]),
            "candidates": [
                {**candidate, "confidence": _probability(candidate["confidence"])}
                for candidate in language["candidates"]
            ],
        },
        "intent": {"name": name, "confidence": _probability(intent["confidence"])},
        "risk": {
            "tier": risk["tier"],
            "confidence": _probability(risk["confidence"]),
            "cues": [{"category": c["category"], "name": c["name"]} for c in risk["cues"]],
            "version": risk["version"],
        },
        "asks_for_person": name == ASKS_FOR_PERSON,
    }


def _probability(value: Any) -> float:
    return round(min(1.0, max(0.0, float(value))), 4)
