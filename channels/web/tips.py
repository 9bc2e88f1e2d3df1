"""The form for reports and the way back with a receipt: no script, no cookie, no trace.

Nothing of a request but its form is read: no address, no user agent. The receipt travels in the
body of a form and never in an address, so that no history or log holds it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from limits import RateLimitItemPerHour, RateLimitItemPerMinute

from channels.web.headers import content_security_policy
from channels.web.networks import Networks
from channels.web.pages import Pages, static_url
from channels.web.turnstile import Turnstile
from channels.web.uploads import Sent, Uploads
from channels.web.work import Work
from intake import receipts
from intake.messages import clean
from intake.ports import Clock
from intake.risk import Tier
from intake.speaking import Voice
from intake.tip_fields import (
    CLOSED_FIELDS,
    LONGEST_WORDS,
    NewTip,
    OpenTip,
    Origin,
    Status,
    TipFields,
    urgency,
)
from storage.database import Database

REPORTS = RateLimitItemPerHour(30)
LOOKS = RateLimitItemPerMinute(10)
ALL_LOOKS = RateLimitItemPerMinute(120)
# Each look costs 16 MiB and some 40 ms: no more than these at once.
_LOOKS_AT_ONCE = 2
_FIELDS = ("where", "when", "at_risk", "how_known")


@dataclass(frozen=True)
class TipForms:
    """What the pages of tips need."""

    database: Database
    pages: Pages
    voice: Voice
    now: Clock
    exit_url: str
    processes: int = 1
    turnstile: Turnstile = field(default_factory=lambda: Turnstile(Networks()))
    uploads: Uploads = field(default_factory=Uploads)
    _looking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_LOOKS_AT_ONCE))

    @cached_property
    def work(self) -> Work:
        """Challenges, by the key file that every porch of the line has."""
        return Work(self.database.keyring)

    async def form(self, request: Request) -> Response:
        """The empty form."""
        return self._form(self._language(request), _address(request))

    async def take(self, request: Request) -> Response:
        """Keep a report and show its receipt, once."""
        language = self._language(request)
        address = _address(request)

        async def admits(given: Mapping[str, str]) -> bool:
            if urgency(TipFields.read(given), clean(given.get("words", ""))) > Tier.CONCERN:
                return True
            level = self.turnstile.level(address, REPORTS, "report")
            worked = self.work.accepts(given.get("work", ""), level)
            return await self.turnstile.passes(address, REPORTS, "report", worked=worked)

        sent = await self.uploads.read(request, admits)
        given = sent.fields
        words, told = clean(given.get("words", "")), TipFields.read(given)
        if not words:
            return self._form(language, address, given, problem="error.unfit", status=422)
        tier = urgency(told, words)
        if not sent.admitted and tier is Tier.CONCERN:
            return self._form(language, address, given, problem="error.too_many", status=429)
        new = NewTip(Origin.FORM, words, self.now(), told, language, files=sent.files)
        async with self.database.transaction() as tx:
            taken = await tx.tips.start(new)
        return self._page(
            "report_taken.html",
            language,
            "/report",
            receipt=receipts.shown(taken.receipt),
            **_of_files(sent, taken.files),
        )

    async def door(self, request: Request) -> Response:
        """Where the receipt is typed."""
        return self._door(self._language(request))

    async def come_back(self, request: Request) -> Response:
        """Show where a report stands; take more words, or take it back."""
        language = self._language(request)
        address = _address(request)

        async def admits(_: Mapping[str, str]) -> bool:
            passes = await self.turnstile.passes(address, LOOKS, "look")
            return passes and self.turnstile.networks.admits(
                None, ALL_LOOKS, "looks", processes=self.processes
            )

        sent = await self.uploads.read(request, admits)
        if not sent.admitted:
            return self._door(language, "error.too_many", 429)
        given = sent.fields
        receipt = receipts.read(given.get("receipt", ""))
        kept = 0
        async with self._looking, self.database.transaction() as tx:
            # A slip of the pen costs the same time and gets the same answer as a wrong number.
            tip = await tx.tips.by_receipt(receipt or "")
            if tip is not None and given.get("withdraw") == "yes":
                await tx.tips.withdraw(tip.id, self.now())
                return self._told(language, Status.WITHDRAWN)
            words = clean(given.get("words", ""))[:LONGEST_WORDS]
            if tip is not None and (words or sent.files):
                kept = await tx.tips.tipster_adds(tip, words, self.now(), sent.files)
                tip = await tx.tips.by_receipt(receipt or "")
                added = True
            else:
                added = False
        if tip is None:
            return self._door(language, "report.unknown")
        return self._open(language, tip, receipt or "", added=added, **_of_files(sent, kept))

    def _form(
        self,
        language: str,
        address: str | None,
        given: Mapping[str, str] | None = None,
        *,
        problem: str | None = None,
        status: int = 200,
    ) -> Response:
        level = self.turnstile.level(address, REPORTS, "report")
        response = self._page(
            "report.html",
            language,
            "/report",
            status,
            challenge=self.work.challenge(level),
            solver=static_url("solver.js"),
            given=given or {},
            problem=problem,
            fields=_FIELDS,
            closed=CLOSED_FIELDS,
            most=LONGEST_WORDS,
        )
        policy = content_security_policy(self.exit_url, trusted="solver")
        response.headers["Content-Security-Policy"] = policy
        return response

    def _door(self, language: str, problem: str | None = None, status: int = 200) -> Response:
        return self._page("report_return.html", language, "/report/return", status, problem=problem)

    def _open(
        self, language: str, tip: OpenTip, receipt: str, *, added: bool, **files: int
    ) -> Response:
        return self._page(
            "report_open.html",
            language,
            "/report/return",
            stands=self.voice.words(f"tip.status.{tip.status.value}", language),
            question=tip.question.text if tip.question else None,
            receipt=receipt,
            added=added,
            most=LONGEST_WORDS,
            **files,
        )

    def _told(self, language: str, status: Status) -> Response:
        said = self.voice.words(f"tip.status.{status.value}", language)
        return self._page("report_told.html", language, "/report", said=said)

    def _page(
        self, template: str, language: str, suffix: str, status: int = 200, **values: object
    ) -> Response:
        page = self.pages.render(
            template, language, path=f"/{language}{suffix}", suffix=suffix, **values
        )
        return HTMLResponse(page, status)

    def _language(self, request: Request) -> str:
        first = request.url.path.split("/")[1]
        if any(one.code == first for one in self.pages.tongues):
            return first
        return self.pages.negotiate(request.headers.get("accept-language", ""))


def tip_routes(forms: TipForms) -> APIRouter:
    """The form and the way back, in the browser's language and in each by its code."""
    router = APIRouter(include_in_schema=False)
    for prefix in ("", *(f"/{one.code}" for one in forms.pages.tongues)):
        router.add_api_route(f"{prefix}/report", forms.form, methods=["GET"])
        router.add_api_route(f"{prefix}/report", forms.take, methods=["POST"])
        router.add_api_route(f"{prefix}/report/return", forms.door, methods=["GET"])
        router.add_api_route(f"{prefix}/report/return", forms.come_back, methods=["POST"])
    return router


def _of_files(sent: Sent, kept: int) -> dict[str, int]:
    """How many files were kept and how many were not, for the page."""
    return {
        "files_kept": kept,
        "files_refused": len(sent.refused) + len(sent.files) - kept,
    }


def _address(request: Request) -> str | None:
    return request.client.host if request.client else None
