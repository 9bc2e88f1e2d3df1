"""Makes hostile files by the thousand: each family by its own recipe, each file by its seed.

Everything here is harmless as such: markers stand where a payload would stand.
"""

from __future__ import annotations

import random
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image

#: Stands in for whatever an attacker would smuggle in or a tipster would give away.
MARK = b"HostileMark7719"
_TEXT = MARK.decode()
Recipe = Callable[[random.Random], bytes]


@dataclass(frozen=True, repr=False)
class Hostile:
    """One file and the family that it is of."""

    family: str
    raw: bytes


def hostile(count: int, seed: int = 7) -> Iterator[Hostile]:
    """So many files, the families in turn; the same seed makes the same files."""
    chance = random.Random(seed)
    families = sorted(FAMILIES)
    for number in range(count):
        family = families[number % len(families)]
        yield Hostile(family, FAMILIES[family](chance))


def _picture(chance: random.Random, kind: str = "JPEG", **more: object) -> bytes:
    size = (chance.randint(1, 300), chance.randint(1, 300))
    image = Image.frombytes("RGB", size, chance.randbytes(size[0] * size[1] * 3))
    out = BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def _laden(chance: random.Random, kinds: tuple[str, ...] = ("JPEG", "PNG", "WEBP")) -> bytes:
    """A photo with a marker in every corner beside its pixels."""
    exif = Image.Exif()
    exif[0x010F] = _TEXT
    exif.get_ifd(0x8769)[0xA431] = _TEXT
    exif.get_ifd(0x8825).update({1: "N", 2: (44.0, 23.0, 17.0)})
    kind = chance.choice(kinds)
    more: dict[str, object] = {"exif": exif}
    if kind == "JPEG":
        more |= {"comment": MARK, "xmp": MARK, "icc_profile": MARK * 9}
    return _picture(chance, kind, **more) + MARK


def _document(change: Callable[[Pdf, random.Random], None]) -> Recipe:
    def make(chance: random.Random) -> bytes:
        with Pdf.new() as pdf:
            for _ in range(chance.randint(1, 3)):
                pdf.add_blank_page(page_size=(300, 400))
            change(pdf, chance)
            out = BytesIO()
            pdf.save(out)
        return out.getvalue()

    return make


def _script(pdf: Pdf, chance: random.Random) -> None:
    action = Dictionary(S=Name.JavaScript, JS=f"app.alert('{_TEXT}')")
    pdf.Root.OpenAction = action
    pdf.pages[0].obj.AA = Dictionary(O=action, C=action)
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([_TEXT, action])))


def _launch(pdf: Pdf, chance: random.Random) -> None:
    kind = chance.choice((Name.Launch, Name.GoToR, Name.SubmitForm, Name.URI, Name.ImportData))
    action = Dictionary(S=kind, F=_TEXT, URI=f"file:///{_TEXT}")
    pdf.Root.OpenAction = action
    link = Dictionary(
        Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 300, 400]), A=action, Contents=_TEXT
    )
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link)])


def _embedded(pdf: Pdf, chance: random.Random) -> None:
    inner = b"MZ" + MARK
    for _ in range(chance.randint(1, 4)):
        inner = _document(lambda one, _: None)(chance) + inner
        pdf.attachments[f"{_TEXT}{chance.random()}.exe"] = inner
    with pdf.open_metadata() as metadata:
        metadata["dc:creator"] = [_TEXT]
    pdf.docinfo["/Author"] = _TEXT


def _form(pdf: Pdf, chance: random.Random) -> None:
    pdf.Root.AcroForm = Dictionary(
        XFA=pdf.make_stream(MARK), Fields=Array([]), NeedAppearances=True
    )
    page = pdf.pages[0].obj
    page.Annots = Array([Dictionary(Subtype=Name.RichMedia, Contents=_TEXT)])
    page.PieceInfo = Dictionary(Private=pdf.make_stream(MARK))
    page.Contents = pdf.make_stream(
        b"/Span <</ActualText (" + MARK + b")>> BDC EMC % " + MARK + b"\n0 0 9 9 re f"
    )


def _external(pdf: Pdf, chance: random.Random) -> None:
    drawn = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
    drawn.F = Dictionary(Type=Name.Filespec, F=f"/etc/{_TEXT}")
    drawn.Ref = Dictionary(F=_TEXT, Page=0)
    _name(pdf, drawn)


def _within(pdf: Pdf, chance: random.Random) -> None:
    """A photo with EXIF, or one that is none, drawn on the page."""
    raw = _laden(chance, ("JPEG",)) if chance.random() < 0.8 else chance.randbytes(200)
    drawn = pdf.make_stream(
        raw, Type=Name.XObject, Subtype=Name.Image, Width=9, Height=9,
        ColorSpace=Name.DeviceRGB, BitsPerComponent=8, Filter=Name.DCTDecode,
    )  # fmt: skip
    _name(pdf, drawn)


