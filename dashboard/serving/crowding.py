"""Which connections are closed where there are too many, or where too much is kept for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar


class Connection(Protocol):
    """What is looked at of a connection to decide whether it stays; a channel has it."""

    addr: tuple[str, int]
    since: float
    began: float | None
    requests: list[Any]

    @property
    def kept(self) -> int:
        """Bytes that wait for the client, or for their turn."""


Some = TypeVar("Some", bound=Connection)


def too_many(channels: Sequence[Some], most: int, most_of_one: int) -> Some | None:
    """Return the connection to close where there are too many, else None.

    It is, of the address that has most, one that is not answered now, and of those the one whose last
    answer is longest ago. So whoever clicks stays, behind the same address too.

    Args:
        channels: All that are open.
        most: How many there may be.
        most_of_one: How many one address may have.
    """
    if len(channels) <= most_of_one:
        return None
    address, count = Counter(channel.addr[0] for channel in channels).most_common(1)[0]
    if len(channels) <= most and count <= most_of_one:
        return None
    of_it = (channel for channel in channels if channel.addr[0] == address)
    return min(of_it, key=lambda channel: (bool(channel.requests), channel.since))


def too_much(channels: Sequence[Some], most: int) -> list[Some]:
    """Return the connections to close so that what is kept for clients is at most so many bytes.

    Those that began first are first.
    """
    kept = sum(channel.kept for channel in channels)
    dropped = []
    for channel in sorted((each for each in channels if each.kept), key=lambda each: each.began or 0.0):
        if kept <= most:
            break
        kept -= channel.kept
        dropped.append(channel)
    return dropped
