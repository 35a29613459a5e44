from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from flask.testing import FlaskClient

from models.datasets.dataset import Dataset
from models.datasets.mnist import prepare
from tests.dashboard.sweeping import array_of, json_of

if TYPE_CHECKING:
    pass


@pytest.mark.parametrize("index", [0, 7, 4271, 9_999])
def test_a_digit(client: FlaskClient, test_digits: Dataset, index: int) -> None:
    """Its label as JSON; its pixels as they are fed to the networks."""
    assert json_of(client, f"/api/digits/{index}") == {
        "index": index,
        "label": int(test_digits.labels[index]),
        "split": "test",
        "disputed": None,
    }
    pixels = array_of(client, f"/api/digits/{index}.npy")
    assert pixels.shape == (28, 28)
    assert np.array_equal(pixels, test_digits.images[index].astype(np.float32) / np.float32(255))
    assert np.array_equal(pixels, prepare(test_digits.images[index])[..., 0])


def test_a_disputed_label_is_told(client: FlaskClient) -> None:
    """How many of the reviewers named what, in numbers and in words, and the source."""
    assert json_of(client, "/api/digits/3520")["disputed"] == {
        "label": 6,
        "guess": 4,
        "for_label": 2,
        "for_guess": 0,
        "for_neither": 3,
        "words": "3 of 5 reviewers say neither, 2 say 6",
        "source": "Northcutt, Athalye & Mueller 2021",
        "doi": "10.48550/arXiv.2103.14749",
    }


def test_leading_zeros_are_the_same_number(client: FlaskClient) -> None:
    """007 is digit 7, as in the address bar."""
    assert json_of(client, "/api/digits/007")["index"] == 7