def _circle(pdf: Pdf, chance: random.Random) -> None:
    """A drawing that draws itself, and lists within lists."""
    drawn = pdf.make_stream(b"/X Do", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
    drawn.Resources = Dictionary(XObject=Dictionary(X=drawn))
    nest: object = Array([])
    for _ in range(chance.randint(10, 90)):
        nest = Array([nest])
    drawn.Nest = nest
    _name(pdf, drawn)


def _huge_within(pdf: Pdf, chance: random.Random) -> None:
    side = chance.choice((20_000, 65_535, 10**6))
    drawn = pdf.make_stream(
        zlib.compress(b"\0" * 10**6), Type=Name.XObject, Subtype=Name.Image, Width=side,
        Height=side, ColorSpace=Name.DeviceGray, BitsPerComponent=8, Filter=Name.FlateDecode,
    )  # fmt: skip
    _name(pdf, drawn)


def _unfolding(pdf: Pdf, chance: random.Random) -> None:
    """A page of kilobytes that unfolds to hundreds of megabytes."""
    once = zlib.compress(b"0 0 m " * (chance.randint(2, 6) * 10**6), 9)
    pdf.pages[0].obj.Contents = pdf.make_stream(
        zlib.compress(once, 9), Filter=Array([Name.FlateDecode, Name.FlateDecode])
    )


def _name(pdf: Pdf, drawn: pikepdf.Object) -> None:
    page = pdf.pages[0].obj
    page.Resources = Dictionary(XObject=Dictionary(X=drawn))
    page.Contents = pdf.make_stream(b"/X Do")


def _png(width: int, height: int, data: bytes, more: bytes = b"") -> bytes:
    head = width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\x00\x00\x00"
    body = _chunk(b"IHDR", head) + more + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)


def _huge(chance: random.Random) -> bytes:
    """A picture of a few bytes that claims to be enormous."""
    side = chance.choice((9_000, 30_000, 65_500))
    kind = chance.choice(("png", "gif", "jpeg"))
    if kind == "gif":
        edge = side.to_bytes(2, "little")
        return b"GIF89a" + edge * 2 + b"\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0" + edge * 2 + b"\0\2\0;"
    if kind == "jpeg":
        small = bytearray(_picture(chance))
        at = small.index(b"\xff\xc0") + 5
        small[at : at + 4] = side.to_bytes(2) * 2
        return bytes(small)
    return _png(side, side, zlib.compress(b"\0" * 3_000_000, 9))


def _swelling(chance: random.Random) -> bytes:
    """A small picture whose text or profile unfolds to a great deal."""
    swollen = zlib.compress(b"\0" * chance.choice((10**6, 10**8)), 9)
    name = chance.choice((b"zTXt", b"iCCP"))
    return _png(2, 2, zlib.compress(b"\0" * 14), _chunk(name, b"x\0\0" + swollen))


def _two_kinds(chance: random.Random) -> bytes:
    """A file that is a picture to one program and something else to another."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as held:
        held.writestr(_TEXT, MARK)
    paper = _document(_script)(chance)
    tail = chance.choice(
        (archive.getvalue(), paper, b"<html><script>" + MARK, b"MZ" + MARK, b"<?php " + MARK)
    )
    front = chance.choice(
        (_picture(chance), _picture(chance, "PNG"), _picture(chance, "GIF"), b"GIF89a/*", paper)
    )
    return chance.choice((front + tail, MARK[:9] + b"\n" + front, tail + front))


def _wrong(chance: random.Random) -> bytes:
    """Nothing that is taken, some of it with the first bytes of something that is."""
    heads = (
        b"", b"MZ", b"\x7fELF", b"#!/bin/sh\n", b"<svg onload='x'>", b"II*\0", b"BM", b"8BPS",
        b"\0\0\0\x18ftypheic", b"%!PS-Adobe", b"PK\3\4", b"RIFF....WEBP", b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n", b"GIF89a", b"%PDF-1.7\n", b"\0\0\0\x0cjP  ", b"<!DOCTYPE x [<!ENTITY",
    )  # fmt: skip
    return chance.choice(heads) + MARK + chance.randbytes(chance.randint(0, 3_000))


def _sample(chance: random.Random) -> bytes:
    return chance.choice((_laden, _document(_within), _document(_embedded)))(chance)


def _truncated(chance: random.Random) -> bytes:
    whole = _sample(chance)
    return whole[: chance.randrange(len(whole))]


def _flipped(chance: random.Random) -> bytes:
    whole = bytearray(_sample(chance))
    for _ in range(chance.randint(1, 40)):
        whole[chance.randrange(len(whole))] = chance.randrange(256)
    return bytes(whole)


def _tree(chance: random.Random) -> bytes:
    """A document whose pages contain each other, or that counts a million of them."""
    kids = b"[2 0 R 2 0 R]" if chance.random() < 0.5 else b"[" + b"3 0 R " * 3_000 + b"]"
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids " + kids
        + b"/Count 1000000>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
        + b"4 0 obj" + b"[" * chance.randint(100, 90_000) + b"\ntrailer<</Root 1 0 R>>\n%%EOF"
    )  # fmt: skip


FAMILIES: dict[str, Recipe] = {
    "document: action, launch, link": _document(_launch),
    "document: attachments in attachments": _document(_embedded),
    "document: data in other files": _document(_external),
    "document: drawing that draws itself": _document(_circle),
    "document: forms, media, private data": _document(_form),
    "document: huge picture within": _document(_huge_within),
    "document: pages without end": _tree,
    "document: photo with EXIF within": _document(_within),
    "document: scripts": _document(_script),
    "document: unfolds to megabytes": _document(_unfolding),
    "picture: everything beside the pixels": _laden,
    "picture: huge dimensions": _huge,
    "picture: swelling text or profile": _swelling,
    "any: bytes changed": _flipped,
    "any: cut off": _truncated,
    "any: two kinds in one": _two_kinds,
    "any: wrong kind": _wrong,
}
