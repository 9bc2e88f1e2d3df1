"""The pages of the desk: signing in without a script, and the console with one."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from handoff.errors import TooManyAttempts, WrongPassword
from handoff.navigation import ENTRIES, entries_for
from handoff.office import Office, TheOffice, held_token, place, who
from handoff.rendering import STATIC, language_of, render
from handoff.rights import Right, may
from handoff.schemas import Tongue, Words
from handoff.words import COOKIE, SCREEN, chosen
from intake import languages

_A_YEAR = 365 * 24 * 3600
_PAGES = frozenset({"/", "/sign-in", *(entry.path for entry in ENTRIES)})
# Loaded at once instead of one after the other as the modules name each other; scripts of the
# pages beside the console are not among them.
_MODULES = sorted(
    f"/static/{path.relative_to(STATIC).as_posix()}"
    for path in STATIC.rglob("*.js")
    if STATIC / "pages" not in path.parents
)
router = APIRouter(include_in_schema=False)


@router.get("/")
async def console(request: Request, office: TheOffice) -> Response:
    """The console, for those who are signed in."""
    signed_in = await who(request, office, touch=True)
    if signed_in is None:
        return RedirectResponse("/sign-in", status_code=HTTPStatus.SEE_OTHER)
    language = language_of(request)
    if office.must_set_up(signed_in.advocate):
        return RedirectResponse("/account", status_code=HTTPStatus.SEE_OTHER)
    if not may(signed_in.advocate, Right.WORK_BOARD):
        # Whose work lies elsewhere is led there.
        for entry in entries_for(signed_in.advocate):
            return RedirectResponse(entry.path, status_code=HTTPStatus.SEE_OTHER)
        return render("no_right.html", language, status=HTTPStatus.FORBIDDEN)
    words = words_in(language)
    return render(
        "console.html",
        language,
        island=json.dumps(words.model_dump(), ensure_ascii=False).replace("<", "\\u003c"),
        modules=_MODULES,
    )


@router.get("/sign-in")
async def sign_in_page(request: Request, office: TheOffice) -> Response:
    """The form."""
    return _form(request, office)


@router.post("/sign-in")
async def sign_in(
    request: Request,
    office: TheOffice,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=2_000)] = "",
    code: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Sign in and go to the console, or say kindly why not."""
    language = language_of(request)
    try:
        token, _ = await office.door.sign_in(
            name, password, place(request), held_token(request, office), code
        )
    except WrongPassword:
        problem = SCREEN.catalogue.text("sign_in.wrong", language)
        return _form(request, office, 401, name, problem)
    except TooManyAttempts as refusal:
        minutes = str(-(-refusal.wait_seconds // 60))
        problem = SCREEN.catalogue.text("sign_in.wait", language, minutes=minutes)
        page = _form(request, office, 429, name, problem)
        page.headers["retry-after"] = str(refusal.wait_seconds)
        return page
    response = RedirectResponse("/", status_code=HTTPStatus.SEE_OTHER)
    office.remember(response, token)
    return response


def _form(
    request: Request, office: Office, status: int = 200, name: str = "", problem: str | None = None
) -> Response:
    return render(
        "sign_in.html",
        language_of(request),
        status,
        name=name,
        problem=problem,
        passkeys=office.door.passkeys.possible,
    )


@router.post("/sign-out")
async def sign_out(request: Request, office: TheOffice) -> Response:
    """Sign out and go back to the form."""
    signed_in = await who(request, office, touch=False)
    if signed_in is not None:
        await office.door.sign_out(signed_in)
    response = RedirectResponse("/sign-in", status_code=HTTPStatus.SEE_OTHER)
    office.forget(response)
    return response


@router.post("/language")
async def language(
    office: TheOffice,
    language: Annotated[str, Form(max_length=16)] = "",
    page: Annotated[str, Form(max_length=64)] = "/",
) -> Response:
    """Choose the language of the screen; the choice is kept in this browser."""
    target = page if page in _PAGES else "/"
    response = RedirectResponse(target, status_code=HTTPStatus.SEE_OTHER)
    remember_language(response, office, chosen(language))
    return response


@router.get("/favicon.ico")
async def icon() -> Response:
    """A plain square: the tab says nothing about this work."""
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")


def words_in(language: str) -> Words:
    """The sentences of the screen."""
    return Words(
        language=language,
        languages=SCREEN.languages,
        words=SCREEN.all(language),
        tongues={tag: _tongue(known, language) for tag, known in languages.forms().items()},
    )


def _tongue(known: languages.Form, screen: str) -> Tongue:
    return Tongue(
        name=languages.name_in(known.tag, screen),
        own=known.own,
        lang=known.html,
        dir="rtl" if known.direction == "rtl" else "ltr",
    )


def remember_language(response: Response, office: Office, language: str) -> None:
    """Keep the language of the screen in this browser."""
    response.set_cookie(
        COOKIE,
        language,
        max_age=_A_YEAR,
        path="/",
        secure=office.settings.secure,
        httponly=True,
        samesite="strict",
    )
