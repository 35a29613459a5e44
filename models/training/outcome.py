"""Of which training a folder is, and what came of it: what is trained already is not trained again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, with_config

from models.store.entry import File, Score
from models.store.records import STRICT, Ordinal, record_of
from models.training.order import Order
from models.training.publication import plain
from models.watcher import WorkError
from models.whole import write_whole

ORDER, RESULT = "order.json", "result.json"  # in the folder of a training


@with_config(STRICT)
@dataclass(frozen=True)
class Outcome:
    """A training that is over, and the very network that came of it.

    Attributes:
        order: What was trained.
        recipe: What that meant then: how images are changed, say, is not in the order.
        network: The file beside it.
        chosen_epoch: Counted from 1.
        parameters: Numbers in the network.
        held_out: Score on the images that chose the epoch.
        test: Score on the test images.
    """

    order: Order
    recipe: Mapping[str, Any]
    network: File
    chosen_epoch: Ordinal
    parameters: Ordinal
    held_out: Score
    test: Score

    @property
    def told(self) -> dict[str, Any]:
        """What is said of it, in values that JSON has."""
        scores = {"held_out": asdict(self.held_out), "test": asdict(self.test)}
        return {"chosen_epoch": self.chosen_epoch, "parameters": self.parameters, **scores}

    def write(self, folder: Path) -> None:
        """Write it beside its network, which must be there."""
        write_whole(folder / RESULT, FORM.dump_json(self, indent=1) + b"\n")


FORM = TypeAdapter(Outcome)


def claim(order: Order, folder: Path) -> None:
    """Write down of which training a folder is; another one does not go on with what lies there.

    Raises:
        WorkError: It is of another one already, by its order or by what that meant then.
    """
    own = {"order": order.settings, "recipe": plain(order.recipe)}
    try:
        found = json.loads((folder / ORDER).read_bytes())
    except (OSError, ValueError):  # nobody's yet, or it cannot be told whose
        found = None
        write_whole(folder / ORDER, json.dumps(own, indent=1).encode() + b"\n")
    if found not in (None, own):
        raise WorkError(
            f"What lies in {folder.name} is of a training by other settings, which this one neither goes on "
            "with nor replaces: take another folder."
        )


def known(order: Order, folder: Path) -> Outcome | None:
    """Return what came of an order in a folder; None where it was not trained there, or not all is there.

    A network that is missing, damaged or of another training is none of it.
    """
    try:
        found = record_of((folder / RESULT).read_bytes(), FORM)
        network = (folder / found.network.name).read_bytes()
    except (OSError, ValueError):
        return None
    is_its = hashlib.sha256(network).hexdigest() == found.network.sha256
    return found if is_its and (found.order, found.recipe) == (order, plain(order.recipe)) else None
