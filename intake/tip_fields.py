"""What a tip holds beside the tipster's own words, and how much it presses."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from uuid import UUID

from intake import risk
from intake.conversation import highest
from intake.messages import clean
from intake.risk import Tier
from intake.tip_files import CleanFile

LONGEST_FIELD = 500
LONGEST_WORDS = 4_000


class Origin(enum.Enum):
    """How a tip came in."""

    CONVERSATION = "conversation"
    FORM = "form"
    ORGANIZATION = "organization"


class Status(enum.Enum):
    """Where a tip stands, as the tipster may know it."""

    RECEIVED = "received"
    READING = "reading"
    PASSED_ON = "passed_on"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Label(enum.Enum):
    """What the tips desk makes of a tip. Every tip is an allegation, whatever its label."""

    ACTIONABLE = "actionable"
    INSUFFICIENT = "insufficient"
    UNFOUNDED = "unfounded"
    SPAM = "spam"
    PRANK = "prank"


class Answer(enum.Enum):
    """An answer to a closed question."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


CLOSED_FIELDS = ("ongoing", "child", "pass_on")


@dataclass(frozen=True)
class TipFields:
    """The structured half of a tip; an empty field was not asked or was skipped.

    `seen`: the desk's short form of what was seen. `pass_on`: whether the tipster lets others know
    what they told; it is no consent by itself, which is given to one recipient (the ledger).
    """

    ongoing: str = ""
    where: str = ""
    when: str = ""
    at_risk: str = ""
    child: str = ""
    seen: str = ""
    how_known: str = ""
    pass_on: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> TipFields:
        """From a form or from storage: cleaned, cut to length, closed answers checked."""
        values = {
            one.name: clean(str(given.get(one.name) or ""))[:LONGEST_FIELD] for one in fields(cls)
        }
        allowed = {one.value for one in Answer}
        for name in CLOSED_FIELDS:
            values[name] = values[name] if values[name] in allowed else ""
        return cls(**values)

    def as_dict(self) -> dict[str, str]:
        """The fields that hold something."""
        return {name: value for name, value in asdict(self).items() if value}

    def with_field(self, name: str, value: str) -> TipFields:
        """One field set anew."""
        return TipFields.read({**asdict(self), name: value})


@dataclass(frozen=True, repr=False)
class NewTip:
    """A tip that comes in. `source`: what it came in, so that it is taken once."""

    origin: Origin
    words: str
    at: datetime
    told: TipFields = TipFields()
    language: str | None = None
    source: str | None = None
    tier: Tier | None = None
    files: Sequence[CleanFile] = ()


@dataclass(frozen=True, repr=False)
class Taken:
    """A tip that was taken, with the receipt that is said once."""

    id: UUID
    receipt: str
    files: int = 0


@dataclass(frozen=True, repr=False)
class Entry:
    """One piece of a tip as it is read; `kind` as in the table."""

    id: UUID
    kind: str
    text: str
    at: datetime
    advocate_id: UUID | None = None


@dataclass(frozen=True, repr=False)
class OpenTip:
    """A tip that its receipt opened."""

    id: UUID
    status: Status
    entries: Sequence[Entry] = ()
    key: bytes = b""

    @property
    def question(self) -> Entry | None:
        """The question of the desk that has no answer yet."""
        asked = [one for one in self.entries if one.kind in ("question", "answer")]
        return asked[-1] if asked and asked[-1].kind == "question" else None


def urgency(told: TipFields, words: str) -> Tier:
    """Row 23 of the risk model: in progress is imminent, a child is urgent, else what is read."""
    found = highest(risk.screen(words).tier, Tier.CONCERN) or Tier.CONCERN
    if told.ongoing == Answer.YES.value:
        return Tier.IMMINENT
    if told.child == Answer.YES.value:
        return max(found, Tier.URGENT)
    return found
