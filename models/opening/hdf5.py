"""A stranger's HDF5 file is looked at as a whole before it is read: plain numbers, and not too many."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import h5py

from models.graph.refusal import UnopenableError
from models.graph.requirements import MAX_BYTES

LONGEST = 16 * 2**20  # bytes of a plan, and of an attribute
MOST_PARTS = 50_000  # groups and rows of numbers in a file
NUMBERS = "fiub"  # kinds of NumPy's types


def require_plain(file: h5py.File) -> None:
    """Refuse an HDF5 file that leads to other files, or unpacks to more than a network may have.

    Raises:
        UnopenableError: It does.
    """
    total, parts = 0, 0
    waiting: list[h5py.Group] = [file]
    met = {h5py.h5o.get_info(file.id).addr}
    while waiting:
        group = waiting.pop()
        _require_short(group)
        for name in group:
            parts += 1
            if parts > MOST_PARTS:
                raise UnopenableError(f"has more than {MOST_PARTS:,} parts")
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise UnopenableError("leads to another place or file by a link")
            part = group[name]
            if isinstance(part, h5py.Group):
                if h5py.h5o.get_info(part.id).addr in met:
                    raise UnopenableError("has a group under two names, perhaps within itself")
                met.add(h5py.h5o.get_info(part.id).addr)
                waiting.append(part)
            elif isinstance(part, h5py.Dataset):
                total += _bytes_of(part)
                require_small(total)
            else:
                raise UnopenableError("holds something that is no number")


def _bytes_of(part: h5py.Dataset) -> int:
    """Return how many bytes numbers take once they are read."""
    if part.is_virtual or part.external:
        raise UnopenableError("keeps numbers in another file")
    if part.dtype.kind not in NUMBERS and part.size:
        raise UnopenableError("holds something that is no number")
    _require_short(part)
    return int(part.nbytes)


def _require_short(part: h5py.Group | h5py.Dataset) -> None:
    for name in part.attrs:
        attribute = part.attrs.get_id(name)
        if math.prod(attribute.shape or ()) * attribute.dtype.itemsize > LONGEST:
            raise UnopenableError(f"has an attribute of more than {LONGEST >> 20} MiB")


def text_of(file: h5py.File, name: str) -> bytes | None:
    """Return an attribute that is one text, None where there is none of the name.

    Raises:
        UnopenableError: It is no text.
    """
    value = file.attrs.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes):
        return value
    raise UnopenableError("has a plan that is no text")


def names_of(group: h5py.Group, name: str) -> list[str]:
    """Return the names that an attribute lists, which older writers broke into several."""
    attributes: Mapping[str, Any] = group.attrs
    if name in attributes:
        parts = [attributes[name]]
    else:
        parts = []
        while f"{name}{len(parts)}" in attributes:
            parts.append(attributes[f"{name}{len(parts)}"])
    return [
        each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each)
        for part in parts
        for each in part
    ]


def require_small(whole: int, plan: int = 0) -> None:
    """Refuse what has more bytes than a network, or its plan, may have.

    Raises:
        UnopenableError: It has.
    """
    if whole > MAX_BYTES or plan > LONGEST:
        raise UnopenableError(
            f"unpacks to more than {MAX_BYTES >> 20} MiB, the most that ConvLens opens: save it without its "
            "optimizer, model.save(…, include_optimizer=False), or make its layers smaller"
        )
