"""What a turn does about the language: hears it, says that it changed, shows the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from intake.conversation import Conversation
from intake.effects import Judgement
from intake.keywords import choice
from intake.language_choice import Decision, Move, Spoken, decide, offer
from intake.language_list import FIRST, lines, next_page, picked
from intake.languages import forms, own_name
from intake.ports import Pending, UnitOfWork
from intake.speaking import Voice

_AS_BEFORE = Decision(Move.STAY, None)


def pick(conversation: Conversation, tag: str) -> Conversation:
    """The person picked a language: it holds above all that their texts look like."""
    return replace(conversation, language=tag, language_chosen=True, language_offer=())


def hear(
    conversation: Conversation, judgement: Judgement, pending: Sequence[Pending]
) -> tuple[Conversation, Decision]:
    """Take in what the texts are written in; the decision says what is still to be told."""
    said = [item for item in pending if not _is_bare(conversation, item.text)]
    if not said:
        return conversation, replace(_AS_BEFORE, tag=conversation.language)
    spoken = _spoken(conversation)
    decided = decide(judgement.languages, "\n".join(item.text for item in said), spoken)
    if decided.tag != conversation.language:
        # What somebody chose gives way only when they write on in another language.
        chosen = conversation.language_chosen and decided.move is Move.STAY
        conversation = replace(conversation, language=decided.tag, language_chosen=chosen)
    if conversation.language_offer and not all(item.held for item in said):
        # Words were said since the list was shown: a number may mean something else by now.
        conversation = replace(conversation, language_offer=())
    return conversation, decided


async def tell_switch(
    tx: UnitOfWork, conversation: Conversation, before: str | None, voice: Voice
) -> Conversation:
    """Say in one line that the language changed, with the way back."""
    if before is None or before == conversation.language:
        return conversation
    conversation = replace(conversation, language_offer=(before,))
    values = {"language": own_name(before), "number": str(FIRST)}
    await voice.say(tx, conversation, "language.switched", values=values)
    return conversation


async def tell_pick(tx: UnitOfWork, conversation: Conversation, voice: Voice) -> Conversation:
    """Confirm the language that was picked; where it has another script, offer that."""
    await voice.say(tx, conversation, "utter_language_set")
    own = forms().get(conversation.language or "")
    others = [one for one in forms().values() if own and one.code == own.code and one.listed]
    siblings = tuple(one.tag for one in others if one is not own)
    return await show_list(tx, conversation, siblings, voice) if siblings else conversation


async def show_list(
    tx: UnitOfWork,
    conversation: Conversation,
    tags: Sequence[str],
    voice: Voice,
    hint: str | None = None,
) -> Conversation:
    """Show a first page of languages; returns the conversation with the list open."""
    conversation = replace(conversation, language_offer=tuple(tags))
    return await _say_list(tx, conversation, 0, voice, hint)


async def show_more(
    tx: UnitOfWork, conversation: Conversation, voice: Voice, hint: str | None = None
) -> Conversation:
    """Show the next page; the numbers of the pages before stay what they were."""
    shown = conversation.language_offer or ()
    conversation = replace(conversation, language_offer=next_page(shown))
    return await _say_list(tx, conversation, len(shown), voice, hint)


def likely(conversation: Conversation, judgement: Judgement | None) -> tuple[str, ...]:
    """The first page for somebody who asks for another language without naming it."""
    return offer(judgement.languages if judgement else (), _spoken(conversation))


async def _say_list(
    tx: UnitOfWork, conversation: Conversation, since: int, voice: Voice, hint: str | None
) -> Conversation:
    values = {"list": lines(conversation.language_offer or (), since)}
    # The question is words of two languages; a person who reads neither reads the list.
    await voice.say(tx, conversation, "language.ask", hint or "en", values=values)
    return conversation


def _spoken(conversation: Conversation) -> Spoken:
    return Spoken(conversation.language, conversation.language_chosen, conversation.language_offer)


def _is_bare(conversation: Conversation, text: str) -> bool:
    """An answer or a pick says nothing about the language of what a person writes."""
    wish = picked(text, conversation.language, conversation.language_offer)
    return wish is not None or choice(text, conversation.language) is not None
