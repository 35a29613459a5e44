"""What reads what in the plan of a network: nothing that is not there, and nothing in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from models.graph.refusal import UnopenableError

Call = tuple[str, int]  # the name of a layer, and which of its calls it is, counted from 0


def require_wired(layers: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a plan of which no order of its layers could be computed.

    Args:
        layers: Tidied, each with its name and what its calls read, in `inbound_nodes`.

    Raises:
        UnopenableError: A layer reads what is not there, or itself; the sentence names it.
    """
    calls = {each["name"]: max(len(each["inbound_nodes"]), 1) for each in layers}
    if len(calls) < len(layers):
        names = [each["name"] for each in layers]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnopenableError(f"it has two layers that are called {twice!r}")
    reads: dict[Call, set[Call]] = {}
    for layer in layers:
        name = layer["name"]
        for number, told in enumerate(layer["inbound_nodes"] or [[]]):
            reads[name, number] = {(name, number - 1)} if number else set()
            for source, place in _sources(told):
                if place not in range(calls.get(source, 0)):
                    raise UnopenableError(f"its layer {name!r} reads {source!r}, which is not there")
                reads[name, number].add((source, place))
    try:
        TopologicalSorter(reads).prepare()
    except CycleError as error:
        circle = " → ".join(dict.fromkeys(name for name, _ in reversed(error.args[1])))
        raise UnopenableError(f"its layers read each other in a circle: {circle[:200]}") from error


def _sources(told: Any) -> Iterator[Call]:
    """Yield which calls a call reads, as older and newer writers tell it."""
    if isinstance(told, Mapping):
        if told.get("class_name") == "__keras_tensor__":
            name, place = told["config"]["keras_history"][:2]
            yield str(name), int(place)
            return
        told = list(told.values())
    if isinstance(told, list):
        if len(told) >= 3 and isinstance(told[0], str) and isinstance(told[1], int):
            yield told[0], told[1]
            return
        for each in told:
            yield from _sources(each)
