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
from handoff.wall import LOOKS_BACK, TIERS, Wall, wall
from handoff.words import SCREEN
from intake.languages import name_in
from intake.risk import Tier

PATH = "/wall"
_CHART_HEIGHT = 120
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
        bars=_bars(figures),
        tiers=TIERS,
        chart_height=_CHART_HEIGHT,
    )


def duration(length: timedelta | None) -> str:
    """0:07, 12:40, 65:00; a dash for nothing."""
    if length is None:
        return "–"
    seconds = int(length.total_seconds())
    return f"{seconds // 60}:{seconds % 60:02d}"


def _bars(figures: Wall) -> list[list[tuple[Tier | None, float, float]]]:
    """For each hour (tier, top, height) of its pieces, stacked, the gravest at the bottom."""
    most = max((hour.total for hour in figures.hours), default=0) or 1
    drawn = []
    for hour in figures.hours:
        bottom = float(_CHART_HEIGHT)
        pieces: list[tuple[Tier | None, float, float]] = []
        for tier, count in zip(TIERS, hour.counts, strict=True):
            height = round(count / most * _CHART_HEIGHT, 1)
            bottom = round(bottom - height, 1)
            if height:
                pieces.append((tier, bottom, height))
        drawn.append(pieces)
    return drawn
