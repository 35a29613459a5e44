"""How little turns a network's answer to any other, over test digits, and how long it takes to find."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

import numpy as np

from benchmarks.figures import Row, at_most
from dashboard.api import adversarial
from dashboard.panels.wording import percent
from dashboard.settings import Settings
from dashboard.workspace import Workspace
from models.analysis.adversary import Distance
from models.analysis.metrics import wilson_interval
from models.datasets.dataset import WHITE
from models.datasets.perturbation import Move
from models.sketch.drawing import Drawing, write_pixels

AS_IT_IS = Move("rotation", 0)  # which is not remembered
EVERY = 50  # of the test digits: 200 of them
LIMIT = 1000  # milliseconds


@dataclass(frozen=True)
class Turned:
    """What turned one network's answer to one digit.

    Attributes:
        distance: From the digit.
        milliseconds: It took to be found, the nearest of every other class.
        second: Whether the class is the network's second answer to the digit.
        transfers: Whether the other network, which said otherwise before, is turned to the same answer.
    """

    distance: Distance
    milliseconds: float
    second: bool
    transfers: bool


def measure() -> list[Row]:
    """Take the two networks that the page opens on, in this process, warm and one after the other."""
    workspace = Workspace.open(Settings.from_environment(os.environ))
    workspace.networks.wake()
    workspace.networks.wait()
    keys = [entry.key for entry in workspace.entries[:2]]
    for key in keys:
        adversarial.adversaries(workspace, key, 1, AS_IT_IS)
    digits = range(0, len(workspace.images), EVERY)
    found = {
        key: [_turn(workspace, key, other, index) for index in digits]
        for key, other in zip(keys, reversed(keys), strict=True)
    }
    rows = [row for key in keys for row in _rows(key, found[key])]
    nearer = sum(one.distance.l2 < two.distance.l2 for one, two in zip(*found.values(), strict=True))
    low, high = (percent(each, 0) for each in wilson_interval(nearer, len(digits)))
    share = f"for {nearer} of {len(digits)} digits (95 % interval {low} to {high})"
    return [*rows, Row(f"{keys[0]} needs less than {keys[1]}", share)]


def _turn(workspace: Workspace, key: str, other: str, index: int) -> Turned:
    started = time.perf_counter()
    found = adversarial.adversaries(workspace, key, index, AS_IT_IS).nearest
    milliseconds = 1000 * (time.perf_counter() - started)
    if found is None:
        raise AssertionError(f"Nothing was found near digit {index} for {key}.")
    example = Drawing(write_pixels(found.pixels), "pixels")
    said, then, now = (
        int(workspace.forward_pass(name, index, move=move).logits.argmax())
        for name, move in ((key, example), (other, None), (other, example))
    )
    if said != found.target:
        raise AssertionError(f"{key} says {said} to what it should take for a {found.target}.")
    transfers = then != found.target == now
    second = int(np.argsort(-workspace.forward_pass(key, index).logits)[1])
    return Turned(found.distance, milliseconds, found.target == second, transfers)


def _rows(key: str, turned: Sequence[Turned]) -> list[Row]:
    far = [each.distance for each in turned]
    low, middle, high = quantiles([each.l2 for each in far], n=4)
    what = f"{len(turned)} digits, {key}"
    levels, pixels = median(WHITE * each.linf for each in far), median(each.pixels for each in far)
    return [
        Row(
            f"L2 to the nearest other answer, {what}", f"median {middle:.2f}, quartiles {low:.2f}, {high:.2f}"
        ),
        Row(f"largest change of a pixel there, {what}", f"median {levels:.0f} of {WHITE} levels"),
        Row(f"pixels changed there, {what}", f"median {pixels:.0f} of 784"),
        Row(f"nearest class is the second answer, {what}", f"{sum(each.second for each in turned)}"),
        Row(f"pictures that turn the other network too, {what}", f"{sum(each.transfers for each in turned)}"),
        at_most(
            f"to find it among nine, median, {what}",
            median(each.milliseconds for each in turned),
            LIMIT,
            " ms",
            0,
        ),
    ]
