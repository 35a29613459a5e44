"""`python -m models.train order …`: the same training as on the page, of the same work, in a folder."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.training.order import NAMES, Order, OrderError, bounds, choices, ordered
from models.training.work import train
from models.watcher import Asked, WorkError

ABOUT = """Train one network by settings of one's own. What happens is told as JSON, an event a line;
snapshots and the network lie in the folder. Interrupted, the same
command goes on after the last whole epoch."""
WORDS = ("dataset", "architecture", "activation", "optimizer", "augmentation")


@dataclass(frozen=True)
class Terminal:
    """Who looks after a training that was begun by hand.

    Attributes:
        folder: Of the training.
    """

    folder: Path

    def tell(self, event: Mapping[str, Any]) -> None:
        """Print it."""
        print(json.dumps(dict(event)), flush=True)

    def asked(self) -> Asked:
        """Return that nothing is asked: who wants it to end interrupts it."""
        return ""

    def given(self, sha256: str) -> Path:
        """Refuse: nothing is given."""
        raise WorkError(f"No file {sha256[:8]} was given.")


def main(arguments: Sequence[str]) -> None:
    """Do what the command line says.

    Raises:
        SystemExit: It cannot be done; the sentence says why.
    """
    try:
        order, folder = read(arguments)
        watcher = Terminal(folder or Path("runs") / _name(order))
        watcher.folder.mkdir(parents=True, exist_ok=True)
        print(json.dumps({"event": "end", **train(order.settings, watcher)}))
    except (OrderError, WorkError, OSError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Interrupted. The same command goes on after the last whole epoch.")


def read(arguments: Sequence[str]) -> tuple[Order, Path | None]:
    """Return what a command line orders, and the folder that it names.

    Raises:
        OrderError: It makes no sense.
        SystemExit: There is no such option.
    """
    parser = argparse.ArgumentParser(prog="python -m models.train order", description=ABOUT)
    for name in NAMES:
        _add(parser, name)
    parser.add_argument("--folder", type=Path, help="where to write; runs/… if not")
    asked = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    folder = asked.pop("folder", None)
    return ordered(asked), folder


def _add(parser: argparse.ArgumentParser, name: str) -> None:
    flag, default = f"--{name.replace('_', '-')}", Order.model_fields[name].default
    if name in WORDS:
        parser.add_argument(flag, choices=choices(name), help=f"{NAMES[name]}; {default} if not given")
        return
    many = name == "widths"
    parser.add_argument(
        flag,
        type=type(default[0] if many else default),
        nargs="+" if many else None,
        help=f"{NAMES[name]}, {bounds(name).least:g} to {bounds(name).most:g}; {default} if not given",
    )


def _name(order: Order) -> str:
    told = json.dumps(order.settings, sort_keys=True)
    return f"{order.architecture}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"
