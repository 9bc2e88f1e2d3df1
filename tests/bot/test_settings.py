"""Settings come from the environment, and a wrong one is refused with the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings, SettingWrong, line_phone, model_dir

GOOD = {
    "ENGINE_PORT": "5005",
    "ENGINE_TOKEN": "a-token-of-some-length",
    "ACTIONS_PORT": "5055",
    "MODEL_DIR": "/srv/models",
}


def test_good_settings_are_read() -> None:
    """Defaults fill what may be left out."""
    settings = Settings.read(GOOD)
    assert (settings.port, settings.actions_url) == (5005, "http://127.0.0.1:5055/webhook")
    assert (Path("/srv/models"), "INFO") == (settings.model_dir, settings.log_level)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("http://127.0.0.1:7000", "http://127.0.0.1:7000/webhook"),
        ("http://127.0.0.1:7000/", "http://127.0.0.1:7000/webhook"),
        ("http://127.0.0.1:7000/webhook", "http://127.0.0.1:7000/webhook"),
    ],
)
def test_the_action_server_may_be_given_with_or_without_its_path(given: str, url: str) -> None:
    """Rasa wants the webhook; people write the server."""
    assert Settings.read({**GOOD, "ACTIONS_URL": given}).actions_url == url


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"ENGINE_PORT": ""}, "ENGINE_PORT"),
        ({"ENGINE_PORT": "99999"}, "ENGINE_PORT"),
        ({"ENGINE_PORT": "5005a"}, "ENGINE_PORT"),
        ({"ENGINE_TOKEN": ""}, "ENGINE_TOKEN"),
        ({"ENGINE_TOKEN": "short"}, "ENGINE_TOKEN"),
        ({"ACTIONS_PORT": ""}, "ACTIONS_PORT"),
        ({"ACTIONS_URL": "127.0.0.1:5055"}, "ACTIONS_URL"),
        ({"MODEL_DIR": ""}, "MODEL_DIR"),
        ({"UNREVIEWED_SENTENCES": "maybe"}, "UNREVIEWED_SENTENCES"),
    ],
)
def test_a_wrong_setting_is_named(changed: dict[str, str], named: str) -> None:
    """One sentence, with the variable in it and no value of a secret."""
    with pytest.raises(SettingWrong, match=named) as caught:
        Settings.read({**GOOD, **changed})
    assert "short" not in str(caught.value)


def test_the_phone_has_a_default() -> None:
    """Texts always name a voice line."""
    assert (
        line_phone({}),
        line_phone({"LINE_PHONE": "555-0100"}),
    ) == ("1-833-900-1010", "555-0100")


def test_training_needs_only_a_folder() -> None:
    """No token, no ports."""
    assert model_dir({"MODEL_DIR": "models"}) == Path("models")


def test_rasas_files_take_their_secrets_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """endpoints.yml and credentials.yml hold no value of their own."""
    from rasa.core.utils import AvailableEndpoints
    from rasa.shared.utils.io import read_config_file

    monkeypatch.setenv("ACTIONS_URL", "http://127.0.0.1:7000/webhook")
    monkeypatch.setenv("ENGINE_TOKEN", "a-token-of-some-length")
    endpoints = AvailableEndpoints.read_endpoints("endpoints.yml")
    assert endpoints.action is not None
    assert endpoints.action.url == "http://127.0.0.1:7000/webhook"
    credentials = read_config_file("credentials.yml")
    assert credentials == {"bot.channel.IntakeChannel": {"token": "a-token-of-some-length"}}
