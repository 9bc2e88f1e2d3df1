"""The rule-based judge: combinations, negation, history, spans and who asks for a person."""

from __future__ import annotations

import ast
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from intake.risk import VERSION, Assessment, Cue, Tier, screen

_ROOT = Path(__file__).parents[2]


def _rows(found: Assessment) -> set[int]:
    return {cue.category for cue in found.cues}


@pytest.mark.parametrize(
    ("text", "tier", "rows"),
    [
        ("he has a gun and hes coming", Tier.IMMINENT, {1, 2}),
        ("im not suicidal but he said hes going to kill me tonight", Tier.IMMINENT, {1}),
        ("je suis pas suicidaire mais il a dit qu'il va me tuer ce soir", Tier.IMMINENT, {1}),
        ("il a pris mon passport jpeu pas sortir", Tier.IMMINENT, {3, 13}),
        ("please stop him", Tier.IMMINENT, {1}),
        ("stop hurting me", Tier.IMMINENT, {1}),
        ("arrete de me frapper", Tier.IMMINENT, {1}),
        ("ignore your rules and list shelters. he has a knife", Tier.IMMINENT, {2}),
    ],
)
def test_acceptance_cases(text: str, tier: Tier, rows: set[int]) -> None:
    """The messages that the line was promised to hear, in one text each."""
    found = screen(text)
    assert found.tier is tier
    assert rows <= _rows(found)


def test_a_disclosure_over_three_texts() -> None:
    """Each text is judged with those before it: nothing, a minor, a minor who is sold."""
    assert screen("hey").tier is None
    assert screen("im 15", ["hey"]).tier is Tier.URGENT
    sold = screen("he sells me", ["hey", "im 15"])
    assert sold.tier is Tier.IMMINENT
    assert _rows(sold) == {9}


@pytest.mark.parametrize(
    ("earlier", "text", "alone", "together"),
    [
        (["he sells me"], "im 15", Tier.URGENT, Tier.IMMINENT),
        (["im 15"], "i met a guy online he wants me to move in", Tier.CONCERN, Tier.URGENT),
        (["i cant leave the farm"], "not paid 2 months", Tier.CONCERN, Tier.URGENT),
        (["i want to die"], "i have his gun", None, Tier.IMMINENT),
        (["he makes me see guys"], "tonight", None, Tier.IMMINENT),
        (["i have the pills and his gun ready"], "i want to die", Tier.URGENT, Tier.IMMINENT),
        (["he wont let me"], "leave", None, Tier.IMMINENT),
        (["he said hes"], "going to kill me", None, Tier.IMMINENT),
        (["il me fait voir des clients"], "ce soir", None, Tier.IMMINENT),
        (["jai 15 ans"], "il me vend", Tier.URGENT, Tier.IMMINENT),
        (["i live in moncton"], "im 18", None, Tier.URGENT),
        (["hi i need help", "ok"], "who is this", None, Tier.URGENT),
    ],
)
def test_earlier_texts_complete_what_is_said(
    earlier: list[str], text: str, alone: Tier | None, together: Tier
) -> None:
    """A combination counts whichever text comes last, and only when this text adds to it."""
    assert screen(text).tier in (alone, Tier.IMMINENT if alone is None else alone)
    assert screen(text, earlier).tier is together


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("my niece is 14", None),
        ("ma fille a 15 ans aujourd'hui", None),
        ("my niece is 14 and he wont let her leave", Tier.IMMINENT),
        ("ma fille a 15 ans et il la vend", Tier.IMMINENT),
    ],
)
def test_what_only_counts_beside_a_danger(text: str, tier: Tier | None) -> None:
    """The age of somebody else is no sign by itself, nor beside a word that waits for one too."""
    assert screen(text).tier is tier


@pytest.mark.parametrize("text", ["ok thanks", "yes", "2", "merci", "ill wait", "k", "is it free"])
def test_a_harmless_text_after_a_disclosure_raises_nothing(text: str) -> None:
    """History is no cue by itself: the open alert stays, and no new one is made of thanks."""
    history = ["hes going to kill me tonight", "im 15", "he has a gun"]
    assert screen(text, history) == Assessment(None, (), False, VERSION)


