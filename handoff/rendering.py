"""Draws the server-rendered pages: one environment of templates, one base with bar and words."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from handoff.auth import SignedIn
from handoff.navigation import entries_for
from handoff.office import Office
from handoff.rights import Right, may
from handoff.words import COOKIE, SCREEN, chosen

CONSOLE = Path(__file__).parent / "console"
STATIC = CONSOLE / "static"
_templates = Environment(
    loader=FileSystemLoader(CONSOLE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def language_of(request: Request) -> str:
    """The language of a screen: as chosen, else as the browser asks, else English."""
    return chosen(request.cookies.get(COOKIE), request.headers.get("accept-language", ""))


def render(template: str, language: str, status: int = 200, **values: object) -> HTMLResponse:
    """A page; `t` holds every sentence of the desk in its language."""
    html = _templates.get_template(template).render(
        t=SCREEN.all(language), language=language, languages=SCREEN.languages, **values
    )
    return HTMLResponse(html, status_code=status)


def page(
    request: Request,
    office: Office,
    signed_in: SignedIn,
    template: str,
    status: int = 200,
    **values: object,
) -> HTMLResponse:
    """A page that extends `page.html`: with the bar, for somebody who is signed in.

    `problem` and `done` are sentences on top of the page, where the route gives them.
    """
    given: dict[str, object] = {"problem": None, "done": None} | values
    return render(
        template,
        language_of(request),
        status,
        entries=entries_for(signed_in.advocate),
        has_console=may(signed_in.advocate, Right.WORK_BOARD),
        advocate=signed_in.advocate,
        idle_seconds=int(office.settings.idle.total_seconds()),
        here=request.url.path,
        **given,
    )
