"""Our numbers at a carrier: several on one line, each with the language that it is given out in.

`TWILIO_FROM` lists them: `+16135550100, +15145550100=fr`, and at most one Messaging Service
(`MG...`) for all numbers that are not named. A conversation is answered from the number that was
texted; a person who wrote to one number never hears from another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from intake.languages import is_full

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_SERVICE = re.compile(r"MG[0-9a-f]{32}")
_PREFIX = "whatsapp:"


@dataclass(frozen=True)
class Senders:
    """Numbers with their default languages, and the service for those that are not named."""

    numbers: Mapping[str, str | None]
    service: str | None = None

    @classmethod
    def parse(cls, given: str, prefix: str = "") -> Senders:
        """Read a setting; `prefix` is how the channel writes its numbers. Raises ValueError."""
        numbers: dict[str, str | None] = {}
        services: list[str] = []
        for item in filter(None, (one.strip() for one in given.split(","))):
            name, _, language = item.partition("=")
            name, language = name.strip().removeprefix(_PREFIX), language.strip()
            if _SERVICE.fullmatch(name) and not language:
                services.append(name)
                continue
            if not _NUMBER.fullmatch(name):
                raise ValueError("lists numbers such as +16135550100=fr and one MG... service")
            if language and not is_full(language):
                raise ValueError("names a language that the line does not speak")
            numbers[f"{prefix}{name}"] = language or None
        if len(services) > 1 or not (numbers or services):
            raise ValueError("needs a number or a Messaging Service, and no second service")
        return cls(numbers, services[0] if services else None)

    @property
    def languages(self) -> Mapping[str, str]:
        """The default language of each number that has one."""
        return {number: language for number, language in self.numbers.items() if language}

    def are_ours(self, inbox: str) -> bool:
        """Whether this line listens on a number; a service's numbers are known to Twilio alone."""
        return inbox in self.numbers or self.service is not None

    def service_for(self, inbox: str) -> str | None:
        """The service to send through, where the number is not one of its own."""
        return None if inbox in self.numbers else self.service
