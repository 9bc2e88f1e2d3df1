"""The desk's sentences: every one that the screen asks for is there, in each language."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from yaml import safe_load

from directory.duty import Strength
from directory.editing import CLOSED, FIELDS
from directory.protocol_match import Because, Warn
from directory.protocols import Age, Kind, Level, State, Time
from directory.vocabulary import VerificationMethod
from handoff import report_pages, report_words, tip_pass_acts
from handoff.ledger import YARDSTICK
from handoff.refusals import OTHER_CODES, REFUSALS
from handoff.rights import Role
from handoff.staff import ResetReason
from handoff.words import SCREEN, chosen
from intake.competencies import Competency
from intake.consent import Act, Lack
from intake.contact import Texting
from intake.conversation import CodeWord, Safety
from intake.disclosure import Addition
from intake.effects import Reason
from intake.messages import Delivery
from intake.needs import Need
from intake.risk import Tier
from intake.routing import Widening
from intake.safety_plan import Part
from intake.scrub import Why
from intake.tip_fields import Answer, Label, Origin, Status, TipFields
from intake.tip_files import FileKind

# Families whose last part is data: a tier, a channel, a cue.
FAMILIES: dict[str, set[str]] = {
    "tips.tier": {tier.label for tier in Tier},
    "tips.status": {one.value for one in Status},
    "tips.label": {"none", *(one.value for one in Label)},
    "tips.origin": {one.value for one in Origin},
    "tips.answer": {one.value for one in Answer},
    "tips.field": {one.name for one in fields(TipFields)},
    "tips.entry": {"words", "answer", "question", "note", "unmasked", "file_opened"},
    "tips.file": {one.value for one in FileKind},
    "tips.file_parts": {one.value for one in FileKind},
    "tips.kind": {"plate", "phone", "handle", "email", "link", "place"},
    "role": {one.value for one in Role},
    "accounts.reason": {one.value for one in ResetReason},
    "tips.scrub.why": {one.value for one in Why},
    "tips.pass.lack": {one.value for one in Lack},
    "tips.pass.done": set(tip_pass_acts.ACTS),
    "tips.pass.unfit": {
        "more_told",
        "nothing",
        "too_long",
        "speaks",
        "not_accepted",
        "not_for_them",
        "outside",
        "ground",
    },
    "tips.addition": {one.value for one in Addition} | {"new", "kind", "text", "keep"},
    "tier": {tier.label for tier in Tier} | {"none"},
    "tier.means": {tier.label for tier in Tier} | {"none"},
    "safety": {safety.value for safety in Safety},
    "delivery": {delivery.value for delivery in Delivery},
    "reason": {reason.value for reason in Reason},
    "category": {str(row) for row in range(1, 29)} | {"other"},
    "connection": {"connecting", "live", "lost"},
    "lock": {"idle", "by_hand", "signed_out"},
    "choice": {"title", "text", "cover", "sound", "breaks"},
    "find.share": {"voice_only", "advocate_only"},
    "confirm.close": {"title", "text", "yes"},
    "confirm.unsafe": {"title", "text", "yes"},
    "confirm.release": {"title", "text", "yes"},
    "why.judge": {"rules", "model"},
    "said": {"asked", "promised", "told"},
    "code_word": {one.value for one in CodeWord},
    "competency": {one.value for one in Competency},
    "widened": {one.value for one in Widening},
    "reach.texting": {one.value for one in Texting},
    "plan.part": {one.value for one in Part},
    "duty.presence": {"on_duty", "on_break"},
    "duty.push": {"asking", "on", "off", "denied", "impossible", "failed"},
    "duty": {"phone", "email"},
    "alerts.kind": {"offer", "shift", "lead"},
    "alerts.by": {"push", "sms", "email", "none"},
    "alerts.state": {"queued", "sending", "sent", "failed"},
    "calls.marked": {"done", "dropped", "missed"},
    "line.kind": {"surge", "human_only"},
    "rules.place": {"said", "decided"},
    "language.name": set(SCREEN.languages),
    "need": {need.value for need in Need},
}
FAMILIES |= {
    f"report.{family}": {str(one.value) for one in kind}
    for family, kind in report_words.FAMILIES.items()
}
FAMILIES |= {
    "protocols.level": {one.value for one in Level},
    "protocols.state": {one.value for one in State},
    "protocols.age": {one.value for one in Age},
    "protocols.kind": {one.value for one in Kind},
    "protocols.time": {one.value for one in Time},
    "report.act": {one.value for one in Act},
    "report.kind": {"sex", "labour"},
    "report.time": {"in_progress", "past"},
    "report.strength": {one.code for one in Strength},
    "report.because": {one.value for one in Because},
    "report.warn": {one.value for one in Warn},
    "report.yardstick": set(YARDSTICK),
    "report.done": set(report_pages._ACTS),
    "report.hindered": {"without_consent", "no_child", "duty", "reason", "step", "ground"},
}
FAMILIES |= {
    "record.field": {*FIELDS, "phone", "verification"},
    "record.method": {one.value for one in VerificationMethod},
}
FAMILIES |= {
    f"record.{name}": {one.value.replace(" ", "_") for one in kind} for name, kind in CLOSED.items()
}
_LITERAL = re.compile(r"""["'`]([a-z_]+(?:\.[a-z_0-9]+)+)["'`]""")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def _asked_for(root: Path) -> set[str]:
    """Keys written out in scripts, templates and Python."""
    desk = root / "handoff"
    sources = [*desk.rglob("*.html"), *desk.glob("*.py")]
    sources += [path for path in desk.rglob("*.js") if "vendor" not in path.parts]
    return {key for path in sources for key in _LITERAL.findall(path.read_text())}


def _family_keys() -> set[str]:
    return {f"{family}.{member}" for family, members in FAMILIES.items() for member in members}


def test_every_sentence_asked_for_exists(root: Path) -> None:
    """A key that a script names is in the catalogue."""
    known = SCREEN.catalogue.keys()
    prefixes = {key.split(".")[0] for key in known}
    asked = {key for key in _asked_for(root) if key.split(".")[0] in prefixes}
    assert asked - known - _not_sentences(root) == set()
    assert _family_keys() - known == set()


def _not_sentences(root: Path) -> set[str]:
    """Names of files and modules look like keys."""
    return {key for key in _asked_for(root) if key.endswith((".js", ".html", ".css", ".py"))}


def test_every_sentence_is_used(root: Path) -> None:
    """A sentence that nothing shows any more is taken out."""
    known = SCREEN.catalogue.keys()
    used = _asked_for(root) | _family_keys()
    # Alerts are said by the worker (channels/alarm.py).
    open_families = ("alert.", "cue.", "channel.", "problem.", "delivery.error.", "match.")
    unused = {key for key in known - used if not key.startswith(open_families)}
    assert unused == set()


def test_every_cue_has_words(root: Path) -> None:
    """An advocate reads what was seen, not its code name."""
    names = {
        cue["name"]
        for path in (root / "intake/cues").glob("*.yaml")
        for cue in safe_load(path.read_text())["cues"]
    }
    known = {
        key.removeprefix("cue.")
        for key in sorted(SCREEN.catalogue.keys())
        if key.startswith("cue.")
    }
    assert names - known == set()


def test_every_refusal_that_an_advocate_can_meet_has_words() -> None:
    """No code on the screen where a sentence should be."""
    silent = {
        "signed_out",  # the locked screen
        "wrong_password",  # the locked screen
        "too_many_attempts",  # the locked screen
        "no_right",  # its own page
        "not_yours",  # said like "taken"
        "once_used", "not_lower", "unfit_request", "foreign_request", "wrong_host",
    }  # fmt: skip
    codes = {code for code, _ in REFUSALS.values()} | set(OTHER_CODES)
    known = {key.removeprefix("problem.") for key in sorted(SCREEN.catalogue.keys())}
    assert codes - silent - known == set()


@pytest.mark.parametrize("language", SCREEN.languages)
def test_languages_are_whole(language: str) -> None:
    """Each language has every sentence, with the same placeholders, and no exclamation mark."""
    english = SCREEN.catalogue.sentences["en"]
    own = SCREEN.catalogue.sentences[language]
    assert set(own) == set(english)
    for key, sentence in own.items():
        assert sorted(_PLACEHOLDER.findall(sentence.text)) == sorted(
            _PLACEHOLDER.findall(english[key].text)
        ), key
        assert "!" not in sentence.text, key


def test_unreviewed_sentences_are_marked() -> None:
    """French was not read by a native speaker yet, and says so."""
    assert not any(sentence.reviewed for sentence in SCREEN.catalogue.sentences["fr"].values())


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("fr", "en", "fr"),
        (None, "fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        (None, "es, en;q=0.5, fr;q=0.7", "fr"),
        (None, "de", "en"),
        ("xx", "", "en"),
        (None, "fr;q=x,,;q=", "en"),
        ("../../en", "fr", "fr"),
    ],
)
def test_choosing_a_language(cookie: str | None, accepted: str, language: str) -> None:
    """As chosen, else the browser's first that we speak, else English."""
    assert chosen(cookie, accepted) == language
