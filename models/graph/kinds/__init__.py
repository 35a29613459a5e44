"""The kinds of layers that are described: one file each, or one for several of the same arithmetic.

A file here has KINDS, a tuple of `Kind`s; nothing else names them.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from models.graph.kind import Kind

OPAQUE = Kind()


@cache
def described() -> Mapping[str, Kind]:
    """Return every described kind by the names of Keras' classes."""
    modules = (importlib.import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__))
    return {name: kind for module in modules for kind in module.KINDS for name in kind.names}


def kind_of(name: str) -> Kind:
    """Return what is known of a Keras class; of one that nobody described, that its values can be shown."""
    return described().get(name, OPAQUE)
