"""What the engine may wish for. Its answer is parsed strictly: anything else is a failure."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from intake.errors import EngineFailure
from intake.language_choice import Candidate
from intake.risk import Tier

MAX_EFFECTS = 20
MAX_SAY_CHARACTERS = 1_600
LONGEST_LANGUAGE_CODE = 16


class Reason(enum.Enum):
    """Why a human is fetched."""

    RISK = "risk"
    ASKS_FOR_PERSON = "asks_for_person"
    ENGINE_FAILURE = "engine_failure"
    UNSURE = "unsure"
    TIP = "tip"
    LANGUAGE = "language"
    DURESS = "duress"
    """The person sent their duress word: they are not safe, and must not be seen to say so."""
    HUMAN_ONLY = "human_only"


@dataclass(frozen=True)
class Say:
    """Send these words."""

    text: str
    key: str | None = None


@dataclass(frozen=True)
class Escalate:
    """Fetch a human."""

    reason: Reason
    tier: Tier | None = None


@dataclass(frozen=True)
class Refer:
    """These services were offered."""

    services: tuple[str, ...]


@dataclass(frozen=True)
class SetLanguage:
    """The person chose a language."""

    code: str


@dataclass(frozen=True)
class AskLanguage:
    """The person wants another language without naming it: show the list."""


@dataclass(frozen=True)
class TakeTip:
    """Keep these words as a tip about somebody else."""

    text: str


@dataclass(frozen=True)
class Close:
    """The person said goodbye; nothing more is said until they write again."""


Effect = Say | Escalate | Refer | SetLanguage | AskLanguage | TakeTip | Close


@dataclass(frozen=True)
class ModelCue:
    """Why the model saw risk."""

    category: int
    name: str


@dataclass(frozen=True)
class Judgement:
    """What the engine's model makes of a text, apart from what it would say.

    `candidates`: the languages that the text may be in, the likeliest first.
    """

    language: str | None
    language_confidence: float
    intent: str
    tier: Tier | None
    cues: tuple[ModelCue, ...]
    version: str
    asks_for_person: bool
    candidates: tuple[Candidate, ...] = ()

    @property
    def languages(self) -> tuple[Candidate, ...]:
        """The candidates; of an engine that names none, its one verdict."""
        if self.candidates or self.language is None:
            return self.candidates
        return (Candidate(self.language, None, self.language_confidence),)


@dataclass(frozen=True)
class EngineAnswer:
    """One turn of the engine: wishes, judgement, and the memory to hand back next time."""

    effects: tuple[Effect, ...]
    judgement: Judgement
    memory: str


def parse_answer(raw: object) -> EngineAnswer:
    """Read the engine's answer to a turn. Raises EngineFailure when it is anything else."""
    try:
        body = _mapping(raw)
        effects = tuple(_effect(_mapping(item)) for item in _sequence(body["effects"]))
        answer = EngineAnswer(
            effects=effects, judgement=_judgement(body["judgement"]), memory=_text(body["memory"])
        )
    except (KeyError, ValueError, TypeError):
        raise EngineFailure("nonsense") from None
    if not effects or len(effects) > MAX_EFFECTS:
        raise EngineFailure("empty" if not effects else "too many effects")
    return answer


def parse_judgement(raw: object) -> Judgement:
    """Read the engine's judgement alone. Raises EngineFailure."""
    try:
        return _judgement(_mapping(raw)["judgement"])
    except (KeyError, ValueError, TypeError):
        raise EngineFailure("nonsense") from None


def _judgement(raw: object) -> Judgement:
    body = _mapping(raw)
    language, intent, risk = (_mapping(body[key]) for key in ("language", "intent", "risk"))
    code = language["code"]
    return Judgement(
        language=None if code is None else _code(code),
        language_confidence=float(language["confidence"]),
        intent=_text(intent["name"]),
        tier=_tier(risk["tier"]),
        cues=tuple(
            ModelCue(category=int(cue["category"]), name=_text(cue["name"]))
            for cue in map(_mapping, _sequence(risk["cues"]))
        ),
        version=_text(risk["version"]),
        asks_for_person=body["asks_for_person"] is True,
        candidates=tuple(map(_candidate, _sequence(language.get("candidates", [])))),
    )


def _candidate(raw: object) -> Candidate:
    body = _mapping(raw)
    script = body.get("script")
    return Candidate(
        code=_code(body["code"]),
        script=None if script is None else _text(script),
        confidence=float(body["confidence"]),
    )


def _effect(raw: Mapping[str, Any]) -> Effect:
    kind = raw["kind"]
    if kind == "say":
        text = _text(raw["text"])
        if not 0 < len(text) <= MAX_SAY_CHARACTERS:
            raise ValueError("length")
        key = raw.get("key")
        return Say(text=text, key=None if key is None else _text(key))
    if kind == "escalate":
        return Escalate(reason=Reason(raw["reason"]), tier=_tier(raw.get("tier")))
    if kind == "refer":
        return Refer(services=tuple(_text(item) for item in _sequence(raw["services"])))
    if kind == "set_language":
        return SetLanguage(code=_code(raw["code"]))
    if kind == "ask_language":
        return AskLanguage()
    if kind == "take_tip":
        return TakeTip(text=_text(raw["text"]))
    if kind == "close":
        return Close()
    raise ValueError("unknown effect")


def _tier(raw: object) -> Tier | None:
    if raw is None or raw == "none":
        return None
    return Tier[_text(raw).upper()]


def _code(raw: object) -> str:
    code = _text(raw)
    if not code or len(code) > LONGEST_LANGUAGE_CODE:
        raise ValueError("language code")
    return code


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise TypeError("not a text")
    return raw


def _mapping(raw: object) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise TypeError("not an object")
    return raw


def _sequence(raw: object) -> Sequence[Any]:
    if not isinstance(raw, list):
        raise TypeError("not a list")
    return raw
