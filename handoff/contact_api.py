"""The contact preference's part of the JSON API: when and how a person may be reached."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints, model_validator

from handoff.api import at_work
from handoff.desk import LONGEST_REASON
from handoff.office import Acting, TheOffice
from handoff.schemas import ContactPreference, Failure, SafeTime, Strict
from intake.contact import MOST_WINDOWS, Preference, Texting
from intake.zones import ZONES

_FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"model": Failure} for status in (401, 403, 404, 409, 422)
}
router = APIRouter(prefix="/api", responses=_FAILURES, tags=["conversations"])


class NewPreference(Strict):
    """What the person said: when they may be texted, who else uses the phone, what to mind.

    `zone`: an IANA time zone of Canada for the safe times; null takes the one that their number
    tells of. null for the yes-or-no questions: not asked.
    """

    texting: Texting
    safe_times: Annotated[list[SafeTime], Field(max_length=MOST_WINDOWS, default_factory=list)]
    zone: Annotated[str, StringConstraints(max_length=64)] | None = None
    voicemail: bool | None = None
    phone_shared: bool | None = None
    note: Annotated[str, StringConstraints(max_length=LONGEST_REASON)] | None = None

    @model_validator(mode="after")
    def _times_where_they_count(self) -> NewPreference:
        if (self.texting is Texting.WINDOWS) != bool(self.safe_times):
            raise ValueError("safe times go with texting in windows, and only with it")
        if self.zone is not None and self.zone not in ZONES:
            raise ValueError("the zone is none of Canada's")
        return self

    def preference(self, zone: str) -> Preference:
        """The preference, in this zone where none was given."""
        return Preference(
            texting=self.texting,
            windows=tuple(one.window() for one in self.safe_times),
            zone=self.zone or zone,
            voicemail=self.voicemail,
            phone_shared=self.phone_shared,
            note=self.note,
        )


class Zones(BaseModel):
    """The time zones that safe times can be in."""

    zones: list[str]


@router.get("/zones")
async def zones(_: Acting) -> Zones:
    """The time zones of Canada, for a list to choose from."""
    return Zones(zones=sorted(ZONES))


@router.post("/conversations/{conversation_id}/contact-preference")
async def set_contact_preference(
    conversation_id: UUID, body: NewPreference, signed_in: Acting, office: TheOffice
) -> ContactPreference:
    """Put on record when and how the person may be reached; every line keeps to it at once."""
    async with at_work(conversation_id, signed_in, office) as desk:
        zone = await desk.zone_of(conversation_id)
        kept = await desk.set_contact_preference(conversation_id, body.preference(zone))
    return ContactPreference.of(kept)
