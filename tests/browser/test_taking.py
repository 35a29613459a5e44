from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Known
from tests.browser.serving import Server
from tests.browser.test_parts import SHARED, part
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

SIZE = slice(16, 24)  # of a PNG: where its width and height stand, four bytes each


def test_pictures_and_numbers_are_saved(visitor: Visitor, server: Server, tmp_path: Path) -> None:
    """The map as CSV in full, its weights, its sums, and the picture as PNG with its title and scale.

    The lines of Keras that stand there are those that the server says print the selected number.
    """
    page = visitor.open(SHARED)
    taking = part(page, "taking")
    values = server.tensor("/api/models/cnn/images/4271/layers/conv2.npy?filter=21")
    saved = {}
    for name in ("map .csv", "weights .csv", "sums .csv", "map .png"):
        with page.expect_download() as download:
            taking.get_by_role("button", name=name).click()
        saved[name] = tmp_path / download.value.suggested_filename
        download.value.save_as(saved[name])

    assert np.array_equal(np.loadtxt(saved["map .csv"], delimiter=",", dtype=np.float32), values)
    kernel = server.tensor("/api/models/cnn/layers/conv2/kernel.npy?filter=21")
    weights = np.loadtxt(saved["weights .csv"], delimiter=",", skiprows=1)
    slices, rows, columns = weights[:, :3].astype(int).T
    assert np.array_equal(weights[:, 3].astype(np.float32), kernel[rows, columns, slices])
    assert len(weights) == kernel.size
    assert saved["sums .csv"].name == "cnn-conv2-21-digit-4271-sums-by-slice.csv"  # they have no stage
    slices, rows, columns, sums = np.loadtxt(
        saved["sums .csv"], delimiter=",", skiprows=1, dtype=np.float32
    ).T
    partial = server.tensor("/api/models/cnn/images/4271/layers/conv2/partial.npy?filter=21")
    assert np.array_equal(sums, partial[rows.astype(int), columns.astype(int), slices.astype(int)])
    assert saved["sums .csv"].read_text().startswith("slice,row,column,sum\n")
    assert saved["map .png"].read_bytes().startswith(b"\x89PNG")
    assert min(np.frombuffer(saved["map .png"].read_bytes()[SIZE], ">u4")) >= 24 * 13
    assert saved["map .png"].name == "cnn-conv2-map-21-digit-4271-post-activation.png"

    taking.get_by_text("The same number from Keras").click()

    _, lines = server.get("/api/models/cnn/images/4271/layers/conv2/keras.py?filter=21&stage=post&cell=12,7")
    expect(taking.locator("pre")).to_have_text(lines.decode().strip())


def test_what_a_unit_is_made_of_is_saved(visitor: Visitor, server: Server, tmp_path: Path) -> None:
    """Its weights and its terms as pictures; all that the terms are made of, against a class too."""
    page = visitor.open("/?digit=4271&model=cnn&layer=output&filter=5&against=3")
    taking = part(page, "taking")
    saved = {}
    for name in ("weights .png", "terms .png", "terms .csv"):
        with page.expect_download() as download:
            taking.get_by_role("button", name=name).click()
        saved[name] = tmp_path / download.value.suggested_filename
        download.value.save_as(saved[name])

    products = server.tensor("/api/models/cnn/images/4271/layers/output/terms.npy?filter=5&against=3")
    table = np.loadtxt(saved["terms .csv"], delimiter=",", skiprows=1, dtype=np.float32)
    assert saved["terms .csv"].read_text().startswith("slice,row,column,value,weight 5 less 3,product\n")
    assert np.array_equal(table[:, 5], products)
    assert saved["terms .csv"].name == "cnn-output-5-digit-4271-terms-not-3.csv"
    for name in ("weights .png", "terms .png"):
        wide, high = np.frombuffer(saved[name].read_bytes()[SIZE], ">u4")
        assert wide >= 32 * 9
        assert high >= 4 * 9


def test_all_weights_of_a_network_are_taken_at_once(
    visitor: Visitor, server: Server, known: Known, tmp_path: Path
) -> None:
    """From the dock: one file, with every layer's kernel and bias."""
    key = next(iter(known.pair))
    layer = next(each.name for each in known.entries[key].layers if each.kernel_shape)
    page = visitor.open(f"/?model={key}&layer={layer}&filter=0")
    for place, link in enumerate((part(page, "taking").get_by_role("link", name="all weights"),)):
        with page.expect_download() as download:
            link.click()
        assert download.value.suggested_filename == f"{key}-weights.npz"
        saved = tmp_path / f"{place}.npz"
        download.value.save_as(saved)
        with np.load(saved, allow_pickle=False) as arrays:
            assert len(arrays.files) == 2 * sum(
                each.kernel_shape is not None for each in known.entries[key].layers
            )
            for what in ("kernel", "bias"):
                values = server.tensor(f"/api/models/{key}/layers/{layer}/{what}.npy")
                assert np.array_equal(arrays[f"{layer}.{what}"], values)


NAMES = (
    ("layer=cnn.conv2&filter=21&stage=pre", "cnn-conv2-map-21-digit-12-pre-activation"),
    ("layer=cnn.pool&filter=21&stage=pre", "cnn-pool-map-21-digit-12"),
    ("layer=cnn.dense&filter=3", "cnn-dense-units-digit-12-post-activation"),
    ("layer=cnn.dense&filter=3&reference=7", "cnn-dense-units-digit-12-less-7-post-activation"),
    ("layer=cnn.conv1&filter=3&off=cnn.conv1:4", "cnn-conv1-map-3-digit-12-off-post-activation"),
    (
        "layer=cnn.conv1&filter=3&perturb=rotation:15",
        "cnn-conv1-map-3-digit-12-rotation-15-post-activation",
    ),
)


def test_a_name_says_what_is_inside(visitor: Visitor, server: Server, tmp_path: Path) -> None:
    """Which network, layer, map or units, digit and what was done to it, and the stage where there is one.

    The values of a layer are one line for each unit, with its number and its value in full.
    """
    visitor.open("/?digit=12")
    for query, name in NAMES:
        taking = part(visitor.come(f"/?digit=12&{query}"), "taking")
        expect(taking.get_by_role("link", name=re.compile(r"(map|layer) \.npy$"))).to_have_attribute(
            "download", f"{name}.npy"
        )

    taking = part(visitor.come("/?digit=12&layer=cnn.dense&filter=3"), "taking")
    with visitor.page.expect_download() as download:
        taking.get_by_role("button", name="layer .csv").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)

    assert path.read_text().startswith("unit,value\n0,")
    values = np.loadtxt(path, delimiter=",", skiprows=1, dtype=np.float32)
    assert np.array_equal(values[:, 0], np.arange(len(values)))
    assert np.array_equal(values[:, 1], server.tensor("/api/models/cnn/images/12/layers/dense.npy"))
