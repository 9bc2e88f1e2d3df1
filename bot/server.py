"""Builds the engine's web application: Rasa's agent behind our one channel, on loopback."""

from __future__ import annotations

import logging
import os
import socket
from pathlib import Path

from sanic import Sanic

from bot.settings import ROOT, Settings

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
MAX_BODY = 512 * 1024


class NoModel(RuntimeError):
    """There is nothing to serve; the message says how to make it."""


class PortTaken(RuntimeError):
    """Something else listens where the engine should."""


class WrongStore(RuntimeError):
    """Rasa fell back to a store that keeps conversations."""


def newest_model(model_dir: Path) -> Path:
    """The model written last. Raises NoModel."""
    models = sorted(model_dir.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise NoModel(f"There is no model in {model_dir}: run `python -m bot train` first.")
    return models[-1]


def build(settings: Settings) -> Sanic:
    """Load the newest model and mount the channel. Raises NoModel and Rasa's own errors."""
    model = newest_model(settings.model_dir)
    # endpoints.yml and credentials.yml take these from the environment.
    os.environ["ACTIONS_URL"] = settings.actions_url
    os.environ["ENGINE_TOKEN"] = settings.token
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"

    from rasa.core.agent import Agent
    from rasa.core.channels import channel as rasa_channels
    from rasa.core.tracker_store import TrackerStore
    from rasa.core.utils import AvailableEndpoints
    from rasa.shared.utils.io import read_config_file

    from bot import patches
    from bot.channel import IntakeChannel
    from bot.tracker_store import TurnTrackerStore

    patches.apply()
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    store = TrackerStore.create(endpoints.tracker_store)
    if not isinstance(store, TurnTrackerStore):
        raise WrongStore("endpoints.yml must name bot.tracker_store.TurnTrackerStore.")
    agent = Agent.load(
        str(model), generator=endpoints.nlg, tracker_store=store, action_endpoint=endpoints.action
    )
    credentials = read_config_file(ROOT / "credentials.yml")["bot.channel.IntakeChannel"]

    app = Sanic("engine", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY
    app.config.ACCESS_LOG = False
    app.ctx.agent = agent
    rasa_channels.register([IntakeChannel.from_credentials(credentials)], app, route="/webhooks/")
    log.info("serving %s on %s:%d", model.name, HOST, settings.port)
    return app


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. The port opens when the model is loaded.

    Raises NoModel, PortTaken and WrongStore.
    """
    from bot import redaction

    _refuse_a_taken_port(settings.port)
    formatter = redaction.configure(settings.log_level)
    app = build(settings)
    redaction.seal(formatter)
    app.run(host=HOST, port=settings.port, access_log=False, debug=False, motd=False)


def _refuse_a_taken_port(port: int) -> None:
    """Say so at once, rather than after the model is loaded."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise PortTaken(
                f"Port {port} is taken: stop what listens there, or set ENGINE_PORT."
            ) from None
