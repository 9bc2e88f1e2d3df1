"""Places as people text them: names, short forms, misspellings, and words that are no place."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from intake.places import PlaceKind, by_id, find_places

DATA = Path(__file__).resolve().parents[2] / "intake" / "data" / "places.csv"


def ids(text: str) -> list[str]:
    """The places found, in reading order."""
    return [match.place.id for match in find_places(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("im in toronto", "toronto-on"),
        ("IM IN TORONTO ON", "toronto-on"),
        ("tdot", "toronto-on"),
        ("tronto", "toronto-on"),
        ("jsuis a mtl", "montreal-qc"),
        ("je suis à Montréal", "montreal-qc"),
        ("montreal", "montreal-qc"),
        ("vancity", "vancouver-bc"),
        ("im in van", "vancouver-bc"),
        ("in the peg", "winnipeg-mb"),
        ("from edm", "edmonton-ab"),
        ("fort mac", "fort-mcmurray-ab"),
        ("the soo", "sault-ste-marie-on"),
        ("quebec city", "quebec-qc"),
        ("trois rivieres", "trois-rivieres-qc"),
        ("3 rivieres", "trois-rivieres-qc"),
        ("st johns", "st-john-s-nl"),
        ("St. John's NL", "st-john-s-nl"),
        ("saint john", "saint-john-nb"),
        ("st-jean", "saint-jean-sur-richelieu-qc"),
        ("proche de st-jerome", "saint-jerome-qc"),
        ("l’île-perrot", "l-ile-perrot-qc"),
        ("val dor", "val-d-or-qc"),
        ("je suis pres dottawa", "ottawa-on"),
        ("sept-iles", "sept-iles-qc"),
        ("i was raped in st catherines", "st-catharines-on"),
        ("doctor st johns", "st-john-s-nl"),
        ("sudbury", "greater-sudbury-on"),
        ("jane and finch", "jane-and-finch-on"),
        ("york region", "york-region-on"),
        ("rive sud", "monteregie-qc"),
        ("six nations", "six-nations-on"),
        ("hobbema", "maskwacis-ab"),
        ("cape dorset", "kinngait-nu"),
    ],
)
def test_names_and_short_forms(text: str, expected: str) -> None:
    """English and French names, nicknames and common spellings lead to the place."""
    assert ids(text) == [expected]


@pytest.mark.parametrize(
    "text",
    ["Iqaluit", "thompson", "Sioux Lookout", "Kuujjuaq", "la ronge", "fort chip", "moosonee",
     "Attawapiskat", "Natuashish", "Watson Lake", "Inuvik", "Happy Valley-Goose Bay", "eskasoni"],
)  # fmt: skip
def test_small_places_that_matter_are_known(text: str) -> None:
    """Northern and First Nations hubs are found by their bare name."""
    assert len(find_places(text)) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("london", "london-on"),
        ("near london ont", "london-on"),
        ("windsor", "windsor-on"),
        ("windsor NS", "windsor-ns"),
        ("windsor, nova scotia", "windsor-ns"),
        ("im in nova scotia, in windsor", "windsor-ns"),
        ("richmond hill", "richmond-hill-on"),
        ("je suis à richmond", "richmond-bc"),
        ("in richmond quebec", "richmond-qc"),
        ("woodstock nb", "woodstock-nb"),
        ("sydney ns", "sydney-ns"),
        ("paris ontario", "paris-on"),
        ("north vancouver", "north-vancouver-bc"),
        ("port hope", "port-hope-on"),
    ],
)
def test_one_name_many_places(text: str, expected: str) -> None:
    """A province named nearby decides, then the population; the longest name wins."""
    assert expected in ids(text)
    assert len([one for one in ids(text) if "-" in one]) == 1


@pytest.mark.parametrize(
    ("without", "with_cue", "expected"),
    [
        ("i hope he dies", "im in hope bc", "hope-bc"),
        ("hes on the trail", "i live in trail", "trail-bc"),
        ("i got a mission", "a motel in mission", "mission-bc"),
        ("my friend Victoria hit me", "i live in victoria", "victoria-bc"),
        ("a text from victoria", "im from victoria", "victoria-bc"),
        ("Sydney is my sister", "im in sydney", "sydney-ns"),
        ("nelson told me", "downtown nelson", "nelson-bc"),
        ("regina took my phone", "regina sk", "regina-sk"),
        ("the delta variant", "delta, BC", "delta-bc"),
        ("he drives a big van", "moved to van", "vancouver-bc"),
        ("the olds ones", "near olds alberta", "olds-ab"),
        ("im from paris", "paris, ON", "paris-on"),
        ("une prairie", "j'habite à la prairie", "la-prairie-qc"),
        ("in the tub with peg", "the peg", "winnipeg-mb"),
        ("my name is Brandon", "in brandon", "brandon-mb"),
    ],
)
def test_words_and_people_need_a_cue(without: str, with_cue: str, expected: str) -> None:
    """A name that is also a word or a person counts only beside a cue."""
    assert ids(without) == []
    assert ids(with_cue) == [expected]


@pytest.mark.parametrize(
    "text",
    ["hope", "Hope.", "victoria", "Regina please", "its delta", "im in olds", "Nelson?"],
)
def test_a_name_alone_is_an_answer(text: str) -> None:
    """To "which town?" people answer with the name and nothing else."""
    assert len(find_places(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "stop", "hi", "orange", "help me please", "he hits me", "1", "in need of help",
        "on monday", "bc he hits me", "Kingston Road", "rue Sherbrooke", "Dr Hamilton",
        "london uk", "in general", "i was at work", "une place", "je suis seule", "😢", "",
    ],
)  # fmt: skip
def test_no_place_is_made_up(text: str) -> None:
    """Common words, streets, titles and places abroad are not ours."""
    assert ids(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rural alberta", ["AB"]),
        ("in bc", ["BC"]),
        ("i live in BC", ["BC"]),
        ("B.C.", ["BC"]),
        ("PEI", ["PE"]),
        ("nfld", ["NL"]),
        ("nouveau-brunswick", ["NB"]),
        ("au Québec", ["QC"]),
        ("à Québec", ["quebec-qc"]),
        ("Québec, QC", ["quebec-qc"]),
        ("toronto on monday", ["toronto-on"]),
        ("in toronto bc he hits me", ["toronto-on"]),
        ("between calgary and edmonton", ["calgary-ab", "edmonton-ab"]),
        ("somewhere in canada", ["CA"]),
    ],
)
def test_provinces(text: str, expected: list[str]) -> None:
    """Provinces by name, letters and French article, without mistaking words for letters."""
    assert ids(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in edmontn", ["edmonton-ab"]),
        ("near missisauga", ["mississauga-on"]),
        ("saskatoom", ["saskatoon-sk"]),
        ("in lethbrige", ["lethbridge-ab"]),
        ("à sherbroke", ["sherbrooke-qc"]),
        ("he says saskatoom is nice", []),
    ],
)
def test_one_letter_off_needs_a_cue(text: str, expected: list[str]) -> None:
    """A misspelled larger town is read behind a cue or alone, never in passing."""
    assert ids(text) == expected


def test_the_span_points_into_the_text_as_written() -> None:
    """Start and end cut out the name with its province, accents and marks included."""
    text = "Allô 😢 je suis à Trois-Rivières, QC svp"
    (match,) = find_places(text)
    assert text[match.start : match.end] == "Trois-Rivières, QC"


def test_letters_with_loose_accents_are_read() -> None:
    """A phone may send é as two characters; the span still fits."""
    text = "à Montre\u0301al svp"
    (match,) = find_places(text)
    assert match.place.id == "montreal-qc"
    assert text[match.start : match.end] == "Montre\u0301al"


def test_every_town_is_found_by_its_name_and_province() -> None:
    """No town is hidden behind another name or a rule."""
    missed = []
    with DATA.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["kind"] == "city":
                text = f"im in {row['name']}, {row['province']}"
                if ids(text) != [row["id"]]:
                    missed.append(row["id"])
    assert missed == []


def test_ids_lead_back_and_names_have_a_language() -> None:
    """`by_id` is the way back; French readers get French names where there are any."""
    nova_scotia = by_id("NS")
    assert nova_scotia is not None
    assert nova_scotia.kind is PlaceKind.PROVINCE
    assert nova_scotia.name_in("fr") == "Nouvelle-Écosse"
    assert nova_scotia.name_in("en") == nova_scotia.name_in(None) == "Nova Scotia"
    assert by_id("atlantis") is None


def test_coordinates_lie_in_canada() -> None:
    """A swapped or mistyped coordinate would send people far away."""
    with DATA.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert 41.6 < float(row["latitude"]) < 83.2, row["id"]
            assert -141.1 < float(row["longitude"]) < -52.6, row["id"]
