"""What the JSON API takes and gives; everything is typed and checked here, at the edge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from handoff.access import Opened
from handoff.desk import LONGEST_REASON, LONGEST_REPLY
from handoff.navigation import entries_for
from handoff.packet import Packet
from intake.contact import Preference, Texting, Window
from intake.messages import MAX_CHARACTERS, Stored
from intake.risk import Tier
from intake.safety_plan import Part
from storage.accounts import Advocate
from storage.board import BoardEntry
from storage.desk import Note, RiskRecord, TierChange
from storage.safety_plans import KeptPlan
from storage.translations import Original

TierName = Literal["imminent", "urgent", "concern"]
CompetencyName = Literal["indigenous_cultural_safety", "minors", "labour", "immigration", "2slgbtq"]
WideningName = Literal["language", "competency", "load"]
PresenceName = Literal["on_duty", "on_break", "away"]
# Crockford's base 32: no letter that looks like a digit, for reading aloud.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LABEL_LETTERS = 5
#: How much of an id its short name says.
LABEL_BITS = 5 * _LABEL_LETTERS


class Strict(BaseModel):
    """A request; an unknown field is an error."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Credentials(Strict):
    """Signing in."""

    name: Annotated[str, StringConstraints(max_length=200)]
    password: Annotated[str, StringConstraints(max_length=2_000)]
    code: Annotated[str, StringConstraints(max_length=64)] = ""


class SignedByPasskey(Strict):
    """Signing in with a passkey: what `navigator.credentials.get` gave, bytes in base64url."""

    credential: dict[str, Any]


class Sign(Strict):
    """A sign of life. `active`: a human touched the screen since the last one."""

    active: bool


class NewReply(Strict):
    """Words to the person. `once`: made by the screen, so that a repeat sends nothing twice.

    `though_not_safe`: send although the person said that texting is not safe; without it that is
    refused as `not_safe`. `original`: what the advocate wrote, where `text` is a machine's.
    """

    text: Annotated[str, StringConstraints(min_length=1, max_length=4 * LONGEST_REPLY)]
    once: UUID
    though_not_safe: bool = False
    original: Annotated[str, StringConstraints(max_length=4 * LONGEST_REPLY)] | None = None
    original_language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] = "en"


class Ending(Strict):
    """Release or close. `seen`: sequence of the newest message that the screen showed."""

    seen: Annotated[int, Field(ge=0)]


class Lowering(Strict):
    """Lower the tier. `shown`: the tier on the screen; null stands for no risk."""

    shown: TierName | None
    tier: TierName | None
    reason: Annotated[str, StringConstraints(max_length=4 * LONGEST_REASON)]


class NewNote(Strict):
    """A note that only staff can read."""

    text: Annotated[str, StringConstraints(max_length=MAX_CHARACTERS)]


class Language(Strict):
    """The language of the screen."""

    language: Annotated[str, StringConstraints(max_length=16)]


class Link(BaseModel):
    """A page beside the console; `word` is the key of its name."""

    path: str
    word: str


class Me(BaseModel):
    """Who is signed in, the clocks that the screen keeps, and the pages beside the console."""

    id: UUID
    name: str
    role: str
    languages: list[str]
    idle_seconds: int
    lease_seconds: int
    now: datetime
    pages: list[Link]
    # Whether this desk can be opened with a passkey.
    passkeys: bool
    # Whether there is a translation helper.
    translates: bool

    @classmethod
    def of(
        cls,
        advocate: Advocate,
        *,
        idle: int,
        lease: int,
        now: datetime,
        passkeys: bool,
        translates: bool,
    ) -> Me:
        """The advocate as their own screen sees them."""
        return cls(
            id=advocate.id,
            name=advocate.name,
            role=advocate.role,
            languages=list(advocate.languages),
            idle_seconds=idle,
            lease_seconds=lease,
            now=now,
            pages=[Link(path=one.path, word=one.word) for one in entries_for(advocate)],
            passkeys=passkeys,
            translates=translates,
        )


