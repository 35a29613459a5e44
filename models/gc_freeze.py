"""What is made at the start lasts as long as the process: nobody need look through it for garbage."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module


@contextmanager
def frozen() -> Iterator[None]:
    """Look for no garbage meanwhile, which takes a tenth of the time, nor ever in what was made by then.

    To look through it would also copy it into every process that was forked from this one.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


@contextmanager
def _without(package: str) -> Iterator[None]:
    """Take a package for one that is not installed, unless it is imported already."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]  # so Python marks what cannot be imported
    try:
        yield
    finally:
        del sys.modules[package]


def load_keras() -> None:
    """Import Keras, once and for all: with a look for garbage in what it brings it takes a fifth longer.

    Where scikit-learn is installed Keras imports it, for wrappers that nobody uses here, and with it much of
    scipy: that would take a fourth longer again.
    """
    if "keras" not in sys.modules:
        with frozen(), _without("sklearn"):
            import_module("keras")
