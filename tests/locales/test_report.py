"""What waits for a native speaker is counted and can be named; every SMS has its price."""

from __future__ import annotations

import pytest

from locales.catalogue import Catalogue
from locales.report import main


def test_counts_by_language(capsys: pytest.CaptureFixture[str]) -> None:
    """One line a language; English is reviewed and has none."""
    assert main([]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    counted = {line[0]: line[1:] for line in lines[1:]}
    french = Catalogue.load().sentences["fr"]
    assert counted["fr"][0] == str(sum(not one.reviewed for one in french.values()) or "-")
    assert "en" not in counted


def test_names_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    """Each that waits, with a star where safety hangs on it."""
    main(["--unreviewed"])
    lines = capsys.readouterr().out.splitlines()
    for key, sentence in Catalogue.load().sentences["fr"].items():
        star = " *" if key in Catalogue.load().safety else ""
        assert (f"fr messages {key}{star}" in lines) != sentence.reviewed


def test_segments_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    """Parts by key and language, and which need UCS-2."""
    main(["--segments"])
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line]
    head = next(line for line in lines if line[0] == "parts")
    opening = next(line for line in lines if line[0] == "open.first")
    assert opening[head.index("en")] == "2"
    assert opening[head.index("zh")].endswith("u")
