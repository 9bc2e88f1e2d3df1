"""Rasa's own story tests: whole conversations of tests/conversations, text in, actions out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.agent import Agent

pytestmark = pytest.mark.engine

STORIES = Path(__file__).resolve().parent.parent / "conversations"


@pytest.mark.parametrize("file", sorted(STORIES.glob("test_*.yml")), ids=lambda path: path.stem)
async def test_conversations_go_as_told(
    agent: Agent, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every intent and every action of every story."""
    from rasa.core.test import test as run_stories

    parse = agent.processor.parse_message

    async def without_entities(*args: Any, **kwargs: Any) -> dict[str, Any]:
        # Rasa's runner wants every entity annotated, the language of each text among them.
        # Entities have their own tests (test_mentions.py, test_identification.py).
        return {**await parse(*args, **kwargs), "entities": []}

    monkeypatch.setattr(agent.processor, "parse_message", without_entities)

    outcome = await run_stories(
        str(file), agent, e2e=True, out_directory=str(tmp_path), disable_plotting=True
    )
    assert _failed(tmp_path) == []
    assert outcome["accuracy"] == 1.0
    assert outcome["is_end_to_end_evaluation"] is True


def _failed(folder: Path) -> list[str]:
    """Stories that Rasa wrote down as failed."""
    written = folder / "failed_test_stories.yml"
    if not written.exists():
        return []
    stories = (yaml.safe_load(written.read_text(encoding="utf-8")) or {}).get("stories") or []
    return [yaml.safe_dump(story, allow_unicode=True) for story in stories]
