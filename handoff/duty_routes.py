"""How an advocate works and is reached: presence, competencies, shifts, alerts, offers declined."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, field_validator

from handoff.auth import SignedIn
from handoff.errors import NotOffered, UnfitValue
from handoff.office import Acting, Office, TheOffice, Watching, needs
from handoff.rights import Right
from handoff.schemas import (
    CompetencyName,
    Failure,
    PresenceName,
    Strict,
    TierName,
    Written,
    label,
    tier_name,
)
from intake.errors import ConversationNotFound
from storage.accounts import Advocate
from storage.alerts import Unanswered
from storage.database import Transaction
from storage.handoff_tables import DutyRow
from storage.routing import presence_of
from storage.vapid import application_server_key

_FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"model": Failure} for status in (401, 403, 404, 409, 422)
}
router = APIRouter(prefix="/api", responses=_FAILURES)

Leading = Annotated[SignedIn, Depends(needs(Right.SWITCH_LINE))]
AtTheWall = Annotated[SignedIn, Depends(needs(Right.SEE_WALL, touch=False))]

MOST_BROWSERS = 5
_PLAN_DAYS = 31
_LONGEST_SHIFT = timedelta(hours=24)

Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9]\d{6,14}$")]
Email = Annotated[
    str, StringConstraints(pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+$", max_length=254)
]


class Presence(Strict):
    """What an advocate says of themselves."""

    presence: PresenceName


class Duty(BaseModel):
    """How an advocate works. Numbers and addresses are never shown again, only that they are."""

    presence: PresenceName
    competencies: list[CompetencyName]
    most: int
    quiet_from: time | None
    quiet_until: time | None
    timezone: str
    phone: bool
    email: bool
    browsers: int
    application_server_key: str


class DutyChange(Strict):
    """What is to change of one's own duty; what is left out stays. null removes an address."""

    most: Annotated[int, Field(ge=1, le=20)] | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None
    timezone: str | None = None
    phone: Phone | None = None
    email: Email | None = None

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is not None and value not in available_timezones():
            raise ValueError("not a time zone such as America/Toronto")
        return value


class Skills(Strict):
    """What an advocate is trained for; a supervisor says so."""

    competencies: list[CompetencyName]


class NewShift(Strict):
    """A shift to plan. `on_call`: as the lead who is woken last."""

    advocate_id: UUID
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    on_call: bool = False


class Shift(BaseModel):
    """A planned shift."""

    id: UUID
    advocate_id: UUID
    advocate: str
    starts_at: datetime
    ends_at: datetime
    on_call: bool


class Plan(BaseModel):
    """The shifts of the coming days."""

    shifts: list[Shift]


class Subscription(Strict):
    """A browser that takes push messages, as `PushSubscription.toJSON()` gives it."""

    endpoint: Annotated[str, StringConstraints(max_length=1_000)]
    p256dh: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{80,100}=*$")]
    auth: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,32}=*$")]


class Seen(BaseModel):
    """How many alerts were acknowledged."""

    acknowledged: int


class OpenAlert(BaseModel):
    """An alert for somebody who still waits, that nobody has acted on."""

    id: UUID
    conversation_id: UUID
    label: str
    tier: TierName | None
    waiting_since: datetime
    advocate: str
    kind: Literal["offer", "shift", "lead"]
    channel: Literal["push", "sms", "email", "none"]
    state: Literal["queued", "sending", "sent", "failed"]
    error: str | None
    created_at: datetime

    @classmethod
    def of(cls, one: Unanswered) -> OpenAlert:
        """The alert as shown."""
        return cls(
            id=one.id,
            conversation_id=one.conversation_id,
            label=label(one.conversation_id),
            tier=tier_name(one.tier),
            waiting_since=one.waiting_since,
            advocate=one.advocate,
            kind=one.kind,  # type: ignore[arg-type]  # a closed set of the table
            channel=one.channel,  # type: ignore[arg-type]
            state=one.state,  # type: ignore[arg-type]
            error=one.error,
            created_at=one.created_at,
        )


class OpenAlerts(BaseModel):
    """Alerts unanswered, newest first."""

    now: datetime
    alerts: list[OpenAlert]


