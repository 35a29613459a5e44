"""`python -m models.train order …`: the same training as on the page, of the same work, in a folder."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from models.training.order import MOST_SEEDS, NAMES, Order, OrderError, bounds, choices, seeded
from models.training.work import train
from models.watcher import Asked, WorkError

ABOUT = """Train one network by settings of one's own. What happens is told as JSON, an event a line;
snapshots and the network lie in the folder. Interrupted, the same
command goes on after the last whole epoch; what is trained already is not trained again."""
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
        orders, folder = read(arguments)
        results = [_trained(order, _place(order, folder, alone=len(orders) == 1)) for order in orders]
        if len(results) > 1:
            print(json.dumps({"event": "seeds", **_together(orders, results)}))
    except (OrderError, WorkError, OSError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Interrupted. The same command goes on after the last whole epoch.")


def _trained(order: Order, folder: Path) -> Mapping[str, Any]:
    """Train, and tell what came of it."""
    folder.mkdir(parents=True, exist_ok=True)
    result = train(order.settings, Terminal(folder))
    print(json.dumps({"event": "end", "seed": order.seed, **result}), flush=True)
    return result


def _place(order: Order, folder: Path | None, *, alone: bool) -> Path:
    """Return where a training is written: in the folder that was named, or there in one of its seed."""
    if folder is None:
        return Path("runs") / _name(order)
    return folder if alone else folder / f"seed-{order.seed}"


def _together(orders: Sequence[Order], results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return mean and standard deviation of a sample, over seeds, of the share named right."""
    shares = {
        part: [each[part]["correct"] / each[part]["digits"] for each in results]
        for part in ("held_out", "test")
    }
    spreads = {part: {"mean": fmean(each), "deviation": stdev(each)} for part, each in shares.items()}
    return {"seeds": [order.seed for order in orders], **spreads}


def read(arguments: Sequence[str]) -> tuple[tuple[Order, ...], Path | None]:
    """Return what a command line orders, for each of its seeds, and the folder that it names.

    Raises:
        OrderError: It makes no sense.
        SystemExit: There is no such option.
    """
    parser = argparse.ArgumentParser(prog="python -m models.train order", description=ABOUT)
    for name in NAMES:
        _add(parser, name)
    parser.add_argument("--seeds", type=int, help=f"how many, from that one on, 1 to {MOST_SEEDS}; 1 if not")
    parser.add_argument("--folder", type=Path, help="where to write; runs/… if not")
    asked = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    folder = asked.pop("folder", None)
    return seeded(asked), folder


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
