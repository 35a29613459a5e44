"""What is made at the start lasts as long as the process: nobody need look through it for garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module


@contextmanager
def frozen() -> Iterator[None]:
    """Look for no garbage meanwhile, which takes a tenth of the time, nor ever in what was made by then.

    To look through it would also copy it into every process that was forked from this one.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def load_keras() -> None:
    """Import Keras, once and for all: with a look for garbage in what it brings it takes a fifth longer."""
    with frozen():
        import_module("keras")
