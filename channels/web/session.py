"""Who a request comes from: the one cookie, and the proof that our own page sent the form.

A visit alone leaves nothing, not even the cookie: the session token is derived, with a key of the
server's, from the once-only key of the first message. A form that is sent twice before the cookie
arrives therefore reaches the same session, and nobody can compute a token.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from storage.crypto import Keyring

# A once-only key is 128 random bits or more, in base64url.
KEY = re.compile(r"[A-Za-z0-9_-]{22,64}")
# Written out: Python's own cookies know `Partitioned` from 3.14 on. Browsers take `Secure` from a
# loopback address without TLS as well.
_PARTITIONED = "HttpOnly; Path=/; SameSite=None; Secure; Partitioned"
_TOKEN = re.compile(r"[0-9a-f]{64}")


def new_key() -> str:
    """A once-only key for one message."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, repr=False)
class Sessions:
    """Reads and writes the session of a browser."""

    keyring: Keyring
    public_url: str

    @property
    def secure(self) -> bool:
        """Whether people reach us over TLS."""
        return self.public_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The name of the cookie; the prefix binds it to this host and to TLS (RFC 6265bis)."""
        return "__Host-visit" if self.secure else "visit"

    def token(self, request: Request) -> str | None:
        """The session token that a browser holds."""
        held = request.cookies.get(self.cookie, "")
        return held if _TOKEN.fullmatch(held) else None

    def token_for(self, key: str) -> str:
        """The token of the session that begins with this message."""
        return self.keyring.fingerprint(key, "web.session").hex()

    def provider_id(self, token: str, key: str) -> str:
        """The id of a message; the key itself is not kept, as it leads to the token."""
        return self.keyring.fingerprint(f"{token}\0{key}", "web.message").hex()

    def give(self, response: Response, token: str) -> None:
        """Hand out the session: until the browser closes, out of reach of scripts and others."""
        response.set_cookie(
            self.cookie, token, httponly=True, samesite="strict", secure=self.secure, path="/"
        )

    def take_away(self, response: Response) -> None:
        """End the session in the browser."""
        response.delete_cookie(
            self.cookie, httponly=True, samesite="strict", secure=self.secure, path="/"
        )

    def is_ours(self, request: Request) -> bool:
        """Whether our own page sent this request (fetch metadata, else Origin, else Referer)."""
        site = request.headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        origin = request.headers.get("origin") or request.headers.get("referer") or ""
        named = urlsplit(origin).netloc
        return bool(named) and named in (
            request.headers.get("host", ""),
            urlsplit(self.public_url).netloc,
        )


class EmbeddedSessions(Sessions):
    """Sessions in a frame of another site: a cookie apart for each host site (CHIPS)."""

    @property
    def cookie(self) -> str:
        """Another name than that of the chat's own page."""
        return "__Host-frame" if self.secure else "frame"

    def give(self, response: Response, token: str) -> None:
        """Hand out the session, partitioned by the site around the frame."""
        response.headers.append("Set-Cookie", f"{self.cookie}={token}; {_PARTITIONED}")

    def take_away(self, response: Response) -> None:
        """End the session in the browser."""
        response.headers.append("Set-Cookie", f"{self.cookie}=; Max-Age=0; {_PARTITIONED}")
