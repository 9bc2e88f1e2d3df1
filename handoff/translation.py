"""A translation helper at the desk: a LibreTranslate-compatible server of the operator's own.

Off without TRANSLATE_URL. It is asked only when an advocate presses a button, for one text. What
comes back is labelled as machine text and kept nowhere but in a reply that was sent with it.
Fixed sentences of the catalogue come first: what is said of safety, privacy and emergencies is
never left to a machine where the line has it in the person's language (domain.md section 4).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from handoff.phrases import SENTENCES, Phrase
from intake.folding import fold
from intake.speaking import Voice

SECONDS = 10.0
LONGEST_ANSWER = 64 * 1024
# How alike a draft and a fixed sentence must be for the sentence to be offered (0 to 1).
_ALIKE = 0.55
_MOST_FIXED = 2
#: What the helper calls our forms of a language, the first that the server has.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "zh": ("zh", "zh-Hans"),
    "zh-Hant": ("zt", "zh-Hant"),
    "pt": ("pt", "pb", "pt-BR"),
    "fa": ("fa",),
}
#: Sentences of the catalogue that a person may say as they stand, beside the phrases.
_SAYABLE = ("utter_delete", "utter_police_involved", "settings.times", "call.when", "call.message")


class TranslationFailed(Exception):
    """The server gave no translation; `code` holds no words."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the translation helper gave nothing: {code}")
        self.code = code


@dataclass(frozen=True)
class Fixed:
    """Reviewed wording that says nearly the same: as read here, and as the person reads it."""

    name: str
    text: str
    theirs: str


@dataclass
class Translator:
    """The server, and the languages that it said it has."""

    url: str
    key: str | None = None
    _pairs: dict[str, frozenset[str]] = field(default_factory=dict)

    async def translate(self, text: str, source: str, target: str) -> str:
        """One text. Raises TranslationFailed."""
        pairs = await self._languages()
        from_, into = _named(source, frozenset(pairs)), None
        if from_ is not None:
            into = _named(target, pairs[from_])
        if from_ is None or into is None:
            raise TranslationFailed("no_language")
        asked = {"q": text, "source": from_, "target": into, "format": "text"}
        if self.key is not None:
            asked["api_key"] = self.key
        found = await self._ask("POST", "/translate", asked)
        words = found.get("translatedText") if isinstance(found, dict) else None
        if not isinstance(words, str) or not words.strip():
            raise TranslationFailed("unfit_answer")
        return words.strip()

    async def _languages(self) -> dict[str, frozenset[str]]:
        if not self._pairs:
            found = await self._ask("GET", "/languages", None)
            try:
                self._pairs = {
                    str(one["code"]): frozenset(map(str, one["targets"]))
                    for one in found  # type: ignore[attr-defined]  # checked by the except
                }
            except (TypeError, KeyError):
                raise TranslationFailed("unfit_answer") from None
        return self._pairs

    async def _ask(self, method: str, path: str, body: dict[str, str] | None) -> object:
        try:
            async with httpx.AsyncClient(timeout=SECONDS, trust_env=False) as client:
                answer = await client.request(method, self.url.rstrip("/") + path, json=body)
        except httpx.TimeoutException:
            raise TranslationFailed("slow") from None
        except httpx.HTTPError:
            raise TranslationFailed("no_connection") from None
        if answer.status_code != 200 or len(answer.content) > LONGEST_ANSWER:
            raise TranslationFailed(f"status_{answer.status_code}")
        try:
            return answer.json()
        except ValueError:
            raise TranslationFailed("unfit_answer") from None


def fixed_for(
    voice: Voice, known: Sequence[Phrase], draft: str, screen: str, theirs: str
) -> list[Fixed]:
    """Reviewed wording that says nearly what a draft says, the nearest first.

    `known`: the phrases of the desk (handoff/phrases.py); one counts where it is there in both
    languages under one name.
    """
    pairs: dict[str, tuple[str, str]] = {}
    spoken = {(one.language, one.name): one.text for one in known}
    for (language, name), text in spoken.items():
        if language == screen and (theirs, name) in spoken:
            pairs[f"/{name}"] = (text, spoken[theirs, name])
    for key in _SAYABLE:
        if key in SENTENCES.keys(screen) and key in SENTENCES.keys(theirs):
            pairs[key] = (voice.words(key, screen), voice.words(key, theirs))
    folded = fold(draft)
    scored = [
        (difflib.SequenceMatcher(None, folded, fold(text), autojunk=False).ratio(), name)
        for name, (text, _) in pairs.items()
    ]
    best = sorted((one for one in scored if one[0] >= _ALIKE), reverse=True)[:_MOST_FIXED]
    return [Fixed(name, *pairs[name]) for _, name in best]


def _named(tag: str, known: frozenset[str]) -> str | None:
    """What the server calls a language of ours; None for one that it does not have.

    A romanised form is another writing of the language: no server reads it well, so none is asked.
    """
    if tag.endswith("-Latn"):
        return None
    names = _NAMES.get(tag, (tag.split("-")[0],))
    return next((name for name in names if name in known), None)
