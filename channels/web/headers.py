"""Headers that keep the pages shut: no foreign code, no foreign frame, no copy, no trace."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PERMISSIONS = (
    "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-read=(),"
    " display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(),"
    " payment=(), publickey-credentials-get=(), screen-wake-lock=(), usb=(),"
    " xr-spatial-tracking=()"
)
CLEAR = {"Clear-Site-Data": '"cache", "cookies", "storage"'}


def content_security_policy(
    exit_url: str, *, framed_by: str = "'none'", trusted: str = "'none'"
) -> str:
    """Nothing but our own files; no inline code, no markup from strings (Trusted Types).

    `trusted`: the one policy by which a page may name a script, for a worker of our own.
    """
    leave = urlsplit(exit_url)
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "img-src 'self'",
            "frame-src 'self'",
            # Browsers apply this to the redirect of POST /leave too.
            f"form-action 'self' {leave.scheme}://{leave.netloc}",
            "base-uri 'none'",
            f"frame-ancestors {framed_by}",
            "require-trusted-types-for 'script'",
            f"trusted-types {trusted}",
        )
    )


def default_headers(exit_url: str, *, secure: bool) -> dict[str, str]:
    """What every answer of the porch carries unless its route says otherwise."""
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": content_security_policy(exit_url),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": _PERMISSIONS,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    if secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


# Policies speak to documents. On a style, a script or an icon they are only weight, and on a slow
# line more of it than the style itself.
_OF_DOCUMENTS = (
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Frame-Options",
)
_FILES = ("/static/", "/favicon.ico", "/embed.js")


class DefaultHeaders:
    """ASGI middleware that adds headers which an answer does not carry yet."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers
        self._of_files = {
            name: value for name, value in headers.items() if name not in _OF_DOCUMENTS
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; complete the answer's headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def completing(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                file = scope["path"].startswith(_FILES) and message["status"] in (200, 304)
                framing = "Content-Security-Policy" in headers
                for name, value in (self._of_files if file else self._headers).items():
                    # Who may frame a page is said once: its own policy knows more than a yes or no.
                    if not (framing and name == "X-Frame-Options"):
                        headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, completing)
