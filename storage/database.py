"""The connection to PostgreSQL and the unit of work: one transaction, every repository."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from storage.accounts import AccountRepository
from storage.alerts import AlertRepository
from storage.arrivals import ArrivalRepository
from storage.attachments import AttachmentRepository
from storage.attempts import AttemptRepository
from storage.audit import AuditRepository
from storage.board import BoardRepository
from storage.break_glass import BreakGlassRepository
from storage.call_backs import CallBackRepository
from storage.contacts import ContactRepository
from storage.copies import CopyRepository
from storage.crypto import Keyring
from storage.decisions import DecisionRepository
from storage.desk import DeskRepository
from storage.disclosures import DisclosureRepository
from storage.factors import FactorRepository
from storage.jobs import LAZY_COMMIT, JobRepository
from storage.ledger import LedgerRepository
from storage.mailbox import MailboxRepository
from storage.notify import SignalRepository
from storage.outbox import OutboxRepository
from storage.passkeys import PasskeyRepository
from storage.phrases import PhraseRepository
from storage.repositories import (
    ConversationRepository,
    EscalationRepository,
    MessageRepository,
    ReferralRepository,
    RiskRepository,
)
from storage.returns import ReturnRepository
from storage.routing import RoutingRepository
from storage.safety_plans import SafetyPlanRepository
from storage.staff import StaffRepository
from storage.switches import SwitchRepository
from storage.tip_calls import TipCallRepository
from storage.tip_keys import OrganizationKeys
from storage.tips import TipRepository
from storage.tips_desk import TipsDeskRepository
from storage.translations import TranslationRepository
from storage.vault import Vault
from storage.wall import WallRepository
from storage.webhook_events import WebhookRepository
from storage.wire import look_before_use

# After this long without anybody, the person is told so honestly (domain.md section 1).
WAITING_SECONDS = 300


class Transaction:
    """One unit of work; implements `intake.ports.UnitOfWork` and more for the desk and worker."""

    def __init__(self, session: AsyncSession, keyring: Keyring, jobs: JobRepository) -> None:
        self.session = session
        self.keyring = keyring
        self.jobs = jobs
        self.arrivals = ArrivalRepository(session, keyring)
        self.conversations = ConversationRepository(session, keyring)
        self.messages = MessageRepository(session, keyring)
        self.contacts = ContactRepository(session, keyring)
        self.call_backs = CallBackRepository(session, keyring)
        self.risks = RiskRepository(session, keyring)
        self.escalations = EscalationRepository(session, keyring)
        self.tips = TipRepository(session, keyring)
        self.tips_desk = TipsDeskRepository(session, keyring)
        self.tip_calls = TipCallRepository(session, keyring)
        self.attachments = AttachmentRepository(session, keyring)
        self.vault = Vault(session, keyring)
        self.organization_keys = OrganizationKeys(session, keyring)
        self.referrals = ReferralRepository(session, keyring)
        self.mailbox = MailboxRepository(session, keyring)
        self.returns = ReturnRepository(session, keyring)
        self.copies = CopyRepository(session, keyring)
        self.outbox = OutboxRepository(session, keyring)
        self.board = BoardRepository(session, keyring)
        self.desk = DeskRepository(session, keyring)
        self.accounts = AccountRepository(session, keyring)
        self.phrases = PhraseRepository(session, keyring)
        self.wall = WallRepository(session, keyring)
        self.ledger = LedgerRepository(session, keyring)
        self.decisions = DecisionRepository(session, keyring)
        self.disclosures = DisclosureRepository(session, keyring)
        self.routing = RoutingRepository(session, keyring)
        self.switches = SwitchRepository(session, keyring)
        self.plans = SafetyPlanRepository(session, keyring)
        self.translations = TranslationRepository(session, keyring)
        self.alerts = AlertRepository(session, keyring)
        self.webhooks = WebhookRepository(session, keyring)
        self.factors = FactorRepository(session, keyring)
        self.staff = StaffRepository(session, keyring)
        self.attempts = AttemptRepository(session, keyring)
        self.passkeys = PasskeyRepository(session, keyring)
        self.break_glass = BreakGlassRepository(session, keyring)
        self.signals = SignalRepository(session)
        self.audits = AuditRepository(session, keyring)


class Database:
    """One PostgreSQL; hands out units of work.

    `lazy`: a commit returns before it is flushed to disk. The journal is flushed in order, so
    after a crash of the database everything up to some point is there and nothing after it; for
    a worker that only means that a turn is taken again. Before a provider is asked to send, the
    attempt is flushed all the same (`OutboxRepository.begin`), and with it all that led to it.
    """

    def __init__(
        self,
        url: str,
        keyring: Keyring,
        *,
        pool_size: int = 10,
        waiting_seconds: int = WAITING_SECONDS,
        lazy: bool = False,
    ) -> None:
        self.url = url
        self.keyring = keyring
        self.engine: AsyncEngine = create_async_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=10,
            hide_parameters=True,
            connect_args={"options": LAZY_COMMIT} if lazy else {},
        )
        look_before_use(self.engine)
        self._waiting_seconds = waiting_seconds

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commit when the context ends well, roll everything back when it does not."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            jobs = JobRepository(session, self._waiting_seconds)
            transaction = Transaction(session, self.keyring, jobs)
            yield transaction
            await transaction.audits.chain()

    async def close(self) -> None:
        """Give the connections back."""
        await self.engine.dispose()


def sqlalchemy_url(url: str) -> str:
    """`postgresql://` as SQLAlchemy names its psycopg 3 dialect."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def utc_now() -> datetime:
    """The clock of every process."""
    return datetime.now(UTC)
