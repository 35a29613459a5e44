"""What kind of image a file is, by its content, and what is said of those that cannot be read."""

from __future__ import annotations

from collections.abc import Callable

from models.pictures.others import (
    AVIF_BRANDS,
    BITMAP_HEADERS,
    HEIC_BRANDS,
    RAW,
    bmp,
    boxed,
    brands_of,
    gif,
    tiff,
    webp,
)
from models.pictures.parts import JPEG, PNG, FormatError, Parts, jpeg, png

READ = "PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF and HEIC"
SCREENSHOT = "take a screenshot of it, or save it as PNG, and send that."
KINDS: tuple[tuple[bytes, Callable[[bytes], Parts]], ...] = (
    (PNG, png),
    (JPEG, jpeg),
    (b"RIFF", webp),
    (b"GIF87a", gif),
    (b"GIF89a", gif),
    (b"BM", bmp),
    (b"II*\0", tiff),
    (b"MM\0*", tiff),
)
REFUSED = (  # what a file begins with, and what it is then
    (b"%PDF", f"This is a PDF: {SCREENSHOT}"),
    (b"%!PS", f"This is PostScript: {SCREENSHOT}"),
    (b"<svg", f"This is an SVG, which is lines and no pixels: {SCREENSHOT}"),
    (b"\xff\x0a", f"This is a JPEG XL: {SCREENSHOT}"),
    (b"\0\0\0\x0cJXL ", f"This is a JPEG XL: {SCREENSHOT}"),
    (b"\0\0\0\x0cjP  ", f"This is a JPEG 2000: {SCREENSHOT}"),
    (b"\xff\x4f\xff\x51", f"This is a JPEG 2000: {SCREENSHOT}"),
    (b"8BPS", f"This is a Photoshop file: {SCREENSHOT}"),
    (b"gimp xcf", f"This is a GIMP file: {SCREENSHOT}"),
    (b"\0\0\1\0", f"This is an icon: {SCREENSHOT}"),
    (b"PK\3\4", "This is a packed file or a document: send the picture in it by itself, as PNG or JPEG."),
    (b"II+\0", f"This is a BigTIFF: {SCREENSHOT}"),
    (b"MM\0+", f"This is a BigTIFF: {SCREENSHOT}"),
    (b"FUJIFILMCCD-RAW", RAW),
    (b"IIRO", RAW),
    (b"IIU\0", RAW),
    (b"<!doctype html", f"This is a page of the web: {SCREENSHOT}"),
    (b"<html", f"This is a page of the web: {SCREENSHOT}"),
)


def split(content: bytes) -> Parts:
    """Return the parts of a file that make its pixels.

    Raises:
        FormatError: It is of no kind that can be read; the message says what to do.
        ImageError: It is cut off, damaged, or has more parts than a picture needs.
    """
    brands = brands_of(content)
    if brands & (AVIF_BRANDS | HEIC_BRANDS):
        return boxed(content, brands)
    for begins, parts in KINDS:
        if content.startswith(begins) and _is_whole(content):
            return parts(content)
    raise FormatError(_refusal(content, brands))


def _is_whole(content: bytes) -> bool:
    """Return whether what follows a short beginning agrees: RIFF holds sounds too, and BM is a word."""
    if content.startswith(b"RIFF"):
        return content[8:12] == b"WEBP"
    return not content.startswith(b"BM") or int.from_bytes(content[14:18], "little") in BITMAP_HEADERS


def _refusal(content: bytes, brands: set[bytes]) -> str:
    """Return what is said of a file that cannot be read; nothing of what it holds is repeated."""
    head = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(b"<?xml") and b"<svg" in head:
        head = b"<svg"
    for begins, words in REFUSED:
        if content.startswith(begins) or (begins.startswith(b"<") and head.startswith(begins)):
            return words
    if b"crx " in brands:
        return RAW
    if brands:
        return f"This is a film, or an image of a kind that cannot be read: {SCREENSHOT}"
    return f"{READ} images can be read, whatever a file is called; this is none. Open it and {SCREENSHOT}"
