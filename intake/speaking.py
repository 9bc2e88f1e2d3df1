"""How the line speaks by itself: fixed sentences from the catalogue, in the person's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from intake.contact import NEUTRAL_KEYS
from intake.conversation import Conversation, Safety
from intake.languages import chain
from intake.ports import UnitOfWork, Wording

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Voice:
    """The catalogue and what its placeholders stand for."""

    wording: Wording
    phone: str
    inbox_languages: Mapping[str, str] = _NOTHING
    """The language in which a number of ours is given out, for whoever has shown none yet."""

    def words(self, key: str, language: str | None, /, **values: str) -> str:
        """The sentence; in English and French while the language is not known."""
        if language is None:
            return self.wording.both(key, phone=self.phone, **values)
        return self.wording.text(key, chain(language), phone=self.phone, **values)

    async def say(
        self,
        tx: UnitOfWork,
        conversation: Conversation,
        key: str,
        hint: str | None = None,
        values: Mapping[str, str] = _NOTHING,
    ) -> None:
        """Queue a fixed sentence, unless the person opted out or said that it is not safe.

        `hint` is the language to use while that of the conversation is not known; `values` fill
        the sentence's own placeholders.
        """
        muted = conversation.safety is Safety.NOT_SAFE and key not in NEUTRAL_KEYS
        if muted or conversation.opted_out:
            return
        language = conversation.language or hint or self.inbox_languages.get(conversation.inbox)
        words = self.words(key, language, **values).rstrip()
        await send_text(tx, conversation, words, key)


async def send_text(
    tx: UnitOfWork, conversation: Conversation, text: str, key: str | None = None
) -> None:
    """Queue words of the bot together with the job that sends them."""
    await tx.messages.add_outbound(conversation, text, key)
    await tx.jobs.send(conversation.id)
