"""SMS: text messages through Twilio. What it shares with WhatsApp stands in twilio.py."""

from __future__ import annotations

from channels.adapters.twilio import TwilioChannel
from intake.keywords import CARRIER_STOP_WORDS

INBOUND_HOOK = "/hooks/twilio/sms"
STATUS_HOOK = "/hooks/twilio/status"


class Sms(TwilioChannel):
    """Text messages in and out of one Twilio account."""

    name = "sms"
    inbound_hook = INBOUND_HOOK
    status_hook = STATUS_HOOK
    hooks = (INBOUND_HOOK, STATUS_HOOK)
    # Without OptOutType Twilio still answers its own English opt-out words by default.
    answered_words = CARRIER_STOP_WORDS
