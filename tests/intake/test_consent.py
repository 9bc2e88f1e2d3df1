"""What may be told to whom: the rule of the consent ledger."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest

from intake.consent import (
    Act,
    Consent,
    Detail,
    Ground,
    How,
    Identified,
    Lack,
    Lacking,
    Override,
    Purpose,
    Recipient,
    RecipientKind,
    Subject,
    SubjectKind,
    Terms,
    basis_for,
    live_consents,
)

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=timezone.utc)
SUBJECT = Subject(SubjectKind.CONVERSATION, UUID(int=1))
SHELTER = Recipient(RecipientKind.SERVICE, "Invented House")
POLICE = Recipient(RecipientKind.POLICE, "Invented Police")
SOME = frozenset({Detail.NEEDS, Detail.LANGUAGE})


def consent(sequence: int = 1, **more: Any) -> Consent:
    """A yes to the shelter, until tomorrow."""
    terms = {
        "recipient": SHELTER,
        "purpose": Purpose.REFERRAL,
        "details": SOME,
        "identified": Identified.NOT_AT_ALL,
        "call_back": False,
        "until": NOW + timedelta(days=1),
    }
    terms.update({key: more.pop(key) for key in list(more) if key in terms})
    row = {
        "id": uuid4(),
        "sequence": sequence,
        "subject": SUBJECT,
        "act": Act.GIVEN,
        "terms": Terms(**terms),
        "how": How.ALOUD,
        "message_id": None,
        "words": "ok",
        "text_version": "1",
        "recorded_by": UUID(int=2),
        "at": NOW,
    }
    return Consent(**{**row, **more})


def override(sequence: int = 1, **more: Any) -> Override:
    """A decision to tell the police, signed by a second person."""
    row = {
        "id": uuid4(),
        "sequence": sequence,
        "subject": SUBJECT,
        "recipient": POLICE,
        "ground": Ground.IMMINENT_DANGER,
        "rule": "a rule",
        "details": SOME,
        "reason": "because",
        "no_time": False,
        "decided_by": UUID(int=2),
        "until": NOW + timedelta(hours=1),
        "at": NOW,
        "signed_by": UUID(int=3),
    }
    return Override(**{**row, **more})


def ask(consents: Any, overrides: Any = (), to: Recipient = SHELTER, **more: Any) -> str:
    """The answer as a word."""
    found = basis_for(consents, overrides, to, NOW, **more)
    if isinstance(found, Lacking):
        return found.why.value
    return "consent" if isinstance(found, Consent) else "override"


@pytest.mark.parametrize(
    ("consents", "more", "answer"),
    [
        ([], {}, "never_asked"),
        ([consent()], {}, "consent"),
        ([consent()], {"details": SOME, "purpose": Purpose.REFERRAL}, "consent"),
        ([consent()], {"to": POLICE}, "never_asked"),
        ([consent()], {"to": Recipient(RecipientKind.SERVICE, " invented  HOUSE")}, "consent"),
        ([consent()], {"to": Recipient(RecipientKind.POLICE, "Invented House")}, "never_asked"),
        ([consent(until=NOW)], {}, "expired"),
        ([consent(), consent(2, act=Act.DECLINED)], {}, "declined"),
        ([consent(), consent(2, act=Act.REVOKED)], {}, "revoked"),
        ([consent(2, act=Act.REVOKED), consent(1)], {}, "revoked"),
        ([consent(), consent(2, act=Act.REVOKED), consent(3)], {}, "consent"),
        ([consent(), consent(2, until=NOW)], {}, "expired"),
        ([consent()], {"details": {Detail.CONTACT}}, "not_covered"),
        ([consent()], {"purpose": Purpose.POLICE_REPORT}, "not_covered"),
        # A name is told only where the person agreed to be named.
        ([consent(details={Detail.NAME})], {"details": {Detail.NAME}}, "not_covered"),
        (
            [consent(details=frozenset({Detail.NAME}), identified=Identified.BY_NAME)],
            {"details": {Detail.NAME}},
            "consent",
        ),
    ],
)
def test_consent(consents: list[Consent], more: dict[str, Any], answer: str) -> None:
    """Specific to recipient, purpose, details and time; the newest word counts."""
    assert ask(consents, **more) == answer


@pytest.mark.parametrize(
    ("overrides", "more", "answer"),
    [
        ([override()], {}, "override"),
        ([override(signed_by=None)], {}, "unsigned"),
        ([override(signed_by=None, no_time=True)], {}, "override"),
        ([override(signed_by=None, refused_by=UUID(int=3))], {}, "refused"),
        ([override(signed_by=None, refused_by=UUID(int=3), no_time=True)], {}, "refused"),
        ([override(until=NOW)], {}, "never_asked"),
        ([override()], {"details": {Detail.STATUS}}, "not_covered"),
        ([override()], {"to": SHELTER}, "never_asked"),
        ([override(), override(2, signed_by=None, refused_by=UUID(int=3))], {}, "refused"),
    ],
)
def test_decisions_without_consent(
    overrides: list[Override], more: dict[str, Any], answer: str
) -> None:
    """They need a second person unless there was no time, and reach no further than they say."""
    assert ask([], overrides, **{"to": POLICE, **more}) == answer


def test_consent_comes_first() -> None:
    """What somebody agreed to is never filed as forced; a refusal can be overridden."""
    assert ask([consent(recipient=POLICE)], [override()], POLICE) == "consent"
    assert ask([consent(recipient=POLICE, act=Act.DECLINED)], [override()], POLICE) == "override"


def test_a_no_after_a_yes_always_stops_it() -> None:
    """Whatever came before: after a refusal or a revocation nothing stands for that recipient."""
    rng = random.Random(7)
    for _ in range(2_000):
        rows = [
            consent(number, act=rng.choice(list(Act)), recipient=rng.choice([SHELTER, POLICE]))
            for number in range(rng.randrange(12))
        ]
        stop = rng.choice([Act.DECLINED, Act.REVOKED])
        rows.append(consent(99, act=stop))
        rng.shuffle(rows)
        assert ask(rows) == Lack(stop.value).value
        assert all(one.terms.recipient is POLICE for one in live_consents(rows, NOW))
