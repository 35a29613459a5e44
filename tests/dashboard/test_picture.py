from __future__ import annotations

import gzip
import struct
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from dashboard.picture import (
    KERNEL_LEVELS,
    LEVELS,
    pack,
    pack_joint,
    pack_kernels,
    panels,
    squeeze,
    surprises,
)
from models.arrays import Floats, Levels
from models.engine.forward_pass import STAGES, ForwardPass, Stage
from models.graph.description import Layer
from tests import networks
from tests.models.engine.test_quantisation import half


class Reader:
    """Reads a picture as its documentation describes it, with nothing of the code that wrote it."""

    def __init__(self, *parts: bytes) -> None:
        self.rest = b"".join(parts)

    def floats(self, count: int) -> list[float]:
        """Return the next numbers."""
        found = struct.unpack(f"<{count}f", self.rest[: 4 * count])
        self.rest = self.rest[4 * count :]
        return list(found)

    def number(self) -> int:
        """Return the next whole number."""
        (found,) = struct.unpack("<I", self.rest[:4])
        self.rest = self.rest[4:]
        return int(found)

    def levels(self, count: int) -> list[int]:
        """Return the next bytes."""
        found, self.rest = self.rest[:count], self.rest[count:]
        return list(found)

    def maps(self, height: int, width: int, channels: int, stage: Stage) -> NDArray[np.int64]:
        """Return the levels of the next stack of maps, (height, width, channels)."""
        found = np.array(self.levels(height * width * channels))
        if stage == "post":
            return np.moveaxis(found.reshape(channels, height, width), 0, -1)
        levels = np.zeros((height + 1, width + 1, channels), int)  # zeros above and to the left
        for row, column, channel in np.ndindex(height, width, channels):
            left, above = levels[row + 1, column, channel], levels[row, column + 1, channel]
            expected = sorted([left, above, left + above - levels[row, column, channel]])[1]
            surprise = found[(row * width + column) * channels + channel]
            levels[row + 1, column + 1, channel] = (expected + surprise) % 256
        return levels[1:, 1:]


def test_a_dead_layer_still_draws() -> None:
    """A layer that never fires gives dark maps from 0 to 0, without a warning."""
    forward = networks.forward_pass(networks.CNN)
    dead = ForwardPass(forward.pre, {**forward.post, "conv1": np.zeros((26, 26, 3), np.float32)})

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reader = Reader(*pack(0, [(networks.CNN, dead)], "post"))

    reader.number()
    reader.floats(20)
    assert reader.floats(6) == [0] * 6


@pytest.mark.parametrize("stage", STAGES)
def test_every_tensor_can_be_cut_out_of_the_picture_again(stage: Stage) -> None:
    """A reader written after the documentation finds digit, verdicts, units and every cell of every map."""
    forwards = [networks.forward_pass(networks.FCN, 1), networks.forward_pass(networks.CNN, 2)]
    chains = [networks.FCN, networks.CNN]

    reader = Reader(*pack(4271, list(zip(chains, forwards, strict=True)), stage))

    assert reader.number() == 4271
    maps: list[tuple[Floats, list[float], list[float]]] = []
    for chain, forward in zip(chains, forwards, strict=True):
        assert reader.floats(10) == forward.logits.tolist()
        assert reader.floats(10) == forward.probabilities.tolist()
        for layer in chain:
            values = forward.tensor(layer.name, stage)
            if layer.kind == "Flatten":
                continue
            if len(layer.output_shape) == 1:
                assert reader.floats(values.size) == values.tolist()
            else:
                channels = layer.output_shape[2]
                maps.append((values, reader.floats(channels), reader.floats(channels)))
    for values, low, high in maps:
        height, width, channels = values.shape
        levels = reader.maps(height, width, channels, stage)
        for channel in range(values.shape[2]):
            span = np.float64(high[channel] - low[channel])
            seen = low[channel] + levels[:, :, channel] / (LEVELS[stage] - 1) * span
            assert np.abs(seen - values[:, :, channel]).max() <= half(span, LEVELS[stage])
    assert reader.rest == b""


@pytest.mark.parametrize("stage", STAGES)
def test_a_difference_is_read_alike(stage: Stage) -> None:
    """Behind a digit's own logits and probabilities those of the other; then this one less that one."""
    chains = [networks.FCN, networks.CNN]
    these = [networks.forward_pass(chain, 1) for chain in chains]
    those = [networks.forward_pass(chain, 2) for chain in chains]

    reader = Reader(*pack(12, list(zip(chains, these, strict=True)), stage, those))

    assert reader.number() == 12
    maps: list[tuple[Floats, list[float], list[float]]] = []
    for chain, this, that in zip(chains, these, those, strict=True):
        for values in (this.logits, this.probabilities, that.logits, that.probabilities):
            assert reader.floats(10) == values.tolist()
        for layer in panels(chain):
            less = this.tensor(layer.name, stage) - that.tensor(layer.name, stage)
            if layer.has_maps:
                channels = layer.output_shape[2]
                maps.append((less, reader.floats(channels), reader.floats(channels)))
            else:
                assert reader.floats(less.size) == less.tolist()
    for less, low, high in maps:
        rows, columns, channels = less.shape
        levels = reader.maps(rows, columns, channels, "post")
        span = np.array(high) - np.array(low)
        assert np.all(np.abs(low + levels / 255 * span - less) <= half(span, 256))
        assert np.all(span > 0)
    assert reader.rest == b""