class BoardLine(BaseModel):
    """One line of the board; `label` is a short name for speaking of a conversation."""

    id: UUID
    label: str
    channel: str
    language: str | None
    holder: str
    advocate_id: UUID | None
    advocate: str | None
    tier: TierName | None
    reason: str
    waiting_since: datetime
    last_inbound_at: datetime
    last_reply_at: datetime | None
    safety: str
    opted_out: bool
    categories: list[int]
    needs: list[CompetencyName]
    widened: list[WideningName]
    wants: UUID | None
    wants_supervisor: bool
    offered_to: UUID | None
    offered_until: datetime | None
    paged_at: datetime | None
    lead_paged_at: datetime | None
    joined: list[UUID]

    @classmethod
    def of(cls, entry: BoardEntry) -> BoardLine:
        """The line of an entry."""
        return cls(
            id=entry.conversation_id,
            label=label(entry.conversation_id),
            channel=entry.channel,
            language=entry.language,
            holder=entry.holder.value,
            advocate_id=entry.advocate_id,
            advocate=entry.advocate,
            tier=tier_name(entry.tier),
            reason=entry.reason.value,
            waiting_since=entry.waiting_since,
            last_inbound_at=entry.last_inbound_at,
            last_reply_at=entry.last_reply_at,
            safety=entry.safety.value,
            opted_out=entry.opted_out,
            categories=list(entry.categories),
            needs=cast(list[CompetencyName], list(entry.needs)),
            widened=cast(list[WideningName], list(entry.widened)),
            wants=entry.wants,
            wants_supervisor=entry.wants_supervisor,
            offered_to=entry.offered_to,
            offered_until=entry.offered_until,
            paged_at=entry.paged_at,
            lead_paged_at=entry.lead_paged_at,
            joined=list(entry.joined),
        )


class Board(BaseModel):
    """Everybody who waits or is held, the most urgent first."""

    now: datetime
    entries: list[BoardLine]


class BoardNews(BaseModel):
    """What changed on the board: lines as they are now, and ids that left it."""

    now: datetime
    entries: list[BoardLine]
    gone: list[UUID]


class SafeTime(Strict):
    """A time of the week: minutes of the day, and days with Monday as 0.

    One whose end is not after its start goes over midnight.
    """

    start: Annotated[int, Field(ge=0, lt=1440)]
    end: Annotated[int, Field(gt=0, le=1440)]
    days: Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(min_length=1, max_length=7)]

    @model_validator(mode="after")
    def _lasts(self) -> SafeTime:
        if self.start == self.end:
            raise ValueError("a safe time begins and ends at different times")
        return self

    def window(self) -> Window:
        """The window that it names."""
        return Window(self.start, self.end, frozenset(self.days))

    @classmethod
    def of(cls, window: Window) -> SafeTime:
        """The window as the API writes it."""
        return cls(start=window.start, end=window.end, days=sorted(window.days))


class ContactPreference(BaseModel):
    """When and how a person may be reached; null: nobody asked."""

    texting: Texting
    safe_times: list[SafeTime]
    zone: str
    voicemail: bool | None
    phone_shared: bool | None
    note: str | None

    @classmethod
    def of(cls, preference: Preference) -> ContactPreference:
        """The preference as the API writes it."""
        return cls(
            texting=preference.texting,
            safe_times=[SafeTime.of(window) for window in preference.windows],
            zone=preference.zone,
            voicemail=preference.voicemail,
            phone_shared=preference.phone_shared,
            note=preference.note,
        )


