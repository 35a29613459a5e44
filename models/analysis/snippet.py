"""The few lines of Keras that print a number of ConvLens, for whoever would rather see for themselves."""

from __future__ import annotations

import json

from models.engine.forward_pass import Stage
from models.sketch.drawing import Change, Drawing
from models.store.entry import Entry

LINES = """\
# Run from the root of ConvLens.
import keras

from models.datasets import {modules}
{drawing}
model = keras.saving.load_model({checkpoint}, compile=False)
digit = mnist.prepare({pixels})  # (1, 28, 28, 1), float32 in [0, 1]
{moved}layer = model.get_layer({layer})
{linear}values = keras.Model(model.inputs[0], layer.output)(digit, training=False)
print(values[{at}].numpy())
"""
TEST = 'mnist.load("test").images[{}:{}]'
DRAWN = "drawing.Drawing({}, {}).pixels[None]"
MOVED = "digit = perturbation.perturb(digit, {key}, {amount}, mnist.SPEC)\n"
LINEAR = "layer.activation = keras.activations.linear  # the value before activation\n"


def snippet(
    entry: Entry,
    *,
    digit: int,
    layer: str,
    channel: int,
    cell: tuple[int, int] | None,
    stage: Stage,
    move: Change | None = None,
) -> str:
    """Return a program that prints one value of a network, as it stands, from the root of the tree.

    Args:
        entry: The network; its checkpoint lies in models/checkpoints.
        digit: Index of the test digit.
        layer: Name of the layer.
        channel: Map or unit of it.
        cell: Row and column on that map, None for a unit.
        stage: Before or after activation.
        move: What is done to the digit before, or what was drawn instead.

    Raises:
        KeyError: The network has no such layer.
    """
    if isinstance(move, Drawing):
        drawing, pixels = (
            "from models.sketch import drawing\n",
            DRAWN.format(json.dumps(move.ink), json.dumps(move.way)),
        )
        move = move.move
    else:
        drawing, pixels = "", TEST.format(digit, digit + 1)
    return LINES.format(
        checkpoint=json.dumps(f"models/checkpoints/{entry.checkpoint.name}"),
        modules="mnist, perturbation" if move else "mnist",
        drawing=drawing,
        pixels=pixels,
        moved=MOVED.format(key=json.dumps(move.key), amount=repr(move.amount)) if move else "",
        layer=json.dumps(layer),
        linear=LINEAR if stage == "pre" and entry.layer(layer).activation else "",
        at=", ".join(map(str, (0, *(cell or ()), channel))),
    )
