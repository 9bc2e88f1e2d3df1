"""Tips from organizations by key: one post, one tip however often it is sent, a signed answer.

An application of its own under /api, with its own description (`/api/openapi.json`) and refusals
by code. Which organization told, whom to ask and its reference lie in the vault alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from channels.web.tip_schemas import Keys, Refusal, TipIn, TipOut
from channels.web.tip_signature import Signature
from intake import receipts
from intake.messages import clean
from intake.ports import Clock
from intake.risk import Tier
from intake.tip_fields import NewTip, Origin, TipFields, urgency
from storage.database import Database
from storage.tip_keys import Sender
from storage.vault import Tipster

log = logging.getLogger(__name__)

LARGEST = 64 * 1024
PER_KEY = RateLimitItemPerMinute(60)
# What tells of danger is taken in beyond the limit, up to this.
PER_KEY_AT_MOST = RateLimitItemPerMinute(600)
# Each new tip costs 16 MiB and some 40 ms: no more than these at once.
_AT_ONCE = 2
_CODES = {401: "no_key", 404: "nothing_here", 405: "nothing_here", 413: "too_long", 429: "too_many"}
_bearer = HTTPBearer(auto_error=False, description="The organization's key.")


@dataclass(frozen=True)
class TipApi:
    """What the calls need."""

    database: Database
    now: Clock
    _limiter: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage())
    )
    _starting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def sender(self, secret: str) -> Sender:
        """Whose key it is. Raises HTTPException."""
        async with self.database.transaction() as tx:
            found = await tx.organization_keys.sender(secret)
        if found is None:
            raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
        return found

    def admit(self, sender: Sender, tier: Tier) -> None:
        """Count a post. Raises HTTPException."""
        within = self._limiter.hit(PER_KEY, sender.id.hex)
        most = self._limiter.hit(PER_KEY_AT_MOST, sender.id.hex)
        if not most or (not within and tier is Tier.CONCERN):
            raise HTTPException(429, headers={"Retry-After": "60"})

    async def take(self, sender: Sender, given: TipIn, once: str, body: bytes) -> TipOut | None:
        """Keep a tip, or find the one that this post became; None where the body is another."""
        told = TipFields.read(given.model_dump(exclude_none=True, exclude={"contact"}))
        words = clean(given.words)
        self.admit(sender, urgency(told, words))
        keyring, at = self.database.keyring, self.now()
        mark = keyring.fingerprint(f"{sender.id}\0{once}", "tip.post")
        receipt = receipts.derived(keyring.fingerprint(f"{sender.id}\0{once}", "tip.post.receipt"))
        async with self._starting, self.database.transaction() as tx:
            digest = hashlib.sha256(body)
            body_mark = keyring.fingerprint(digest.hexdigest(), "tip.post.body")
            before = await tx.organization_keys.claim(mark, body_mark, at)
            if before is not None:
                if not before.same_body:
                    return None
                number, at = before.number, before.at
            else:
                new = NewTip(Origin.ORGANIZATION, words, at, told, given.language)
                taken = await tx.tips.start(new, receipt)
                found = await tx.tips_desk.number(taken.id)
                assert found is not None
                number = found
                await tx.organization_keys.became(mark, number)
                await tx.vault.leave(taken.id, Tipster("organization", _who(sender, given)), at)
        claims = {
            "tip": f"T-{number}",
            "receipt": receipts.shown(receipt),
            "received_at": at.isoformat(timespec="seconds"),
        }
        signature = Signature(keyring).sign({**claims, "sha256": digest.hexdigest()})
        return TipOut(**claims, signed=signature)


def _who(sender: Sender, given: TipIn) -> str:
    """Lines for the vault."""
    lines = [sender.name]
    if given.contact is not None:
        lines += given.contact.model_dump().values()
    return "\n".join(one for one in map(clean, [*lines, given.reference]) if one)


def create_tip_api(api: TipApi) -> FastAPI:
    """The application under /api."""
    app = FastAPI(
        title="Tips from organizations",
        version="1",
        description="Report what was seen. If somebody is in danger now, call 911 first. Every"
        " report is an allegation. See docs/tips.md.",
        docs_url=None,
        redoc_url=None,
        max_body_size=LARGEST,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    signature = Signature(api.database.keyring)
    refusals: dict[int | str, dict[str, Any]] = {
        status: {"model": Refusal} for status in (400, 401, 422, 429, 503)
    }
    refusals[413] = {"description": f"Longer than {LARGEST} bytes.", "content": {"text/plain": {}}}

    @app.post("/tips", status_code=201, responses=refusals)
    async def post_tip(
        request: Request,
        given: TipIn,
        key: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
        idempotency_key: Annotated[str, Header(min_length=16, max_length=128, pattern=r"^[!-~]+$")],
    ) -> TipOut:
        """Keep a tip. Send the same bytes with the same Idempotency-Key to repeat safely."""
        sender = await api.sender(key.credentials if key else "")
        answer = await api.take(sender, given, idempotency_key, await request.body())
        if answer is None:
            raise _KeyReused
        return answer

    @app.get("/tips/key")
    async def signing_key() -> Keys:
        """The key to check answers with."""
        return Keys(keys=[signature.public])

    _refuse_by_code(app)
    return app


class _KeyReused(Exception):
    """The idempotency key came before, with another body."""


def _refuse_by_code(app: FastAPI) -> None:
    def answer(status: int, code: str, headers: dict[str, str] | None = None) -> Response:
        return JSONResponse({"error": code}, status, headers)

    async def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = dict(error.headers or {})
        return answer(error.status_code, _CODES.get(error.status_code, "unfit"), headers)

    async def unfit(_: Request, __: Exception) -> Response:
        return answer(422, "unfit")

    async def reused(_: Request, __: Exception) -> Response:
        return answer(422, "key_reused")

    async def unreachable(_: Request, error: Exception) -> Response:
        log.error("the database does not answer a post (%s)", type(error).__name__)
        return answer(503, "down", {"Retry-After": "5"})

    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(RequestValidationError, unfit)
    app.add_exception_handler(_KeyReused, reused)
    app.add_exception_handler(SQLAlchemyError, unreachable)
