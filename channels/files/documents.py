"""Makes a document anew from its pages; runs in the short-lived process alone.

Only the drawn page goes into the new file: content streams, and the fonts, pictures and colours
that they use. Links, forms, scripts, actions, attachments, notes, layers, previews, tags and every
kind of metadata stay behind. Pictures within are made anew as if they had been sent by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, Stream

from channels.files.pictures import MOST_PIXELS, drawn_again

MOST_PAGES = 200
MOST_OBJECTS = 20_000
#: Bytes of one content stream once it is unfolded.
MOST_DRAWN = 16 * 1024 * 1024
_OF_A_PAGE = ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents")
_RESOURCES = (
    "/Font", "/XObject", "/ColorSpace", "/ExtGState", "/Pattern", "/Shading",
)  # fmt: skip
# Of whatever is reached from there. File specifications, scripts and actions have no place in a
# drawn page; a stream whose data lies in another file (/F) would be fetched from there.
_DROPPED = frozenset(
    "/Metadata /PieceInfo /LastModified /OPI /Measure /PtData /AA /A /OpenAction /JS /JavaScript"
    " /EF /AF /F /FFilter /FDecodeParms /Launch /RichMedia /XFA /Ref /Alternates /OC /Properties"
    " /StructParent /StructParents /Thumb /Annots /Dest /URI /SMaskInData /ID /Parent".split()
)
# Dictionaries whose keys are names that the page itself gave: none of them is a word of the format.
_NAMED = frozenset((*_RESOURCES, "/CharProcs", "/Colorants"))
# Operators of a page that draw nothing: marks, which may carry words and names.
_MARKS = frozenset("BMC BDC EMC MP DP".split())
_CODED_PICTURES = ("/DCTDecode", "/DCT", "/JPXDecode")
# What has broken viewers before, and cannot be made anew here.
_UNWANTED = frozenset(("/JBIG2Decode", "/Crypt"))
_BY_COMPONENTS = {1: Name.DeviceGray, 3: Name.DeviceRGB, 4: Name.DeviceCMYK}
_DEEPEST = 64


class NoDocument(Exception):
    """pikepdf does not open this, or a page is not what a page should be."""


class Locked(Exception):
    """It takes a password."""


class TooLong(Exception):
    """More pages or objects than a document may have."""


def document(raw: bytes) -> tuple[bytes, int]:
    """A PDF of the drawn pages, and how many there are. Raises NoDocument, Locked, TooLong."""
    if b"%PDF-" not in raw[:1024]:
        raise NoDocument
    try:
        with Pdf.open(BytesIO(raw), suppress_warnings=True) as given:
            return _rebuilt(given)
    except pikepdf.PasswordError:
        raise Locked from None
    except (NoDocument, TooLong, MemoryError):
        raise
    except Exception:
        # Parsers fail in every way there is.
        raise NoDocument from None


def _rebuilt(given: Pdf) -> tuple[bytes, int]:
    count = len(given.pages)
    if not count:
        raise NoDocument
    if count > MOST_PAGES or len(given.objects) > MOST_OBJECTS:
        raise TooLong
    for page in given.pages:
        _bare(page)
    with Pdf.new() as new:
        for page in given.pages:
            new.pages.append(page)
        sweep = _Sweep(new)
        for page in new.pages:
            sweep.page(page)
        out = BytesIO()
        # The file's identity comes from what it holds, not from the clock.
        new.save(out, deterministic_id=True, recompress_flate=True)
    return out.getvalue(), count


def _bare(page: Page) -> None:
    """Leave of a page what is drawn, inherited values included, before it is copied."""
    for key in _OF_A_PAGE:
        if key not in page.obj and (found := _from_above(page.obj, key)) is not None:
            page.obj[key] = found
    for key in [str(key) for key in page.obj]:
        if key not in (*_OF_A_PAGE, "/Type", "/Parent"):
            del page.obj[key]
    given = page.obj.get("/Resources", Dictionary())
    page.obj.Resources = Dictionary({key: given[key] for key in _RESOURCES if key in given})


def _from_above(page: Object, key: str) -> Any:
    above = page.get("/Parent")
    for _ in range(_DEEPEST):
        if above is None or key in above:
            break
        above = above.get("/Parent")
    return None if above is None else above.get(key)


@dataclass
class _Sweep:
    """Goes once through all that the pages of a new file reach, and cleans it in place."""

    pdf: Pdf
    _seen: set[tuple[int, int]] = field(default_factory=set)

    def page(self, page: Page) -> None:
        """Clean one page."""
        if "/Contents" in page.obj:
            page.contents_coalesce()
            page.obj.Contents = self.pdf.make_stream(_without_marks(page))
        waiting: list[tuple[Any, str]] = [(page.obj.Resources, "/Resources")]
        while waiting:
            value, key = waiting.pop()
            if not isinstance(value, Object) or self._was_here(value):
                continue
            _clean(value, names=key in _NAMED)
            if isinstance(value, Stream):
                _clean_stream(value, draws=key == "/CharProcs/")
            waiting += _inner(value, key)

    def _was_here(self, value: Object) -> bool:
        if not value.is_indirect:
            return False
        if value.objgen in self._seen:
            return True
        self._seen.add(value.objgen)
        return False


def _inner(value: Object, key: str) -> Iterator[tuple[Any, str]]:
    """What lies in an object, each with the key that it stands under."""
    if isinstance(value, Array):
        for one in value:
            yield one, ""
    elif isinstance(value, Dictionary | Stream):
        for name, one in value.items():
            yield one, f"{key}/" if key in _NAMED else name


def _clean(value: Object, *, names: bool) -> None:
    if isinstance(value, Array):
        # The device's colours in the place of a profile, which may name its maker or owner.
        if len(value) == 2 and value[0] == "/ICCBased":
            plain = _BY_COMPONENTS.get(int(value[1].get("/N", 3)), Name.DeviceRGB)
            del value[1]
            value[0] = plain
    elif isinstance(value, Dictionary | Stream) and not names:
        for key in [str(key) for key in value if str(key) in _DROPPED]:
            del value[key]


def _clean_stream(stream: Stream, *, draws: bool) -> None:
    filters: Any = stream.get("/Filter", Array())
    chain = [str(one) for one in filters] if isinstance(filters, Array) else [str(filters)]
    if _UNWANTED.intersection(chain):
        raise NoDocument
    subtype = stream.get("/Subtype")
    if subtype == "/PS":
        raise NoDocument
    if draws or subtype == "/Form" or stream.get("/PatternType") == 1:
        stream.write(_without_marks(stream))
    elif subtype == "/Image":
        if int(stream.get("/Width", 0)) * int(stream.get("/Height", 0)) > MOST_PIXELS:
            raise TooLong
        if chain and chain[-1] in _CODED_PICTURES:
            _clean_picture(stream, chain)


def _without_marks(stream: Page | Stream) -> bytes:
    """A content stream written anew: no marks, no comments between its operators."""
    drawn = stream.obj.Contents if isinstance(stream, Page) else stream
    if len(drawn.read_bytes()) > MOST_DRAWN:
        raise TooLong
    kept = []
    for one in pikepdf.parse_content_stream(stream):
        if isinstance(one, pikepdf.ContentStreamInlineImage):
            if {"/DCTDecode", "/DCT"}.intersection(map(str, one.iimage.filters)):
                raise NoDocument
        elif str(one.operator) in _MARKS:
            continue
        kept.append(one)
    return pikepdf.unparse_content_stream(kept)


def _clean_picture(stream: Stream, chain: list[str]) -> None:
    """A photograph within a page may hold all that a photograph alone may hold."""
    raw = stream.read_raw_bytes()
    if len(chain) > 1:
        raise NoDocument
    again = drawn_again(raw)
    stream.write(again.content, filter=Name.DCTDecode)
    stream.Width, stream.Height, stream.BitsPerComponent = again.width, again.height, 8
    colours = stream.get("/ColorSpace")
    if again.recoloured or colours is None:
        stream.ColorSpace = _BY_COMPONENTS[again.components]
        if "/Decode" in stream:
            del stream["/Decode"]
