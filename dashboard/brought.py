"""What is told of an image that people bring: its digits, how they are read, and what was found in words."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.panels.wording import chance, percent
from models.analysis.metrics import log_probabilities
from models.analysis.turning import TURNS, better_turn
from models.arrays import Floats
from models.datasets.mnist import prepare
from models.sketch.drawing import Drawing, write_ink, write_pixels
from models.sketch.image_file import Picture, read
from models.sketch.ink import Digit, Ink, find_ink
from models.sketch.preparation import prepare_drawing

SHOWN = 480  # pixels of the longer side of the picture that is sent back
QUALITY = 80  # of its JPEG
TURNED = {
    0: "",
    90: "turned a quarter to the right",
    180: "turned upside down",
    270: "turned a quarter to the left",
}

Read = Callable[[Floats], "Floats | None"]  # logits, (n, classes), of digits; None while the network sleeps


@dataclass(frozen=True)
class Brought:
    """An image in which digits were found.

    Attributes:
        picture: As it was read.
        ink: As it was found.
        drawings: Of each digit what the networks are to be fed.
        prepared: Whether it is a digit of MNIST, taken as it is.
        preview: The picture as a JPEG, small.
    """

    picture: Picture
    ink: Ink
    drawings: tuple[Drawing, ...]
    prepared: bool
    preview: bytes

    @classmethod
    def of(cls, content: bytes, turn: int) -> Brought:
        """Return what is in a file, turned by so many degrees clockwise once it is upright.

        Raises:
            ImageError: Nothing that a digit could be read from.
        """
        picture = read(content, turn)
        ink = find_ink(picture.colours)
        own = _own_pixels(picture, ink)
        if own is not None:
            whole = Digit(own, (0.0, 0.0, 1.0, 1.0), 1.0, widened=False)
            ink = Ink((whole,), 1, ink.dark, ink.contrast, ink.channel, 0)
            return cls(picture, ink, (Drawing(write_pixels(own), "pixels"),), True, _preview(picture))
        drawings = tuple(Drawing(write_ink(digit.drawing)) for digit in ink.digits)
        return cls(picture, ink, drawings, False, _preview(picture))


def _own_pixels(picture: Picture, ink: Ink) -> NDArray[np.uint8] | None:
    """Return the pixels, (28, 28), of an image that preparing would leave as it is, None of others."""
    grey = picture.colours.mean(axis=2)
    pixels = np.asarray(np.rint(255 * (1 - grey if ink.dark else grey)), np.uint8)
    return pixels if np.array_equal(prepare_drawing(pixels).pixels, pixels) else None


def _preview(picture: Picture) -> bytes:
    """Return a picture as a small JPEG."""
    from PIL import Image  # noqa: PLC0415 - takes a tenth of a second; the page must not wait for it

    image = Image.fromarray(np.asarray(np.rint(255 * picture.colours), np.uint8))
    image.thumbnail((SHOWN, SHOWN))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def told(found: Brought, read: Read, reader: str) -> dict[str, Any]:
    """Return what is told of an image, as JSON.

    Args:
        found: The image.
        read: How the digits are read.
        reader: Key of the network that reads them.
    """
    picture, ink, chosen = found.picture, found.ink, found.ink.largest
    logits = read(prepare(np.stack([drawing.pixels for drawing in found.drawings])))
    readings = [None] * len(found.drawings) if logits is None else [reading(each) for each in logits]
    return {
        "perturb": found.drawings[chosen].text,
        "words": words(found, readings),
        "format": picture.format,
        "width": picture.width,
        "height": picture.height,
        "orientation": picture.orientation,
        "turn": picture.turn,
        "laid_on": picture.laid_on,
        "coarse": picture.coarse,
        "ink": "dark" if ink.dark else "light",
        "channel": ink.channel,
        "contrast": round(ink.contrast, 3),
        "widened": ink.digits[chosen].widened,
        "dropped": ink.dropped,
        "count": ink.count,
        "chosen": chosen,
        "reader": reader,
        "digits": [
            {"perturb": drawing.text, "box": [round(share, 4) for share in digit.box], "reading": said}
            for drawing, digit, said in zip(found.drawings, ink.digits, readings, strict=True)
        ],
        "upright": upright(found.drawings[chosen], picture.turn, read),
        "preview": f"data:image/jpeg;base64,{b64encode(found.preview).decode()}",
    }


def reading(logits: Floats) -> dict[str, Any]:
    """Return the answer that logits, (10,), give, and its probability."""
    probabilities = np.exp(log_probabilities(logits))
    answer = int(probabilities.argmax())
    return {"answer": answer, "probability": float(probabilities[answer])}


def upright(drawing: Drawing, turn: int, read: Read) -> dict[str, Any] | None:
    """Return how an image is to be turned for its digit to be read far more surely, None if it is not.

    Args:
        drawing: Of the digit.
        turn: By which the image was turned already.
        read: How digits are read.
    """
    logits = read(prepare(np.stack([_turned(drawing, degrees) for degrees in TURNS])))
    degrees = None if logits is None else better_turn(logits)
    if logits is None or degrees is None:
        return None
    now, then = reading(logits[0]), reading(logits[TURNS.index(degrees)])
    return {
        "turn": (turn + degrees) % 360,
        **then,
        "words": f"{TURNED[degrees].capitalize()} it is read as {_said(then)} instead of {_said(now)}.",
    }


def _turned(drawing: Drawing, degrees: int) -> NDArray[np.uint8]:
    """Return what the networks are fed of a drawing that is turned clockwise."""
    if not degrees:
        return drawing.pixels
    drawn = np.rot90(drawing.drawn, -degrees // 90)
    return prepare_drawing(np.ascontiguousarray(drawn)).pixels


def _said(said: dict[str, Any]) -> str:
    return f"{said['answer']} with {chance(said['probability'], 1)}"


def words(found: Brought, readings: Sequence[dict[str, Any] | None]) -> str:
    """Return what was found in an image, and what was done to it unless it was prepared."""
    picture, ink, prepared = found.picture, found.ink, found.prepared
    mirrored = picture.orientation in (2, 4, 5, 7)
    turned = f"{'mirrored' if mirrored else 'turned'} as its EXIF says" if picture.orientation > 1 else ""
    colours = "dark ink on light" if ink.dark else "light ink on dark"
    widened = ink.digits[ink.largest].widened and not prepared
    parts = [
        f"{picture.format} of {picture.width}×{picture.height}",
        "damaged: the last of its steps are missing, so it is coarse" if picture.coarse else "",
        f"{colours}, {percent(ink.contrast, 0)} contrast",
        f"seen best in {ink.channel}" if ink.channel != "grey" else "",
        turned,
        f"{TURNED[picture.turn]} by you" if picture.turn else "",
        f"transparent, laid on {picture.laid_on}" if picture.laid_on else "",
        "its slim lines widened" if widened else "",
        "what lies apart left out" if ink.dropped and not prepared else "",
    ]
    done = "taken as it is, for it is prepared as MNIST was" if prepared else "prepared as MNIST was"
    return f"{_counted(ink, readings)}{', '.join(filter(None, parts))}; {done}.{_touching(picture, ink)}"


def _counted(ink: Ink, readings: Sequence[dict[str, Any] | None]) -> str:
    """Return how many digits there are, and how they are read, where there is more than one."""
    if ink.count == 1:
        return ""
    said = "".join(str(each["answer"]) for each in readings if each)
    shown = f", of which the first {len(ink.digits)} are outlined" if ink.count > len(ink.digits) else ""
    return (
        f"{ink.count} digits{f': {said}' if said else ''}{shown}. "
        f"The one with most ink is taken, digit {ink.largest + 1}; choose another in the picture. "
    )


def _touching(picture: Picture, ink: Ink) -> str:
    """Return which digits may be several that touch."""
    sides = picture.width, picture.height
    wide = [str(place) for place, digit in enumerate(ink.digits, 1) if digit.is_wide(*sides)]
    if not wide:
        return ""
    which = "It is" if ink.count == 1 else f"Digit {', '.join(wide)} {'is' if len(wide) == 1 else 'are each'}"
    return f" {which} much wider than high: digits that touch are taken for one."
