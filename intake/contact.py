"""When a person may be texted: their contact preference, and whether a line may leave now.

Rules R7 and R10 (domain.md section 2): contact only in ways that the person named as safe. Every
outbound message, of the bot or of an advocate, is asked here just before it leaves. What belongs
to the moment (a line of the bot) is dropped when it may not leave; what an advocate wrote waits.
Pure: it reads facts and a clock that is handed in.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from intake.conversation import CodeWord, Conversation, Safety
from intake.messages import Author
from intake.zones import EASTERN

#: Whoever has just texted holds the phone: an answer within this time is no call from outside.
ANSWER_WITHIN = timedelta(minutes=10)
#: What may still be said after the person told us that texting is not safe.
NEUTRAL_KEYS = frozenset({"safety.not_now", "wait.discreet", "open.again", "keyword.stop"})
MOST_WINDOWS = 14
_MINUTES = 24 * 60
_DAYS = 7


class Texting(enum.Enum):
    """What the person said about being texted."""

    ANY = "any"
    WINDOWS = "windows"
    """Only in their safe times, and right after they wrote themselves."""
    ANSWERS = "answers"
    """Only right after they wrote themselves."""


@dataclass(frozen=True)
class Window:
    """A safe time of the week: days (Monday is 0) and minutes of the day, `end` not included.

    One that ends before it starts goes over midnight and belongs to the day that it starts on.
    """

    start: int
    end: int
    days: frozenset[int] = frozenset(range(_DAYS))

    def __post_init__(self) -> None:
        minutes = 0 <= self.start < _MINUTES and 0 < self.end <= _MINUTES
        days = bool(self.days) and self.days <= set(range(_DAYS))
        if not minutes or not days or self.start == self.end:
            raise ValueError("a safe time needs days 0 to 6 and two different times of a day")

    def holds(self, local: datetime) -> bool:
        """Whether a moment, by the person's clock, lies in the window."""
        minute, day = local.hour * 60 + local.minute, local.weekday()
        if self.start < self.end:
            return day in self.days and self.start <= minute < self.end
        late = day in self.days and minute >= self.start
        return late or ((day - 1) % _DAYS in self.days and minute < self.end)


@dataclass(frozen=True, repr=False)
class Preference:
    """What the person wants to be kept to. Never printed: the note may hold words of theirs.

    `zone`: the time zone of the windows. `voicemail`, `phone_shared`: whether messages may be left
    there, whether others use the phone; None while nobody asked. `note`: an advocate's, for staff,
    such as what to do when the answer is wrong.
    """

    texting: Texting = Texting.ANY
    windows: tuple[Window, ...] = ()
    zone: str = EASTERN
    voicemail: bool | None = None
    phone_shared: bool | None = None
    note: str | None = None


class Passage(enum.Enum):
    """What becomes of a line that is about to leave."""

    LEAVE = "leave"
    WAIT = "wait"
    DROP = "drop"


@dataclass(frozen=True)
class Verdict:
    """Whether a line leaves. `until`: when it may, or None while only the person can open the way.

    `why` is a code for the desk; empty when the line leaves.
    """

    passage: Passage
    why: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Outgoing:
    """What is asked of a line: who wrote it and when, and which fixed sentence it is, if any.

    `confirmed`: an advocate sent it though the person had said that texting is not safe.
    """

    author: Author
    key: str | None
    created_at: datetime
    confirmed: bool = False


_LEAVE = Verdict(Passage.LEAVE)


def verdict(
    line: Outgoing,
    conversation: Conversation,
    preference: Preference,
    now: datetime,
    *,
    rings: bool = True,
) -> Verdict:
    """Whether a line may leave now. STOP is stronger than "not safe", which is than safe times.

    `rings`: whether a message makes a phone ring or light up. A page that shows lines only while
    somebody has it open needs no safe times.
    """
    if conversation.opted_out and line.key != "keyword.stop":
        return Verdict(Passage.DROP, "opted_out")
    if conversation.safety is Safety.NOT_SAFE and line.key not in NEUTRAL_KEYS:
        if line.author is Author.BOT:
            return Verdict(Passage.DROP, "not_safe")
        if not line.confirmed:
            return Verdict(Passage.WAIT, "not_safe")
    if not rings or preference.texting is Texting.ANY or _answers(line, conversation, now):
        return _LEAVE
    opens = opens_at(preference, now)
    if opens == now:
        return _LEAVE
    if line.author is Author.BOT:
        return Verdict(Passage.DROP, "outside_safe_times")
    return Verdict(Passage.WAIT, "outside_safe_times", opens)


def _answers(line: Outgoing, conversation: Conversation, now: datetime) -> bool:
    """Whether the line answers what the person has just written, phone in hand.

    One from before may go with it only once the person has passed the check, and said the code
    word where there is one: until then somebody else may have written.
    """
    heard = conversation.last_inbound_at
    if heard is None or now - heard > ANSWER_WITHIN:
        return False
    passed = conversation.safety is Safety.OK and conversation.code_word is not CodeWord.NOT_GIVEN
    return passed or line.created_at > heard - ANSWER_WITHIN


def opens_at(preference: Preference, now: datetime) -> datetime | None:
    """When the person may next be texted: `now` itself inside a safe time, None for never."""
    if preference.texting is Texting.ANY:
        return now
    if preference.texting is Texting.ANSWERS or not preference.windows:
        return None
    zone = ZoneInfo(preference.zone)
    if any(window.holds(now.astimezone(zone)) for window in preference.windows):
        return now
    return min(_starts(preference.windows, now, zone), default=None)


def _starts(windows: Iterable[Window], now: datetime, zone: ZoneInfo) -> Iterable[datetime]:
    """The coming starts of each window, within the next eight days."""
    local = now.astimezone(zone)
    for ahead in range(_DAYS + 2):
        day = (local + timedelta(days=ahead)).date()
        for window in windows:
            if day.weekday() in window.days:
                hour, minute = divmod(window.start, 60)
                start = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
                moment = start.astimezone(now.tzinfo)
                if moment > now:
                    yield moment