def test_a_lit_corner_stays_in_its_corner() -> None:
    """Row 0 comes first and column 0 first in each row: the last column of row 0 is byte 25 of 26 × 26."""
    corner = np.zeros((26, 26, 3), np.float32)
    corner[0, 25, 1] = 1

    forward = ForwardPass({"conv1": corner}, {"conv1": corner})
    content = pack(0, [(networks.CNN[:1], forward)], "post")[-1]

    cells = np.frombuffer(content, np.uint8).reshape(3, 26, 26)
    assert np.argwhere(cells).tolist() == [[1, 0, 25]]
    assert cells[1, 0, 25] == LEVELS["post"] - 1


def test_every_weight_can_be_cut_out_of_the_kernels_again(rng: np.random.Generator) -> None:
    """Extremes of every filter come first, then its levels: filter, slice, row, column."""
    filters = rng.normal(size=(4, 3, 2, 5)).astype(np.float32)

    reader = Reader(pack_kernels(filters))

    low, high = np.array(reader.floats(4)), np.array(reader.floats(4))
    assert np.array_equal(low, filters.min(axis=(1, 2, 3)))
    assert np.array_equal(high, filters.max(axis=(1, 2, 3)))
    levels = np.array(reader.levels(filters.size)).reshape(4, 3, 2, 5)
    span = (high - low)[:, None, None, None]
    seen = low[:, None, None, None] + levels / (KERNEL_LEVELS - 1) * span
    assert np.all(np.abs(seen - filters) <= half(span, KERNEL_LEVELS))
    assert reader.rest == b""


@given(arrays(np.uint8, (2, 4, 5)))
def test_no_level_is_lost_in_its_surprise(levels: Levels) -> None:
    """Whatever the levels, they can be told from what is surprising in them."""
    assert np.array_equal(
        np.moveaxis(Reader(surprises(levels).tobytes()).maps(4, 5, 2, "pre"), -1, 0), levels
    )


def test_nothing_surprises_where_nothing_is_drawn() -> None:
    """Of maps of one level each only the first cells are not zero, and those come first."""
    flat = np.array([17, 0, 31], np.uint8)[:, np.newaxis, np.newaxis].repeat(4, axis=1).repeat(4, axis=2)

    assert surprises(flat).ravel().tolist() == [17, 0, 31] + 45 * [0]


@pytest.mark.keras
def test_networks_that_run_together_give_the_same_picture(rng: np.random.Generator) -> None:
    """Of each the numbers to a few millionths, and the levels but for a cell that lies between two."""
    from models.engine.fused import Joint
    from models.engine.probe import Probe

    probes = [Probe(networks.build(chain, seed)) for seed, chain in enumerate((networks.FCN, networks.CNN))]
    joint = Joint(probes, LEVELS["post"])
    for _ in range(5):
        digit = rng.random((28, 28, 1), np.float32)
        shown = joint.run(digit)
        assert shown
        numbers, *cells = pack(4271, [(probe.layers, probe.run(digit)) for probe in probes], "post")

        same, levels = pack_joint(4271, *shown)

        assert same[:4] == numbers[:4]
        seen, known = (np.frombuffer(each, np.float32, offset=4) for each in (same, numbers))
        np.testing.assert_allclose(seen, known, atol=2e-6, rtol=1e-5)
        away = np.frombuffer(levels, np.uint8).astype(int) - np.frombuffer(b"".join(cells), np.uint8)
        assert np.abs(away).max() <= 1
        assert np.count_nonzero(away) <= 2


def test_what_only_reshapes_is_not_painted() -> None:
    """Flatten shows nothing that the layer before it did not show."""
    names = [layer.name for layer in panels(networks.CNN)]

    assert names == ["conv1", "conv2", "pool", "dense", "output"]
    assert panels([Layer("f", "Flatten", None, (4,), 0, 0, None, None, None)]) == ()


@given(st.lists(st.binary(max_size=2_000), max_size=3))
def test_squeezed_bytes_are_gzip(parts: list[bytes]) -> None:
    """Any browser unpacks what travels, part after part, and the same parts always give the same bytes."""
    for swift in (False, True):
        assert gzip.decompress(squeeze(*parts, swift=swift)) == b"".join(parts)
        assert squeeze(*parts, swift=swift) == squeeze(*parts, swift=swift)
