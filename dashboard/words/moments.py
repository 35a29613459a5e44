"""What moments of a training are called."""

from __future__ import annotations


def moment_words(key: str) -> str:
    """Return a moment in words, by its name in addresses, "" for the networks as they are.

    >>> [moment_words(key) for key in ("", "0", "step64", "3")]
    ['as trained', 'with random weights', 'after step 64', 'after epoch 3']
    """
    if not key:
        return "as trained"
    if key == "0":
        return "with random weights"
    return f"after {key.replace('step', 'step ')}" if key.startswith("step") else f"after epoch {key}"


def moment_file(key: str) -> str:
    """Return what tells a moment in the name of a file, "" for the networks as they are.

    >>> [moment_file(key) for key in ("", "step64", "3", "trained")]
    ['', '-step64', '-epoch3', '-trained']
    """
    return f"-epoch{key}" if key.isdigit() else f"-{key}" if key else ""