@router.post("/presence", tags=["duty"], status_code=204)
async def presence(body: Presence, signed_in: Acting, office: TheOffice) -> None:
    """On duty, on a break, or away: who is not on duty is offered nothing."""
    me, now = signed_in.advocate, office.now()
    async with office.database.transaction() as tx:
        await tx.routing.seen(me.id, now)
        await tx.routing.set_duty(me.id, {"presence": body.presence})
        await tx.desk.audit("presence", advocate_id=me.id, detail={"presence": body.presence})
        await tx.jobs.route()


@router.get("/duty", tags=["duty"])
async def duty(signed_in: Watching, office: TheOffice) -> Duty:
    """How I work and by which ways I am reached."""
    async with office.database.transaction() as tx:
        return await _duty(tx, signed_in.advocate, office)


@router.post("/duty", tags=["duty"])
async def change_duty(body: DutyChange, signed_in: Acting, office: TheOffice) -> Duty:
    """Change how I work: how many at once, quiet hours, my own number and address for alerts."""
    me = signed_in.advocate
    values = body.model_dump(exclude_unset=True)
    addresses = {name: values.pop(name) for name in ("phone", "email") if name in values}
    if ("quiet_from" in values) != ("quiet_until" in values) or (
        (values.get("quiet_from") is None) != (values.get("quiet_until") is None)
    ):
        raise UnfitValue("quiet hours need a beginning and an end")
    values = {
        name: value
        for name, value in values.items()
        if value is not None or name.startswith("quiet")
    }
    async with office.database.transaction() as tx:
        await tx.routing.set_duty(me.id, values)
        await tx.alerts.set_addresses(me.id, **addresses)
        await tx.desk.audit(
            "duty_changed", advocate_id=me.id, detail={"what": sorted({*values, *addresses})}
        )
        return await _duty(tx, me, office)


@router.post("/advocates/{advocate_id}/competencies", tags=["duty"], status_code=204)
async def competencies(
    advocate_id: UUID, body: Skills, signed_in: Leading, office: TheOffice
) -> None:
    """Say what an advocate is trained for; a supervisor's to say."""
    async with office.database.transaction() as tx:
        await _is_there(tx, advocate_id)
        given = sorted(set(body.competencies))
        await tx.routing.set_duty(advocate_id, {"competencies": given})
        await tx.desk.audit(
            "competencies_set",
            advocate_id=signed_in.advocate.id,
            detail={"of": str(advocate_id), "competencies": given},
        )


@router.get("/shifts", tags=["duty"])
async def shifts(signed_in: Watching, office: TheOffice, days: int = 7) -> Plan:
    """Who is planned from now on, for some days."""
    now = office.now()
    async with office.database.transaction() as tx:
        found = await tx.routing.shifts(now, now + timedelta(days=min(max(days, 1), _PLAN_DAYS)))
    return Plan(
        shifts=[
            Shift(
                id=row.id,
                advocate_id=row.advocate_id,
                advocate=name,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                on_call=row.on_call,
            )
            for row, name in found
        ]
    )


@router.post("/shifts", tags=["duty"])
async def plan_shift(body: NewShift, signed_in: Leading, office: TheOffice) -> Written:
    """Plan a shift; a supervisor's to do."""
    if not body.starts_at < body.ends_at <= body.starts_at + _LONGEST_SHIFT:
        raise UnfitValue("a shift ends after it starts, within 24 hours")
    async with office.database.transaction() as tx:
        await _is_there(tx, body.advocate_id)
        planned = await tx.routing.add_shift(
            body.advocate_id, body.starts_at, body.ends_at, on_call=body.on_call
        )
        await tx.desk.audit(
            "shift_planned",
            advocate_id=signed_in.advocate.id,
            detail={"of": str(body.advocate_id), "on_call": body.on_call},
        )
    return Written(id=planned)


