"""WhatsApp through Twilio: like SMS, but free text only within a day of the person's last message.

Sources: twilio.com/docs/whatsapp/key-concepts (the 24-hour session), /docs/api/errors/63016 (free
text outside it), /docs/content (templates by ContentSid).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from channels.adapters.twilio import Account, TwilioChannel
from channels.send_errors import Unknown, WindowClosed
from storage.outbox import Letter

INBOUND_HOOK = "/hooks/twilio/whatsapp"
STATUS_HOOK = "/hooks/twilio/whatsapp/status"

#: The session is 24 hours; a minute is kept back for clocks and for the way.
WINDOW = timedelta(hours=24) - timedelta(minutes=1)
PREFIX = "whatsapp:"


class WhatsApp(TwilioChannel):
    """Messages in and out of one WhatsApp sender of a Twilio account."""

    name = "whatsapp"
    inbound_hook = INBOUND_HOOK
    status_hook = STATUS_HOOK
    prefix = PREFIX
    hooks = (INBOUND_HOOK, STATUS_HOOK)

    def __init__(
        self, account: Account, now: Callable[[], datetime], template_sid: str | None = None
    ) -> None:
        super().__init__(account, now)
        self._template_sid = template_sid

    async def send(self, letter: Letter) -> str:
        """Send, or say that the window is closed before Twilio has to. Raises SendError.

        A template re-opens a thread on a phone that somebody else may hold (rule R10), so none
        is sent unless one was configured; it goes out instead of the words, never with them.
        """
        if self._now() - letter.last_inbound_at <= WINDOW:
            return await super().send(letter)
        if self._template_sid is None:
            raise WindowClosed("window_closed")
        # Also when its end is not known: twice would be worse.
        with suppress(Unknown):
            await self._create(letter, content_sid=self._template_sid)
        raise WindowClosed("template_sent")

    def _is_ours(self, inbox: str) -> bool:
        return inbox.startswith(PREFIX) and self.senders.are_ours(inbox)
