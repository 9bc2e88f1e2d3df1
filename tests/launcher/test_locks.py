"""The lock files are exact, hashed, free of addresses, and agree with pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("services", "dev", "engine", "uv")
EXTRAS = {"services": ["services"], "dev": ["services", "dev"], "engine": ["engine"]}
PYTHONS = {"services": "3.12.0", "dev": "3.12.0", "engine": "3.10.0"}


def blocks(name: str) -> list[str]:
    """Return the lock's requirements, each with the lines that belong to it."""
    text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return re.split(r"\n(?=\S)", "\n".join(lines).strip())


def pins(name: str) -> dict[str, Version]:
    """Return what the lock installs on Linux, by name."""
    environment = {"python_full_version": PYTHONS[name], "python_version": PYTHONS[name][:4]}
    found: dict[str, Version] = {}
    for block in blocks(name):
        requirement = Requirement(block.split("\\")[0].strip())
        if requirement.marker is None or requirement.marker.evaluate(environment):
            (pin,) = requirement.specifier
            found[canonicalize_name(requirement.name)] = Version(pin.version)
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_is_exact_and_hashed(name: str) -> None:
    """Each requirement names one version and at least one hash, and nothing else."""
    assert len(blocks(name)) >= 1
    for block in blocks(name):
        first, *rest = [line.strip().rstrip("\\").strip() for line in block.splitlines()]
        assert re.fullmatch(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==[a-z0-9.]+( ; .+)?", first), first
        assert rest
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in rest), block


@pytest.mark.parametrize("name", LOCKS)
def test_no_address_and_no_path_of_a_machine(name: str) -> None:
    """A lock says what to install, never from where, nor who wrote it."""
    text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|/home/|/root/|/tmp/|@ ", text)


@pytest.mark.parametrize("name", sorted(EXTRAS))
def test_lock_agrees_with_pyproject(name: str) -> None:
    """Whatever pyproject.toml asks for is in the lock, in a version that it allows."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = pins(name)
    for extra in EXTRAS[name]:
        for line in project["optional-dependencies"][extra]:
            requirement = Requirement(line)
            version = pinned.get(canonicalize_name(requirement.name))
            assert version is not None, f"run ./hotline lock: {requirement.name} is missing"
            assert version in requirement.specifier, f"run ./hotline lock: {requirement}"


def test_dev_holds_what_runs_in_production() -> None:
    """What is tested is what is started: the same version of every package."""
    dev = pins("dev")
    assert {name: dev.get(name) for name in pins("services")} == pins("services")


def test_the_engine_comes_without_tensorflow() -> None:
    """The pipeline does not use it, and it would be four fifths of the environment."""
    assert not [name for name in pins("engine") if name.startswith(("tensorflow", "keras"))]
