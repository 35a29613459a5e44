"""A panel is a question, a sentence on how to read its answer, and a pure answer: drawings of five kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

import plotly.graph_objects as go

from dashboard.panels.comparison import Comparison
from models.datasets.dataset import Noun

Number = TypeVar("Number", int, float)
Kind = Literal["", "right", "wrong", "code", "more", "less"]


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    Attributes:
        text: What it shows.
        header: Whether it names its row or column.
        link: Where it leads, from the page; None for nowhere.
        label: What a screen reader says of the link, beginning with the text; None where the text is enough.
        shade: How strongly its background is shaded, in [0, 1]; None for no shade at all.
        hue: Key of the network that it stands for, or "".
        kind: "right" or "wrong" for counted answers, "more" or "less" for differences above and below zero,
            "code" for what can be typed, or "".
        value: The number that the text stands for, in full; None where the text is all there is.
        interval: The ends of the number's interval, or of a range that the text stands for; None for none.
        unit: In which the number is, "" for a count, a share, or a number that has none.
    """

    text: str
    header: bool = False
    link: str | None = None
    label: str | None = None
    shade: float | None = None
    hue: str = ""
    kind: Kind = ""
    value: float | None = None
    interval: tuple[float, float] | None = None
    unit: str = ""


def number(value: Number, write: Callable[[Number], str], unit: str = "") -> Cell:
    """Return a cell with a number as people write it, and in full."""
    return Cell(write(value), value=value, unit=unit)


@dataclass(frozen=True)
class Table:
    """Cells in rows, all as long as the header.

    Attributes:
        caption: What it shows, and on which images.
        header: The row of column names.
        rows: All others, from top to bottom.
    """

    caption: str
    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Chart:
    """A figure, its caption, and its main numbers in words.

    Attributes:
        caption: What it shows, and on which images.
        summary: Its main numbers in a sentence, for who cannot see it.
        figure: The picture.
    """

    caption: str
    summary: str
    figure: go.Figure


@dataclass(frozen=True)
class Thumb:
    """One image as a small picture that leads to it, with words under it.

    Attributes:
        picture: Address of its pixels.
        link: Where it leads, from the page.
        label: What a screen reader says of it.
        under: What stands under it, line by line.
        facts: What is known of it, by name, for who takes the numbers away.
    """

    picture: str
    link: str
    label: str
    under: tuple[Cell, ...]
    facts: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Gallery:
    """Small pictures of images side by side, and a way to those that have no room.

    Attributes:
        caption: Which images these are, and in which order.
        thumbs: The images.
        rest: Leads to all of them where there are more; None where these are all.
    """

    caption: str
    thumbs: tuple[Thumb, ...]
    rest: Cell | None = None


@dataclass(frozen=True)
class Words:
    """Sentences that can be quoted.

    Attributes:
        caption: What they are built from.
        sentences: Each in parts, some of which lead somewhere.
    """

    caption: str
    sentences: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Plane:
    """The test images as points; the browser fetches and paints them.

    Attributes:
        caption: What it shows, and of which network.
        summary: What can be said of it without seeing it.
        model: Key of the network.
        method: How its layer became a plane, one of `projection.METHODS`.
        layer: The layer that is arranged.
    """

    caption: str
    summary: str
    model: str
    method: str
    layer: str

    @property
    def address(self) -> str:
        """Where the points are, from the page."""
        return f"api/models/{self.model}/arrangement/{self.method}.npy"


Drawing = Chart | Table | Gallery | Words | Plane


@dataclass(frozen=True)
class Panel:
    """One question about the networks.

    Attributes:
        key: Short name, unique on its page.
        question: Its heading; `Noun.said` puts in what images are called.
        how_to_read: One or two sentences under the heading, with the same.
        draw: Answers it for the networks that are shown.
        live: Whether the browser puts the image at hand in front of the drawings.
        asks_labels: Whether it cannot be answered on images of which nobody knows what they show.
    """

    key: str
    question: str
    how_to_read: str
    draw: Callable[[Comparison], tuple[Drawing, ...]]
    live: bool = False
    asks_labels: bool = True

    def answered(self, comparison: Comparison) -> tuple[Drawing, ...]:
        """Return its answer, or why there is none."""
        if self.asks_labels and not comparison.collection.test.is_labelled:
            why = "Nobody knows what these {images} show: without labels there is no right and no wrong."
            return (Words("", ((Cell(comparison.noun.said(why)),),)),)
        return self.draw(comparison)

    def said(self, noun: Noun) -> tuple[str, str]:
        """Return its heading and what stands under it, of images that are called so."""
        return noun.said(self.question), noun.said(self.how_to_read)
