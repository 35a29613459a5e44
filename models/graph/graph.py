"""A network as a graph: its nodes in order of computation, what feeds what, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod

from models.arrays import Floats
from models.graph.box import Box, is_empty, joined, whole
from models.graph.cell import Form
from models.graph.head import Head, head_of
from models.graph.kind import Grid, Kind, Weights
from models.graph.kinds import kind_of
from models.graph.kinds.passing import Passing
from models.graph.kinds.reshaping import Reshaping
from models.graph.node import IMAGE, Node, Shape
from models.graph.receptive_field import ReceptiveField

Sight = tuple[ReceptiveField, ReceptiveField]  # along rows, along columns
TRIED = 3  # cells whose boxes tell whether all boxes are of one size and evenly apart


@dataclass(frozen=True)
class Graph:
    """What a network is made of.

    Attributes:
        image: Shape of what it reads, without the batch axis.
        nodes: In order of computation: each reads the image or nodes before it. The last one is the answer.
        loss: What it was compiled with, by name, None if that is not known.
    """

    image: Shape
    nodes: tuple[Node, ...]
    loss: str | None = None

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each node stands in the order of computation."""
        return {node.name: place for place, node in enumerate(self.nodes)}

    @cached_property
    def head(self) -> Head:
        """What its last numbers mean.

        Raises:
            UnopenableError: They are no classes; the sentence says why.
        """
        return head_of(self.last, self.loss)

    @property
    def last(self) -> Node:
        """What computes the last numbers: dropout and what only reshapes is passed over."""
        last = self.nodes[-1]
        while isinstance(kind_of(last.kind), Passing | Reshaping) and last.reads[0] != IMAGE:
            last = self.node(last.reads[0])
        return last

    @property
    def is_chain(self) -> bool:
        """Whether every node reads the one before it and nothing else."""
        before = (IMAGE, *(node.name for node in self.nodes))
        return all(node.reads == (name,) for node, name in zip(self.nodes, before, strict=False))

    @property
    def opaque(self) -> tuple[Node, ...]:
        """The nodes whose values can be shown, but not explained."""
        return tuple(node for node in self.nodes if self.kind(node.name).is_opaque)

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be said of the network, in sentences: of its end, and of what cannot be explained.

        Raises:
            UnopenableError: It gives no classes.
        """
        end = [self.head.note] if self.head.note else []
        return (*end, *(self._opaque_note(node) for node in self.opaque))

    def _opaque_note(self, node: Node) -> str:
        drawn = self.kind(node.name).picture(node.output_shape) != "none"
        called = f"{node.name} is of the kind {node.kind.removeprefix('ops.')}, which ConvLens does not know"
        shown = "its values are shown, but not how they come about"
        return f"{called}: {shown if drawn else f'its values, {node.output_shape}, are not drawn'}."

    def node(self, name: str) -> Node:
        """Return the node of that name.

        Raises:
            KeyError: There is none.
        """
        return self.nodes[self.places[name]]

    def kind(self, name: str) -> Kind:
        """Return what is known of the kind of a node.

        Raises:
            KeyError: There is no such node.
        """
        return kind_of(self.node(name).kind)

    def shape(self, name: str) -> Shape:
        """Return the shape of a node's values, or of the image, which is called "input".

        Raises:
            KeyError: There is no such node.
        """
        return self.image if name == IMAGE else self.node(name).output_shape

    def shapes_read(self, name: str) -> tuple[Shape, ...]:
        """Return the shapes of what a node reads.

        Raises:
            KeyError: There is no such node.
        """
        return tuple(self.shape(read) for read in self.node(name).reads)

    def readers(self, name: str) -> tuple[Node, ...]:
        """Return the nodes that read a node, or the image."""
        return tuple(node for node in self.nodes if name in node.reads)

    def before(self, names: Iterable[str], known: Iterable[str] = (IMAGE,)) -> tuple[Node, ...]:
        """Return what must be computed for some nodes, them included, in order.

        Args:
            names: Of the nodes; of the image, which needs nothing.
            known: Whose values there are already.
        """
        given = {IMAGE, *known}
        needed = set(names) - given
        for node in reversed(self.nodes):
            if node.name in needed:
                needed.update(read for read in node.reads if read not in given)
        return tuple(node for node in self.nodes if node.name in needed)

    def behind(self, name: str) -> tuple[Node, ...]:
        """Return the nodes that would change with a node, or with the image; it itself is not among them."""
        changed = {name}
        for node in self.nodes:
            if changed.intersection(node.reads):
                changed.add(node.name)
        return tuple(node for node in self.nodes if node.name in changed - {name})

    def border(self, name: str) -> tuple[str, ...]:
        """Return the nodes, and the image, that must be known to go on behind a node; it is the first.

        In a chain that is the node alone; where a branch goes around it, what comes out of that is needed.
        """
        later = self.behind(name)
        inner = {name, *(node.name for node in later)}
        others = {read for node in later for read in node.reads} - inner
        return (name, *(each for each in (IMAGE, *self.places) if each in others))

    def source(self, name: str) -> tuple[str, Shape]:
        """Return what a node reads first, and its shape, as `origin` has it.

        Raises:
            KeyError: There is no such node.
        """
        read = self.origin(self.node(name).reads[0])
        return read, self.shape(read)

    def origin(self, name: str) -> str:
        """Return where the values of a node, or the image, come from: what only makes a row is passed over.

        The order of such a row is row, column, channel, as that of the shape of what it is made of.

        Raises:
            KeyError: There is no such node.
        """
        while name != IMAGE and len(self.shape(name)) == 1 and isinstance(self.kind(name), Reshaping):
            name = self.node(name).reads[0]
        return name

    def form(self, name: str) -> Form:
        """Return in which form the numbers of a node come about; "opaque" where that cannot be said.

        Raises:
            KeyError: There is no such node.
        """
        return self.kind(name).form_of(self.node(name))

    def reading(self, name: str) -> str:
        """Return how the values of a node are to be read, in sentences.

        Raises:
            KeyError: There is no such node.
        """
        node, kind = self.node(name), self.kind(name)
        if kind.is_opaque:
            return self._opaque_note(node)
        cut = " After relu what is below zero is zero." if kind.fuses and node.activation == "relu" else ""
        return kind.reading(node, self.shapes_read(name)) + (cut if node.has_maps else "")

    def grid(self, name: str) -> Grid | None:
        """Return how the weights of one filter or unit lie over what the node reads; None without weights.

        Raises:
            KeyError: There is no such node.
        """
        return self.kind(name).grid(self.node(name), self.source(name)[1])

    def filters(self, name: str, weights: Weights) -> Floats | None:
        """Return a node's weights filter by filter, (filters, slices, rows, columns); None without.

        Args:
            name: Of the node.
            weights: As Keras holds them, by name.

        Raises:
            KeyError: There is no such node.
        """
        grid = self.grid(name)
        return self.kind(name).filters(self.node(name), weights, grid) if grid else None

    def cost(self, name: str) -> int:
        """Return how often a node multiplies something with a weight, for one image.

        Raises:
            KeyError: There is no such node.
        """
        return self.kind(name).cost(self.node(name), self.shapes_read(name))

    def boxes(self, name: str, box: Box | None = None) -> dict[str, Box]:
        """Return the smallest box of cells of every node before, and of the image, that feeds some cells.

        Where branches join, it is the box that holds what comes along all of them. A box may reach outside of
        its map: what lies there is the zeros that a layer pads with.

        Args:
            name: Of the node.
            box: Its cells; None for all of them.

        Raises:
            KeyError: There is no such node.
        """
        found = {name: whole(self.shape(name)) if box is None else box}
        for node in reversed(self.nodes[: self.places[name] + 1]):
            if node.name not in found or is_empty(found[node.name]):
                continue
            shapes = self.shapes_read(node.name)
            for source, read in enumerate(node.reads):
                fed = kind_of(node.kind).sees(node, found[node.name], shapes, source)
                found[read] = joined([found[read], fed]) if read in found else fed
        return found

    def sights(self, name: str) -> dict[str, Sight]:
        """Return what one cell of a node with maps sees of the maps of every node before, and of the image.

        Nodes are left out of which its cells see boxes of several sizes, or not evenly apart, as behind
        upsampling, and those of which each cell sees everything; `boxes` tells of them.

        Raises:
            KeyError: There is no such node.
        """
        if self.kind(name).picture(self.shape(name)) != "maps":
            return {}
        rows, columns, _ = self.shape(name)
        tried = [*range(TRIED), max(rows, TRIED) - 1, max(columns, TRIED) - 1]
        boxes = [self.boxes(name, ((cell, cell + 1), (cell, cell + 1))) for cell in tried]
        found = {}
        for source in (each for each in (IMAGE, *self.places) if each in boxes[0]):
            axes = [_even(tried, [each[source][axis] for each in boxes if source in each]) for axis in (0, 1)]
            if source != name and axes[0] and axes[1]:
                found[source] = axes[0], axes[1]
        return found

    def parameters(self) -> int:
        """Return how many numbers it holds; what two nodes share counts once."""
        return sum(node.parameters for node in self.nodes)

    def cells(self) -> int:
        """Return how many numbers it computes for one image."""
        return sum(prod(node.output_shape) for node in self.nodes)


def _even(cells: list[int], spans: list[tuple[int, int]]) -> ReceptiveField | None:
    """Return spans as a size and a step, None where they are not of one size and evenly apart."""
    if len(spans) < len(cells):
        return None
    first, end = spans[0]
    size, step = end - first, spans[1][0] - first
    even = all(
        span == (first + cell * step, first + cell * step + size)
        for cell, span in zip(cells, spans, strict=True)
    )
    return ReceptiveField(size, step, first) if even and size > 0 and step > 0 else None
