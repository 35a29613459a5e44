from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from models.arrays import Floats
from models.datasets.dataset import Dataset, ImageSpec, index_type
from models.datasets.perturbation import PERTURBATIONS, perturb

GREY = ImageSpec(28, 28, 1)
RGB = ImageSpec(12, 20, 3, low=-1, high=1, background=204)
SPECS = pytest.mark.parametrize("spec", [GREY, RGB], ids=lambda spec: spec.said)


def images(spec: ImageSpec, count: int = 3) -> NDArray[np.uint8]:
    """Return random images."""
    rng = np.random.default_rng(5)
    return rng.integers(0, 256, (count, *spec.shape), np.uint8)


def inputs(spec: ImageSpec) -> Floats:
    """Return what networks are fed of random images."""
    return spec.prepare(images(spec))


@SPECS
def test_pixels_come_back(spec: ImageSpec) -> None:
    """What networks are fed is in the range that is said, and each pixel can be told from it."""
    every = np.resize(np.arange(256, dtype=np.uint8), (4, *spec.shape))

    fed = spec.prepare(every)

    assert fed.dtype == np.float32
    assert (fed.min(), fed.max()) == (spec.low, spec.high)
    assert np.array_equal(spec.pixels(fed), every)


def test_grey_images_need_no_channel() -> None:
    """(28, 28) and (28, 28, 1) are the same digit."""
    grey = images(GREY)

    assert np.array_equal(GREY.prepare(grey[..., 0]), GREY.prepare(grey))


@pytest.mark.parametrize("shape", [(28, 28), (12, 20), (20, 12, 3), (12, 20, 1)])
def test_another_form_is_refused(shape: tuple[int, ...]) -> None:
    """An image of other sides or channels is no image of these, nor is one that was prepared already."""
    with pytest.raises(ValueError, match="12×20 RGB uint8"):
        RGB.prepare(np.zeros(shape, np.uint8))
    with pytest.raises(ValueError, match="float32"):
        RGB.prepare(inputs(RGB))  # type: ignore[arg-type]


@SPECS
@pytest.mark.parametrize("key", PERTURBATIONS)
def test_nothing_is_done_by_the_neutral_amount(spec: ImageSpec, key: str) -> None:
    """Whatever the form and the range of images are."""
    fed = inputs(spec)

    assert np.abs(perturb(fed, key, PERTURBATIONS[key].neutral, spec) - fed).max() <= 1e-6


@SPECS
@pytest.mark.parametrize("key", PERTURBATIONS)
def test_what_is_done_stays_in_the_range(spec: ImageSpec, key: str) -> None:
    """Changed inputs are inputs: of their shape, and between what black and white are fed as."""
    for amount in (PERTURBATIONS[key].low, PERTURBATIONS[key].high):
        changed = perturb(inputs(spec), key, amount, spec)

        assert changed.shape == (3, *spec.shape)
        assert spec.low <= changed.min()
        assert changed.max() <= spec.high


@SPECS
def test_the_background_moves_in(spec: ImageSpec) -> None:
    """Where an image is shifted away, is too small, or is hidden, its background shows, in all channels."""
    fed = inputs(spec)
    hidden = perturb(fed, "occlusion", 6, spec)

    for gone in (
        perturb(fed, "right", 8, spec)[:, :, :8],
        perturb(fed, "scale", 0.4, spec)[:, 0, 0],
        hidden[:, spec.rows // 2, spec.columns // 2],
    ):
        np.testing.assert_allclose(gone, spec.empty, atol=1e-6)
    np.testing.assert_allclose(hidden[:, 0], fed[:, 0], atol=1e-6)


def test_channels_move_alike_and_apart() -> None:
    """A colour image that is moved is its three channels, each moved as a grey one would be."""
    grey = ImageSpec(12, 20, 1, background=204)
    coloured = ImageSpec(12, 20, 3, background=204)
    fed = inputs(coloured)

    for key, amount in (("rotation", 25), ("down", 2.5), ("shear", 0.5), ("blur", 1), ("contrast", 2)):
        whole = perturb(fed, key, amount, coloured)
        for channel in range(3):
            alone = perturb(fed[..., channel : channel + 1], key, amount, grey)
            np.testing.assert_allclose(whole[..., channel], alone[..., 0], atol=1e-6)


def test_what_is_hidden_is_never_more_than_there_is() -> None:
    """A square that is taller than the image hides all of its rows."""
    hidden = perturb(inputs(RGB), "occlusion", 20, RGB)

    np.testing.assert_allclose(hidden, RGB.empty, atol=1e-6)


def made(count: int, classes: int, labels: NDArray[np.unsignedinteger] | None = None) -> Dataset:
    """Return images of which one class after another is named."""
    named = np.arange(count) % classes if labels is None else labels
    names = tuple(f"kind {each}" for each in range(classes))
    return Dataset(images(RGB, count), named.astype(index_type(classes)), RGB, names)


def test_a_part_of_a_data_set_is_one() -> None:
    """Its images, labels, classes and form are those of the whole."""
    whole = made(37, 3)

    part = whole[-5:]

    assert len(part) == 5
    assert np.array_equal(part.images, whole.images[-5:])
    assert np.array_equal(part.labels, whole.labels[-5:])
    assert (part.classes, part.spec) == (whole.classes, whole.spec)
    assert part.inputs.shape == (5, 12, 20, 3)


def test_what_does_not_go_together_is_refused() -> None:
    """Labels without a class, another number of labels, images of another form."""
    with pytest.raises(ValueError, match="There is no class 3; there are 3"):
        made(4, 3, np.array([0, 1, 2, 3], np.uint8))
    with pytest.raises(ValueError, match="do not go with 2 labels"):
        Dataset(images(RGB, 3), np.zeros(2, np.uint8), RGB, ("one",))
    with pytest.raises(ValueError, match="28×28 images"):
        Dataset(images(RGB, 3), np.zeros(3, np.uint8), GREY, ("one",))


@given(st.integers(1, 2**33))
def test_numbers_never_wrap(count: int) -> None:
    """The last of so many things has a number in the type that is chosen, and no smaller type would do."""
    kind = index_type(count)

    assert int(kind(count - 1)) == count - 1
    assert kind is np.uint8 or (count - 1) >> (4 * np.dtype(kind).itemsize)  # half as many bits are too few


@given(arrays(np.uint8, (2, 12, 20, 3)))
def test_any_image_is_fed_in_its_range(every: NDArray[np.uint8]) -> None:
    """Whatever its pixels are."""
    fed = RGB.prepare(every)

    assert fed.shape == every.shape
    np.testing.assert_allclose(fed, every / 255 * 2 - 1, atol=1e-6)


@pytest.mark.parametrize(
    ("classes", "named"),
    [("0123456789", False), (["0", "10", "299"], False), (["0", "1", "coat"], True)],
)
def test_a_number_is_no_name(classes: Sequence[str], named: bool) -> None:
    """A class without a name is called by its number, which may have three digits."""
    some = Dataset(images(GREY)[..., 0], np.zeros(3, np.uint8), GREY, tuple(classes))

    assert some.has_names == named
