"""What every route of the desk shares, and how a route learns who is asking."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, cast

from fastapi import Depends, Request, Response

from directory.search import Directory
from handoff.auth import Door, SignedIn
from handoff.desk import Desk
from handoff.errors import NoRight, SecondFactorMissing, SignedOut
from handoff.factors import SecondFactor
from handoff.rights import Right, may
from handoff.settings import DeskSettings
from handoff.stream import Feed
from handoff.translation import Translator
from intake.ports import Clock
from intake.speaking import Voice
from storage.accounts import Advocate
from storage.database import Database, Transaction


@dataclass(frozen=True)
class Office:
    """One desk process."""

    settings: DeskSettings
    database: Database
    door: Door
    feed: Feed
    voice: Voice
    now: Clock
    directory: Directory
    """The search; it keeps an index, so there is one for the whole process."""
    translator: Translator | None = None

    @property
    def cookie(self) -> str:
        """The name of the session cookie; browsers hold `__Host-` to TLS, our host, path /."""
        return "__Host-desk" if self.settings.secure else "desk"

    @property
    def asked_cookie(self) -> str:
        """The name of the cookie that ties a challenge to the browser that was asked."""
        return f"{self.cookie}-asked"

    def must_set_up(self, advocate: Advocate) -> bool:
        """Whether the account lacks the second factor that the desk requires."""
        required = self.settings.staff_second_factor is SecondFactor.REQUIRED
        return required and not advocate.second_factor

    def desk(self, tx: Transaction, advocate: Advocate) -> Desk:
        """An advocate at work in a transaction."""
        return Desk(tx=tx, advocate=advocate, voice=self.voice, now=self.now())

    def remember(self, response: Response, token: str) -> None:
        """Give the browser its session; it forgets it when it is closed."""
        response.set_cookie(
            self.cookie,
            token,
            path="/",
            secure=self.settings.secure,
            httponly=True,
            samesite="strict",
        )

    def remember_asked(self, response: Response, token: str, within: timedelta) -> None:
        """Tie a challenge to the browser, for as long as it may be answered."""
        response.set_cookie(
            self.asked_cookie,
            token,
            max_age=int(within.total_seconds()),
            path="/",
            secure=self.settings.secure,
            httponly=True,
            samesite="strict",
        )

    def forget(self, response: Response) -> None:
        """Take the session from the browser."""
        response.delete_cookie(
            self.cookie,
            path="/",
            secure=self.settings.secure,
            httponly=True,
            samesite="strict",
        )


def office(request: Request) -> Office:
    """The office of the application that serves the request."""
    return cast(Office, request.app.state.office)


TheOffice = Annotated[Office, Depends(office)]


def needs(right: Right | None, *, touch: bool = True) -> Callable[..., Awaitable[SignedIn]]:
    """A dependency of routes: who is signed in and has the right; None asks for no right.

    Use: `signed_in: Annotated[SignedIn, Depends(needs(Right.READ_AUDIT))]`. `touch`: a human asks,
    so the idle clock starts anew; False for what a screen looks up by itself. Raises SignedOut,
    or NoRight after an audit line: pages answer with the form or a sentence, the API with a code.
    """

    async def allowed(request: Request, office: TheOffice) -> SignedIn:
        signed_in = await who(request, office, touch=touch)
        if signed_in is None:
            raise SignedOut("sign in first")
        if right is not None and office.must_set_up(signed_in.advocate):
            raise SecondFactorMissing("set up a code app on the account's page first")
        if right is not None and not may(signed_in.advocate, right):
            async with office.database.transaction() as tx:
                await tx.desk.audit(
                    "right_refused",
                    advocate_id=signed_in.advocate.id,
                    detail={"right": right.value},
                )
            raise NoRight(f"this account's role has no right to {right.value}")
        return signed_in

    return allowed


async def who(request: Request, office: Office, *, touch: bool) -> SignedIn | None:
    """Who is asking, if anybody is signed in."""
    return await office.door.who(held_token(request, office), touch=touch)


def held_token(request: Request, office: Office) -> str:
    """The session token that the browser holds, or nothing."""
    return request.cookies.get(office.cookie, "")


def asked_token(request: Request, office: Office) -> str:
    """The token of the challenge that the browser was asked, or nothing."""
    return request.cookies.get(office.asked_cookie, "")


def place(request: Request) -> str:
    """Where an attempt to sign in comes from; kept in memory only, for the brake on guessing."""
    return request.client.host if request.client else "unknown"


Acting = Annotated[SignedIn, Depends(needs(Right.WORK_BOARD))]
Watching = Annotated[SignedIn, Depends(needs(Right.WORK_BOARD, touch=False))]
