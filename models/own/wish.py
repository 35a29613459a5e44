"""What a person wants opened: their networks, their images, and what is known of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from models.opening.preprocessing import Preprocessing
from models.opening.tidied import Size

Span = tuple[float, float]
FOLDER = "folder: "  # in front of where a wish was prepared, the last line of who did
PART = "part: "  # in front of how many images of how many are in it, where they are not all
PROGRESS = "progress: "  # in front of how much is done, of how much
SPANS: tuple[Span, ...] = ((0.0, 1.0), (0.0, 255.0), (-1.0, 1.0))  # what a pixel of 0 and of 255 may become


class WishError(Exception):
    """It cannot be had; the message is a sentence for whoever asked."""


@dataclass(frozen=True)
class Wish:
    """What is to be opened.

    Attributes:
        networks: Model files.
        images: A folder or a file of images, None for the shipped ones that fit.
        labels: Their labels, where they lie in another file.
        names: Of the classes, [] where the images have them.
        span: What networks are fed of a pixel of 0 and of 255, None where that is to be found out.
        size: Rows and columns of what the networks read, where their files leave that open.
        most: Images that are opened at most, None for all.
        architecture: What has the layers of files that hold weights alone: an absolute path, or a recipe's
            key; "" where nothing was named.
        preprocessing: What is done to images once their pixels are numbers of the span.
    """

    networks: tuple[Path, ...]
    images: Path | None = None
    labels: Path | None = None
    names: tuple[str, ...] = ()
    span: Span | None = None
    size: Size | None = None
    most: int | None = None
    architecture: str = ""
    preprocessing: Preprocessing = field(default_factory=Preprocessing)


PLAIN = TypeAdapter(Wish)  # as JSON, from one process to another


def telling(say: Callable[[str], None]) -> Callable[[int, int], None]:
    """Return what tells another process how far this one is.

    Args:
        say: Is given the lines.
    """
    return lambda done, of: say(f"{PROGRESS}{done} of {of}")


def written(span: Span) -> str:
    """Return a span as people write it.

    >>> written((0.0, 255.0)), written((-1.0, 1.0))
    ('0 to 255', '−1 to 1')
    """
    low, high = (f"{end:g}".replace("-", "−") for end in span)
    return f"{low} to {high}"
