"""Which channels are switched off, as it stands in an address: `cnn.conv2:3.5,fcn.dense1:17`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn

from dashboard.errors import RefusedError, not_found
from models.graph.description import switchable
from models.store.entry import Entry

LONGEST = 4_000  # characters; the line of a request has room for hardly more

Off = Mapping[str, Mapping[str, tuple[int, ...]]]


def parse_off(text: str, entries: Sequence[Entry]) -> Off:
    """Return the channels that are switched off, by network and layer; nothing for an empty text.

    Networks and layers are in their own order, channels ascend, and none is there twice: equal sets give
    equal mappings, in the same order.

    Args:
        text: Parts separated by commas: network, dot, layer, colon, channels separated by dots.
        entries: The networks there are.

    Raises:
        RefusedError: 400 where the text is none such, 404 where there is no such layer or channel; its
            message is a sentence that is shorter than 200 characters for two of the networks that come along.
    """
    if not text:
        return {}
    if len(text) > LONGEST:
        raise RefusedError(400, "bad_off", f"off must have at most {LONGEST} characters.")
    sizes = {
        f"{entry.key}.{layer.name}": layer.channels for entry in entries for layer in switchable(entry.layers)
    }
    wanted: dict[str, set[int]] = {}
    for part in text.split(","):
        path, colon, channels = part.rpartition(":")
        if not (path and colon):
            _refuse_form()
        if path not in sizes:
            raise not_found(f"off can only name channels of {', '.join(sizes)}.")
        wanted.setdefault(path, set()).update(_channels(channels, path, sizes[path]))
    return {entry.key: own for entry in entries if (own := _own(entry, wanted))}


def _own(entry: Entry, wanted: Mapping[str, set[int]]) -> dict[str, tuple[int, ...]]:
    paths = {layer.name: f"{entry.key}.{layer.name}" for layer in entry.layers}
    return {name: tuple(sorted(wanted[path])) for name, path in paths.items() if path in wanted}


def _channels(text: str, path: str, end: int) -> set[int]:
    parts = text.split(".")
    if not all(part.isascii() and part.isdigit() for part in parts):
        _refuse_form()
    if any(len(part) > 6 or int(part) >= end for part in parts):
        raise not_found(f"off names a channel that {path} does not have. It has 0 to {end - 1}.")
    return {int(part) for part in parts}


def _refuse_form() -> NoReturn:
    raise RefusedError(
        400, "bad_off", "off must be network.layer:channel.channel, such as cnn.conv2:3.5,fcn.dense1:17."
    )


def write_off(off: Off) -> str:
    """Return the text of channels that are switched off: the same for equal sets.

    >>> write_off({"fcn": {"dense1": (17,)}, "cnn": {"conv2": (3, 5)}})
    'fcn.dense1:17,cnn.conv2:3.5'
    """
    return ",".join(
        f"{key}.{layer}:{'.'.join(map(str, channels))}"
        for key, layers in off.items()
        for layer, channels in layers.items()
    )
