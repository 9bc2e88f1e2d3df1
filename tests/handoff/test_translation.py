"""The translation helper: a server of one's own, asked on request, labelled, never trusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from handoff.settings import DeskSettings
from handoff.translation import TranslationFailed, Translator
from storage.tables import MessageRow
from tests.channels.conftest import serving
from tests.handoff.libre import Libre
from tests.handoff.people import Bench, Browser


@pytest.fixture
def libre() -> Iterator[tuple[Libre, Translator]]:
    """The stand-in, and the desk's way to it."""
    made = Libre(key="a key")
    with serving(made.app()) as url:
        yield made, Translator(url, "a key")


async def _held(bench: Bench, translator: Translator | None, words: str) -> tuple[Browser, UUID]:
    """A conversation in Spanish that River holds, at a desk with this helper."""
    object.__setattr__(bench.office, "translator", translator)
    river = await bench.advocate()
    conversation_id = await bench.text(words)
    async with bench.database.transaction() as tx:
        conversation = await tx.conversations.lock(conversation_id)
        await tx.conversations.save(replace(conversation, language="es"))
    async with bench.database.transaction() as tx:
        if (await tx.conversations.get(conversation_id)).holder.value != "waiting":
            pytest.fail("the words must fetch a human")
    assert (await river.claim(conversation_id)).status_code == 200
    return river, conversation_id


async def test_a_text_is_translated_beside_itself(
    bench: Bench, libre: tuple[Libre, Translator]
) -> None:
    """The original stays; the rules read the translation too; on record without a word."""
    river, conversation_id = await _held(bench, libre[1], "tiene una pistola")
    assert (await river.get("/api/me")).json()["translates"] is True
    first = (await river.thread(conversation_id))["messages"][0]
    path = f"/api/conversations/{conversation_id}/messages/{first['id']}/translate"
    found = (await river.post(path)).json()
    assert (found["text"], found["source"], found["target"]) == ("he has a gun", "es", "en")
    assert 2 in found["categories"]
    assert (await river.thread(conversation_id))["messages"][0]["text"] == "tiene una pistola"
    assert ("translated", {"direction": "in"}) in [(a, d) for a, *_, d in await bench.audit()]
    elsewhere = f"/api/conversations/{conversation_id}/messages/{uuid4()}/translate"
    assert (await river.post(elsewhere)).status_code == 404
    sage = await bench.advocate("Sage")
    assert (await sage.post(path)).status_code == 409
    assert (await bench.actions())[-1] == "open_refused"


async def test_a_reply_is_shown_back_and_labelled(
    bench: Bench, libre: tuple[Libre, Translator]
) -> None:
    """Nothing is sent by asking; what is sent says so to the person, and keeps the original."""
    river, conversation_id = await _held(bench, libre[1], "tiene una pistola")
    before = len((await river.thread(conversation_id))["messages"])
    path = f"/api/conversations/{conversation_id}"
    offered = (await river.post(f"{path}/translate", {"text": "Are you alone now?"})).json()
    assert offered["text"] == "¿Está sola ahora?"
    assert offered["back"] == "Are you alone now?"
    assert len((await river.thread(conversation_id))["messages"]) == before
    body = {"text": offered["text"], "once": str(uuid4()), "original": "Are you alone now?"}
    assert (await river.post(f"{path}/reply", body)).status_code == 200
    last = (await river.thread(conversation_id))["messages"][-1]
    assert last["text"].startswith("¿Está sola ahora?\n")
    assert "máquina" in last["text"]
    assert (last["original"], last["original_language"]) == ("Are you alone now?", "en")
    async with bench.database.transaction() as tx:
        row = await tx.session.get(MessageRow, UUID(last["id"]))
        assert row is not None


async def test_reviewed_wording_comes_before_the_machine(
    bench: Bench, libre: tuple[Libre, Translator]
) -> None:
    """What the line has in the person's language is offered first, also when the server is down."""
    server, translator = libre
    server.status = 500
    river, conversation_id = await _held(bench, translator, "tiene una pistola")
    path = f"/api/conversations/{conversation_id}/translate"
    words = bench.voice.words("privacy.limits", "en")
    found = (await river.post(path, {"text": words[:-5]})).json()
    assert found["fixed"][0]["theirs"] == bench.voice.words("privacy.limits", "es")
    assert found["text"] is None
    refused = await river.post(path, {"text": "Are you alone now?"})
    assert (refused.status_code, refused.json()["error"]["why"]) == (502, "status_500")


async def test_off_by_default(bench: Bench) -> None:
    """No button, no call."""
    river, conversation_id = await _held(bench, None, "tiene una pistola")
    assert (await river.get("/api/me")).json()["translates"] is False
    path = f"/api/conversations/{conversation_id}/translate"
    answer = await river.post(path, {"text": "hello"})
    assert (answer.status_code, answer.json()["error"]["why"]) == (502, "off")


async def test_what_the_server_does_not_have(libre: tuple[Libre, Translator]) -> None:
    """Other names for our forms; no romanised form; a wrong key, no server, an odd answer."""
    server, translator = libre
    assert await translator.translate("abc", "en", "zh-Hant") == "cba"
    assert server.asked[-1]["target"] == "zt"
    for target in ("hi-Latn", "ti"):
        with pytest.raises(TranslationFailed, match="no_language"):
            await translator.translate("abc", "en", target)
    with pytest.raises(TranslationFailed, match="status_403"):
        await Translator(translator.url, "another").translate("abc", "en", "es")
    with pytest.raises(TranslationFailed, match="no_connection"):
        await Translator("http://127.0.0.1:9").translate("abc", "en", "es")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://libretranslate.com", "public service"),
        ("https://eu.libretranslate.com/", "public service"),
        ("http://translate.example.org", "https"),
        ("https://user:word@translate.example.org", "https"),
    ],
)
def test_no_third_party(settings: DeskSettings, url: str, why: str) -> None:
    """A server of one's own, over TLS."""
    values: dict[str, Any] = settings.model_dump() | {"translate_url": url}
    with pytest.raises(ValidationError, match=why):
        DeskSettings(**values)
