"""How far something is that takes long: who does it tells whoever wants to know."""

from __future__ import annotations

from collections.abc import Callable

Told = Callable[[int, int], None]  # called with how much is done, and of how much


def untold(_: int, __: int) -> None:
    """Tell nobody."""
