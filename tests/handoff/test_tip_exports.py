"""Files of what was passed on: exactly the record, the same bytes again, nobody's trace."""

from __future__ import annotations

import io
import json
import logging
import re
from datetime import UTC, datetime
from uuid import UUID

import pikepdf
import pytest

from handoff.__main__ import _configure_logs
from handoff.tip_exports import CannotDraw, Passed, as_json, as_pdf
from handoff.words import SCREEN
from intake.consent import Detail, Purpose, Recipient, RecipientKind, Subject, SubjectKind
from intake.disclosure import Disclosure, Occasion, TakenBy, Telling, Way

WORDS = SCREEN.all("en")
AT = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
HELD_BACK = ("Rowan", "A. Officer", "badge 4711", "They read that", "call on Monday")


def record(text: str = "A grey van, plate ABCD 123") -> Disclosure:
    """A record with a trace of somebody in every field that is no recipient's."""
    telling = Telling(
        subject=Subject(SubjectKind.TIP, UUID(int=7)),
        occasion=Occasion.TIP,
        purpose=Purpose.POLICE_REPORT,
        recipient=Recipient(RecipientKind.POLICE, "Invented Force"),
        taken_by=TakenBy("A. Officer", "badge 4711", ""),
        way=Way.E_MAIL,
        facts={Detail.WHAT_HAPPENED: text, Detail.WHERE: "Barrie"},
        withheld=frozenset({Detail.VEHICLE}),
        person_told="They read that it was passed on. Rowan",
        follow_up="call on Monday",
        made_at=AT,
        protocol_version_id=UUID(int=9),
        protocol_step="agency-2",
    )
    return Disclosure(
        UUID(int=1), telling, "consent", UUID(int=3), None, (UUID(int=4),), UUID(int=4), AT
    )


def drawn(pdf: bytes) -> str:
    """The text of the pages, by the fonts' own tables."""
    text = ""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            (font,) = page.Resources.Font.values()
            table = dict(
                re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4})>", _map(font.ToUnicode))
            )
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) not in ("Tj", "TJ"):
                    continue
                for piece in operands[0] if str(operator) == "TJ" else operands:
                    if isinstance(piece, pikepdf.String):
                        raw = bytes(piece)
                        codes = [raw[at : at + 2].hex().upper() for at in range(0, len(raw), 2)]
                        text += "".join(
                            chr(int(table.get(code.encode(), b"FFFD"), 16)) for code in codes
                        )
                text += " "
    return text


def _map(stream: pikepdf.Object) -> bytes:
    """Every code and its character, ranges written out."""
    content: bytes = stream.read_bytes()
    pairs = re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]{4})>(?! <)", content)
    return b"\n".join(b"<%s> <%s>" % (code.upper(), sign) for code, sign in pairs)


def test_json_is_the_record_and_no_more() -> None:
    """Fact by fact; what was held back and who worked on it is not there."""
    content = as_json(Passed(1001, record(), "Ontario: an adult", 3), WORDS)
    found = json.loads(content)
    assert found["facts"] == {"what_happened": "A grey van, plate ABCD 123", "where": "Barrie"}
    assert found["tip"] == "T-1001" and found["to"]["name"] == "Invented Force"
    assert found["protocol"] == {"title": "Ontario: an adult", "version": 3, "step": "agency-2"}
    assert set(found) == {
        "format", "tip", "record", "notice", "to", "purpose", "way", "passed_on_at", "protocol",
        "facts",
    }  # fmt: skip
    assert not [one for one in HELD_BACK if one in content.decode()]
    assert content == as_json(Passed(1001, record(), "Ontario: an adult", 3), WORDS)


def test_pdf_shows_the_record_and_holds_no_other_word() -> None:
    """Read back from its pages; the properties name nobody; the same bytes again."""
    passed = Passed(1001, record("Une fille pleure, près de l'auberge. Фургон."), "Ontario", 3)
    pdf = as_pdf(passed, WORDS, "en")
    text = drawn(pdf)
    for part in ("T-1001", "Invented Force", "Une fille pleure, près de", "Фургон", "agency-2"):
        assert part in text
    assert not [one for one in HELD_BACK if one in text]
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        info = {name: str(value) for name, value in (opened.trailer.get("/Info") or {}).items()}
        assert not [one for one in opened.Root if one in ("/Metadata", "/Names")]
    assert {name for name, value in info.items() if value} <= {"/CreationDate"}
    assert "20261124153000" in info["/CreationDate"]
    assert pdf == as_pdf(passed, WORDS, "en")


@pytest.mark.parametrize("text", ["فتاة تبكي", "लड़की", "女孩在哭", "ልጅ", "she cried 🫂", "ילדה"])
def test_scripts_that_would_come_out_wrong_are_refused(text: str) -> None:
    """Plainly, rather than drawn as boxes; JSON holds them."""
    with pytest.raises(CannotDraw):
        as_pdf(Passed(1001, record(text)), WORDS, "en")
    assert text in as_json(Passed(1001, record(text)), WORDS).decode()


@pytest.mark.usefixtures("own_logging")
def test_making_a_sheet_leaves_no_letters_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """The library that cuts the font to size would name every sign of the sheet."""
    _configure_logs("INFO")
    logging.getLogger().addHandler(caplog.handler)
    as_pdf(Passed(1001, record("zebra")), WORDS, "en")
    assert caplog.text == ""
