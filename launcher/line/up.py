"""`./hotline up`: brings the whole line up, keeps it up, and takes it down."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from launcher.line import database, given_database, model, ports
from launcher.line.programs import INNER, Line, practice_carrier
from launcher.line.settings import TELEGRAM, Settings
from launcher.line.state import DataDirectory, State
from launcher.line.supervisor import Supervisor
from launcher.setup.layout import DEFAULT_DATA, ROOT, environment_python
from launcher.setup.options import Options
from launcher.setup.progress import Step, say
from launcher.setup.refusal import Refusal, disk_full
from launcher.setup.tools import last_line, run

STEPS = 5
# Bytes that an empty database, its journal and the logs need to begin with.
ROOM = 300_000_000
# Seconds between two looks at the size of the logs.
LOG_CARE = 30.0


def up(options: Options) -> int:
    """Run the line until it is told to stop; returns the exit status. Raises Refusal."""
    os.umask(0o077)
    settings = Settings.read(options)
    directory = DataDirectory.take(settings.data)
    try:
        ports.check(settings)
        if shutil.disk_usage(settings.data).free < ROOM:
            raise disk_full(settings.data)
        return asyncio.run(_run(settings, directory))
    finally:
        directory.close()


def train(options: Options) -> int:
    """Train the language model unless today's is there. Raises Refusal."""
    folder = model.place()
    if model.is_trained(folder):
        say(f"the language model is up to date: {folder}")
        return 0
    step = Step(1, 1, "language model")
    while (turn := model.take_turn(folder)) is None:
        step.tick("another training")
        time.sleep(0.2)
    try:
        if not model.is_trained(folder):
            aside = model.partial(folder)
            command = [str(environment_python("engine")), "-m", "bot", "train"]
            settings = {"MODEL_DIR": str(aside), "PYTHONPATH": str(ROOT)}
            run(command, step, "training the language model", settings)
            model.adopt(aside, folder)
    finally:
        os.close(turn)
    step.done(f"trained, {folder}")
    return 0


async def _run(settings: Settings, directory: DataDirectory) -> int:
    line = _Run(settings, directory)
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, line.interrupt, task)
    try:
        await line.bring_up()
        await line.keep_up()
    except asyncio.CancelledError:
        if not line.interrupted:
            raise
    finally:
        await line.take_down()
    say("stopped")
    return 0


