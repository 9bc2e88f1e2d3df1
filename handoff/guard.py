"""What stands before every route: strict headers, no other site's requests, no loud failures."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

# Names, words and numbers of people are drawn by text nodes only; Trusted Types hold that.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        # One policy with one address in it: the service worker of alerts (static/push.js).
        "trusted-types push-worker",
    )
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "x-robots-tag": "noindex, nofollow",
}
#: For what a stranger sent: even a browser that shows it runs nothing and knows no origin.
SEALED_OFF = "sandbox; default-src 'none'"
STRICT_TRANSPORT = "max-age=63072000"
HEALTH = "/healthz"
_SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Guard:
    """Wraps the whole application.

    Cross-site requests: the session cookie is SameSite=Strict, and on top of it every unsafe
    request must say that it comes from our own page (Sec-Fetch-Site, or Origin where a browser
    or a client does not send that). No-referrer pages post forms with `Origin: null`.
    """

    app: ASGIApp
    origin: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the application answer, with our headers on it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = finished = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started, finished
            if message["type"] == "http.response.start":
                started = True
                self._add_headers(MutableHeaders(scope=message))
            elif message["type"] == "http.response.body":
                finished = not message.get("more_body", False)
            await send(message)

        refusal = self._refusal(scope)
        try:
            await (refusal or self.app)(scope, receive, send_with_headers)
        except Exception as error:
            # Type and place only: messages of exceptions may quote rows.
            log.error("%s %s failed: %s", scope["method"], _route(scope), _where(error))
            if not started:
                await _error(500, "internal")(scope, receive, send_with_headers)
            elif not finished:
                raise ConnectionAbortedError("the answer broke off") from None

    def _add_headers(self, headers: MutableHeaders) -> None:
        sealed_off = headers.get("content-security-policy") == SEALED_OFF
        for name, value in HEADERS.items():
            headers[name] = value
        if sealed_off:
            headers["content-security-policy"] = SEALED_OFF
        if self.origin.startswith("https://"):
            headers["strict-transport-security"] = STRICT_TRANSPORT

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if scope["path"] == HEALTH:
            return None
        if headers.get("host", "").lower() != urlsplit(self.origin).netloc:
            if scope["method"] in _SAFE:
                return RedirectResponse(self.origin + "/", status_code=307)
            return _error(421, "wrong_host")
        if scope["method"] in _SAFE:
            return None if _may_read(scope, headers) else _error(403, "foreign_request")
        return None if self._is_ours(headers) else _error(403, "foreign_request")

    def _is_ours(self, headers: Headers) -> bool:
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is None:
            return origin == self.origin
        return site == "same-origin" and origin in (None, "null", self.origin)


def _may_read(scope: Scope, headers: Headers) -> bool:
    """Other sites may link to a page of ours; they may not load anything into theirs."""
    if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return True
    return headers.get("sec-fetch-mode") == "navigate" and not scope["path"].startswith("/api/")


def _error(status: int, code: str) -> Response:
    return JSONResponse({"error": {"code": code}}, status_code=status)


def _route(scope: Scope) -> str:
    """The route's pattern, not its path: a path may hold an id."""
    route = scope.get("route")
    return str(getattr(route, "path", "?"))


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
