"""What tells languages apart in short texts: scripts, n-grams, words, and how much each counts."""

from typing import Any

from numpy.typing import NDArray

#: Numbers, most often one a candidate language.
Array = NDArray[Any]
