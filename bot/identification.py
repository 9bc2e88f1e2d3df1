"""Names the language of a short text: script first, then words and n-grams together.

`langdetect` alone names half of our one-word texts wrong and is sure of it, so
its verdict is one voice of three: the script of the letters, the words of
`bot/languages.yaml`, and langdetect restricted to the languages we may meet.
The language of the conversation is a prior; the rules for switching are in
`weigh`: never on one word, never on a short first text that is only probable.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import langdetect
import yaml
from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

_PROFILES = Path(langdetect.__file__).with_name("profiles")
_WORDS = Path(__file__).with_name("languages.yaml")

#: Languages written in Latin letters; those langdetect has no profile for live by their words.
LATIN = ("en", "fr", "es", "pt", "tl", "vi", "ht", "ro", "hu", "so", "it", "de", "hi", "pa", "ar")
_UNPROFILED = frozenset({"ht", "hi", "pa", "ar"})

_FLOOR = 1e-5
_NGRAM_WEIGHT = 0.33
_WORD_WEIGHT = 3.2
_MOST_WORDS = 4.0
#: An unknown first text is more often English or French than the figures of any other.
_FIRST_TEXT_PRIOR = {"en": 4.0, "fr": 3.0}
_CURRENT = 0.8
_CHOSEN = 0.95
_SCRIPT_SHARE = 0.3
_SCRIPT_CONFIDENCE = 0.97

SURE_FIRST = 0.9
SURE_SWITCH = 0.8
UNSURE = 0.65
SINGLE_WORD = 0.5


@dataclass(frozen=True)
class Identified:
    """A language code and how sure it is, after the rules of switching."""

    code: str | None
    confidence: float
    words: int
    """Words that could show a language; 0 for digits, emoji and links alone."""
    latin: bool


#: First and last code point -> the one language of ours written in it.
_SCRIPTS: tuple[tuple[int, int, str], ...] = (
    (0x0370, 0x03FF, "el"),
    (0x0400, 0x052F, "Cyrl"),
    (0x0530, 0x058F, "hy"),
    (0x0590, 0x05FF, "he"),
    (0x0600, 0x077F, "Arab"),
    (0x0900, 0x097F, "hi"),
    (0x0980, 0x09FF, "bn"),
    (0x0A00, 0x0A7F, "pa"),
    (0x0A80, 0x0AFF, "gu"),
    (0x0B80, 0x0BFF, "ta"),
    (0x0E00, 0x0E7F, "th"),
    (0x0E80, 0x0EFF, "lo"),
    (0x1000, 0x109F, "my"),
    (0x10A0, 0x10FF, "ka"),
    (0x1200, 0x137F, "Ethi"),
    (0x1400, 0x167F, "Cans"),
    (0x1780, 0x17FF, "km"),
    (0x3040, 0x30FF, "ja"),
    (0x4E00, 0x9FFF, "zh"),
    (0xAC00, 0xD7A3, "ko"),
    (0xFB50, 0xFDFF, "Arab"),
    (0xFE70, 0xFEFF, "Arab"),
)
#: Scripts shared by languages: letters that only one of them uses, and the usual one.
_LETTERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Arab": (("ur", "ٹڈڑںےہھ"), ("fa", "پچژگکی"), ("ar", "ةىيكإأ")),
    "Cyrl": (("uk", "іїєґ"), ("ru", "ыэъё")),
    "Ethi": (("ti", "ቐቕኸዀ"), ("am", "")),
    "Cans": (("cr", "ᐤᐟᐠᐢᐣᐦᕽᔑᔐ"), ("iu", "ᖃᖅᕐᕙᖏᖕ")),
}
_USUAL = {"Arab": "ar", "Cyrl": "ru", "Ethi": "am", "Cans": "iu"}
_MARKS_OF_A_LETTER = 2.5  # one Han character says as much as a short word

_NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|@\w+")
_REPEATED = re.compile(r"(\w)\1{2,}")
# Digits inside a word stay: they are letters in romanised Arabic.
_WORD = re.compile(r"[^\W_]*[^\W\d_][^\W_]*")


def identify(text: str, current: str | None = None, chosen: bool = False) -> Identified:
    """Name the language of a text.

    `current` is the conversation's language so far, `chosen` whether the person
    picked it. A text with no words keeps the current language.
    """
    cleaned = _REPEATED.sub(r"\1\1", _NOISE.sub(" ", text.lower().replace("’", "'")))
    words = _WORD.findall(cleaned.replace("'", ""))
    if not words:
        return Identified(current, 1.0 if current else 0.0, 0, latin=True)
    script = _script(cleaned)
    if script is not None:
        return Identified(_of_script(script, cleaned), _SCRIPT_CONFIDENCE, len(words), latin=False)
    return weigh(_scores(cleaned, words), len(words), current, chosen)


def weigh(scores: Mapping[str, float], words: int, current: str | None, chosen: bool) -> Identified:
    """Choose among Latin-script languages from log scores, holding to the rules of switching."""
    prior = {code: math.log(_prior(code, scores, current, chosen)) for code in scores}
    total = {code: scores[code] + prior[code] for code in scores}
    best = max(total, key=lambda code: total[code])
    confidence = 1.0 / sum(math.exp(value - total[best]) for value in total.values())
    if current is None and words <= 3 and confidence < SURE_FIRST:
        confidence = min(confidence, UNSURE)
    if current is not None and best != current:
        if words == 1:
            confidence = min(confidence, SINGLE_WORD)
        elif confidence < SURE_SWITCH:
            confidence = min(confidence, UNSURE)
    return Identified(best, confidence, words, latin=True)


def _prior(code: str, scores: Mapping[str, float], current: str | None, chosen: bool) -> float:
    if current is None:
        return _FIRST_TEXT_PRIOR.get(code, 1.0)
    kept = _CHOSEN if chosen else _CURRENT
    if current not in scores:
        return 1.0
    return kept if code == current else (1.0 - kept) / (len(scores) - 1)


def _scores(cleaned: str, words: Iterable[str]) -> dict[str, float]:
    """Log score of each Latin-script language, before any prior."""
    found = _words_found(words)
    ngrams = _ngrams(cleaned)
    return {
        code: _WORD_WEIGHT * min(_MOST_WORDS, found.get(code, 0.0))
        + _NGRAM_WEIGHT * math.log(max(ngrams.get(code, 0.0), _FLOOR))
        for code in LATIN
    }


def _words_found(words: Iterable[str]) -> dict[str, float]:
    """How many listed words each language can claim; a shared word counts in part."""
    found: dict[str, float] = {}
    for word in words:
        owners = _owners().get(_bare(word), ())
        for code in owners:
            found[code] = found.get(code, 0.0) + 1.0 / len(owners)
    return found


def _bare(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@lru_cache(maxsize=1)
def _owners() -> Mapping[str, tuple[str, ...]]:
    """Listed word -> the languages that list it."""
    owners: dict[str, list[str]] = {}
    for code, listed in yaml.safe_load(_WORDS.read_text(encoding="utf-8")).items():
        # YAML reads the key `no` as false; no such language is listed here.
        for word in set(str(listed).split()):
            owners.setdefault(word, []).append(code)
    return {word: tuple(codes) for word, codes in owners.items()}


@lru_cache(maxsize=1)
def _factory() -> DetectorFactory:
    factory = DetectorFactory()
    # Its sampling is random unless seeded: the same text must get the same answer.
    factory.set_seed(0)
    profiled = [code for code in LATIN if code not in _UNPROFILED]
    factory.load_json_profile([(_PROFILES / code).read_text(encoding="utf-8") for code in profiled])
    return factory


def _ngrams(cleaned: str) -> dict[str, float]:
    """langdetect's probabilities; empty when it finds nothing to go by."""
    detector = _factory().create()
    detector.append(cleaned)
    try:
        return {guess.lang: guess.prob for guess in detector.get_probabilities()}
    except LangDetectException:
        return {}