class Message(BaseModel):
    """One message; `text` is null once its date has passed and it was removed.

    `key`: the fixed sentence that it is, or `word.code`, `word.duress`, `word.new` for a text of
    the person that was a code word and is not kept. `hold_until`: when a held message may leave.
    """

    id: UUID
    sequence: int
    author: str
    advocate_id: UUID | None
    advocate: str | None
    text: str | None
    at: datetime
    delivery: str | None
    delivery_error: str | None
    hold_until: datetime | None
    key: str | None
    original: str | None
    """What the advocate wrote, where a machine put it into the person's language."""
    original_language: str | None

    @classmethod
    def of(
        cls, stored: Stored, names: dict[UUID, str], original: Original | None = None
    ) -> Message:
        """A message with the shift name of the advocate who wrote it."""
        return cls(
            id=stored.id,
            sequence=stored.sequence,
            author=stored.author.value,
            advocate_id=stored.advocate_id,
            advocate=None if stored.advocate_id is None else names.get(stored.advocate_id),
            text=stored.text,
            at=stored.created_at,
            delivery=None if stored.delivery is None else stored.delivery.value,
            delivery_error=stored.delivery_error,
            hold_until=stored.hold_until,
            key=stored.key,
            original=None if original is None else original.text,
            original_language=None if original is None else original.language,
        )


class Delivery(BaseModel):
    """What became of an outbound message; `hold_until`: when a held one may leave, null while
    only the person can open the way."""

    message_id: UUID
    delivery: str
    error: str | None
    hold_until: datetime | None


class SeenCue(BaseModel):
    """One sign of risk; start and end are null where the judge names no words."""

    category: int
    name: str
    tier: TierName | None
    start: int | None
    end: int | None


class Risk(BaseModel):
    """What a judge saw in a message."""

    message_id: UUID
    judge: str
    tier: TierName | None
    cues: list[SeenCue]
    version: str
    at: datetime

    @classmethod
    def of(cls, record: RiskRecord) -> Risk:
        """The record of a judge."""
        return cls(
            message_id=record.message_id,
            judge=record.judge,
            tier=tier_name(record.tier),
            cues=[
                SeenCue(
                    category=cue["category"],
                    name=cue["name"],
                    tier=cue.get("tier"),
                    start=cue.get("start"),
                    end=cue.get("end"),
                )
                for cue in record.cues
            ],
            version=record.version,
            at=record.at,
        )


class WrittenNote(BaseModel):
    """A note of an advocate."""

    id: UUID
    advocate: str
    text: str
    at: datetime
    whisper_to: UUID | None
    """A supervisor's word for this advocate: it comes up until it is read."""
    read_at: datetime | None

    @classmethod
    def of(cls, note: Note) -> WrittenNote:
        """The note as shown."""
        return cls(
            id=note.id,
            advocate=note.advocate,
            text=note.text,
            at=note.at,
            whisper_to=note.whisper_to,
            read_at=note.read_at,
        )


class ChangedTier(BaseModel):
    """A rise by a judge (no advocate) or a fall by a human (with a reason)."""

    before: TierName | None
    after: TierName | None
    advocate: str | None
    reason: str | None
    at: datetime

    @classmethod
    def of(cls, change: TierChange) -> ChangedTier:
        """The change as shown."""
        return cls(
            before=tier_name(change.before),
            after=tier_name(change.after),
            advocate=change.advocate,
            reason=change.reason,
            at=change.at,
        )


class SafetyPlan(BaseModel):
    """The safety plan as it was written last; a part that nobody spoke of is left out."""

    parts: dict[Part, str]
    advocate: str
    at: datetime

    @classmethod
    def of(cls, kept: KeptPlan) -> SafetyPlan:
        """The plan as the API writes it."""
        return cls(parts=dict(kept.plan.parts), advocate=kept.advocate, at=kept.at)


class LookedIn(BaseModel):
    """A colleague who opened a conversation that is not theirs, and why."""

    name: str
    reason: str
    at: datetime
    until: datetime


