"""Which layers stand in one place of a picture: a layer, and what follows it number by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from models.graph.graph import Graph
from models.graph.kind import Elementwise


@dataclass(frozen=True)
class Block:
    """A layer with the normalisation, activation and dropout behind it: their values have the same form.

    Attributes:
        layers: Their names, in order of computation.
        shown: The one whose values are shown first: the last that does something to them.
    """

    layers: tuple[str, ...]
    shown: str

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def blocks(graph: Graph, names: Iterable[str]) -> tuple[Block, ...]:
    """Return the blocks of a network; its answers stand alone.

    Args:
        graph: The network.
        names: Of the layers that are shown, in order of computation.

    Raises:
        KeyError: There is no such node.
    """
    found: list[list[str]] = []
    for name in names:
        before = [block for block in found if _follows(graph, name, block[-1])]
        if before:
            before[0].append(name)
        else:
            found.append([name])
    return tuple(Block(tuple(block), _shown(graph, block)) for block in found)


def _follows(graph: Graph, name: str, before: str) -> bool:
    """Whether a node does nothing but change each number of one other node, and is not the answer."""
    node = graph.node(name)
    alone = isinstance(graph.kind(name), Elementwise) and len(node.reads) == 1
    follows = alone and graph.origin(node.reads[0]) == before and graph.shape(before) == node.output_shape
    return follows and node is not graph.nodes[-1]


def _shown(graph: Graph, block: list[str]) -> str:
    return next(_changing(graph, reversed(block)), block[0])


def _changing(graph: Graph, names: Iterable[str]) -> Iterator[str]:
    """Yield the nodes whose values are others than those that they read, before or after activation."""
    for name in names:
        node = graph.node(name)
        if graph.form(name) != "copy" or node.activation:
            yield name
