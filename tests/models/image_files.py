"""One small file of every kind of image that is read, and of kinds that are not."""

from __future__ import annotations

import numpy as np
from PIL import Image

from tests.models.photographs import encoded

ROWS = np.linspace(40, 220, 30 * 40 * 3).astype(np.uint8).reshape(30, 40, 3)
PILLOW: dict[str, tuple[str, dict[str, object]]] = {  # by what the kind is called, Pillow's name and options
    "PNG": ("PNG", {}),
    "JPEG": ("JPEG", {"quality": 95}),
    "WebP": ("WEBP", {"lossless": True}),
    "GIF": ("GIF", {}),
    "BMP": ("BMP", {}),
    "TIFF": ("TIFF", {}),
    "AVIF": ("AVIF", {"quality": 90}),
    "HEIC": ("HEIF", {"quality": 90}),
}


def file_of(kind: str, image: Image.Image | None = None, **options: object) -> bytes:
    """Return the file of an image, a small one in colours unless another is given."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    name, usual = PILLOW[kind]
    return encoded(image or Image.fromarray(ROWS), name, **{**usual, **options})


REFUSED = {
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "PostScript": b"%!PS-Adobe-3.0",
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "SVG, declared": b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- \x89PNG --><svg/>",
    "JPEG XL": b"\xff\x0a\x00\x10",
    "JPEG XL in boxes": b"\0\0\0\x0cJXL \x0d\x0a\x87\x0a",
    "JPEG 2000": b"\0\0\0\x0cjP  \x0d\x0a\x87\x0a",
    "raw of Canon": b"II*\0\x10\0\0\0CR\2\0\0\0\0\0\0\0" + bytes(40),
    "raw of Canon, new": b"\0\0\0\x18ftypcrx \0\0\0\1crx isom",
    "raw of Fujifilm": b"FUJIFILMCCD-RAW 0201",
    "raw of Olympus": b"IIRO\x08\0\0\0",
    "raw of Panasonic": b"IIU\0\x08\0\0\0",
    "raw of Adobe": b"II*\0\x08\0\0\0\1\0\x12\xc6\1\0\4\0\0\0\1\4\0\0\0\0\0\0",
    "raw of Nikon": b"MM\0*\0\0\0\x08\0\1\0\xfe\0\4\0\0\0\1\0\0\0\1\0\0\0\0",
    "Photoshop": b"8BPS\0\1",
    "GIMP": b"gimp xcf v011",
    "icon": b"\0\0\1\0\1\0",
    "a document": b"PK\3\4",
    "BigTIFF": b"II+\0\x08\0\0\0",
    "film": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",
    "a page": b"\n <!DOCTYPE html><script>alert(1)</script>",
    "PNM": encoded(ROWS, "PPM"),
    "text": b"BM is how this begins, and no bitmap",
    "nothing": b"x",
    "a mended line end": b"\x89PNG\n\x1a\n",
    "half a signature": b"\xff\xd8",
}
