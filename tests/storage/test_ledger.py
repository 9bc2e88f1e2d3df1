"""The ledger on PostgreSQL: what was written stays, and words go when their time is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from intake.consent import (
    Act,
    Consent,
    Detail,
    Ground,
    How,
    Identified,
    Purpose,
    Recipient,
    RecipientKind,
    Subject,
    SubjectKind,
    Terms,
    basis_for,
)
from intake.disclosure import Addition, Occasion, TakenBy, Telling, Way
from storage.crypto import Keyring
from storage.database import Database, utc_now
from storage.reseal import reseal_all
from storage.retention import AFTER_HANDOFF, LEDGER, purge

POLICE = Recipient(RecipientKind.POLICE, "Invented Police")


def terms(recipient: Recipient = POLICE) -> Terms:
    """A yes for a day."""
    return Terms(
        recipient,
        Purpose.POLICE_REPORT,
        frozenset({Detail.WHERE}),
        Identified.ALIAS,
        False,
        utc_now() + timedelta(days=1),
    )


async def account(database: Database) -> UUID:
    """Somebody of the desk."""
    async with database.transaction() as tx:
        made = await tx.accounts.add_advocate(f"A {uuid4()}", "x", "advocate", [])
    assert made is not None
    return made


async def filled(database: Database, subject: Subject, who: UUID) -> None:
    """One row of each kind."""
    now = utc_now()
    second = await account(database)
    async with database.transaction() as tx:
        row = await tx.ledger.record(
            subject, Act.GIVEN, terms(), how=How.ALOUD, recorded_by=who, at=now, words="yes do it"
        )
        decision = await tx.ledger.override(
            subject,
            POLICE,
            ground=Ground.IMMINENT_DANGER,
            rule="a rule",
            details=frozenset({Detail.WHERE}),
            reason="a reason",
            no_time=False,
            decided_by=who,
            until=now + timedelta(hours=1),
            at=now,
        )
        assert await tx.ledger.sign(decision, second, agrees=True, at=now)
        assert not await tx.ledger.sign(decision, second, agrees=False, at=now)
        consents = await tx.ledger.consents(subject)
        basis = basis_for(consents, [], POLICE, now)
        assert isinstance(basis, Consent) and basis.id == row
        made = await tx.disclosures.record(telling(subject), basis, made_by=who, at=now)
        await tx.disclosures.add(made, Addition.FOLLOW_UP, "they called", added_by=who, at=now)


def telling(subject: Subject) -> Telling:
    """A whole record."""
    return Telling(
        subject=subject,
        occasion=Occasion.PERSON_ASKED,
        purpose=Purpose.POLICE_REPORT,
        recipient=POLICE,
        taken_by=TakenBy("Officer Invented", "555", "F-1"),
        way=Way.PHONE,
        facts={Detail.WHERE: "the invented motel"},
        withheld=frozenset({Detail.STATUS}),
        person_told="that we called",
        follow_up="call on Monday",
        made_at=utc_now(),
    )


async def test_what_is_written_comes_back(database: Database) -> None:
    """Every field of a consent, a decision and a record; the second person too."""
    subject = Subject(SubjectKind.TIP, uuid4())
    who = await account(database)
    await filled(database, subject, who)
    async with database.transaction() as tx:
        (consent,) = await tx.ledger.consents(subject)
        (decision,) = await tx.ledger.overrides(subject)
        (record,) = await tx.disclosures.of(subject)
        assert await tx.ledger.consents(Subject(SubjectKind.CONVERSATION, subject.id)) == []
    assert (consent.words, consent.terms.recipient) == ("yes do it", POLICE)
    assert consent.terms.details == {Detail.WHERE}
    assert decision.reason == "a reason" and decision.signed_by not in (None, who)
    assert record.telling.facts == {Detail.WHERE: "the invented motel"}
    assert record.telling.taken_by == TakenBy("Officer Invented", "555", "F-1")
    assert record.telling.withheld == {Detail.STATUS}
    assert record.basis.startswith("consent, text ")
    assert [one.text for one in record.additions] == ["they called"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent SET act = 'declined'",
        "UPDATE consent SET words_sealed = NULL",
        "DELETE FROM consent",
        "UPDATE consent_override SET no_time = true",
        "DELETE FROM consent_override",
        "UPDATE consent_sign_off SET agrees = false",
        "DELETE FROM consent_sign_off",
        "UPDATE disclosure SET withheld = '{}'",
        "DELETE FROM disclosure",
        "UPDATE disclosure_addition SET kind = 'correction'",
        "DELETE FROM disclosure_addition",
    ],
)
async def test_nothing_is_changed_or_removed(database: Database, statement: str) -> None:
    """The database refuses, and even a purge may only touch sealed columns."""
    subject = Subject(SubjectKind.TIP, uuid4())
    await filled(database, subject, await account(database))
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.transaction() as tx:
            await tx.session.execute(text(statement))
    if "words_sealed" in statement:
        return
    with pytest.raises(DBAPIError, match=r"append-only|only sealed"):
        async with database.transaction() as tx:
            await tx.session.execute(text("SELECT set_config('hotline.keeping', 'purge', true)"))
            await tx.session.execute(text(statement))


async def test_nobody_signs_their_own_decision(database: Database) -> None:
    """Not even around the desk."""
    who = await account(database)
    now = utc_now()
    async with database.transaction() as tx:
        decision = await tx.ledger.override(
            Subject(SubjectKind.TIP, uuid4()),
            POLICE,
            ground=Ground.CHILD,
            rule="a rule",
            details=frozenset({Detail.AGE}),
            reason="a reason",
            no_time=False,
            decided_by=who,
            until=now + timedelta(hours=1),
            at=now,
        )
    with pytest.raises(DBAPIError, match="signed by another"):
        async with database.transaction() as tx:
            await tx.ledger.sign(decision, who, agrees=True, at=now)


async def test_words_go_and_codes_stay(postgres: str, keyring: Any, monkeypatch: Any) -> None:
    """Words of a consent go with the conversation's, names and facts after seven years."""
    from tests.conftest import fresh_database
    from tests.storage.test_hall import inbound, stored

    url = fresh_database(postgres, "ledger")
    opened = Database(url, keyring)
    conversation_id = await stored(opened, inbound())
    subject = Subject(SubjectKind.CONVERSATION, conversation_id)
    await filled(opened, subject, await account(opened))
    now = utc_now()
    async with opened.transaction() as tx:
        await tx.session.execute(text("UPDATE conversation SET closed_at = now()"))
    async with opened.transaction() as tx:
        await purge(tx.session, now + AFTER_HANDOFF + timedelta(days=1))
        (consent,) = await tx.ledger.consents(subject)
    assert (consent.words, consent.terms.recipient) == (None, POLICE)
    # A new key reaches what is left; the triggers allow that and nothing more.
    monkeypatch.setenv("DATABASE_URL", url)
    both = Keyring("11223344", {**keyring.keys, "11223344": b"n" * 32}, keyring.fingerprint_key)
    assert await reseal_all(both) >= 8
    newer = Database(url, Keyring("11223344", {"11223344": b"n" * 32}, keyring.fingerprint_key))
    async with newer.transaction() as tx:
        (record,) = await tx.disclosures.of(subject)
        assert record.telling.person_told == "that we called"
        await purge(tx.session, now + LEDGER + timedelta(days=1))
        tx.session.expire_all()
        (record,) = await tx.disclosures.of(subject)
        (consent,) = await tx.ledger.consents(subject)
    assert (record.telling.person_told, record.telling.recipient.name) == ("", "-")
    assert record.telling.facts == {Detail.WHERE: ""}
    assert (consent.terms.recipient.name, consent.act) == ("-", Act.GIVEN)
    await newer.close()
    await opened.close()
