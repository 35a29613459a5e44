"""Images that people bring: how many digits are counted right and read right, and when a turn is advised."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.figures import Row
from dashboard.settings import Settings
from dashboard.workspace import Workspace
from models.analysis.metrics import wilson_interval
from models.analysis.turning import TURNS, better_turn
from models.arrays import Floats
from models.datasets import mnist
from models.datasets.mnist import prepare
from models.pictures.parts import ImageError
from models.sketch.image_file import read
from models.sketch.ink import Digit, find_ink
from models.sketch.preparation import prepare_drawing
from tests.models.photographs import number, photograph, picture

Made = Callable[[NDArray[np.uint8], np.random.Generator], bytes]  # the file of an image of a digit

SEED = 1998
SINGLE = 1000  # test digits of each kind
NUMBERS = 400  # of 2 to 8 test digits
TURNED = slice(-3000, -1000)  # training digits that were held out, and that chose no threshold


def measure() -> list[Row]:
    """Make images of test digits, and let the network that reads what people bring name them."""
    workspace = Workspace.open(Settings.from_environment(os.environ))
    workspace.networks.wake()
    workspace.networks.wait()
    rng = np.random.default_rng(SEED)
    keys = list(dict.fromkeys(["cnn", workspace.reader.key]))
    return [
        *_single(workspace, "photographs in pencil", photograph, keys, rng),
        *_single(workspace, "clean pictures", picture, keys, rng),
        *_numbers(workspace, rng),
        *_turns(workspace),
    ]


def _single(
    workspace: Workspace, what: str, made: Made, keys: Sequence[str], rng: np.random.Generator
) -> list[Row]:
    chosen = rng.choice(len(workspace.images), SINGLE, replace=False)
    files = [made(workspace.images[index], rng) for index in chosen]
    started = time.perf_counter()
    found = [_found(file) for file in files]
    milliseconds = 1000 * (time.perf_counter() - started) / SINGLE
    fed = prepare(np.stack([_largest(digits) for digits in found]))
    labels = workspace.labels[chosen]
    of = f"of {SINGLE:,} {what} of one digit"
    rows = [
        Row(f"{of}, counted as one", _share(sum(len(digits) == 1 for digits in found), SINGLE)),
        Row(f"{of}, to find the ink", f"mean {milliseconds:.0f} ms"),
    ]
    for key in keys:
        right = int((_logits(workspace, key, fed).argmax(axis=1) == labels).sum())
        rows.append(Row(f"{of}, named right by {key}", _share(right, SINGLE)))
    return rows


def _numbers(workspace: Workspace, rng: np.random.Generator) -> list[Row]:
    counted = whole = 0
    for _ in range(NUMBERS):
        chosen = rng.choice(len(workspace.images), rng.integers(2, 9))
        digits = _found(number(list(workspace.images[chosen]), rng))
        counted += len(digits) == len(chosen)
        if len(digits) == len(chosen):
            fed = prepare(np.stack([prepare_drawing(digit.drawing).pixels for digit in digits]))
            said = _logits(workspace, workspace.reader.key, fed).argmax(axis=1)
            whole += bool((said == workspace.labels[chosen]).all())
    of = f"of {NUMBERS} photographs of a number of 2 to 8 digits"
    return [
        Row(f"{of}, counted right", _share(counted, NUMBERS)),
        Row(f"{of}, read right as a whole by {workspace.reader.key}", _share(whole, NUMBERS)),
    ]


def _turns(workspace: Workspace) -> list[Row]:
    """How often a turn is advised, and the right one, of digits that lie in each of four ways."""
    digits = mnist.load("train")[TURNED].images
    turned = np.stack(
        [
            _logits(workspace, workspace.reader.key, prepare(np.stack([_turn(each, way) for each in digits])))
            for way in TURNS
        ]
    )  # (turns, digits, classes), clockwise
    rows = []
    for place, way in enumerate(TURNS):
        seen = np.roll(turned, -place, axis=0).swapaxes(0, 1)  # (digits, turns, classes), as it lies first
        advised = [better_turn(each) for each in seen]
        back = (360 - way) % 360
        what = (
            f"of {len(digits):,} held-out digits turned by {way}°" if way else f"of {len(digits):,} upright"
        )
        rows.append(
            Row(f"{what}, a turn is advised", _share(sum(each is not None for each in advised), len(digits)))
        )
        if way:
            rows.append(
                Row(f"{what}, the right one", _share(sum(each == back for each in advised), len(digits)))
            )
    return rows


def _turn(digit: NDArray[np.uint8], degrees: int) -> NDArray[np.uint8]:
    """Return a digit turned clockwise and centred anew."""
    return prepare_drawing(np.ascontiguousarray(np.rot90(digit, -degrees // 90))).pixels


def _found(file: bytes) -> tuple[Digit, ...]:
    """Return the digits in an image, none where it is refused."""
    try:
        return find_ink(read(file).colours).digits
    except ImageError:
        return ()


def _largest(digits: Sequence[Digit]) -> NDArray[np.uint8]:
    """Return what is fed of the digit that is taken first; nothing where none was found."""
    if not digits:
        return np.zeros((28, 28), np.uint8)
    return prepare_drawing(max(digits, key=lambda digit: digit.ink).drawing).pixels


def _logits(workspace: Workspace, key: str, digits: Floats) -> Floats:
    return workspace.networks.probe(key).logits_without(digits, {})


def _share(count: int, of: int) -> str:
    low, high = (100 * each for each in wilson_interval(count, of))
    return f"{100 * count / of:.1f} % (95 % interval {low:.1f} to {high:.1f} %)"
