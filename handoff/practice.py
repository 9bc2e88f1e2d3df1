"""Practice for new advocates: scripted, invented conversations, scored; never near the real ones.

A play lives in this process's memory and in no table: nothing of it can reach a board, a person
or a figure. It is scored on time (the line's own targets), steps (what a reply should do) and
wording (the words worth a second look, one question a text, at most two texts' length).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from handoff.phrases import cares

_TRAINING = Path(__file__).with_name("training")
_TARGETS = {"imminent": timedelta(minutes=2), "urgent": timedelta(minutes=5)}
_LONGEST = 306
_MOST_PLAYS = 500


@dataclass(frozen=True)
class Step:
    """Something that a reply should do; `any` are patterns, `say` tells it to a person."""

    name: str
    say: str
    any: tuple[re.Pattern[str], ...]

    def done_in(self, text: str) -> bool:
        """Whether a reply does it."""
        return any(pattern.search(text) for pattern in self.any)


@dataclass(frozen=True)
class Turn:
    """What the invented person writes, and what a reply should do."""

    person: tuple[str, ...]
    wants: tuple[Step, ...]


@dataclass(frozen=True)
class Script:
    """One invented conversation."""

    id: str
    language: str
    title: str
    tier: str
    turns: tuple[Turn, ...]

    @property
    def target(self) -> timedelta:
        """How soon a reply should come."""
        return _TARGETS[self.tier]


@dataclass(frozen=True)
class Answer:
    """A reply of the trainee with what was right and not."""

    text: str
    took: timedelta
    in_time: bool
    done: tuple[Step, ...]
    missed: tuple[Step, ...]
    care: tuple[str, ...]
    long: bool
    questions: bool


@dataclass(frozen=True)
class Score:
    """Three parts of a hundred each, and all of it."""

    time: int
    steps: int
    wording: int

    @property
    def all(self) -> int:
        """The mean, rounded."""
        return round((self.time + self.steps + self.wording) / 3)


@dataclass
class Play:
    """One trainee in one script; `asked_at`: when the person's newest words were shown."""

    script: Script
    asked_at: datetime
    answers: list[Answer] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether every turn has its reply."""
        return len(self.answers) == len(self.script.turns)

    def reply(self, text: str, now: datetime) -> Answer:
        """Judge a reply and go on. The caller checks that the play is not over."""
        turn = self.script.turns[len(self.answers)]
        took = max(now - self.asked_at, timedelta())
        done = tuple(step for step in turn.wants if step.done_in(text))
        answer = Answer(
            text=text,
            took=took,
            in_time=took <= self.script.target,
            done=done,
            missed=tuple(step for step in turn.wants if step not in done),
            care=_careless(text, self.script.language),
            long=len(text) > _LONGEST,
            questions=text.count("?") > 1,
        )
        self.answers.append(answer)
        self.asked_at = now
        return answer

    def score(self) -> Score:
        """Of the replies so far."""
        wanted = sum(len(one.done) + len(one.missed) for one in self.answers)
        clean = [not (one.care or one.long or one.questions) for one in self.answers]
        return Score(
            time=_part(sum(one.in_time for one in self.answers), len(self.answers)),
            steps=_part(sum(len(one.done) for one in self.answers), wanted),
            wording=_part(sum(clean), len(clean)),
        )


@dataclass
class Plays:
    """Who is practising, in memory; the oldest play goes when there are too many."""

    _plays: dict[UUID, Play] = field(default_factory=dict)

    def begin(self, advocate_id: UUID, script: Script, now: datetime) -> Play:
        """Start anew; an unfinished play of the same person is dropped."""
        self._plays.pop(advocate_id, None)
        while len(self._plays) >= _MOST_PLAYS:
            del self._plays[next(iter(self._plays))]
        play = self._plays[advocate_id] = Play(script, now)
        return play

    def of(self, advocate_id: UUID) -> Play | None:
        """The play of a person, if there is one."""
        return self._plays.get(advocate_id)

    def leave(self, advocate_id: UUID) -> None:
        """Forget it."""
        self._plays.pop(advocate_id, None)


@lru_cache
def scripts(language: str) -> tuple[Script, ...]:
    """The conversations of a language; English where there are none."""
    path = _TRAINING / f"{language}.yaml"
    content = yaml.safe_load((path if path.exists() else _TRAINING / "en.yaml").read_text())
    steps = {name: _step(name, given) for name, given in content["steps"].items()}
    return tuple(
        Script(
            id=one["id"],
            language=language if path.exists() else "en",
            title=one["title"],
            tier=one["tier"],
            turns=tuple(
                Turn(tuple(turn["person"]), tuple(steps[name] for name in turn["wants"]))
                for turn in one["turns"]
            ),
        )
        for one in content["conversations"]
    )


def _step(name: str, given: dict[str, Any]) -> Step:
    patterns: Sequence[str] = given["any"]
    return Step(name, given["say"], tuple(re.compile(p, re.I | re.S) for p in patterns))


def _careless(text: str, language: str) -> tuple[str, ...]:
    said = text.casefold().replace("’", "'")
    words = (word for care in cares() if care.language == language for word in care.words)
    return tuple(w for w in words if re.search(rf"(?<!\w){re.escape(w)}(?!\w)", said))


def _part(good: int, all_of_them: int) -> int:
    return round(100 * good / all_of_them) if all_of_them else 100