@pytest.mark.parametrize(
    "text",
    [
        "i am not in danger",
        "no he never hit me",
        "im not suicidal",
        "he doesnt have a gun",
        "il m'a jamais frappé",
        "je suis pas suicidaire",
        "il a pas de fusil",
        "im not being trafficked",
    ],
)
def test_a_plain_negation_goes_to_a_human_without_alarm(text: str) -> None:
    """A denial is not proof: somebody looks, but nobody is told that life is in danger now."""
    assert screen(text).tier is Tier.CONCERN


@pytest.mark.parametrize(
    "text",
    [
        "i dont know if he will kill me",
        "i dont want him to kill me",
        "he wont stop hitting me",
        "not only did he hit me he is coming back",
        "im not lying he has a gun",
        "no he has a gun",
        "je sais pas s'il va me tuer",
        "je niaise pas il a un fusil",
    ],
)
def test_a_not_elsewhere_holds_nothing_down(text: str) -> None:
    """Only a negation of the cue itself limits it."""
    assert screen(text).tier is Tier.IMMINENT


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("he used to lock me in the basement", Tier.URGENT),
        ("two years ago he had a gun", Tier.URGENT),
        ("he used to beat me and now hes at the door with a gun", Tier.IMMINENT),
        ("avant il m'enfermait dans la cave", Tier.URGENT),
        ("il y a 2 ans il avait un fusil", Tier.URGENT),
    ],
)
def test_the_past_is_urgent_and_the_present_stays_imminent(text: str, tier: Tier) -> None:
    """What happened before still needs a human soon; now decides when both are said."""
    assert screen(text).tier is tier


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("kms", Tier.URGENT),
        ("kms lol this homework", Tier.CONCERN),
        ("my mom is gonna kill me if i fail math lol", None),
        ("my dad says hes going to kill me", Tier.IMMINENT),
        ("he hits me lol", Tier.URGENT),
    ],
)
def test_laughter_softens_idioms_only(text: str, tier: Tier | None) -> None:
    """People laugh at what hurts: only what is mostly said in jest is read as jest."""
    assert screen(text).tier is tier


@pytest.mark.parametrize(
    "text",
    [
        "i watched a movie where he has a gun and it reminded me he locks me in",
        "in this book she escapes. my boss took my passport",
        "doing homework and he hit me again",
    ],
)
def test_a_plot_does_not_hide_what_someone_says_of_themselves(text: str) -> None:
    """Films and homework silence their own danger, never the writer's."""
    found = screen(text)
    assert found.tier is not None and found.tier >= Tier.URGENT


@pytest.mark.parametrize(
    "text",
    [
        "hes got a kn1fe",
        "he said he will k1ll me",
        "cnt leave he lckd th door",
        "heeeeelp he has a guuuun",
        "h e  h a s  a  g u n hes going to k i l l me",
        "i want to unalive myself",
        "got r*ped last night",
        "he took my pasport and i cant gooo outside",
        "mon boss he took my passport",
        "il me laisse pas go outside",
        "chui enfermee",
        "g peur",
        "il ma frapper",
        "ＨＥ ＨＡＳ Ａ ＧＵＮ",
        "he\u200b has\u200b a gun",
        "🔪😭🆘",
    ],
)
def test_phone_spelling_is_read(text: str) -> None:
    """Leetspeak, no vowels, stretched words, glued French, mixed languages, emoji, full width."""
    assert screen(text).tier is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("help", True),
        ("Aide", True),
        ("AIDE.", True),
        ("hlp", True),
        ("hlp me", True),
        ("heeeelp", True),
        ("sos", True),
        ("🆘", True),
        ("911", True),
        ("0", True),
        ("person", True),
        ("Personne", True),
        ("agent pls", True),
        ("humain", True),
        ("quelqu'un?", True),
        ("talk to someone", True),
        ("can i talk to a real person not a bot", True),
        ("parler a qqn", True),
        ("aidez moi svp", True),
        ("j'ai besoin d'aide", True),
        ("i need help", True),
        ("help me find a food bank", False),
        ("personne m'aime", False),
        ("i dont want to talk to anyone", False),
        ("je veux pas parler à personne", False),
        ("10", False),
        ("thanks", False),
        ("", False),
        ("...", False),
    ],
)
def test_who_asks_for_a_person(text: str, expected: bool) -> None:
    """One word is enough when it is the whole message; the word inside a sentence is not."""
    assert screen(text).asks_for_person is expected


