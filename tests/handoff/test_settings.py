"""The desk refuses to start without its secrets or on an address that gives passwords away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from handoff.settings import DeskSettings, explain


@pytest.mark.parametrize(
    ("staff_url", "host", "origin"),
    [
        ("", "127.0.0.1", "http://127.0.0.1:8081"),
        ("", "::1", "http://[::1]:8081"),
        ("http://localhost:8081/", "127.0.0.1", "http://localhost:8081"),
        ("https://desk.example.test", "0.0.0.0", "https://desk.example.test"),
        ("https://Desk.Example.test:443/", "127.0.0.1", "https://desk.example.test"),
        ("https://desk.example.test:8443", "127.0.0.1", "https://desk.example.test:8443"),
    ],
)
def test_origin(staff_url: str, host: str, origin: str) -> None:
    """The origin is written as browsers write it."""
    settings = DeskSettings(
        database_url="postgresql://x", hotline_key_file=Path("k"), staff_url=staff_url,
        staff_host=host,
    )  # fmt: skip
    assert origin == settings.origin
    assert settings.secure == origin.startswith("https")


@pytest.mark.parametrize(
    ("staff_url", "host", "reason"),
    [
        ("http://desk.example.test", "127.0.0.1", "plain http"),
        ("http://192.0.2.7:8081", "127.0.0.1", "plain http"),
        ("", "0.0.0.0", "plain http"),
        ("ftp://desk.example.test", "127.0.0.1", "an address such as"),
        ("desk.example.test", "127.0.0.1", "an address such as"),
        ("https://example.test/desk", "127.0.0.1", "no path"),
    ],
)
def test_unsafe_addresses_are_refused(staff_url: str, host: str, reason: str) -> None:
    """A plain name for the session cookie is allowed on loopback only."""
    with pytest.raises(ValidationError) as refusal:
        DeskSettings(
            database_url="postgresql://x", hotline_key_file=Path("k"), staff_url=staff_url,
            staff_host=host,
        )  # fmt: skip
    assert reason in explain(refusal.value)


def test_every_setting_is_described() -> None:
    """A setting that nobody described does not pass."""
    assert [
        name for name, field in DeskSettings.model_fields.items() if not field.description
    ] == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://x"}, "HOTLINE_KEY_FILE"),
        (
            {"DATABASE_URL": "postgresql://x", "HOTLINE_KEY_FILE": "/nowhere/key"},
            "no key file at /nowhere/key",
        ),
        (
            {
                "DATABASE_URL": "postgresql://u:hush@x",
                "HOTLINE_KEY_FILE": "k",
                "STAFF_URL": "http://a.test",
            },
            "plain http",
        ),
    ],
)
def test_missing_settings_are_one_sentence(
    given: dict[str, str], sentence: str, root: Path
) -> None:
    """The process ends with status 2, one line, and no secret in it."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root), **given}
    ended = subprocess.run(
        [sys.executable, "-m", "handoff"], env=environment, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert sentence in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert "hush" not in ended.stderr
