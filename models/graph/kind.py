"""What there is to know of a kind of layer; one that nobody described is shown, but not explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, TypeAlias

from models.arrays import Floats
from models.graph.box import Box, whole
from models.graph.cell import Cell, Form, Place
from models.graph.node import IMAGE, Node, Shape
from models.graph.patch import Windows

Picture: TypeAlias = Literal["maps", "units", "none"]
Grid: TypeAlias = tuple[int, int, int]  # slices, rows, columns
Weights: TypeAlias = Mapping[str, Floats]
Taken: TypeAlias = Literal["largest", "mean"]


class Kind:
    """A kind of layer that nobody described: its values can be shown, and nothing can be said of them.

    A described kind overrides what it knows.

    Attributes:
        names: Of Keras' classes that compute like this.
        keeps: Settings of Keras' configuration that its arithmetic needs.
        is_opaque: Whether its values can only be shown.
        fuses: Whether Keras' configuration has an activation that can be taken off.
        slides: Whether it has windows along rows and columns.
        kernel_axes: Of what Keras calls its kernel; 0 without one.
        form: In which of the forms of `models/graph/cell.py` its numbers come about.
        convolves: Whether it has filters that slide over maps.
        takes: Which one number it makes of those under a window, None where it does something else.
    """

    names: ClassVar[tuple[str, ...]] = ()
    keeps: ClassVar[tuple[str, ...]] = ()
    is_opaque: ClassVar[bool] = True
    fuses: ClassVar[bool] = False
    slides: ClassVar[bool] = False
    kernel_axes: ClassVar[int] = 0
    form: ClassVar[Form] = "opaque"
    convolves: ClassVar[bool] = False
    takes: ClassVar[Taken | None] = None

    @property
    def weighs_rows(self) -> bool:
        """Whether a unit's weights are a row, one for each number of a row that it reads."""
        return self.kernel_axes == 2

    def form_of(self, node: Node) -> Form:
        """Return in which form a node's numbers come about; "opaque" where that cannot be said."""
        del node
        return self.form

    def reading(self, node: Node, reads: Sequence[Shape]) -> str:
        """Return how its values are to be read, in sentences, before its activation; "" where nobody knows.

        Args:
            node: Of this kind.
            reads: Shapes of all its inputs.
        """
        del node, reads
        return ""

    def activation(self, config: Mapping[str, Any], fused: str | None) -> str | None:
        """Return the name of the function that ends a layer.

        Args:
            config: Keras' configuration of the layer.
            fused: Name of the activation that it has as an attribute, None without one.
        """
        del config
        return fused if self.fuses and fused != "linear" else None

    def picture(self, shape: Shape) -> Picture:
        """Return how values of a shape can be drawn; "none" of those that only stand in another order."""
        axes = len(shape)
        return "maps" if axes == 3 else "units" if axes == 1 else "none"

    def windows(self, node: Node) -> Windows | None:
        """Return its windows along rows and columns, None where it has none."""
        del node
        return None

    def sees(self, node: Node, box: Box, reads: Sequence[Shape], source: int) -> Box:
        """Return which cells of one input feed a box of its cells: all of them, where nobody knows.

        Args:
            node: Of this kind.
            box: Of its output.
            reads: Shapes of all its inputs.
            source: Which input is asked for, counted from 0.
        """
        del node, box
        return whole(reads[source])

    def cost(self, node: Node, reads: Sequence[Shape]) -> int:
        """Return how often it multiplies something with a weight, for one image; 0 where nobody counts."""
        del node, reads
        return 0

    def grid(self, node: Node, read: Shape) -> Grid | None:
        """Return how the weights of one filter or unit lie over what is read; None without such weights.

        Args:
            node: Of this kind.
            read: Shape of what it reads; of what a Flatten layer before it read.
        """
        del node, read
        return None

    def filters(self, node: Node, weights: Weights, grid: Grid) -> Floats | None:
        """Return its weights filter by filter, un-flipped: (filters, slices, rows, columns); None without.

        Args:
            node: Of this kind.
            weights: As Keras holds them, by name.
            grid: What `grid` says.
        """
        del node, weights, grid
        return None

    def slices(self, node: Node, read: Shape, channel: int) -> range:
        """Return which channels of what is read the slices of a filter lie over, in their order."""
        del node, channel
        return range(read[-1])

    def cell(self, node: Node, reads: Sequence[Floats], weights: Weights, place: Place) -> Cell | None:
        """Return how one of its numbers came about, before its activation; None where that cannot be said.

        Args:
            node: Of this kind.
            reads: Values of its inputs, without the batch axis.
            weights: As Keras holds them, by name.
            place: Of the number among its values.

        Raises:
            IndexError: There is no such place.
        """
        del node, reads, weights, place
        return None


class Elementwise(Kind):
    """A kind whose every number comes from the number at the same place, in each of its inputs."""

    is_opaque = False

    def sees(self, node: Node, box: Box, reads: Sequence[Shape], source: int) -> Box:
        """Return the same box; where one row or column is spread over all, that one."""
        read = reads[source]
        if len(read) not in (2, 3) or len(read) < len(node.output_shape):
            return whole(read)
        rows, columns = (
            (0, 1) if length == 1 < along else span
            for span, length, along in zip(box, read, node.output_shape, strict=False)
        )
        return rows, columns


def spread(box: Box, read: Shape, axes: Sequence[int]) -> Box:
    """Return a box made as long as what is read, along some axes, counted from 0 without the batch."""
    rows, columns = (whole(read)[axis] if axis in axes else span for axis, span in enumerate(box))
    return rows, columns


def require_place(node: Node, place: Place) -> None:
    """Refuse a place that a node's values do not have.

    Raises:
        IndexError: There is no such place.
    """
    inside = len(place) == len(node.output_shape) and all(
        0 <= at < length for at, length in zip(place, node.output_shape, strict=True)
    )
    if not inside:
        raise IndexError(f"{node.name} has no place {place}; its values are {node.output_shape}.")


def sized(shape: Sequence[int]) -> str:
    """Return a shape as people write it: 26×26×32."""
    return "×".join(str(side) for side in shape)


def listed(names: Sequence[str]) -> str:
    """Return names in words: "the image", "stem and inner", "a, b and c"."""
    called = ["the image" if name == IMAGE else name for name in names]
    return " and ".join(filter(None, [", ".join(called[:-1]), called[-1]]))


def bias(weights: Weights, channel: int) -> float:
    """Return a filter's bias, 0 where its layer has none."""
    return float(weights["bias"][channel]) if "bias" in weights else 0.0


def over_input(kernel: Floats, grid: Grid) -> Floats:
    """Return weights, (rows, columns, slices, filters) or (inputs, units), as filters that lie over a grid.

    Returns:
        (filters, slices, rows, columns), of the same numbers, not copied: a layer may have millions.
    """
    slices, rows, columns = grid
    return kernel.reshape(rows, columns, slices, -1).transpose(3, 2, 0, 1)
