"""The supervisor's wall: a page drawn here, drawn anew while the board moves."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from handoff.auth import SignedIn
from handoff.office import Office, TheOffice, needs
from handoff.rendering import language_of, page
from handoff.rights import Right
from handoff.schemas import label as conversation_label
from handoff.wall import LOOKS_BACK, TIERS, Wall, wall
from handoff.wall_charts import CHART_HEIGHT, arrival_bars, hour_lines, wait_bars
from handoff.words import SCREEN
from intake.languages import name_in

PATH = "/wall"
#: More alerts than these are counted and not listed.
MOST_ALERTS = 12
router = APIRouter(include_in_schema=False)
Lead = Annotated[SignedIn, Depends(needs(Right.SEE_WALL))]
Screen = Annotated[SignedIn, Depends(needs(Right.SEE_WALL, touch=False))]


@router.get(PATH)
async def show(request: Request, signed_in: Lead, office: TheOffice) -> Response:
    """The wall, asked for by a human."""
    return await _show(request, signed_in, office)


@router.get(PATH + "/now")
async def show_again(request: Request, signed_in: Screen, office: TheOffice) -> Response:
    """The wall as it is now, asked for by the page itself: the idle clock runs on."""
    return await _show(request, signed_in, office)


async def look(office: Office) -> Wall:
    """The figures of this moment."""
    now = office.now()
    async with office.database.transaction() as tx:
        return wall(
            await tx.board.entries(),
            await tx.wall.arrivals(now - LOOKS_BACK),
            await tx.wall.on_shift(now, now - office.settings.idle),
            now,
            await tx.alerts.unanswered(),
            await tx.tip_calls.unopened(),
        )


async def _show(request: Request, signed_in: SignedIn, office: Office) -> Response:
    screen = language_of(request)
    figures = await look(office)

    def tongue(tag: str | None) -> str:
        if tag is None:
            return SCREEN.catalogue.text("language.unknown", screen)
        return name_in(tag, screen)

    return page(
        request,
        office,
        signed_in,
        "wall/wall.html",
        wall=figures,
        at=office.now(),
        tongue=tongue,
        duration=duration,
        label=lambda tier: "none" if tier is None else tier.label,
        bars=arrival_bars(figures),
        waits=wait_bars(figures),
        lines=hour_lines(figures),
        tiers=TIERS,
        chart_height=CHART_HEIGHT,
        conversation_label=conversation_label,
        most_alerts=MOST_ALERTS,
    )


def duration(length: timedelta | None) -> str:
    """0:07, 12:40, 65:00; a dash for nothing."""
    if length is None:
        return "–"
    seconds = int(length.total_seconds())
    return f"{seconds // 60}:{seconds % 60:02d}"