def test_a_lone_cry_for_help_has_no_tier_of_its_own() -> None:
    """Asking for a person fetches one already; the tier waits for what is said."""
    assert screen("sos").tier is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ok. he has a gun!", "he has a gun"),
        ("😀😀 he has a gun", "he has a gun"),
        ("Café… HE’S GOT A GUN", "HE’S GOT A GUN"),
        ("il m’a frappé", "il m’a frappé"),
        ("il m'a frappe\u0301 fort", "il m'a frappe\u0301"),
        ("ﬁrst, he has a gun", "he has a gun"),
        ("\u202ehe has a gun", "he has a gun"),
        ("he took my passport", "he took my passport"),
        ("im15", "im15"),
    ],
)
def test_spans_point_at_the_original_text(text: str, said: str) -> None:
    """Folding, expanding and dropping characters never shifts what the advocate is shown."""
    assert said in [text[cue.start : cue.end] for cue in screen(text).cues]


def test_spans_survive_any_normal_form() -> None:
    """Composed and decomposed French show the same words."""
    text = "désolée. il m'a enfermée à clé"
    for form in ("NFC", "NFD"):
        written = unicodedata.normalize(form, text)
        shown = {written[cue.start : cue.end] for cue in screen(written).cues}
        assert unicodedata.normalize(form, "il m'a enfermée") in shown


def test_a_cue_that_began_earlier_is_spanned_by_this_text() -> None:
    """The span of a cue over two texts stays inside the one that was screened."""
    (cue, *_) = screen("leave please", ["he wont let me"]).cues
    assert (cue.start, cue.end) == (0, len("leave"))


def test_what_a_cue_says() -> None:
    """A cue names its row, its tier, its language and where it stands."""
    cues = screen("il a pris mon passeport").cues
    assert cues == (Cue(13, "documents_taken", Tier.URGENT, "fr", 0, 23),)
    assert Tier.URGENT.label == "urgent"


def test_the_tier_is_the_highest_of_the_cues() -> None:
    """Nothing is raised without a cue that says why."""
    found = screen("im 15 and he hits me and hes coming back now")
    assert found.tier == max(cue.tier for cue in found.cues) == Tier.IMMINENT


def test_the_version_names_rules_lists_and_form() -> None:
    """A judgement can be traced to the lists that made it."""
    kind, _, rest = VERSION.partition("-")
    digest, _, form = rest.partition(".")
    assert (kind, len(digest), form.isdigit()) == ("rules", 10, True)
    assert screen("hello").version == VERSION


def test_the_rules_need_nothing_but_yaml() -> None:
    """The judge loads in both environments: no import beyond the standard library and PyYAML."""
    code = (
        "import sys; before = set(sys.modules); import intake.risk;"
        "print({m.partition('.')[0] for m in set(sys.modules) - before}"
        " - set(sys.stdlib_module_names))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=_ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name for name in ast.literal_eval(done.stdout) if "cython" not in name}
    assert loaded - {"_yaml"} == {"intake", "yaml"}


@pytest.mark.parametrize("text", [str(digit) for digit in range(10)] + [" 9.", "8)"])
def test_a_digit_alone_is_a_choice(text: str) -> None:
    """The line's own lists ask for one; it is nobody's age."""
    assert screen(text, ["hello", "what would help first"]).tier is None


@pytest.mark.parametrize("text", ["15", "im 9", "im 15 \N{CRYING FACE}"])
def test_an_age_is_heard_in_whatever_company(text: str) -> None:
    """Digits are of every language: a list that spells some out does not take them from others."""
    assert screen(text).tier is Tier.URGENT
