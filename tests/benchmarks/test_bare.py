import numpy as np

from benchmarks.bare import _levels


def test_levels_go_channel_by_channel_up_to_255() -> None:
    """The bare page gets one byte per value, map after map, the layer's largest as 255."""
    maps = np.array([[[0.0, 1.0], [2.0, 3.0]]], np.float32)  # one row, two columns, two channels

    assert list(_levels(maps)) == [0, 170, 85, 255]


def test_silent_layer_is_all_zero() -> None:
    """A layer that never fires is black, without a division by zero."""
    assert not any(_levels(np.zeros((2, 2, 3), np.float32)))
