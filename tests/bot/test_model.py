"""The judges on texts they have never seen: risk found, ordinary life left alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot import judgement
from bot.risk_model import TIERS
from intake.risk import screen

pytestmark = pytest.mark.engine

DATA = Path(__file__).with_name("data")
LANGUAGES = ("en", "fr")

# Floors a little below what model and rules reach together, so that a change of data that costs
# recall fails.
RISK_FOUND = 0.95
IMMINENT_FOUND = 0.95
TIER_KEPT = 0.92
# Half of these texts speak of guns, bosses, passports and ages on purpose.
FALSE_ALARMS = 0.14
INTENT_RIGHT = 0.78


async def _judge(
    agent: Agent, text: str, language: str | None = None, history: Sequence[str] = ()
) -> dict[str, Any]:
    metadata = {"language": language, "language_chosen": False, "history": list(history)}
    parsed = await agent.processor.parse_message(UserMessage(text, metadata=metadata))
    return judgement.from_parse_data(parsed)


def _risky(language: str) -> Iterator[tuple[str, str]]:
    tiers = yaml.safe_load((DATA / "unseen_risk.yml").read_text(encoding="utf-8"))[language]
    for tier, texts in tiers.items():
        yield from ((text, tier) for text in texts)


def _harmless(language: str) -> list[tuple[str, list[str]]]:
    listed = yaml.safe_load((DATA / "unseen_harmless.yml").read_text(encoding="utf-8"))[language]
    return [(str(text), intents) for text, intents in listed]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_risk_is_found(agent: Agent, language: str) -> None:
    """Few risky texts pass as harmless, fewest of all the imminent ones."""
    found, kept, imminent = [], [], []
    for text, tier in _risky(language):
        # Two judges, one result, as in the line: neither lowers what the other says.
        by_rules = screen(text).tier
        by_model = TIERS.index((await _judge(agent, text, language))["risk"]["tier"])
        judged = max(by_model, by_rules or 0)
        found.append(judged > 0)
        kept.append(judged >= TIERS.index(tier))
        if tier == "imminent":
            imminent.append(judged > 0)
    assert sum(found) / len(found) >= RISK_FOUND
    assert sum(imminent) / len(imminent) >= IMMINENT_FOUND
    assert sum(kept) / len(kept) >= TIER_KEPT


@pytest.mark.parametrize("language", LANGUAGES)
async def test_ordinary_life_is_left_alone(agent: Agent, language: str) -> None:
    """Idioms, films, school and the line's own questions raise few alarms."""
    alarms = [
        (await _judge(agent, text, language))["risk"]["tier"] != "none"
        for text, _ in _harmless(language)
    ]
    assert sum(alarms) / len(alarms) <= FALSE_ALARMS


@pytest.mark.parametrize("language", LANGUAGES)
async def test_wishes_are_understood(agent: Agent, language: str) -> None:
    """Most wishes in words of another hand; what is less sure is asked again."""
    right = [
        (await _judge(agent, text, language))["intent"]["name"] in intents
        for text, intents in _harmless(language)
    ]
    assert sum(right) / len(right) >= INTENT_RIGHT


@pytest.mark.parametrize(
    ("text", "least", "category"),
    [
        # The acceptance cases of the risk model.
        ("im not suicidal but he said hes going to kill me tonite", "imminent", 1),
        ("he has a gun and hes coming", "imminent", 2),
        ("il a pris mon passport jpeu pas sortir", "urgent", 13),
        ("my sister cant leave he locks her in", "urgent", 3),
        ("he used to beat me", "concern", 1),
        ("HE HAS A KNIFE", "imminent", 2),
        ("h3 h4s my p4ssport", "urgent", 13),
        ("hesss gonnna killl meee", "imminent", 1),
    ],
)
async def test_a_stated_sign_gets_its_tier_and_row(
    agent: Agent, text: str, least: str, category: int
) -> None:
    """In the spelling people text, with negation, past tense and third person."""
    risk = (await _judge(agent, text))["risk"]
    assert TIERS.index(risk["tier"]) >= TIERS.index(least)
    assert category in {cue["category"] for cue in risk["cues"]}


async def test_fragments_over_several_texts_are_read_together(agent: Agent) -> None:
    """ "he sells me" after "im 15" is more than either."""
    risk = (await _judge(agent, "he sells me", "en", ["hey", "im 15"]))["risk"]
    assert risk["tier"] == "imminent"


async def test_what_earlier_texts_carried_is_not_raised_again(agent: Agent) -> None:
    """ "ok thanks" after a disclosure is no second alarm: that text was judged when it came."""
    history = ["he has a gun and he locked me in", "please hurry"]
    assert (await _judge(agent, "ok thanks", "en", history))["risk"]["tier"] == "none"


@pytest.mark.parametrize("text", ["2", "1.", " 3 ", "#1"])
async def test_a_bare_digit_is_an_answer_and_never_risk(agent: Agent, text: str) -> None:
    """Also in the middle of a hard conversation."""
    judged = await _judge(agent, text, "en", ["he has my passport"])
    assert judged["risk"]["tier"] == "none"
    assert judged["intent"]["name"].startswith("choose_")


async def test_the_judgement_names_the_model(agent: Agent) -> None:
    """Every alert can be traced to a version of the data."""
    versions = {(await _judge(agent, text))["risk"]["version"] for text in ("hi", "he has a gun")}
    assert len(versions) == 1 and versions.pop().startswith("model-")


@pytest.mark.parametrize("text", ["/restart", '/ask_cost{"place": "toronto-on"}', "/back"])
async def test_no_text_of_a_person_is_a_command(agent: Agent, text: str) -> None:
    """Rasa would obey "/restart"; the channel hands it over as words."""
    from bot.channel import message_of
    from bot.requests import Heard

    message = message_of(Heard(text, "en", False, ()), sender_id="one")
    parsed = await agent.processor.parse_message(message)
    assert parsed["intent"]["name"] not in ("restart", "back")
    assert parsed["intent"]["confidence"] < 1.0
