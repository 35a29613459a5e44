"""Networks that can be trained: a file each, with TITLE, RECIPE, build(), and where needed DATASET, NAME."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.architectures.recipe import Recipe
from models.datasets.shipped import DEFAULT, SOURCES, Source

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Architecture:
    """One file of this folder.

    Attributes:
        key: Name of the file, with hyphens for its underscores, such as "fcn-augmented".
        title: What a person reads.
        recipe: How it is trained.
        build: Makes the network with fresh weights, drawn from Keras' global seed.
        dataset: Key of the data set that it learns, one of `shipped.SOURCES`.
        short: What its network is called where there is little room, "" for what the key says.
    """

    key: str
    title: str
    recipe: Recipe
    build: Callable[[], keras.Model]
    dataset: str = DEFAULT
    short: str = ""

    @property
    def source(self) -> Source:
        """The data set that it learns."""
        return SOURCES[self.dataset]


def keys() -> list[str]:
    """Return the key of every file in this folder, sorted, without opening any."""
    return sorted(
        module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__) if not module.ispkg
    )


def find(key: str) -> Architecture:
    """Return the architecture of that name.

    Raises:
        KeyError: There is no such file.
    """
    if key not in keys():
        raise KeyError(f"No architecture {key!r}; there are {', '.join(keys())}.")
    module = importlib.import_module(f"{__name__}.{key.replace('-', '_')}")
    dataset, short = getattr(module, "DATASET", DEFAULT), getattr(module, "NAME", "")
    return Architecture(key, module.TITLE, module.RECIPE, module.build, dataset, short)