@router.delete("/shifts/{shift_id}", tags=["duty"], status_code=204)
async def drop_shift(shift_id: UUID, signed_in: Leading, office: TheOffice) -> None:
    """Take a shift out of the plan; a supervisor's to do."""
    async with office.database.transaction() as tx:
        if not await tx.routing.drop_shift(shift_id):
            raise ConversationNotFound("no such shift")
        await tx.desk.audit("shift_dropped", advocate_id=signed_in.advocate.id)


@router.post("/conversations/{conversation_id}/decline", tags=["conversations"], status_code=204)
async def decline(conversation_id: UUID, signed_in: Acting, office: TheOffice) -> None:
    """Pass on what is offered to me: the next one is asked at once."""
    me = signed_in.advocate
    async with office.database.transaction() as tx:
        if await tx.routing.decline(conversation_id, me.id, office.now()) is None:
            raise NotOffered("this conversation is not offered to you now")
        await tx.desk.audit("decline", advocate_id=me.id, conversation_id=conversation_id)
        await tx.jobs.route()
        await tx.signals.desk(conversation_id)


@router.post("/push", tags=["alerts"])
async def subscribe(body: Subscription, signed_in: Acting, office: TheOffice) -> Written:
    """Let this browser take push messages, which say nothing but to look at the desk."""
    if not _is_push_service(body.endpoint, office.settings.push_services):
        raise UnfitValue("this is not the address of a push service that the desk knows")
    me = signed_in.advocate
    async with office.database.transaction() as tx:
        made = await tx.alerts.subscribe(
            me.id, body.endpoint, body.p256dh, body.auth, keep=MOST_BROWSERS
        )
        await tx.desk.audit("push_on", advocate_id=me.id)
    return Written(id=made)


@router.delete("/push", tags=["alerts"], status_code=204)
async def unsubscribe(signed_in: Acting, office: TheOffice) -> None:
    """No push message to any browser of mine from here on."""
    me = signed_in.advocate
    async with office.database.transaction() as tx:
        await tx.alerts.unsubscribe(me.id)
        await tx.desk.audit("push_off", advocate_id=me.id)


@router.post("/alerts/acknowledge", tags=["alerts"])
async def acknowledge(signed_in: Acting, office: TheOffice) -> Seen:
    """I have seen my alerts; who waits goes on waiting, and is offered on."""
    async with office.database.transaction() as tx:
        seen = await tx.alerts.acknowledge(signed_in.advocate.id, office.now())
    return Seen(acknowledged=seen)


@router.get("/alerts/unanswered", tags=["alerts"])
async def unanswered(_: AtTheWall, office: TheOffice) -> OpenAlerts:
    """Alerts for those who still wait, that nobody has acted on; for the wall."""
    async with office.database.transaction() as tx:
        found = await tx.alerts.unanswered()
    return OpenAlerts(now=office.now(), alerts=[OpenAlert.of(one) for one in found])


async def _duty(tx: Transaction, advocate: Advocate, office: Office) -> Duty:
    row = await tx.routing.duty(advocate.id) or DutyRow(
        id=advocate.id, competencies=[], most=3, timezone="America/Toronto"
    )
    return Duty(
        presence=presence_of(row, office.now()).value,
        competencies=list(row.competencies),  # type: ignore[arg-type]  # checked when set
        most=row.most,
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
        timezone=str(ZoneInfo(row.timezone)),
        phone=row.phone_sealed is not None,
        email=row.email_sealed is not None,
        browsers=await tx.alerts.browsers(advocate.id),
        application_server_key=application_server_key(office.database.keyring),
    )


async def _is_there(tx: Transaction, advocate_id: UUID) -> None:
    if advocate_id not in await tx.accounts.names([advocate_id]):
        raise ConversationNotFound("no such account")


def _is_push_service(endpoint: str, known: str) -> bool:
    """The worker calls this address: only services that browsers really use may be named."""
    try:
        parts = urlsplit(endpoint)
        host = (parts.hostname or "").casefold()
        loopback = host == "127.0.0.1" and f"http://{host}:{parts.port}" in known.split()
    except ValueError:
        return False
    if loopback:
        return True
    if parts.scheme != "https" or parts.username or parts.port not in (None, 443):
        return False
    return any(host == name or host.endswith(f".{name}") for name in known.split())
