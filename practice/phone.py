"""A terminal phone: type as a texter and see the line's replies. `./hotline phone`.

Each line leaves through the practice carrier, or the practice bot, with the same proof of origin as
a real one.
"""

from __future__ import annotations

import enum
import secrets
import sys
import threading
import time
from typing import Annotated, Any

import httpx
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from practice.settings import PracticeSettings

POLL_SECONDS = 10.0
# 555-0100 to 555-0199 belong to nobody, in every area code.
AREAS = (204, 250, 306, 343, 403, 416, 418, 438, 450, 506, 514, 519, 587, 604, 613, 647, 705)


def random_number(taken: str) -> str:
    """A fictional number that is not the line's own."""
    while True:
        number = f"+1{secrets.choice(AREAS)}55501{secrets.randbelow(100):02d}"
        if number != taken:
            return number


class Channel(enum.Enum):
    """What the phone texts with."""

    SMS = "sms"
    WHATSAPP = "whatsapp"
    TELEGRAM = "telegram"


class Phone:
    """One practice phone."""

    def __init__(
        self, settings: PracticeSettings, channel: Channel, number: str, console: Console
    ) -> None:
        prefix = "whatsapp:" if channel is Channel.WHATSAPP else ""
        telegram = channel is Channel.TELEGRAM
        self.number = number if telegram else f"{prefix}{number}"
        self._line = f"{prefix}{settings.twilio_from}"
        self._telegram = telegram
        self._console = console
        self._seen = 0
        self._replies = 0
        self._stopped = threading.Event()
        self._client = httpx.Client(
            base_url=settings.telegram_api_url if telegram else settings.twilio_api_url,
            auth=(settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value()),
            timeout=POLL_SECONDS + 20,
            trust_env=False,
        )

    def send(self, body: str) -> bool:
        """Text the line; False (with a sentence) when it did not take the text."""
        if self._telegram:
            typed: dict[str, Any] = {"chat": int(self.number), "body": body}
        else:
            typed = {"sender": self.number, "to": self._line, "body": body}
        answer = self._client.post("/practice/texts", json=typed)
        status = answer.json().get("webhook_status") if answer.status_code == 200 else None
        if status == 200:
            return True
        self._console.print(f"[red]the line did not take the text (status {status})[/]")
        return False

    def listen(self) -> None:
        """Print replies as they arrive, until stopped."""
        while not self._stopped.is_set():
            try:
                for text in self._fetch(POLL_SECONDS):
                    self._show(text)
            except httpx.HTTPError:
                time.sleep(1)

    def wait_for_reply(self, seconds: float) -> bool:
        """Whether a reply that was not there before arrives in time."""
        before, until = self._replies, time.monotonic() + seconds
        while self._replies == before and time.monotonic() < until:
            time.sleep(0.05)
        return self._replies > before

    def stop(self) -> None:
        """End listening."""
        self._stopped.set()

    def _fetch(self, wait: float) -> list[dict[str, Any]]:
        answer = self._client.get(
            "/practice/texts", params={"to": self.number, "after": self._seen, "wait": wait}
        )
        answer.raise_for_status()
        texts: list[dict[str, Any]] = answer.json()
        return texts

    def _show(self, text: dict[str, Any]) -> None:
        self._seen = max(self._seen, int(text["number"]))
        self._replies += 1
        self._console.print(f"[bold cyan]line >[/] {escape(text['body'])}")


def run(
    channel: Annotated[Channel, typer.Option(help="what to text with")] = Channel.SMS,
    number: Annotated[
        str | None, typer.Option("--from", help="your number; the same number, the same thread")
    ] = None,
    patience: Annotated[
        float, typer.Option(help="seconds to wait for replies when lines are piped in")
    ] = 10.0,
) -> None:
    """Text the line from this terminal. Ctrl-D ends."""
    console = Console(highlight=False)
    try:
        settings = PracticeSettings()  # type: ignore[call-arg]  # from the environment
    except ValidationError:
        console.print("no practice carrier is running; start the line first: ./hotline up")
        raise typer.Exit(1) from None
    if channel is Channel.TELEGRAM:
        number = number or str(secrets.randbelow(10**9))
    phone = Phone(settings, channel, number or random_number(settings.twilio_from), console)
    typed_by_hand = sys.stdin.isatty()
    console.print(f"practice phone {phone.number}, {channel.value} to the line. Ctrl-D ends.")
    threading.Thread(target=phone.listen, daemon=True).start()
    try:
        for line in sys.stdin:
            words = line.strip()
            if not words:
                continue
            if not typed_by_hand:
                console.print(f"[bold]you  >[/] {escape(words)}")
            if phone.send(words) and not typed_by_hand and not phone.wait_for_reply(patience):
                console.print("[dim](no reply: a person has the conversation, or waits for one)[/]")
    except KeyboardInterrupt:
        pass
    except httpx.HTTPError:
        console.print("the practice carrier does not answer; is ./hotline up running?")
        raise typer.Exit(1) from None
    finally:
        phone.stop()


if __name__ == "__main__":
    typer.run(run)
