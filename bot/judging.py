"""Judges a text as the running line does: the porch's rules and the engine's model, both heard.

Used where there is no line: `./hotline triage` and `./hotline evaluate`. Nothing is served and no
port is opened; the model is loaded once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import judgement
from bot.text_model import TIERS
from intake.keywords import Choice, choice
from intake.language_choice import Candidate, Move, Spoken, decide
from intake.risk import Assessment, screen

#: As many earlier texts as the worker sends along.
MOST_HISTORY = 50
#: Row of the risk model -> the intent that is a sign of it.
INTENTS = {
    1: "risk_imminent_violence", 2: "risk_weapon", 3: "risk_captivity", 4: "risk_medical",
    5: "risk_suicide", 6: "risk_self_harm", 7: "risk_minor", 8: "risk_phone_watched",
    9: "risk_forced_sex", 10: "risk_sexual_assault", 11: "risk_forced_labour",
    12: "risk_debt_bondage", 13: "risk_documents_taken", 14: "risk_wages_withheld",
    15: "risk_threats_to_family", 16: "risk_images", 17: "risk_fear_of_police",
    18: "risk_pregnancy", 19: "risk_stalking", 20: "risk_grooming", 21: "risk_leaving",
    22: "risk_basic_needs", 23: "risk_third_party", 24: "asks_about_person",
    25: "risk_threat_to_line",
}  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """What both judges said of one text."""

    text: str
    rules: Assessment
    model: dict[str, Any]
    """The engine's judgement, as `bot/judgement.py` words it."""
    asks_for_person: bool

    @property
    def tier_of_rules(self) -> str:
        """The tier of the rules alone."""
        return self.rules.tier.label if self.rules.tier else "none"

    @property
    def tier_of_model(self) -> str:
        """The tier of the model alone."""
        return str(self.model["risk"]["tier"])

    @property
    def tier(self) -> str:
        """The higher of the two: neither judge can lower what the other says."""
        return max(self.tier_of_rules, self.tier_of_model, key=TIERS.index)

    @property
    def hands_over(self) -> bool:
        """Whether the language is one that the line recognises and does not speak, as the running
        line decides it of a first text.
        """
        candidates = [
            Candidate(one["code"], one["script"], one["confidence"])
            for one in self.model["language"]["candidates"]
        ]
        return decide(candidates, self.text, Spoken()).move is Move.INTERPRETER

    @property
    def intent(self) -> tuple[str, float]:
        """The intent, and how sure it is; where the rules alone saw risk, that of their row."""
        named = self.model["intent"]
        if self.rules.cues and self.tier_of_model == "none":
            worst = max(self.rules.cues, key=lambda cue: cue.tier)
            return INTENTS[worst.category], 1.0
        return str(named["name"]), float(named["confidence"])

    @property
    def escalates(self) -> bool:
        """Whether a human is fetched."""
        return self.tier != "none" or self.asks_for_person or self.hands_over

    def cues(self) -> list[dict[str, Any]]:
        """Each sign of risk once, the rules' first, and which judges saw it."""
        found: dict[tuple[int, str], dict[str, Any]] = {}
        for cue in self.rules.cues:
            entry = found.setdefault(
                (cue.category, cue.name),
                {"category": cue.category, "name": cue.name, "judges": ["rules"]},
            )
            entry["tier"] = max(entry.get("tier", "none"), cue.tier.label, key=TIERS.index)
        for seen in self.model["risk"]["cues"]:
            entry = found.setdefault(
                (seen["category"], seen["name"]),
                {"category": seen["category"], "name": seen["name"], "judges": []},
            )
            entry["judges"] = [*entry["judges"], "model"]
        return list(found.values())


class Judge:
    """The two judges, loaded; `judge` takes a few milliseconds a text."""

    def __init__(self, model: Path) -> None:
        """Load the model of `bot/training.py` at `model`. Rasa must not be imported before
        `keep_out`.
        """
        from rasa.core.agent import Agent

        self._agent = Agent.load(str(model))
        self._loop = asyncio.new_event_loop()

    def judge(self, text: str, history: Sequence[str] = (), language: str | None = None) -> Judged:
        """Judge one text after the earlier ones of its conversation, oldest first.

        `language` is that of the conversation, where it is known.
        """
        earlier = list(history)[-MOST_HISTORY:]
        rules = screen(text, earlier)
        model = self._loop.run_until_complete(self._parsed(text, earlier, language))
        asks = (
            rules.asks_for_person
            or bool(model["asks_for_person"])
            or choice(text, model["language"]["code"]) is Choice.PERSON
        )
        return Judged(text, rules, model, asks)

    async def _parsed(self, text: str, history: list[str], language: str | None) -> dict[str, Any]:
        from bot.channel import message_of
        from bot.requests import Heard

        heard = Heard(text, language, False, tuple(history))
        parsed = await self._agent.processor.parse_message(message_of(heard, sender_id="triage"))
        return judgement.from_parse_data(parsed)

    def close(self) -> None:
        """Give the event loop back."""
        self._loop.close()
