"""Files as tipsters send them: full of what could name them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pikepdf
from fpdf import FPDF
from PIL import Image, PngImagePlugin

#: Stands in every hidden corner of the samples; made up.
SECRET = "Quillfeather"
SERIAL = "SN-7719-0155"


def drawing(width: int = 64, height: int = 48) -> Image.Image:
    """A picture with something on it: a red field in its upper left corner."""
    image = Image.new("RGB", (width, height), "white")
    image.paste((200, 20, 20), (0, 0, width // 2, height // 2))
    return image


def exif() -> Image.Exif:
    """Maker, serial number, place, and a picture that lies on its side."""
    held = Image.Exif()
    held[0x010F] = SECRET
    held[0x0112] = 6
    held.get_ifd(0x8769)[0xA431] = SERIAL
    held.get_ifd(0x8825).update({1: "N", 2: (44.0, 23.0, 17.0), 3: "W", 4: (79.0, 41.0, 12.0)})
    return held


def photo(kind: str = "JPEG", **more: Any) -> bytes:
    """A photo with everything beside its pixels that the format has room for."""
    out = BytesIO()
    image = drawing()
    if kind == "JPEG":
        more = {"exif": exif(), "comment": SECRET.encode(), "xmp": _xmp(), **more}
        more["icc_profile"] = SECRET.encode() * 20
    elif kind == "PNG":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Author", SECRET)
        texts.add_itxt("XML:com.adobe.xmp", _xmp().decode())
        more = {"pnginfo": texts, "exif": exif(), **more}
    elif kind == "WEBP":
        more = {"exif": exif(), "xmp": _xmp(), **more}
    elif kind == "GIF":
        others = [Image.new("RGB", image.size, colour) for colour in ("red", "blue")]
        more = {"comment": SECRET.encode(), "save_all": True, "append_images": others, **more}
    image.save(out, kind, **more)
    return out.getvalue() + SECRET.encode()


def paper(**changes: Any) -> bytes:
    """A document with a photo, an author, a script, an attachment, a link and a note."""
    page = FPDF()
    page.add_page()
    page.set_author(SECRET)
    page.set_font("helvetica", size=20)
    page.cell(text="Plate ABCD 123", link="https://example.test/" + SECRET)
    page.image(BytesIO(photo()), w=60)
    page.text_annotation(10, 10, SECRET)
    with pikepdf.open(BytesIO(bytes(page.output()))) as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS=f"app.alert('{SECRET}')"
        )
        pdf.attachments[f"{SECRET}.txt"] = SECRET.encode()
        pdf.pages[0].obj.AA = pikepdf.Dictionary(
            O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F=SECRET)
        )
        pdf.pages[0].contents_add(f"/Span <</ActualText ({SECRET})>> BDC EMC".encode())
        # The photo as phones put it into a document: with all that it came with.
        (picture,) = pictures(pdf.pages[0])
        picture.write(photo(), filter=pikepdf.Name.DCTDecode)
        with pdf.open_metadata() as metadata:
            metadata["dc:creator"] = [SECRET]
        out = BytesIO()
        pdf.save(out, **changes)
    return out.getvalue()


def _xmp() -> bytes:
    return f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SECRET}</x:xmpmeta>".encode()


def everything(content: bytes) -> bytes:
    """A file and, of a document, all its streams as they were written and as they unfold."""
    found = [content]
    if content.startswith(b"%PDF-"):
        with pikepdf.open(BytesIO(content)) as pdf:
            for one in pdf.objects:
                if isinstance(one, pikepdf.Stream):
                    found.append(one.read_raw_bytes())
                    found.append(_unfolded(one))
                else:
                    found.append(str(one).encode("utf-8", "replace"))
            found.append(str(pdf.trailer).encode("utf-8", "replace"))
    return b"\n".join(found)


def _unfolded(stream: pikepdf.Stream) -> bytes:
    try:
        return stream.read_bytes()
    except pikepdf.PdfError:
        return b""


def pictures(page: pikepdf.Page) -> list[Any]:
    """The pictures that a page names."""
    return list(page.obj.Resources.XObject.values())
