"""What every channel is: proof of origin, translation in, translation out.

The base walks; a channel only translates. `channels/routes.py` calls `verify` before `parse` for
every adapter, so that no channel can forget its signature.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from intake.messages import DeliveryReport, Inbound
from storage.copies import Copy, Due
from storage.outbox import Letter


class BadOrigin(Exception):
    """The request does not prove that it comes from the provider: 403, nothing kept."""


@dataclass(frozen=True, repr=False)
class RawRequest:
    """A request as it came in. Never printed: it holds words and a number.

    `url` is the address under which the provider knows us (PUBLIC_URL and path and query), which
    is what signatures are made over, not what a proxy made of it. Header names are lower case.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Ignored:
    """The provider's own, but of a kind that means nothing to the line; counted by name."""

    kind: str


@dataclass(frozen=True)
class Aside:
    """Something to do at the provider that stores nothing, done once everything else is kept."""

    kind: str
    do: Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    """What the provider gets back once everything is stored."""

    status: int = 200
    media_type: str = "text/plain"
    body: str = ""


Event = Inbound | DeliveryReport | Ignored | Aside
Take = Callable[[Event], Awaitable[None]]


class Adapter(ABC):
    """One channel. `hooks` are the paths that the porch listens on for it."""

    name: str
    hooks: tuple[str, ...] = ()
    answer: Answer = Answer()
    #: Whether a message rings or lights up where the person is, so that safe times matter.
    rings: bool = True

    @abstractmethod
    def verify(self, request: RawRequest) -> None:
        """Check the proof of origin. Raises BadOrigin."""

    @abstractmethod
    def parse(self, request: RawRequest) -> Sequence[Event]:
        """Translate a verified request. Raises nothing for kinds that it does not know."""

    @abstractmethod
    async def send(self, letter: Letter) -> str:
        """Hand a message to the provider; returns its id there. Raises SendError."""

    @abstractmethod
    async def find_sent(self, letter: Letter, known: frozenset[str]) -> str | None:
        """The provider's id of a message whose sending was in doubt, if it was taken after all.

        `known` are ids that belong to other messages. Raises SendError when it cannot be told.
        """

    #: How long the provider may keep its copy of a message; None where it keeps none.
    copies_kept: timedelta | None = None
    #: The same for the line with a tip's receipt, which joins a tip to a number. Only where the
    #: person's own copy stays when the provider's goes.
    receipts_kept: timedelta | None = None

    async def erase(self, due: Due) -> Copy:
        """Erase the provider's copy of a message. Raises SendError when it must be tried again."""
        return Copy.KEPT

    async def listen(self, take: Take) -> None:
        """Beside the hooks: fetch what they missed, or everything where there are none.

        Runs in the porch until it is cancelled; what `take` has returned from is kept.
        """
        return

    async def close(self) -> None:
        """Let go of connections."""
        return
