"""The pages on which a new advocate practises; every one says that nobody here is real."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from handoff.desk import LONGEST_REPLY
from handoff.office import Acting, TheOffice
from handoff.practice import Plays, scripts
from handoff.rendering import language_of, page
from handoff.wall_pages import duration
from intake.errors import ConversationNotFound
from intake.messages import clean

PATH = "/practice"
router = APIRouter(include_in_schema=False)


def plays_of(request: Request) -> Plays:
    """The plays of this process."""
    plays: Plays = request.app.state.plays
    return plays


@router.get(PATH)
async def show(request: Request, signed_in: Acting, office: TheOffice) -> Response:
    """The conversations to choose from, or the one that goes on, or its score."""
    language = language_of(request)
    play = plays_of(request).of(signed_in.advocate.id)
    if play is None:
        return page(request, office, signed_in, "practice/choose.html", scripts=scripts(language))
    return page(
        request, office, signed_in, "practice/play.html", play=play, score=play.score(),
        duration=duration, longest=LONGEST_REPLY,
    )  # fmt: skip


@router.post(PATH + "/leave")
async def leave(request: Request, signed_in: Acting) -> Response:
    """Back to the list."""
    plays_of(request).leave(signed_in.advocate.id)
    return _back()


@router.post(PATH + "/reply")
async def reply(
    request: Request,
    signed_in: Acting,
    office: TheOffice,
    text: Annotated[str, Form(max_length=4 * LONGEST_REPLY)] = "",
) -> Response:
    """Answer the invented person."""
    play = plays_of(request).of(signed_in.advocate.id)
    words = clean(text)[:LONGEST_REPLY]
    if play is not None and not play.over and words:
        play.reply(words, office.now())
    return _back()


@router.post(PATH + "/begin/{script_id}")
async def begin(request: Request, script_id: str, signed_in: Acting, office: TheOffice) -> Response:
    """Start one. Raises ConversationNotFound for an unknown one."""
    for script in scripts(language_of(request)):
        if script.id == script_id:
            plays_of(request).begin(signed_in.advocate.id, script, office.now())
            return _back()
    raise ConversationNotFound("no such practice conversation")


def _back() -> Response:
    return RedirectResponse(PATH, status_code=HTTPStatus.SEE_OTHER)