class Thread(BaseModel):
    """An opened conversation: its messages after the one asked for, and all that is known of it."""

    id: UUID
    label: str
    now: datetime
    channel: str
    language: str | None
    holder: str
    advocate_id: UUID | None
    closed: bool
    safety: str
    code_word: Literal["none", "not_given", "given"]
    contact_preference: ContactPreference
    opted_out: bool
    entry: BoardLine | None
    messages: list[Message]
    deliveries: list[Delivery]
    risks: list[Risk]
    notes: list[WrittenNote]
    tier_changes: list[ChangedTier]
    joined: list[UUID]
    joined_names: list[str]
    safety_plan: SafetyPlan | None
    opened_by: list[LookedIn]
    """Who looks in with a reason now, though it is not theirs."""
    packet: Packet | None = None
    """Everything that is known at a handoff; only when the conversation is opened whole."""

    @classmethod
    def of(cls, opened: Opened, now: datetime) -> Thread:
        """The conversation as the door handed it out."""
        conversation = opened.conversation
        return cls(
            id=conversation.id,
            label=label(conversation.id),
            now=now,
            channel=conversation.channel,
            language=conversation.language,
            holder=conversation.holder.value,
            advocate_id=conversation.advocate_id,
            closed=not conversation.open,
            safety=conversation.safety.value,
            code_word=conversation.code_word.value,
            contact_preference=ContactPreference.of(opened.preference),
            opted_out=conversation.opted_out,
            entry=None if opened.entry is None else BoardLine.of(opened.entry),
            messages=[
                Message.of(message, opened.names, opened.originals.get(message.id))
                for message in opened.messages
            ],
            deliveries=[
                Delivery(
                    message_id=one.message_id,
                    delivery=one.delivery.value,
                    error=one.error,
                    hold_until=one.hold_until,
                )
                for one in opened.deliveries
            ],
            risks=[Risk.of(record) for record in opened.risks],
            notes=[WrittenNote.of(note) for note in opened.notes],
            tier_changes=[ChangedTier.of(change) for change in opened.tier_changes],
            joined=sorted(opened.joined),
            joined_names=sorted(opened.names.get(one, "") for one in opened.joined),
            safety_plan=None if opened.plan is None else SafetyPlan.of(opened.plan),
            opened_by=[
                LookedIn(
                    name=opened.names.get(one.advocate_id, ""),
                    reason=one.reason,
                    at=one.at,
                    until=one.until,
                )
                for one in opened.broken
            ],
        )


class Claimed(BaseModel):
    """The conversation that is now yours; null when nobody waits."""

    id: UUID | None


class Written(BaseModel):
    """What was written down."""

    id: UUID


class Alive(BaseModel):
    """The answer to a sign of life: how many conversations stay yours."""

    now: datetime
    held: int


class Tongue(BaseModel):
    """A language that people write to the line in, named in the language of the screen.

    `own` is its name in its own script, `lang` its tag for HTML, `dir` the way that it runs.
    """

    name: str
    own: str
    lang: str
    dir: Literal["ltr", "rtl"]


class Words(BaseModel):
    """The sentences of the screen in one language, and the names of all languages by tag."""

    language: str
    languages: list[str]
    words: dict[str, str]
    tongues: dict[str, Tongue]


class Problem(BaseModel):
    """A refusal; `code` is stable, see docs/desk.md."""

    code: str
    message: str = ""
    holder: str | None = None
    wait_seconds: int | None = None
    why: str | None = None


class Failure(BaseModel):
    """The body of every answer that is not a success."""

    error: Problem


def label(conversation_id: UUID) -> str:
    """Five letters and digits that name a conversation among those of a day."""
    number = conversation_id.int >> (128 - 5 * _LABEL_LETTERS)
    return "".join(_LETTERS[number >> 5 * place & 31] for place in reversed(range(_LABEL_LETTERS)))


def number_of(label: str) -> int | None:
    """The first bits of the ids that have this short name; None for what is none."""
    letters = label.strip().upper()
    if len(letters) != _LABEL_LETTERS or not set(letters) <= set(_LETTERS):
        return None
    number = 0
    for letter in letters:
        number = number << 5 | _LETTERS.index(letter)
    return number


def tier_name(tier: Tier | None) -> TierName | None:
    """The tier as the API writes it."""
    names: Sequence[TierName] = ("concern", "urgent", "imminent")
    return None if tier is None else names[tier - 1]


def tier_of(name: TierName | None) -> Tier | None:
    """The tier behind its name."""
    return None if name is None else Tier[name.upper()]
