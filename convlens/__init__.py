"""ConvLens from Python: `show` a network in a notebook, and write `Snapshots` while one is trained.

What is here is imported into programs that are not ours. It imports neither `models` nor `dashboard`, which
are plain names that others have too; ConvLens itself runs in processes of its own.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convlens.showing import ShowError, Shown, show
    from convlens.snapshots import Snapshots

__version__ = "0.1.0"
__all__ = ["ShowError", "Shown", "Snapshots", "__version__", "show"]


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is: a name costs nothing until then."""
    if name in ("ShowError", "Shown", "show"):
        return getattr(import_module("convlens.showing"), name)
    if name == "Snapshots":
        return import_module("convlens.snapshots").Snapshots
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
