import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from models.arrays import Floats
from models.datasets import mnist
from models.datasets.mnist import SPEC, prepare
from models.datasets.perturbation import PERTURBATIONS, Move, Perturbation, perturb


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
        np.zeros((28, 28, 3), np.uint8),
        np.zeros((27, 28), np.uint8),
        np.zeros(28, np.uint8),
    ],
    ids=lambda wrong: f"{wrong.shape} {wrong.dtype}",
)
def test_other_shapes_and_types_are_refused(wrong: NDArray[np.generic]) -> None:
    """Prepared digits, other sizes and other number types are not taken for raw digits."""
    with pytest.raises(ValueError, match="28×28 uint8"):
        prepare(wrong)  # type: ignore[arg-type]


DIGITS = arrays(
    np.float32, st.sampled_from([(28, 28, 1), (3, 28, 28, 1)]), elements=st.floats(0, 1, width=32)
)
KEYS = st.sampled_from(list(PERTURBATIONS))


@pytest.fixture(scope="module")
def some() -> Floats:
    """Twenty real digits."""
    return prepare(mnist.load("test").images[:20])


@given(DIGITS, KEYS)
def test_the_neutral_amount_changes_nothing(digits: Floats, key: str) -> None:
    """Not a bit of any digit."""
    assert np.array_equal(perturb(digits, key, PERTURBATIONS[key].neutral, SPEC), digits)


@given(DIGITS, KEYS, st.data())
def test_what_is_perturbed_is_a_digit_still(digits: Floats, key: str, data: st.DataObject) -> None:
    """The same shape, float32, in [0, 1]; the digit that went in is as it was."""
    way = PERTURBATIONS[key]
    before = digits.copy()

    found = perturb(digits, key, data.draw(st.floats(way.low, way.high)), SPEC)

    assert found.shape == digits.shape
    assert found.dtype == np.float32
    assert found.min() >= 0
    assert found.max() <= 1
    assert np.array_equal(digits, before)


@pytest.mark.parametrize("way", PERTURBATIONS.values(), ids=lambda way: str(way.key))
def test_a_digit_alone_becomes_what_it_becomes_among_others(way: Perturbation, some: Floats) -> None:
    """So the live digit is the very one that the curves are measured on; and every amount changes digits."""
    for amount in set(way.amounts) - {way.neutral}:
        together = perturb(some, way.key, amount, SPEC)
        assert np.abs(perturb(some[7], way.key, amount, SPEC) - together[7]).max() <= 1e-6
        assert not np.array_equal(together, some)


@pytest.mark.parametrize("way", PERTURBATIONS.values(), ids=lambda way: str(way.key))
def test_what_is_measured_can_be_asked_for(way: Perturbation) -> None:
    """Every measured amount is one of the slider's, in order, from end to end, the neutral one among them."""
    assert all(map(way.accepts, way.amounts))
    assert list(way.amounts) == sorted(set(way.amounts))
    assert (way.amounts[0], way.amounts[-1]) == (way.low, way.high)
    assert way.neutral in way.amounts
    assert 9 <= len(way.amounts) <= 13


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), 1e9, -91, 90.5, 0.1, 15.01])
def test_other_amounts_are_not_accepted(amount: float) -> None:
    """Not a number, beyond an end, or between two steps."""
    assert not PERTURBATIONS["rotation"].accepts(amount)


def test_noise_is_the_digits_own_and_as_strong_as_asked(some: Floats) -> None:
    """Another digit has other noise; the same digit the same, more of it for a larger amount."""
    grey = np.clip(some, 0.5, 0.5 + 1e-4)  # nothing is cut
    weak, strong = (perturb(grey, "noise", amount, SPEC) - grey for amount in (0.05, 0.1))

    assert weak.std() == pytest.approx(0.05, rel=0.02)
    assert np.abs(2 * weak - strong).max() <= 1e-5
    assert not np.array_equal(weak[0], weak[1])


def test_colours_by_hand() -> None:
    """Contrast multiplies ink and cuts it at white; inversion goes over grey to black on white."""
    digit = np.array([0, 0.25, 1], np.float32).repeat(784)[: 3 * 784].reshape(3, 28, 28, 1)

    def becomes(key: str, amount: float) -> list[float]:
        return [float(each) for each in perturb(digit, key, amount, SPEC)[:, 0, 0, 0]]

    assert becomes("contrast", 2) == [0, 0.5, 1]
    assert becomes("contrast", 0) == [0, 0, 0]
    assert becomes("inversion", 1) == [1, 0.75, 0]
    assert becomes("inversion", 0.5) == [0.5, 0.5, 0.5]


def test_the_square_is_black_and_at_the_centre() -> None:
    """An occlusion of 4 pixels hides rows and columns 12 to 15 and nothing else."""
    hidden = perturb(np.ones((28, 28, 1), np.float32), "occlusion", 4, SPEC)[..., 0] == 0

    assert np.argwhere(hidden).min(axis=0).tolist() == [12, 12]
    assert np.argwhere(hidden).max(axis=0).tolist() == [15, 15]
    assert hidden.sum() == 16


def test_directions_are_those_that_the_words_say() -> None:
    """Right, down, anticlockwise and to the right at the top: for amounts above the neutral one."""
    digit = np.zeros((28, 28, 1), np.float32)
    digit[4, 13] = 1

    def brightest(key: str, amount: float) -> list[int]:
        return [int(each) for each in np.unravel_index(perturb(digit, key, amount, SPEC).argmax(), (28, 28))]

    assert brightest("right", 3) == [4, 16]
    assert brightest("down", 3) == [7, 13]
    assert brightest("rotation", 90) == [14, 4]
    assert brightest("shear", 0.4)[1] > 13
    assert PERTURBATIONS["rotation"].say(90) == "turned 90° anticlockwise"
    assert PERTURBATIONS["down"].say(-2.5) == "moved 2.5 px up"
    assert PERTURBATIONS["right"].say(0) == ""


def test_a_move_stands_in_an_address() -> None:
    """As its key and its amount, in as few characters as say it."""
    assert Move("scale", 0.4 + 3 * 0.05).text == "scale:0.55"
    assert Move("rotation", -15.0).text == "rotation:-15"
