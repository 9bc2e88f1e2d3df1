"""What a turn does for a call that somebody asks for while they wait."""

from __future__ import annotations

from dataclasses import replace

from intake.answering import Line, Scene, done
from intake.call_back import Move
from intake.conversation import Conversation
from intake.ports import UnitOfWork
from intake.safe_times import shown


async def go_on_with_call(
    tx: UnitOfWork, conversation: Conversation, scene: Scene, move: Move, line: Line
) -> None:
    """Keep what was said and say the next line; the person waits on all the same."""
    details = ""
    if move.number is not None:
        await tx.call_backs.set_number(conversation.id, move.number or None)
    if move.times is not None:
        zone = await tx.contacts.zone(conversation.id)
        await tx.call_backs.set_times(conversation.id, replace(move.times, zone=zone))
    if move.message is not None:
        details = shown(await tx.call_backs.ask(conversation.id, move.message, line.now()))
    if move.say is None:
        await tx.call_backs.drop(conversation.id, line.now())
    conversation = replace(conversation, question=move.question)
    await tx.conversations.save(conversation)
    if move.say is not None:
        values = {"details": details} if move.say == "call.saved" else {}
        await line.voice.say(tx, conversation, move.say, scene.hint, values)
    await tx.signals.desk(conversation.id)
    await done(tx, scene.pending)
