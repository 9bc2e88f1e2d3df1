"""The forms of the report sheet: the fields of a browser made into what the ledger takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from handoff.ledger_schemas import NewConsent, NewDisclosure, NewOverride, Said
from intake.consent import Detail, How

# Days that a consent may last, as the form offers them.
LASTS = (1, 7, 30, 90)
_BY_TEXT = "message:"


class Fields(Protocol):
    """A form as Starlette gives it."""

    def get(self, key: str) -> Any: ...
    def getlist(self, key: str) -> Sequence[Any]: ...


@dataclass(frozen=True)
class Kept:
    """What was typed into a form that was refused, so that it is not lost; `act` names the form."""

    form: Fields | None = None
    act: str = ""

    def text(self, act: str, name: str, default: str = "") -> str:
        """What a field held."""
        if self.form is None or act != self.act:
            return default
        return text(self.form, name)

    def has(self, act: str, name: str, value: str) -> bool:
        """Whether a box was ticked."""
        return self.form is not None and act == self.act and value in self.form.getlist(name)

    def fold(self, act: str) -> str:
        """The attribute that keeps the form's fold open."""
        return " open" if self.form is not None and act == self.act else ""


def text(form: Fields, name: str) -> str:
    """A field's text; files and missing fields are empty."""
    found = form.get(name)
    return found if isinstance(found, str) else ""


def plain(form: Fields, names: Sequence[str]) -> dict[str, str]:
    """Some fields by name."""
    return {name: text(form, name) for name in names}


def said(form: Fields) -> dict[str, Any]:
    """How the person said it: one of their messages, or aloud."""
    how = text(form, "how")
    if how.startswith(_BY_TEXT):
        return {"how": How.BY_TEXT, "message_id": how.removeprefix(_BY_TEXT)}
    return {"how": How.ALOUD, "words": text(form, "words")}


def taken_back(form: Fields) -> Said:
    """Raises pydantic's ValidationError."""
    return Said.model_validate(said(form))


def consent(form: Fields, now: datetime) -> NewConsent:
    """A yes or a no. Raises pydantic's ValidationError."""
    days = text(form, "days")
    lasts = int(days) if days.isdecimal() and int(days) in LASTS else LASTS[0]
    return NewConsent.model_validate(
        {
            **said(form),
            "act": text(form, "consent_act"),
            "to": to(form),
            "purpose": text(form, "purpose"),
            "details": details(form),
            "identified": text(form, "identified"),
            "call_back": text(form, "call_back") == "on",
            "until": now + timedelta(days=lasts),
        }
    )


def override(form: Fields, rule: str) -> NewOverride:
    """A decision without consent. Raises pydantic's ValidationError."""
    return NewOverride.model_validate(
        {
            "to": to(form),
            "ground": text(form, "ground"),
            "rule": rule,
            "details": details(form),
            "reason": text(form, "override_reason"),
            "no_time": text(form, "no_time") == "on",
            "yardstick": [one for one in form.getlist("yardstick") if isinstance(one, str)],
        }
    )


def disclosure(form: Fields, now: datetime, version_id: UUID | None) -> NewDisclosure:
    """A record of what was told. Raises pydantic's ValidationError."""
    ago = text(form, "minutes_ago")
    minutes = int(ago) if ago.isdecimal() and len(ago) <= 5 else 0
    facts = {one: text(form, f"fact_{one.value}").strip() for one in Detail}
    told = {one: words for one, words in facts.items() if words}
    withheld = {one for one in form.getlist("withheld") if isinstance(one, str)}
    return NewDisclosure.model_validate(
        {
            "occasion": text(form, "occasion"),
            "purpose": text(form, "purpose"),
            "to": to(form),
            "taken_by": {
                "name": text(form, "taker_name"),
                "badge": text(form, "taker_badge"),
                "file_number": text(form, "taker_file"),
            },
            "way": text(form, "way"),
            "facts": told,
            "withheld": sorted(withheld),
            "person_told": text(form, "person_told"),
            "follow_up": text(form, "follow_up"),
            "made_at": now - timedelta(minutes=minutes),
            "protocol_version_id": version_id,
        }
    )


def to(form: Fields) -> Mapping[str, str]:
    """A recipient of the protocol ("kind|name"), or one that is written out."""
    chosen = text(form, "recipient")
    if "|" in chosen:
        kind, name = chosen.split("|", 1)
        return {"kind": kind, "name": name}
    return {"kind": text(form, "recipient_kind"), "name": text(form, "recipient_name")}


def details(form: Fields) -> list[str]:
    """The kinds of detail that are ticked."""
    return [one for one in form.getlist("details") if isinstance(one, str)]
