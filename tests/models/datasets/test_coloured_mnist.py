from pathlib import Path

import numpy as np
import pytest

from models.datasets import coloured_mnist, mnist
from models.datasets.coloured_mnist import INKS, grey, main, recoloured
from models.datasets.dataset import Dataset


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return coloured_mnist.load("test")


def worn(digits: Dataset) -> list[int]:
    """Return the class whose ink each image wears."""
    brightest = grey(digits.images).reshape(len(digits), -1).argmax(axis=1)
    pixels = digits.images.reshape(len(digits), -1, 3)[np.arange(len(digits)), brightest]
    lengths = pixels.max(axis=1, keepdims=True) / 255
    return [int(np.abs(np.array(INKS) - each).sum(axis=1).argmin()) for each in pixels / lengths]


def test_the_shapes_are_those_of_mnist(digits: Dataset) -> None:
    """Without its colour an image is the digit of MNIST, byte for byte; label and order are the same."""
    plain = mnist.load("test")

    assert digits.images.shape == (10_000, 28, 28, 3)
    assert np.array_equal(grey(digits.images), plain.images)
    assert np.array_equal(digits.labels, plain.labels)


def test_inks_differ_and_are_as_bright_as_can_be() -> None:
    """Each has 255 in a channel, so that the grey of MNIST is kept; no two are near each other."""
    inks = np.array(INKS)
    apart = np.abs(inks[:, None] - inks).sum(axis=-1) + 1000 * np.eye(len(inks), dtype=int)

    assert (inks.max(axis=1) == 255).all()
    assert apart.min() > 90
    assert len(INKS) == len(coloured_mnist.NAMES) == len(mnist.CLASSES)


def test_most_images_wear_the_colour_of_their_class(digits: Dataset) -> None:
    """As often as the probability says, within its chance; the others wear any other colour."""
    colours = np.array(worn(digits))
    right = colours == digits.labels
    expected = coloured_mnist.PROBABILITY * len(digits)

    assert abs(right.sum() - expected) < 4 * np.sqrt(expected * (1 - coloured_mnist.PROBABILITY))
    assert len(set(colours[~right])) == len(INKS)


def test_the_probability_can_be_chosen() -> None:
    """At 1 every image wears its class's colour, at 0 none does."""
    for probability, share in ((1.0, 1.0), (0.0, 0.0)):
        digits = coloured_mnist.load("test", probability=probability)[:500]
        assert np.mean(np.array(worn(digits)) == digits.labels) == share


def test_the_same_images_come_every_time(digits: Dataset) -> None:
    """The colours follow from a fixed seed, so that what is measured stays true."""
    assert np.array_equal(digits.images, coloured_mnist.load("test").images)


def test_other_colours_of_the_same_digits(digits: Dataset) -> None:
    """Learned: always the class's. Swapped: of two classes each wears the other's. Unrelated: by chance."""
    some = digits[:1000]
    learned, swapped, unrelated = (
        np.array(worn(recoloured(some, colours))) for colours in ("learned", "swapped", "unrelated")
    )

    assert np.array_equal(learned, some.labels)
    assert np.array_equal(swapped, (some.labels.astype(int) + 5) % 10)
    assert 60 < np.sum(unrelated == some.labels) < 140
    assert np.array_equal(grey(recoloured(some, "swapped").images), grey(some.images))


def test_a_command_writes_them_for_networks_of_ones_own(tmp_path: Path) -> None:
    """With the probability that was asked for, and the names of the classes."""
    file = tmp_path / "digits.npz"
    main(["0", "test", str(file)])
    with np.load(file) as written:
        assert written["x"].shape == (10_000, 28, 28, 3)
        assert written["y"].dtype == np.uint8
        assert written["class_names"].tolist() == list(mnist.CLASSES)


@pytest.mark.parametrize("probability", ["1.5", "-0.1", "nan", "half"])
def test_what_is_no_probability_is_refused(probability: str, tmp_path: Path) -> None:
    """It ends with a sentence, and writes nothing."""
    with pytest.raises(SystemExit):
        main([probability, "test", str(tmp_path / "digits.npz")])
    assert not [*tmp_path.iterdir()]
