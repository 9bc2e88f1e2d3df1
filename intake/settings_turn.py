"""What a turn does for the safety settings, and while the code word has not been said."""

from __future__ import annotations

from dataclasses import replace

from intake.answering import Line, Scene, done
from intake.conversation import Conversation, Safety
from intake.keywords import choice
from intake.ports import UnitOfWork
from intake.safe_times import shown
from intake.safety_settings import Move


async def go_on_with_settings(
    tx: UnitOfWork, conversation: Conversation, scene: Scene, move: Move, line: Line
) -> None:
    """Keep what was said, say the next line; other texts of the same burst get their own turn."""
    details = ""
    if move.forget:
        await tx.contacts.forget(conversation.id)
    if move.preference is not None:
        zone = await tx.contacts.zone(conversation.id)
        preference = replace(move.preference, zone=zone)
        await tx.contacts.set_preference(conversation.id, preference, by_advocate=False)
        details = shown(preference)
    conversation = replace(conversation, safety=Safety.OK, question=move.question)
    values = {"details": details} if move.say == "settings.saved" else {}
    await line.voice.say(tx, conversation, move.say, scene.hint, values)
    await tx.conversations.save(conversation)
    fresh = [item for item in scene.pending if not item.held]
    said = [item for item in fresh[:-1] if choice(item.text, conversation.language) is None]
    await done(tx, [item for item in fresh if item not in said])
    if said:
        await tx.jobs.turn(conversation.id)


async def talk_neutrally(
    tx: UnitOfWork, conversation: Conversation, scene: Scene, line: Line
) -> None:
    """The same neutral line whatever is written, without a hint that a word is waited for.

    A person stays one digit away, and risk is judged as ever. What waited from before still waits
    for the right one.
    """
    conversation = replace(conversation, safety=Safety.OK)
    await line.voice.say(tx, conversation, "locked.neutral", scene.hint)
    await tx.conversations.save(conversation)
    await done(tx, [item for item in scene.pending if not item.held])
