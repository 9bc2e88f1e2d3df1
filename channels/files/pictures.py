"""Makes a picture anew from its pixels; runs in the short-lived process alone.

Whatever came beside the pixels (EXIF with place and serial number, XMP, IPTC, ICC profiles,
previews, text chunks, comments, bytes after the end) does not reach the new file, because nothing
but the pixels is handed over.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

#: Pillow's names. Others (TIFF, PSD, EPS, AVIF...) are not even tried.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 64_000_000
#: Longest side of the new picture: a plate or a sign can still be read.
LONGEST_SIDE = 4096
_QUALITY = 90


class NoPicture(Exception):
    """Pillow does not open this as one of the formats."""


class TooManyPixels(Exception):
    """A picture beyond the limits, whatever its file weighs."""


def picture(raw: bytes) -> tuple[bytes, int]:
    """A JPEG of the first picture, and how many pictures there were.

    Raises NoPicture, TooManyPixels.
    """
    try:
        opened = _open(raw, FORMATS)
        count = int(getattr(opened, "n_frames", 1))
        opened.seek(0)
        # JPEG is decoded at the size that is needed; others pay no attention.
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        opened.load()
        turned = _upright(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels from None
    except MemoryError:
        raise
    except Exception:
        # Parsers fail in every way there is: struct.error, OSError, ValueError, SyntaxError...
        raise NoPicture from None
    return jpeg(turned), count


def _open(raw: bytes, formats: tuple[str, ...]) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    return Image.open(BytesIO(raw), formats=formats)


def _upright(opened: Image.Image) -> Image.Image:
    opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return _opaque(ImageOps.exif_transpose(opened))


def _opaque(image: Image.Image) -> Image.Image:
    """RGB on white: what lies under transparent parts is not kept."""
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layered = image.convert("RGBA")
        ground = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(ground, layered).convert("RGB")
    return image.convert("RGB")


def jpeg(image: Image.Image) -> bytes:
    """A JPEG file of nothing but pixels."""
    bare = Image.frombytes(image.mode, image.size, image.tobytes())
    out = BytesIO()
    bare.save(out, "JPEG", quality=_QUALITY, subsampling=0, optimize=False)
    return out.getvalue()


@dataclass(frozen=True, repr=False)
class Again:
    """A picture of a document's page, drawn again. `recoloured`: it had other components before."""

    content: bytes
    width: int
    height: int
    components: int
    recoloured: bool


def drawn_again(raw: bytes) -> Again:
    """The same picture, size and place of colours kept, from its pixels alone. Raises whatever."""
    opened = _open(raw, ("JPEG", "JPEG2000"))
    opened.load()
    grey = opened.mode in ("1", "L", "I;16", "I")
    plain = opened.convert("L") if grey else _opaque(opened)
    recoloured = opened.mode not in ("L", "RGB")
    return Again(jpeg(plain), *plain.size, 1 if grey else 3, recoloured)
