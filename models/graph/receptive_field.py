"""What one cell of a layer can see of the digit, through any stack of windows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Padding = Literal["valid", "same"]


@dataclass(frozen=True)
class Window:
    """A convolution or pooling window along one axis.

    Attributes:
        kernel: Taps of the window, in cells of its input.
        stride: Step of the window, in cells of its input.
        dilation: Distance between two taps, in cells of its input.
        padding: Keras' word for what happens at the border.
    """

    kernel: int
    stride: int = 1
    dilation: int = 1
    padding: Padding = "valid"

    @property
    def extent(self) -> int:
        """Cells of the input from the first tap to the last, both counted."""
        return (self.kernel - 1) * self.dilation + 1

    def output_length(self, length: int) -> int:
        """Return the number of output cells over an input of `length` cells."""
        if self.padding == "same":
            return -(-length // self.stride)
        return (length - self.extent) // self.stride + 1

    def padding_before(self, length: int) -> int:
        """Return the zeros that stand before the first of `length` input cells.

        With "same", the odd zero goes after the last cell, as in TensorFlow.
        """
        if self.padding == "valid":
            return 0
        needed = (self.output_length(length) - 1) * self.stride + self.extent - length
        return max(needed, 0) // 2


@dataclass(frozen=True)
class ReceptiveField:
    """Which input pixels feed cell i of a layer, along one axis.

    Cell i sees pixels start + i * step up to, not including, start + i * step + size. Where the
    layers pad, the span may reach outside of the image; what lies outside is zeros.
    """

    size: int = 1
    step: int = 1
    start: int = 0

    def through(self, window: Window, length: int) -> ReceptiveField:
        """Return the field of one cell after `window`, laid over `length` cells of this field."""
        return ReceptiveField(
            size=self.size + (window.extent - 1) * self.step,
            step=self.step * window.stride,
            start=self.start - window.padding_before(length) * self.step,
        )

    def span(self, cell: int) -> tuple[int, int]:
        """Return the first pixel that `cell` sees and the first one behind it that it does not."""
        first = self.start + cell * self.step
        return first, first + self.size


def receptive_field(windows: Iterable[Window], length: int) -> ReceptiveField:
    """Return what one cell after all `windows` sees of `length` input pixels, along one axis.

    Args:
        windows: Input side first.
        length: Pixels of the input along this axis.

    Source: Araujo, Norris & Sim (2019), Distill, doi:10.23915/distill.00021.

    >>> receptive_field([Window(3), Window(3), Window(2, stride=2)], length=28)
    ReceptiveField(size=6, step=2, start=0)
    """
    field = ReceptiveField()
    for window in windows:
        field = field.through(window, length)
        length = window.output_length(length)
    return field
