"""A network of the recipes worked out on paper: shapes, parameters and cost, without Keras."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, prod

from models.architectures.cnn import pooled
from models.graph.graph import Graph
from models.graph.kind import sized
from models.graph.node import IMAGE, Node, Shape

End = tuple[Shape, int, str]  # shape of an image, number of classes, activation


class PlanError(Exception):
    """There can be no such network; the message is a sentence with the numbers."""


class _Sheet:
    """What is written down so far: every layer reads the one before, unless another was the last."""

    def __init__(self, image: Shape) -> None:
        self.image, self.shape, self.nodes, self.last = image, image, list[Node](), IMAGE

    def put(self, name: str, kind: str, shape: Shape, **arrays: Shape) -> None:
        """Write down a layer with arrays of these shapes."""
        parameters = sum(map(prod, arrays.values()))
        self.nodes.append(Node(name, kind, name, (self.last,), shape, parameters=parameters, weights=arrays))
        self.shape, self.last = shape, name

    def dense(self, name: str, units: int) -> None:
        """Write down a dense layer."""
        inputs = prod(self.shape)
        self.put(name, "Dense", (units,), kernel=(inputs, units), bias=(units,))

    def convolve(self, name: str, sides: Shape, maps: int, kernel: int, *, biased: bool) -> None:
        """Write down a convolution that makes maps with these sides."""
        arrays = {"kernel": (kernel, kernel, self.shape[-1], maps)} | ({"bias": (maps,)} if biased else {})
        self.put(name, "Conv2D", (*sides, maps), **arrays)

    def normalise(self, name: str) -> None:
        """Write down a normalisation of the maps."""
        maps = self.shape[-1:]
        self.put(name, "BatchNormalization", self.shape, gamma=maps, beta=maps, mean=maps, variance=maps)


def planned(architecture: str, widths: Sequence[int], kernel: int, units: int, end: End) -> Graph:
    """Return the network that a recipe builds.

    Args:
        architecture: "fcn", "cnn" or "resnet".
        widths: Of its layers or blocks, input side first.
        kernel: Side of every kernel.
        units: Of the dense layer of a CNN.
        end: Of an image and of the classes, and the activation.

    Raises:
        PlanError: Nothing would be left of the image.
    """
    image, classes, _ = end
    sheet = _Sheet(image)
    {"fcn": _fcn, "cnn": _cnn, "resnet": _resnet}[architecture](sheet, widths, kernel, units)
    sheet.dense("output", classes)
    return Graph(image, tuple(sheet.nodes))


def _fcn(sheet: _Sheet, widths: Sequence[int], kernel: int, units: int) -> None:
    del kernel, units
    for number, width in enumerate(widths, 1):
        sheet.dense(f"dense{number}", width)


def _cnn(sheet: _Sheet, widths: Sequence[int], kernel: int, units: int) -> None:
    for number, maps in enumerate(widths, 1):
        sides = tuple(side - kernel + 1 for side in sheet.shape[:2])
        _require_left(sheet, sides, f"conv{number} with kernels of {kernel}×{kernel}")
        sheet.convolve(f"conv{number}", sides, maps, kernel, biased=True)
        if pool := pooled(number, len(widths)):
            sides = tuple(side // 2 for side in sides)
            _require_left(sheet, sides, f"{pool} with windows of 2×2")
            sheet.put(pool, "MaxPooling2D", (*sides, maps))
    sheet.dense("dense", units)


def _resnet(sheet: _Sheet, widths: Sequence[int], kernel: int, units: int) -> None:
    del units
    sides: Shape = tuple(ceil(side / 2) for side in sheet.shape[:2])
    sheet.convolve("conv1", sides, widths[0], kernel, biased=False)
    sheet.normalise("norm1")
    before = widths[0]
    for number, maps in enumerate(widths, 1):
        begun, name = (sheet.shape, sheet.last), f"block{number}"
        if maps != before:
            sides = tuple(ceil(side / 2) for side in sides)
        for end in "12":
            sheet.convolve(f"{name}_conv{end}", sides, maps, kernel, biased=False)
            sheet.normalise(f"{name}_norm{end}")
        if maps != before:
            sheet.shape, sheet.last = begun
            sheet.convolve(f"{name}_conv_past", sides, maps, 1, biased=False)
            sheet.normalise(f"{name}_norm_past")
        before = maps
    sheet.put("mean", "GlobalAveragePooling2D", (before,))


def _require_left(sheet: _Sheet, sides: Shape, what: str) -> None:
    if min(sides) < 1:
        raise PlanError(
            f"Nothing would be left of an image of {sized(sheet.image[:2])} behind {what}: it reads maps of "
            f"{sized(sheet.shape[:2])}. Take fewer layers or smaller kernels."
        )
