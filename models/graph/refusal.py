"""What is said of a network that cannot be opened."""

from __future__ import annotations


class UnopenableError(ValueError):
    """A network cannot be opened; the message is a sentence that goes on where the file has been named."""