def _script(cleaned: str) -> str | None:
    """The non-Latin script of a third of the letters or more, if there is one."""
    weights: dict[str | None, float] = {}
    for letter in cleaned:
        if letter.isalpha():
            script = _script_of(letter)
            weight = _MARKS_OF_A_LETTER if script in ("zh", "ja", "ko") else 1.0
            weights[script] = weights.get(script, 0.0) + weight
    total = sum(weights.values())
    foreign = {name: weight for name, weight in weights.items() if name is not None}
    # Japanese mixes Han characters with its own.
    if foreign.get("ja") and foreign.get("zh"):
        foreign["ja"] += foreign.pop("zh")
    if not foreign:
        return None
    best = max(foreign, key=lambda name: foreign[name])
    return best if foreign[best] >= _SCRIPT_SHARE * total else None


def _script_of(letter: str) -> str | None:
    point = ord(letter)
    if point < _SCRIPTS[0][0]:
        return None
    return next((name for first, last, name in _SCRIPTS if first <= point <= last), None)


def _of_script(script: str, cleaned: str) -> str:
    """The language of a script; where several share it, by the letters only one of them uses."""
    if script not in _LETTERS:
        return script
    counts = {
        code: sum(cleaned.count(letter) for letter in letters) for code, letters in _LETTERS[script]
    }
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] else _USUAL[script]
