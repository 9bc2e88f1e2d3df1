"""What the engine is told by its environment, read once at start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from locales.catalogue import Unreviewed

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_LINE_PHONE = "1-833-900-1010"
SHORTEST_TOKEN = 16


class SettingWrong(ValueError):
    """A setting is missing or cannot be used; the message names it and the way out."""


@dataclass(frozen=True)
class Settings:
    """Settings of `python -m bot`."""

    port: int
    """ENGINE_PORT: where the engine listens, on loopback only."""
    token: str
    """ENGINE_TOKEN: what a caller must present as a bearer token."""
    actions_url: str
    """ACTIONS_URL, or ACTIONS_PORT on loopback: where custom actions are asked."""
    model_dir: Path
    """MODEL_DIR: where models are trained to and served from."""
    log_level: str
    """LOG_LEVEL of our own lines; what Rasa logs is never more than its origin."""

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read what serving needs. Raises SettingWrong."""
        token = environ.get("ENGINE_TOKEN", "")
        if len(token) < SHORTEST_TOKEN:
            raise SettingWrong(
                f"ENGINE_TOKEN must be set, with at least {SHORTEST_TOKEN} characters: "
                "it keeps other programs of this machine from asking the engine."
            )
        unreviewed(environ)  # read again by bot/nlg.py; a wrong one is refused here
        return cls(
            port=_port(environ, "ENGINE_PORT"),
            token=token,
            actions_url=_actions_url(environ),
            model_dir=model_dir(environ),
            log_level=environ.get("LOG_LEVEL", "INFO").upper(),
        )


def model_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Where models are kept. Raises SettingWrong."""
    value = environ.get("MODEL_DIR", "")
    if not value:
        raise SettingWrong("MODEL_DIR must name a folder for trained models.")
    return Path(value)


def line_phone(environ: Mapping[str, str] = os.environ) -> str:
    """The voice line that texts name."""
    return environ.get("LINE_PHONE") or DEFAULT_LINE_PHONE


def unreviewed(environ: Mapping[str, str] = os.environ) -> Unreviewed:
    """What becomes of safety sentences that nobody has reviewed. Raises SettingWrong."""
    try:
        return Unreviewed.read(environ)
    except ValueError as fault:
        raise SettingWrong(str(fault)) from None


def _port(environ: Mapping[str, str], name: str) -> int:
    value = environ.get(name, "")
    if not value.isdecimal() or not 0 < int(value) < 65_536:
        raise SettingWrong(f"{name} must be a port number from 1 to 65535.")
    return int(value)


def _actions_url(environ: Mapping[str, str]) -> str:
    """The address of the action server's webhook, with or without its path given."""
    url = environ.get("ACTIONS_URL") or f"http://127.0.0.1:{_port(environ, 'ACTIONS_PORT')}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise SettingWrong("ACTIONS_URL must be an http address such as http://127.0.0.1:5055.")
    path = parts.path if parts.path not in ("", "/") else "/webhook"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))
