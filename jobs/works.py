"""The kinds of long work: where the function of each is. It is imported where it runs, and nowhere else.

A work that reads a shipped data set has its key in its settings, as `dataset`: on another machine it is then
refused where that has other images.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from models.watcher import Work

WORKS: Mapping[str, str] = MappingProxyType(
    {
        "training": "models.training.work:train",
        "opening": "models.training.opening:measure",
        "completing": "models.own.completing:complete",
    }
)  # "module:function"


def found(place: str) -> Work:
    """Return the function that stands at a place such as `models.training.work:train`."""
    module, _, name = place.partition(":")
    work: Work = getattr(import_module(module), name)
    return work
