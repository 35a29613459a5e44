"""Which two networks the pages show, as it stands in an address: `fcn-augmented,cnn-augmented`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from dashboard.errors import not_found
from models.store.entry import Entry

Pair = tuple[str, ...]  # keys of two networks, in their order; of one where there is no other


def pairs(entries: Sequence[Entry]) -> tuple[Pair, ...]:
    """Return all pairs that there are, in either order; the default, the manifest's first two, first."""
    return tuple(permutations((entry.key for entry in entries), min(2, len(entries))))


def parse_pair(text: str, entries: Sequence[Entry]) -> Pair:
    """Return the pair that a text names.

    Raises:
        RefusedError: 404 where it names another number of networks, one twice, or one that there is not.
    """
    pair = tuple(text.split(","))
    if pair not in pairs(entries):
        known = ", ".join(entry.key for entry in entries)
        raise not_found(f"pair must be two different ones of {known}, with a comma between them.")
    return pair


def write_pair(pair: Pair) -> str:
    """Return the text of a pair.

    >>> write_pair(("fcn", "cnn"))
    'fcn,cnn'
    """
    return ",".join(pair)


def of_pair(pair: Pair, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the networks of a pair, in its order."""
    known = {entry.key: entry for entry in entries}
    return tuple(known[key] for key in pair)
