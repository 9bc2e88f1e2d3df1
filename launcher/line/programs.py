"""The processes of the line: what each is started with, and how it tells that it is ready.

Each gets the settings it needs and no more: the engine, which reads what people
write but keeps nothing, is given neither the database nor a key.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from launcher.line.settings import Settings
from launcher.line.supervisor import Program
from launcher.setup.layout import environment_python

SERVICES, ENGINE = environment_python("services"), environment_python("engine")

INNER = {"ENGINE_PORT": "engine", "ACTIONS_PORT": "actions", "PRACTICE_PORT": "practice"}

# Seconds; a first start on a cold disk reads half a gigabyte.
ENGINE_PATIENCE = 180.0


@dataclass(frozen=True)
class Line:
    """One line's settings with all that was found or made for this run."""

    settings: Settings
    database_url: str = field(repr=False)
    porch_database_url: str | None = field(repr=False)
    """The same database for the porch, which may add and not read; None: as everybody."""
    model: Path
    ports: Mapping[str, int]
    carrier: Mapping[str, str] = field(repr=False)
    """The settings of the providers, real or of the practice carrier."""
    engine_token: str = field(repr=False)

    @property
    def worker_ready(self) -> Path:
        """Return the file that the worker touches when it listens."""
        return self.settings.data / "worker.ready"

    def services(self) -> list[Program]:
        """Return every process that needs the database to be there."""
        programs = [self._actions(), self._porch(), self._worker(), self._desk()]
        return programs if self.settings.sms == "twilio" else [self._practice(), *programs]

    def engine(self) -> Program:
        """Return the dialogue engine, the slowest to start."""
        port = self.ports["ENGINE_PORT"]
        return self._program(
            "engine",
            (str(ENGINE), "-m", "bot"),
            _answers(f"http://127.0.0.1:{port}/webhooks/intake/"),
            {**self._inner("ENGINE_PORT", "ACTIONS_PORT"), **self._engine(), **self._model()},
            patience=ENGINE_PATIENCE,
        )

    def once(self, name: str, *words: str, patience: float = 120.0) -> Program:
        """Return a command of the services environment that runs on the database and ends."""
        environment = self.companion()
        if self.porch_database_url is not None:
            environment["PORCH_DATABASE_URL"] = self.porch_database_url
        return self._program(name, (str(SERVICES), "-m", *words), _never, environment, patience)

    def training(self, folder: Path) -> Program:
        """Return the training of the model into `folder`."""
        environment = {"MODEL_DIR": str(folder)}
        return self._program(
            "training", (str(ENGINE), "-m", "bot", "train"), _never, environment, patience=1800.0
        )

    def companion(self) -> dict[str, str]:
        """Return the settings for a command that works on the running line."""
        return {
            **self._store(),
            **self._public(),
            **self._staff(),
            **self.carrier,
            **self._inner(*INNER),
            **self._engine(),
        }

    def _porch(self) -> Program:
        return self._service(
            "porch",
            ("-m", "channels"),
            _answers(f"{_local(self.settings.public_host, self.settings.public_port)}/healthz"),
            {
                **self._store(),
                "DATABASE_URL": self.porch_database_url or self.database_url,
                **self._public(),
                **self.carrier,
                "SPOOL_DIR": str(self.settings.data / "spool"),
            },
        )

    def _worker(self) -> Program:
        async def touched() -> bool:
            return self.worker_ready.exists()

        return self._service(
            "worker",
            ("-m", "channels.worker"),
            touched,
            {
                **self._store(),
                **self._public(),
                **self._staff(),
                **self.carrier,
                **self._engine(),
                **self.settings.alerts,
                "WORKER_READY_FILE": str(self.worker_ready),
            },
            before_start=lambda: self.worker_ready.unlink(missing_ok=True),
        )

    def _desk(self) -> Program:
        return self._service(
            "desk",
            ("-m", "handoff"),
            _answers(f"{_local(self.settings.staff_host, self.settings.staff_port)}/healthz"),
            {**self._store(), **self._staff(), "PUBLIC_URL": self.settings.public_url},
        )

    def _actions(self) -> Program:
        return self._service(
            "actions",
            ("-m", "actions"),
            _answers(f"http://127.0.0.1:{self.ports['ACTIONS_PORT']}/health"),
            {"DATABASE_URL": self.database_url, **self._inner("ACTIONS_PORT")},
        )

    def _practice(self) -> Program:
        port = self.ports["PRACTICE_PORT"]

        async def listens() -> bool:
            return is_listening(port)

        environment = {**self._public(), **self.carrier, **self._inner("PRACTICE_PORT")}
        return self._service("practice", ("-m", "practice"), listens, environment)

    def _store(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "HOTLINE_KEY_FILE": str(self.settings.key_file),
        }

    def _public(self) -> dict[str, str]:
        return {
            "PUBLIC_URL": self.settings.public_url,
            "PUBLIC_HOST": self.settings.public_host,
            "PUBLIC_PORT": str(self.settings.public_port),
        }

    def _staff(self) -> dict[str, str]:
        return {
            "STAFF_URL": self.settings.staff_url,
            "STAFF_HOST": self.settings.staff_host,
            "STAFF_PORT": str(self.settings.staff_port),
        }

    def _engine(self) -> dict[str, str]:
        return {
            "ENGINE_URL": f"http://127.0.0.1:{self.ports['ENGINE_PORT']}",
            "ENGINE_TOKEN": self.engine_token,
            "ACTIONS_URL": f"http://127.0.0.1:{self.ports['ACTIONS_PORT']}",
        }

    def _model(self) -> dict[str, str]:
        return {"MODEL_DIR": str(self.model)}

    def _inner(self, *names: str) -> dict[str, str]:
        return {name: str(self.ports[name]) for name in names if name in self.ports}

    def _service(
        self,
        name: str,
        words: tuple[str, ...],
        ready: Callable[[], Awaitable[bool]],
        environment: Mapping[str, str],
        before_start: Callable[[], None] = lambda: None,
    ) -> Program:
        return self._program(
            name, (str(SERVICES), *words), ready, environment, before_start=before_start
        )

    def _program(
        self,
        name: str,
        command: tuple[str, ...],
        ready: Callable[[], Awaitable[bool]],
        environment: Mapping[str, str],
        patience: float = 90.0,
        before_start: Callable[[], None] = lambda: None,
    ) -> Program:
        return Program(
            name=name,
            command=command,
            environment={**self.settings.shared, **_PYTHON, **environment},
            ready=ready,
            patience=patience,
            before_start=before_start,
        )