class _Run:
    """One run of the line, from the first process to the last."""

    def __init__(self, settings: Settings, directory: DataDirectory) -> None:
        self._settings = settings
        self._directory = directory
        self._supervisor = Supervisor(settings.data / "logs", self._report)
        self._embedded: database.Embedded | None = None
        self._line: Line | None = None
        self._pids: dict[str, int] = {}
        self._ready = False
        self.interrupted = False

    def interrupt(self, task: asyncio.Task[int]) -> None:
        """Stop in good order when told once, at once when told again."""
        if self.interrupted:
            self._supervisor.kill()
            return
        self.interrupted = True
        say("\nstopping ... (again to stop at once)")
        task.cancel()

    async def bring_up(self) -> None:
        """Start everything and print the ready line. Raises Refusal."""
        folder = model.place()
        line = await self._prepare(folder)
        self._line = line
        await self._train(line, folder)
        async with _together() as group:
            # The engine needs no database: it loads while that is prepared.
            engine = group.create_task(self._supervisor.start(line.engine()))
            group.create_task(self._start_rest(line, engine))
        self._ready = True
        self._note()
        self._greet()

    async def keep_up(self) -> None:
        """Look after the logs until the task is cancelled."""
        while True:
            await asyncio.sleep(LOG_CARE)
            self._supervisor.turn_logs_over()

    async def take_down(self) -> None:
        """Stop every process, the database last."""
        self._ready = False
        await self._supervisor.stop([database.NAME])
        if self._embedded is not None:
            self._embedded.close()

    async def _prepare(self, folder: Path) -> Line:
        settings = self._settings
        url, porch = settings.database_url, settings.porch_database_url
        if url is None:
            self._embedded = await asyncio.to_thread(database.prepare, settings.data, say)
            url, porch = self._embedded.url, self._embedded.porch_url
        else:
            await given_database.check(url)
        chosen = ports.choose(settings.inner_ports, tuple(INNER))
        return Line(
            settings=settings,
            database_url=url,
            porch_database_url=porch,
            model=folder,
            ports=chosen,
            carrier=_providers(settings, chosen["PRACTICE_PORT"]),
            engine_token=secrets.token_urlsafe(32),
        )

    async def _train(self, line: Line, folder: Path) -> None:
        log = self._log("training")
        async with _shown(3, "language model", lambda: [last_line(log)]) as step:
            if model.is_trained(folder):
                step.done("up to date")
                return
            # Another process trains, and sets no event of ours when it is done.
            while (turn := model.take_turn(folder)) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
            try:
                if not model.is_trained(folder):
                    await self._train_into(model.partial(folder), folder, line)
            finally:
                os.close(turn)
            step.done("trained")

    async def _train_into(self, aside: Path, folder: Path, line: Line) -> None:
        if await self._supervisor.run(line.training(aside)) != 0:
            raise Refusal(
                f"the language model could not be trained; {self._log('training')} tells why"
            )
        model.adopt(aside, folder)

    async def _start_rest(self, line: Line, engine: asyncio.Task[None]) -> None:
        async with _shown(4, "database") as step:
            if self._embedded is not None:
                await self._supervisor.start(self._embedded.program(dict(line.settings.shared)))
                await self._embedded.create()
            if not line.settings.key_file.exists():
                line.settings.key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                await self._once(line, "keys", "storage.keys", "init", str(line.settings.key_file))
            await self._once(line, "migrate", "storage.migrate")
            step.done("embedded" if self._embedded is not None else "the one of DATABASE_URL")
        async with _shown(5, "processes", lambda: self._supervisor.starting) as step:
            async with _together() as group:
                for program in line.services():
                    group.create_task(self._supervisor.start(program))
                # Fills an empty directory; nothing needs it before the line is ready.
                group.create_task(self._once(line, "seed", "directory.seed"))
            await engine
            step.done(", ".join(self._supervisor.pids))

    async def _once(self, line: Line, name: str, *words: str) -> None:
        if await self._supervisor.run(line.once(name, *words)) != 0:
            raise Refusal(f"the step '{name}' of the start failed; {self._log(name)} tells why")

    def _log(self, name: str) -> Path:
        return self._settings.data / "logs" / f"{name}.log"

    def _report(self, text: str) -> None:
        say(text)
        self._note()

    def _note(self) -> None:
        if self._line is None or not self._ready:
            return
        # One that is being started again keeps its last number until it has a new one.
        self._pids.update(self._supervisor.pids)
        self._directory.note(
            State(
                pid=os.getpid(),
                public_url=self._settings.public_url,
                staff_url=self._settings.staff_url,
                sms=self._settings.sms,
                pids=self._pids,
                ports=dict(self._line.ports),
                environment=self._line.companion(),
            )
        )

    def _greet(self) -> None:
        where = ""
        if self._settings.data != DEFAULT_DATA:
            where = f" --data-dir {self._settings.data}"
        if self._settings.sms == "practice":
            say(
                "sms: off for real phones (set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and "
                f"TWILIO_FROM); practice phone: ./hotline phone{where}"
            )
        else:
            say(f"sms: on, webhook {self._settings.public_url}/hooks/twilio/sms")
        say(
            f"ready: public {self._settings.public_url}  staff {self._settings.staff_url}  "
            f"first sign-in: ./hotline user add NAME{where}"
        )


def _providers(settings: Settings, practice_port: int) -> dict[str, str]:
    """Return the settings of all providers: the real ones that are given, else practice ones."""
    if settings.twilio is not None:
        return {**settings.twilio, **(settings.telegram or {})}
    practice = _kept_carrier(settings.data, practice_port)
    if settings.telegram is None:
        return practice
    kept = {name: value for name, value in practice.items() if name not in TELEGRAM}
    return {**kept, **settings.telegram}


def _kept_carrier(data: Path, port: int) -> dict[str, str]:
    """Return the practice carrier's settings; its secrets stay the same from run to run."""
    file = data / "secrets" / "practice.json"
    known: dict[str, str] = {}
    with contextlib.suppress(OSError, ValueError):
        known = json.loads(file.read_text(encoding="utf-8"))
    carrier = practice_carrier(port, known)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps(carrier, indent=1), encoding="utf-8")
    return carrier


@contextlib.asynccontextmanager
async def _shown(
    number: int, text: str, waiting_for: Callable[[], list[str]] = list
) -> AsyncIterator[Step]:
    """Show a step while it lasts, and what it waits for; the caller closes it with its result."""
    step = Step(number, STEPS, text)

    async def tick() -> None:
        while True:
            await asyncio.sleep(0.5)
            step.tick(", ".join(waiting_for()))

    ticking = asyncio.create_task(tick())
    try:
        yield step
    except BaseException:
        step.failed()
        raise
    finally:
        ticking.cancel()


@contextlib.asynccontextmanager
async def _together() -> AsyncIterator[asyncio.TaskGroup]:
    """Run tasks at once; the first that refuses ends the others and is what the caller sees."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as errors:
        refusals, _ = errors.split(Refusal)
        raise _first(refusals or errors) from None


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
