"""One body of bytes that holds all that the browser paints for one digit.

Little-endian, without padding. First the digit's index, uint32. Then, for both networks of a pair in its
order, its logits and its probabilities, float32 each, and its panels in order: a row of units is float32;
a stack of maps is the smallest value of every map, then the largest, float32. Behind all of these come the
cells, uint8, of the stacks of maps in the same order. Level 0 of a map is its smallest value and the last
level its largest; the levels between are evenly spaced. After activation they stand as they are: channel,
row, column. Before activation they stand as `surprises`: row, column, channel. Of a digit that something was
done to, its pixels come last, uint8, row by row, of coloured ones red, green, blue.

Compared with another digit, the other's logits and probabilities stand behind this one's, and all panels hold
this digit's values less the other's; cells then stand, whatever the stage, as they do after activation.

Of a network that is large, it holds only the maps of the layers that were asked for.

Kernels have the same form: smallest and largest weight of every filter, float32, then levels, uint8, in
the order filter, slice, row, column.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from isal import igzip_lib

from models.arrays import Floats, Levels
from models.datasets.dataset import ImageSpec
from models.engine.forward_pass import ForwardPass, Stage
from models.engine.quantisation import quantise
from models.graph.description import Layer, surveyed

LEVELS: dict[Stage, int] = {"post": 256, "pre": 28}  # most cells are zero after, hardly any before activation
KERNEL_LEVELS = 128
PART = 64  # filters whose weights travel together
Panel = Layer  # a layer that is painted


def panels(layers: Iterable[Layer]) -> tuple[Panel, ...]:
    """Return the layers that are painted: all but those that only reshape."""
    return surveyed(layers)


def pack(
    image: int,
    passes: Sequence[tuple[Sequence[Layer], ForwardPass]],
    stage: Stage,
    references: Sequence[ForwardPass] = (),
    shown: Sequence[Collection[str] | None] = (),
) -> list[bytes]:
    """Return the picture of one image through several networks, in the form that stands above.

    The numbers are one part and each stack of maps is another, as each is best compressed in its own way.

    Args:
        image: Its index.
        passes: What each network made of it, and the network's layers.
        stage: Of all layers.
        references: What each made of the image that it is compared with, none where it is with none.
        shown: For each network the layers whose maps are packed, None for all; nothing for all of all.
    """
    form: Stage = "post" if references else stage
    exact, cells = [np.uint32(image).tobytes()], []
    for place, (layers, forward) in enumerate(passes):
        values_of = forward
        exact += [forward.logits.tobytes(), forward.probabilities.tobytes()]
        if references:
            other = references[place]
            values_of = forward.minus(other)
            exact += [other.logits.tobytes(), other.probabilities.tobytes()]
        for layer in packed_panels(layers, shown[place] if shown else None):
            values = values_of.tensor(layer.name, stage)
            if layer.has_maps:
                maps = np.ascontiguousarray(np.moveaxis(values, -1, 0))
                extremes, levels = quantise(maps.reshape(len(maps), -1), LEVELS[form])
                exact.append(extremes.tobytes())
                cells.append((levels if form == "post" else surprises(levels.reshape(maps.shape))).tobytes())
            else:
                exact.append(values.tobytes())
    return [b"".join(exact), *cells]


def packed_panels(layers: Iterable[Layer], shown: Collection[str] | None) -> tuple[Panel, ...]:
    """Return the layers that a picture holds: all units, and maps of those shown, None for all."""
    return tuple(each for each in panels(layers) if not each.has_maps or shown is None or each.name in shown)


def pack_joint(image: int, numbers: Floats, cells: Levels) -> list[bytes]:
    """Return the picture of one image, after activation, in the same form, of what `Joint.run` returns."""
    return [np.uint32(image).tobytes() + numbers.tobytes(), cells.tobytes()]


def pack_image(image: Floats, spec: ImageSpec) -> bytes:
    """Return the pixels of an image as it is fed, to the nearest of 256 levels."""
    return spec.pixels(image).tobytes()


def pack_kernels(filters: Floats) -> bytes:
    """Return the weights of a layer, (filters, slices, rows, columns), in the form that stands above."""
    extremes, levels = quantise(filters.reshape(len(filters), -1), KERNEL_LEVELS)
    return extremes.tobytes() + levels.tobytes()


def surprises(levels: Levels) -> Levels:
    """Return how far each level is from what its neighbours let expect, modulo 256, as (rows, columns, maps).

    Where nothing is drawn that is zero in all maps. Expected is the middle one of three: the level to the
    left, the level above, and their sum less the level between them; outside the map all are 0.

    Args:
        levels: (maps, rows, columns).

    Source: Weinberger, Seroussi & Sapiro (2000), LOCO-I, doi:10.1109/83.855427.
    """
    padded = np.pad(levels.astype(np.int16), ((0, 0), (1, 0), (1, 0)))
    left, above, between = padded[:, 1:, :-1], padded[:, :-1, 1:], padded[:, :-1, :-1]
    expected = np.clip(left + above - between, np.minimum(left, above), np.maximum(left, above))
    return np.ascontiguousarray(np.moveaxis((levels - expected).astype(np.uint8), 0, -1))


def squeeze(*parts: bytes, swift: bool = False) -> bytes:
    """Return gzip of run lengths and Huffman codes alone, new ones for every part.

    Levels repeat by runs and hardly otherwise: looking for other repetitions takes five times as long and
    finds none.

    Args:
        parts: One after another.
        swift: Take a third of the time, for an eighth more bytes where most are zero.
    """
    if swift:
        return igzip_lib.compress(b"".join(parts), level=1, flag=igzip_lib.COMP_GZIP)
    packer = zlib.compressobj(level=6, wbits=31, memLevel=9, strategy=zlib.Z_RLE)
    return b"".join(packer.compress(part) + packer.flush(zlib.Z_BLOCK) for part in parts) + packer.flush()
