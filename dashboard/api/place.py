"""Where a number stands that a request asks about, and what its layer reads there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from dashboard import validation
from dashboard.ablation import Off
from dashboard.api import parameters
from dashboard.errors import RefusedError, not_found
from dashboard.workspace import NOTHING, Workspace
from models.arrays import Floats
from models.engine.forward_pass import ForwardPass
from models.graph.description import Layer
from models.graph.node import IMAGE
from models.graph.patch import Cell2D
from models.sketch.drawing import Change


@dataclass(frozen=True)
class Place:
    """Where a number stands: a map or unit of one layer, for one image.

    Attributes:
        key: The network.
        index: Of the test image.
        layer: The layer.
        channel: Map or unit of it.
        cell: Row and column on the map, None for a unit or for all cells.
        off: Channels that are switched off.
        move: What is done to the image, None for nothing.
    """

    key: str
    index: int
    layer: Layer
    channel: int
    cell: Cell2D | None
    off: Off
    move: Change | None

    @property
    def at(self) -> tuple[int, ...]:
        """Index of the number in the layer's tensor."""
        return (*(self.cell or ()), self.channel)

    @property
    def is_off(self) -> bool:
        """Whether this very channel is switched off, and so zero whatever its sum."""
        return self.channel in self.off.get(self.key, {}).get(self.layer.name, ())


def inputs(
    workspace: Workspace,
    key: str,
    index: int,
    name: str,
    *,
    off: Off = NOTHING,
    move: Change | None = None,
    forward: ForwardPass | None = None,
) -> list[Floats]:
    """Return what a layer reads of an image, input by input, without the batch axis; or refuse.

    Args:
        workspace: What is open.
        key: The network.
        index: Of the image.
        name: Of the layer.
        off: Channels that are switched off.
        move: What is done to the image.
        forward: What the network made of just that, where somebody has it already.
    """
    layer, graph = workspace.layer(key, name), workspace.entry(key).graph
    read = graph.node(layer.name).reads
    origins = [graph.origin(each) for each in read]
    if forward is None and set(origins) != {IMAGE}:
        forward = workspace.forward_pass(key, index, off, move)
    after = forward.post if forward else {}
    found = [workspace.digit(index, move) if each == IMAGE else after[each] for each in origins]
    return [values.reshape(graph.shape(each)) for values, each in zip(found, read, strict=True)]


def reads(
    workspace: Workspace, key: str, index: int, name: str, *, off: Off = NOTHING, move: Change | None = None
) -> Floats:
    """Return what a layer reads first: maps, or the row of them behind Flatten; or refuse."""
    return inputs(workspace, key, index, name, off=off, move=move)[0]


def require_cells(key: str, layer: Layer) -> None:
    """Refuse a layer whose values are no maps and no units, among which there are no cells to be named."""
    if len(layer.output_shape) not in (1, 3):
        raise not_found(f"{key} {layer.name} gives {layer.output_shape}, which are no maps and no units.")


def named_place(workspace: Workspace, key: str, number: str, name: str, *, cell: bool = False) -> Place:
    """Return the place that a request names, or refuse; a cell is read where it says so."""
    index = parameters.image(number, workspace)
    layer = workspace.layer(key, name)
    channel = parameters.channel(key, layer)
    read = _read_cell(request.args, key, layer) if cell else None
    return Place(
        key, index, layer, channel, read, parameters.switched_off(workspace), parameters.moved(workspace)
    )


def _read_cell(query: Mapping[str, str], key: str, layer: Layer) -> Cell2D | None:
    """Return the row and column that a query names on a layer's maps, None for a unit, or refuse."""
    if not layer.has_maps:
        if "cell" in query:
            raise RefusedError(400, "bad_cell", f"{key} {layer.name} has units, not maps: leave cell out.")
        return None
    rows, columns, _ = layer.output_shape
    parts = query.get("cell", "").split(",")
    if len(parts) != 2:
        allowed = f"0,0 to {rows - 1},{columns - 1}"
        raise RefusedError(
            400, "bad_cell", f"cell must be a row and a column of {key} {layer.name}: {allowed}."
        )
    row = validation.whole_number(parts[0], f"row of {key} {layer.name}", rows)
    return row, validation.whole_number(parts[1], f"column of {key} {layer.name}", columns)
