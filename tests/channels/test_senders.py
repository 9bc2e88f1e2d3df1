"""Several numbers on one line: each answers for itself, in the language that it is given out in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr, ValidationError

from channels.adapters.sms import Sms
from channels.adapters.twilio import Account
from channels.outbox import Outbox
from channels.senders import Senders
from channels.settings import LineSettings
from intake.messages import Inbound
from intake.receive import receive
from intake.speaking import Voice
from storage.database import Database, utc_now
from tests.channels.conftest import PUBLIC, SID, TOKEN, Carrier

ENGLISH, FRENCH, OTHER = "+16135550100", "+15145550100", "+17805550100"
SERVICE = "MG" + "a" * 32


def test_numbers_languages_and_one_service() -> None:
    """Named numbers send as themselves, all others through the service."""
    found = Senders.parse(f" {ENGLISH} , {FRENCH}=fr,{SERVICE}")
    assert (dict(found.languages), found.service) == ({FRENCH: "fr"}, SERVICE)
    assert [found.service_for(each) for each in (ENGLISH, FRENCH, OTHER)] == [None, None, SERVICE]
    assert found.are_ours(OTHER)
    assert not Senders.parse(ENGLISH).are_ours(OTHER)


@pytest.mark.parametrize(
    "given", ["6135550100", f"{ENGLISH}=xx", f"{ENGLISH}=am", f"{SERVICE},MG{'b' * 32}", ",", "MG1"]
)
def test_what_cannot_be_read_is_refused(given: str) -> None:
    """At the start, by the name of the setting, and without the value."""
    with pytest.raises(ValidationError) as refused:
        LineSettings(
            database_url="postgresql://x",
            hotline_key_file="/nowhere",  # type: ignore[arg-type]
            twilio_account_sid=SID,
            twilio_auth_token=SecretStr(TOKEN),
            twilio_from=given,
        )
    assert refused.value.errors()[0]["loc"] == ("twilio_from",)


def test_whatsapp_numbers_have_their_prefix() -> None:
    """However they are written in the setting."""
    settings = LineSettings(
        database_url="postgresql://x",
        hotline_key_file="/nowhere",  # type: ignore[arg-type]
        twilio_whatsapp_from=f"whatsapp:{ENGLISH}=en, {FRENCH}=fr",
    )
    assert dict(settings.inbox_languages) == {
        f"whatsapp:{ENGLISH}": "en",
        f"whatsapp:{FRENCH}": "fr",
    }


async def test_each_number_answers_for_itself(
    database: Database, carrier: Carrier, voice: Any
) -> None:
    """Two conversations of one phone with two numbers; the first line in the number's language."""
    senders = f"{ENGLISH}, {FRENCH}=fr"
    adapter = Sms(Account(SID, TOKEN, senders, carrier.url, PUBLIC), utc_now)
    outbox = Outbox(database, {"sms": adapter}, utc_now, settling=timedelta(0))
    speaking = Voice(voice.wording, voice.phone, Senders.parse(senders).languages)
    phone = f"+1613555{uuid4().int % 10_000:04d}{uuid4().hex[:6]}"
    for inbox in (FRENCH, ENGLISH):
        inbound = Inbound("sms", inbox, phone, f"SM{uuid4().hex}", "k", utc_now())
        await receive(inbound, transaction=database.transaction, voice=speaking, now=utc_now)
        async with database.transaction() as tx:
            conversation = await tx.conversations.find_or_open(inbound)
            await speaking.say(tx, conversation, "open.first")
        await outbox.deliver(conversation.id)
    sent = [text for text in carrier.exchange.texts if text.to == phone]
    assert [text.sender for text in sent] == [FRENCH, ENGLISH]
    assert sent[0].body == voice.words("open.first", "fr")
    assert sent[1].body == voice.words("open.first", None)
