import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from models.digits import prepare


@given(arrays(np.uint8, st.sampled_from([(28, 28), (1, 28, 28), (2, 3, 28, 28)])))
def test_every_pixel_keeps_its_place_and_its_brightness(images: NDArray[np.uint8]) -> None:
    """Each byte becomes its 255th part, in float32, at the same row and column; one channel is added last."""
    prepared = prepare(images)

    assert prepared.dtype == np.float32
    assert prepared.shape == (*images.shape, 1)
    assert np.array_equal(prepared[..., 0], (images / 255).astype(np.float32))


def test_white_ink_is_one_on_black_zero() -> None:
    """The scale is [0, 1] and is not inverted: 255 becomes exactly 1, 0 exactly 0."""
    image = np.zeros((28, 28), np.uint8)
    image[0, 27] = 255

    prepared = prepare(image)

    assert prepared[0, 27, 0] == 1
    assert prepared.sum() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((28, 28), np.float32),
        np.zeros((28, 28), np.int64),
        np.zeros((28, 28, 1), np.uint8),
        np.zeros((27, 28), np.uint8),
        np.zeros(28, np.uint8),
    ],
    ids=lambda wrong: f"{wrong.shape} {wrong.dtype}",
)
def test_other_shapes_and_types_are_refused(wrong: NDArray[np.generic]) -> None:
    """Prepared digits, other sizes and other number types are not taken for raw digits."""
    with pytest.raises(ValueError, match="28×28 uint8"):
        prepare(wrong)  # type: ignore[arg-type]
