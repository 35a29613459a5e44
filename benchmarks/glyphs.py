"""Letters, signs and clothes from Debian's packages, prepared as what people bring is; none is shipped here.

`apt-get install dataset-fashion-mnist hershey-fonts-data fonts-dejavu-core fonts-bwht fonts-breip
fonts-femkeklaver fonts-humor-sans fonts-cantarell fonts-open-sans fonts-kristi fonts-ecolier-court
fonts-dancingscript fonts-klee fonts-kaushanscript`
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from string import ascii_letters, digits
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from models.datasets.idx import parse_idx
from models.datasets.mnist import SIDE
from models.sketch.preparation import prepare_drawing
from models.sketch.strangers import SIZES, WIDTHS, drawn

Pixels = NDArray[np.uint8]
Stroke = NDArray[np.float64]

FASHION = Path("/usr/share/datasets/fashion-mnist")
STROKES = Path("/usr/share/hershey-fonts")
FONTS = Path("/usr/share/fonts")
CLOTHES = 200  # of each kind
LOOKALIKES = "BDGIOQSZbgiloqsz"  # letters that can be read as a digit
LETTERS = "".join(letter for letter in ascii_letters if letter not in LOOKALIKES)
SIGNS = "+×÷=%&@#?!*$€<>"


@dataclass(frozen=True)
class Half:
    """What one half of the measurement takes: fonts and kinds of clothes by name.

    Attributes:
        printed: Folders or files of fonts under /usr/share/fonts.
        written: The same, of fonts that look written by hand.
        strokes: Hershey fonts with letters.
        symbols: Hershey fonts with none in most of their places.
        clothes: Kinds of Fashion-MNIST.
        part: Of Fashion-MNIST.
    """

    printed: tuple[str, ...]
    written: tuple[str, ...]
    strokes: tuple[str, ...]
    symbols: tuple[str, ...]
    clothes: range
    part: str


CHOOSING = Half(
    printed=("truetype/dejavu",),
    written=("opentype/bwht", "truetype/breip/Breip.ttf", "truetype/femkeklaver", "truetype/humor-sans"),
    strokes=("cursive", "futural", "gothiceng", "rowmans", "scripts", "timesr"),
    symbols=("japanese", "markers"),
    clothes=range(5),
    part="t10k",
)
REPORTING = Half(
    printed=("opentype/cantarell", "truetype/open-sans"),
    written=(
        *("truetype/kristi", "truetype/ecolier-court", "opentype/dancingscript"),
        *("truetype/klee", "opentype/kaushanscript"),
    ),
    strokes=("futuram", "gothicger", "rowmant", "scriptc", "timesi"),
    symbols=("astrology", "mathupp", "meteorology", "music"),
    clothes=range(5, 10),
    part="train",
)

Groups = Mapping[str, Mapping[str, Pixels]]  # by kind, and within it by font or kind of clothes


def groups(half: Half) -> Groups:
    """Return pictures, (n, 28, 28) each; a kind of which nothing is installed is left out."""
    found: dict[str, dict[str, Pixels]] = {}
    for kind, letters in (
        ("letters", LETTERS),
        ("lookalikes", LOOKALIKES),
        ("signs", SIGNS),
        ("digits", digits),
    ):
        for way, fonts in (("printed", half.printed), ("handwritten", half.written)):
            found[f"{way} {kind}"] = {font.stem: _of_font(font, letters) for font in _files(fonts)}
        if kind != "signs":
            found[f"stroke {kind}"] = _of_strokes(half.strokes, letters)
    found["symbols"] = {name: _symbols(name) for name in half.symbols if (STROKES / f"{name}.jhf").exists()}
    found["clothes"] = dict(_clothes(half.clothes, half.part))
    return MappingProxyType({kind: parts for kind, parts in found.items() if parts})


def _files(names: Sequence[str]) -> list[Path]:
    """Return the fonts in folders, and those that are named themselves, as far as they are installed."""
    places = [FONTS / name for name in names]
    return sorted(
        file
        for place in places
        for file in (place.glob("*.[ot]tf") if place.is_dir() else [place])
        if file.exists()
    )


def _of_font(file: Path, letters: str) -> Pixels:
    """Return the letters of a font that it has, prepared; what it lacks looks like what no font has."""
    font = ImageFont.truetype(str(file), 160)
    missing = _glyph(font, "\uffff")
    pictures = [_glyph(font, letter) for letter in letters]
    return np.stack([each for each in pictures if each.any() and not np.array_equal(each, missing)])


def _glyph(font: ImageFont.FreeTypeFont, letter: str) -> Pixels:
    sheet = Image.new("L", (500, 500))
    ImageDraw.Draw(sheet).text((150, 120), letter, font=font, fill=255)
    return prepare_drawing(np.where(np.asarray(sheet) > 127, np.uint8(255), np.uint8(0))).pixels


def _of_strokes(names: Sequence[str], letters: str) -> dict[str, Pixels]:
    known = {name: STROKES / f"{name}.jhf" for name in names}
    read = {name: read_strokes(file.read_text("ascii")) for name, file in known.items() if file.exists()}
    return {
        name: _penned(name, [glyphs[ord(letter) - ord(" ")] for letter in letters])
        for name, glyphs in read.items()
    }


def _symbols(name: str) -> Pixels:
    """Return what a font has in the places in which others have no letter or digit."""
    glyphs = read_strokes((STROKES / f"{name}.jhf").read_text("ascii"))
    taken = set() if name in ("japanese", "markers", "meteorology") else {*ascii_letters, *digits}
    return _penned(name, [glyph for place, glyph in enumerate(glyphs) if chr(place + ord(" ")) not in taken])


def _penned(name: str, glyphs: Sequence[Sequence[Stroke]]) -> Pixels:
    """Return glyphs as pens of any width draw them, of any size."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    pen = partial(rng.uniform)
    return np.stack([drawn(glyph, pen(*SIZES), pen(*WIDTHS)) for glyph in glyphs if glyph])


def read_strokes(text: str) -> list[list[Stroke]]:
    """Return the strokes of every glyph of a Hershey font in James Hurt's format, to the right and down.

    A glyph is a number in five places, how many pairs follow in three, and pairs of letters around R, the
    first of which are its sides; " R" lifts the pen. Long ones go on in the next line.
    """
    glyphs, rest = [], ""
    for line in text.splitlines():
        rest += line
        pairs = int(rest[5:8] or 0)
        if len(rest) < 8 + 2 * pairs:
            continue
        body, rest = rest[10 : 8 + 2 * pairs], ""
        lines = body.replace(" R", "\n").splitlines()
        corners = [
            [(ord(part[i]) - ord("R"), ord(part[i + 1]) - ord("R")) for i in range(0, len(part), 2)]
            for part in lines
        ]
        glyphs.append([np.array(each, np.float64) for each in corners if each])
    return glyphs


def _clothes(kinds: range, part: str) -> list[tuple[str, Pixels]]:
    """Return the first of each kind of Fashion-MNIST, as they are."""
    files = [FASHION / f"{part}-{what}-ubyte.gz" for what in ("images-idx3", "labels-idx1")]
    if not all(file.exists() for file in files):
        return []
    images, labels = (parse_idx(gzip.decompress(file.read_bytes())) for file in files)
    return [(str(kind), images[labels == kind][:CLOTHES].reshape(-1, SIDE, SIDE)) for kind in kinds]
