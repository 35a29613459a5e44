"""The few lines of Keras that print a number of ConvLens, for whoever would rather see for themselves."""

from __future__ import annotations

import importlib
import importlib.util
import json

from models.datasets.dataset import Dataset
from models.engine.forward_pass import Stage
from models.graph.graph import Graph
from models.graph.kinds import kind_of
from models.graph.layers import PAIRED
from models.graph.node import Node
from models.sketch.drawing import Change, Drawing
from models.store.entry import Entry

LINES = """\
# Run from the root of ConvLens.
import keras
{imports}

model = keras.saving.load_model({checkpoint}, compile=False)
{image}{value}"""
SHIPPED = "{noun} = {module}.prepare({pixels})  # {shape}, float32 in [{low:g}, {high:g}]\n"
TEST = '{module}.load("test").images[{index}:{after}]'
DRAWN = "drawing.Drawing({ink}, {way}).pixels[None]"
MOVED = "{noun} = perturbation.perturb({noun}, {key}, {amount}, {module}.SPEC)\n"
SAVED = "{noun} = numpy.load({file}).reshape{shape}  # saved from {address}, float32\n"
LINEAR = "layer.activation = keras.activations.linear  # the value before activation\n"
PLAIN = "values = keras.Model(model.inputs[0], layer.{end})({noun}, training=False)\n"
RECORDED = """\
given, call = [], layer.call


def recorded(*read, **how):
{kept}    return call(*read, **how)


layer.call = recorded
model({noun}, training=False)
values = given[{number}]
"""
GIVEN = "    given.append(call(*read, **how))\n"
READ = "    given.append(read[0])\n"
BEFORE = """\
    layer.activation, kept = keras.activations.linear, layer.activation  # the value before activation
    given.append(call(*read, **how))
    layer.activation = kept
"""


def snippet(
    entry: Entry,
    test: Dataset,
    *,
    index: int,
    layer: str,
    channel: int,
    cell: tuple[int, int] | None,
    stage: Stage,
    move: Change | None = None,
) -> str:
    """Return a program that prints one value of a network, as it stands, from the root of the tree.

    Where the images are none that ConvLens ships, the program reads one that was saved from its address.

    Args:
        entry: The network; its checkpoint lies in models/checkpoints.
        test: The images.
        index: Of the image.
        layer: Name of the layer.
        channel: Map or unit of it.
        cell: Row and column on that map, None for a unit.
        stage: Before or after activation.
        move: What is done to the image before, or what was drawn instead.

    Raises:
        KeyError: The network has no such layer.
    """
    noun, module = test.noun.one, test.key.replace("-", "_")
    if _ships(module):
        imports, image = _shipped(module, noun, test, index, move)
    else:
        imports, image = _saved(noun, test, index, move)
    return LINES.format(
        imports=imports,
        checkpoint=json.dumps(f"models/checkpoints/{entry.checkpoint.name}"),
        image=image,
        value=value_lines(entry.graph, layer, channel=channel, cell=cell, stage=stage, image=noun),
    )


def _ships(module: str) -> bool:
    """Whether there is a module of data sets that gives images, and what networks are fed of them."""
    if not module.isidentifier() or not importlib.util.find_spec(f"models.datasets.{module}"):
        return False
    return vars(importlib.import_module(f"models.datasets.{module}")).keys() >= {"load", "prepare", "SPEC"}


def _shipped(module: str, noun: str, test: Dataset, index: int, move: Change | None) -> tuple[str, str]:
    """Return what is imported, and the lines that make an image of a shipped data set, changed or drawn."""
    pixels, imports = TEST.format(module=module, index=index, after=index + 1), ""
    if isinstance(move, Drawing):
        pixels = DRAWN.format(ink=json.dumps(move.ink), way=json.dumps(move.way))
        imports, move = "\nfrom models.sketch import drawing", move.move
    spec = test.spec
    told = {"shape": (1, *spec.shape), "low": spec.low, "high": spec.high}
    lines = SHIPPED.format(noun=noun, module=module, pixels=pixels, **told)
    modules = f"{module}, perturbation" if move else module
    if move:
        amount = repr(move.amount)
        lines += MOVED.format(noun=noun, key=json.dumps(move.key), amount=amount, module=module)
    return f"\nfrom models.datasets import {modules}{imports}", lines


def _saved(noun: str, test: Dataset, index: int, move: Change | None) -> tuple[str, str]:
    """Return what is imported, and the line that reads an image, changed or not, from a file."""
    address = f"api/images/{index}.npy" + (f"?perturb={move.text}" if move else "")
    file = json.dumps(f"{noun}-{index}.npy")
    return "import numpy", SAVED.format(noun=noun, file=file, shape=(1, *test.spec.shape), address=address)


def value_lines(
    graph: Graph, name: str, *, channel: int, cell: tuple[int, int] | None, stage: Stage, image: str
) -> str:
    """Return the lines that print a value of `model` for an image, whatever layer of the model has it.

    The output of a layer that is called once is that of a keras.Model up to it. Of one that is called more
    often, or lies in a model within the model, all calls are recorded while the whole is run.

    Args:
        graph: Of the model.
        name: Of the node.
        channel: Map or unit of it.
        cell: Row and column on that map, None for a unit.
        stage: Before or after activation.
        image: What the image is called, with a batch axis.

    Raises:
        KeyError: The model has no such node.
    """
    node = graph.node(name)
    calls = [each.name for each in graph.nodes if each.layer == node.layer]
    is_before, fuses = stage == "pre" and node.activation is not None, kind_of(node.kind).fuses
    linear = ""
    if len(calls) == 1 and "/" not in node.layer:
        linear = LINEAR if is_before and fuses else ""
        values = PLAIN.format(end="input" if is_before and not fuses else "output", noun=image)
    else:
        kept = (BEFORE if fuses else READ) if is_before else GIVEN
        values = RECORDED.format(kept=kept, noun=image, number=calls.index(name))
    at = ", ".join(map(str, (0, *(cell or ()), channel)))
    return f"layer = {_found(node)}\n{linear}{values}print(values[{at}].numpy())\n"


def _found(node: Node) -> str:
    """Return where a model has a layer, or what is no layer but an operation on tensors."""
    *models, last = node.layer.split("/")
    within = "".join(f".get_layer({json.dumps(each)})" for each in models)
    if node.kind.startswith("ops.") or node.kind in PAIRED:
        return f"{{each.name: each for each in model{within}.operations}}[{json.dumps(last)}]"
    return f"model{within}.get_layer({json.dumps(last)})"
