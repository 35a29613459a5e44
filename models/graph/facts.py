"""What a page needs to know of a layer to show how its numbers come about, without knowing kinds by name."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from models.graph.cell import Form
from models.graph.graph import Graph
from models.graph.kind import Picture, Taken


@dataclass(frozen=True)
class Axis:
    """Where a layer's windows lie on what it reads, along one axis.

    Attributes:
        taps: Of a window.
        step: From one cell's window to the next one's, in cells of what is read.
        start: Where the first tap of the first window lies; below zero on padding.
        dilation: From one tap to the next.
    """

    taps: int
    step: int
    start: int
    dilation: int


@dataclass(frozen=True)
class Facts:
    """How the numbers of one layer come about, as far as that decides what is drawn and asked.

    Attributes:
        form: Of `models/graph/cell.py`; "opaque" where nothing can be said.
        picture: How its values are drawn.
        has_kernel: Whether every filter or unit has weights that lie over what it reads.
        convolves: Whether these weights slide over maps.
        groups: In how many groups of maps its filters read; 1 where each reads all, or there are none.
        takes: Which one number it makes of those under a window, None where it does something else.
        windows: Along rows and along columns, None where it has none.
        reads: Names of what it reads, "input" for the image; what only makes a row is passed over.
        notes: What cannot be said of it, in sentences.
    """

    form: Form
    picture: Picture
    has_kernel: bool
    convolves: bool
    groups: int
    takes: Taken | None
    windows: tuple[Axis, Axis] | None
    reads: tuple[str, ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def facts_of(graph: Graph, name: str) -> Facts:
    """Return what a page needs to know of a node.

    Raises:
        KeyError: There is no such node.
    """
    node, kind, grid, form = graph.node(name), graph.kind(name), graph.grid(name), graph.form(name)
    return Facts(
        form=form,
        picture=kind.picture(node.output_shape),
        has_kernel=grid is not None,
        convolves=kind.convolves,
        groups=graph.source(name)[1][-1] // grid[0] if kind.convolves and grid else 1,
        takes=kind.takes,
        windows=_axes(graph, name),
        reads=tuple(graph.origin(read) for read in node.reads),
        notes=(graph.reading(name),) if form == "opaque" else (),
    )


def _axes(graph: Graph, name: str) -> tuple[Axis, Axis] | None:
    windows = graph.kind(name).windows(graph.node(name))
    if windows is None:
        return None
    read = graph.shapes_read(name)[0]
    rows, columns = (
        Axis(each.kernel, each.stride, -each.padding_before(length), each.dilation)
        for each, length in zip(windows, read, strict=False)
    )
    return rows, columns