_PYTHON = {"PYTHONUNBUFFERED": "1", "PYTHONNOUSERSITE": "1", "PYTHONPATH": ""}


def practice_carrier(port: int, known: Mapping[str, str]) -> dict[str, str]:
    """Return settings of providers on this machine, with the secrets already `known`."""
    token = known.get("TELEGRAM_BOT_TOKEN") or f"4210001:{secrets.token_hex(16)}"
    return {
        "TWILIO_ACCOUNT_SID": known.get("TWILIO_ACCOUNT_SID") or f"AC{secrets.token_hex(16)}",
        "TWILIO_AUTH_TOKEN": known.get("TWILIO_AUTH_TOKEN") or secrets.token_hex(16),
        # A number that is nobody's, of the block kept for fiction.
        "TWILIO_FROM": "+16135550100",
        "TWILIO_API_URL": f"http://127.0.0.1:{port}",
        "TWILIO_WHATSAPP_FROM": "+16135550100",
        "TELEGRAM_BOT_TOKEN": token,
        "TELEGRAM_WEBHOOK_SECRET": known.get("TELEGRAM_WEBHOOK_SECRET") or secrets.token_hex(16),
        "TELEGRAM_API_URL": f"http://127.0.0.1:{port}/telegram",
    }


def is_listening(port: int) -> bool:
    """Tell whether something accepts connections on the loopback port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
    except OSError:
        return False
    return True


def _answers(url: str) -> Callable[[], Awaitable[bool]]:
    async def answers() -> bool:
        # A proxy of the operator's is not for addresses of this machine.
        async with httpx.AsyncClient(trust_env=False, timeout=2.0) as client:
            try:
                return (await client.get(url)).status_code == httpx.codes.OK
            except httpx.HTTPError:
                return False

    return answers


async def _never() -> bool:
    return False


def _local(host: str, port: int) -> str:
    shown = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    return f"http://{shown}:{port}"
