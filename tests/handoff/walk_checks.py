"""What must hold in the tables after every step of the walk through the handoff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from intake.risk import Tier
from intake.routing import PACES
from storage.database import Database
from storage.repositories import ADDRESS

# The line's own words that a human's act, or a carrier, asks for.
OF_HUMANS = frozenset({"advocate.joined", "bot.back", "closed.bye", "wait.later"})
OF_CARRIERS = frozenset({"keyword.stop", "keyword.start", "keyword.info", "media.refused"})
_ENDINGS = frozenset({"release", "close", "transfer", "take_back"})

_HALL = text(
    """
    SELECT c.id, c.holder, c.advocate_id, c.closed_at, c.tier AS conversation_tier,
           e.id AS escalation_id, e.tier, e.waiting_since, e.paged_at, e.lead_paged_at,
           e.claimed_by,
           (SELECT count(*) FROM escalation o
             WHERE o.conversation_id = c.id AND o.closed_at IS NULL) AS open_escalations,
           (SELECT count(*) FROM offer f JOIN escalation o ON o.id = f.escalation_id
             WHERE o.conversation_id = c.id AND f.ended_at IS NULL) AS open_offers,
           (SELECT count(*) FROM joined j WHERE j.conversation_id = c.id) AS joined
      FROM conversation c
      LEFT JOIN escalation e ON e.conversation_id = c.id AND e.closed_at IS NULL
    """
)
_NEW_LINES = text(
    "SELECT id, conversation_id, key, author, sequence FROM message"
    " WHERE sequence > :after ORDER BY sequence"
)
_HEARD = text(
    "SELECT count(*) FROM message m JOIN conversation c ON c.id = m.conversation_id"
    " WHERE m.author = 'contact' AND c.address_fingerprint = :mark"
)


@dataclass
class Checks:
    """Remembers the step before, since some promises are about change."""

    before: dict[UUID, Any] = field(default_factory=dict)
    heard_until: int = 0

    async def holders(self, database: Database) -> dict[UUID, str]:
        """Who has each conversation, in one word."""
        async with database.transaction() as tx:
            rows = await tx.session.execute(text("SELECT id, holder, closed_at FROM conversation"))
            return {row.id: "closed" if row.closed_at else row.holder for row in rows}

    async def look(
        self, database: Database, *, names: set[str], sent: Mapping[str, int], now: datetime
    ) -> list[str]:
        """Everything that is broken, in words without a person's."""
        async with database.transaction() as tx:
            rows = {row.id: row for row in await tx.session.execute(_HALL)}
            lines = list(await tx.session.execute(_NEW_LINES, {"after": self.heard_until}))
            entries = {entry.conversation_id for entry in await tx.board.entries()}
            heard = {}
            for address in sent:
                mark = tx.keyring.fingerprint(address, ADDRESS)
                heard[address] = await tx.session.scalar(_HEARD, {"mark": mark})
        found = [problem for row in rows.values() for problem in _state(row, entries, now)]
        found += self._changes(rows, names)
        found += self._silence(rows, lines, names)
        # A tier that rises beside the round belongs to the next one.
        if names == {"route"}:
            found += [problem for row in rows.values() for problem in _woken(row, now)]
        found += [
            f"{sent[address]} texts were accepted and {count} are kept"
            for address, count in heard.items()
            if count != sent[address]
        ]
        self.before = rows
        self.heard_until = max((line.sequence for line in lines), default=self.heard_until)
        return found

    def _changes(self, rows: dict[UUID, Any], names: set[str]) -> list[str]:
        """The tier falls by a human's word alone; what waits is lost to nobody."""
        found = []
        for one, row in rows.items():
            was = self.before.get(one)
            if was is None:
                continue
            same = was.escalation_id is not None and was.escalation_id == row.escalation_id
            if same and (row.tier or 0) < (was.tier or 0) and "lower" not in names:
                found.append("a tier fell by itself")
            if was.holder != "bot" and row.holder == "bot" and not names & _ENDINGS:
                found.append("a conversation left the board without a human's word")
            taken = was.holder == row.holder == "advocate" and was.advocate_id != row.advocate_id
            if taken and not names & _ENDINGS:
                found.append("a conversation went from one advocate to another by itself")
        return found

    def _silence(self, rows: dict[UUID, Any], lines: list[Any], names: set[str]) -> list[str]:
        """No line of the bot while a human held the conversation, before the step and after."""
        found = []
        for line in lines:
            if line.author != "bot" or line.key in OF_HUMANS | OF_CARRIERS:
                continue
            row, was = rows[line.conversation_id], self.before.get(line.conversation_id)
            if was is None or names & _ENDINGS:
                continue
            held = was.holder == row.holder == "advocate"
            if held and was.advocate_id == row.advocate_id:
                found.append(f"the bot said {line.key} while a human held")
        joined: set[UUID] = set()
        for line in lines:
            if line.key == "advocate.joined":
                joined.add(line.conversation_id)
            elif line.key in OF_HUMANS:
                joined.discard(line.conversation_id)
            elif line.author == "bot" and line.key not in OF_CARRIERS:
                held = rows[line.conversation_id].holder == "advocate"
                if held and line.conversation_id in joined:
                    found.append(f"the bot said {line.key} after a human had joined")
        return found


def _state(row: Any, entries: set[UUID], now: datetime) -> list[str]:
    """What must hold of one conversation at any moment."""
    found = []
    listed = row.holder != "bot" and row.closed_at is None
    if (row.advocate_id is not None) != (row.holder == "advocate"):
        found.append("holder and advocate do not agree")
    if row.closed_at is not None and row.holder != "bot":
        found.append("a closed conversation has a human")
    if row.open_escalations != int(listed):
        found.append(f"{row.open_escalations} open escalations, held by {row.holder}")
    if listed != (row.id in entries):
        found.append("the board does not show who waits or is held")
    if row.open_offers > 1:
        found.append("two offers lie open")
    if row.joined and row.holder != "advocate":
        found.append("somebody helps where nobody holds")
    if listed and row.waiting_since > now:
        found.append("somebody waits since a time to come")
    if row.holder == "advocate" and row.claimed_by != row.advocate_id:
        found.append("the escalation names another than who holds")
    return found


def _woken(row: Any, now: datetime) -> list[str]:
    """After a round of routing nobody in danger is left without a fresh call, taken or not."""
    if row.holder != "waiting" or row.closed_at is not None or row.tier != Tier.IMMINENT:
        return []
    pace = PACES[Tier.IMMINENT]
    waited = now - row.waiting_since
    last = max((one for one in (row.paged_at, row.lead_paged_at) if one), default=None)
    if waited >= pace.page + pace.lead + pace.repeat and last is None:
        return ["somebody in danger waits and nobody was ever woken"]
    if (
        last is not None
        and waited >= pace.page
        and now - last >= pace.repeat + timedelta(seconds=1)
    ):
        return ["somebody in danger waits and the last call is too old"]
    return []
