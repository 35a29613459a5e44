from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard.callbacks import compared
from dashboard.initial_state import draws_kernels, for_page, initial_state
from dashboard.panels.compare import PANELS
from dashboard.panels.panel import Chart, Panel
from dashboard.picture import panels
from dashboard.selection import Selection
from dashboard.workspace import Workspace
from models.datasets.dataset import Dataset
from models.datasets.disputed import DISPUTES
from models.engine.forward_pass import STAGES
from models.graph.description import Layer
from models.graph.facts import facts_of
from tests import networks
from tests.dashboard import apps


def as_browser(told: dict[str, Any]) -> dict[str, Any]:
    """Read the facts as a browser does, to which NaN and Infinity are no JSON."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    read: dict[str, Any] = json.loads(json.dumps(told), parse_constant=refuse)
    return read


def layer_of(told: dict[str, Any], key: str, name: str) -> dict[str, Any]:
    """Return what is told of one layer."""
    (network,) = [each for each in told["models"] if each["key"] == key]
    (layer,) = [each for each in network["layers"] if each["name"] == name]
    found: dict[str, Any] = layer
    return found


def test_every_painted_layer_is_told(pretended: Workspace) -> None:
    """In order, with its shape; what only reshapes is left out."""
    told = as_browser(initial_state(pretended))

    names = {each["key"]: [layer["name"] for layer in each["layers"]] for each in told["models"]}
    assert names == {
        "fcn": ["dense1", "dense2", "output"],
        "cnn": ["conv1", "conv2", "pool", "dense", "output"],
    }
    assert [layer_of(told, "cnn", name)["shape"] for name in ("conv1", "conv2", "pool")] == [
        [26, 26, 3],
        [24, 24, 4],
        [12, 12, 4],
    ]
    assert [each["sha256"] for each in told["models"]] == [entry.sha256 for entry in pretended.entries]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.key)
def test_charts_of_dark_paper_become_those_of_light_paper(pretended: Workspace, panel: Panel) -> None:
    """With every colour exchanged for the one that is told, a dark chart is the light one."""
    inks = as_browser(initial_state(pretended))["inks"]

    def inked(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: inked(each) for name, each in part.items()}
        if isinstance(part, list):
            return [inked(each) for each in part]
        return inks.get(part, part) if isinstance(part, str) else part

    dark, light = (
        [json.loads(each.figure.to_json()) for each in panel.draw(comparison) if isinstance(each, Chart)]
        for comparison in (compared(pretended, "both", "dark"), compared(pretended, "both", "light"))
    )
    assert inked(dark) == light


def test_disputed_labels_are_told(pretended: Workspace) -> None:
    """By digit, what is said against the label, and by whom; of labels that are others nothing is known."""
    told = as_browser(initial_state(pretended))["disputed"]

    assert set(told) == {str(digit) for digit in DISPUTES}
    assert told["947"] == "5 of 5 reviewers say 9, none says 8 (Northcutt et al. 2021)"
    other = apps.with_collection(
        pretended, test=replace(pretended.collection.test, labels=(pretended.labels + 1) % 10)
    )
    assert as_browser(initial_state(other))["disputed"] == {}


def test_the_sight_of_a_cell_is_told(pretended: Workspace) -> None:
    """Where a cell of each layer looks on the digit and on each layer before, the pool by steps of two."""
    told = as_browser(initial_state(pretended))

    seen = {name: layer_of(told, "cnn", name)["sights"] for name in ("conv1", "conv2", "pool", "dense")}
    assert {
        name: {on: [axis["size"] for axis in axes] for on, axes in each.items()}
        for name, each in seen.items()
    } == {
        "conv1": {"input": [3, 3]},
        "conv2": {"input": [5, 5], "conv1": [3, 3]},
        "pool": {"input": [6, 6], "conv1": [4, 4], "conv2": [2, 2]},
        "dense": {},
    }
    assert seen["pool"]["conv2"] == [{"size": 2, "step": 2, "start": 0}] * 2


@pytest.mark.parametrize(
    ("key", "name", "grid", "drawn"),
    [
        ("cnn", "conv1", [1, 3, 3], True),
        ("cnn", "conv2", [3, 3, 3], True),
        ("cnn", "pool", None, False),
        ("cnn", "dense", [4, 12, 12], False),
        ("fcn", "dense1", [1, 28, 28], True),
        ("fcn", "dense2", [1, 1, 6], False),
    ],
)
def test_whose_weights_are_pictures(
    pretended: Workspace, key: str, name: str, grid: list[int] | None, *, drawn: bool
) -> None:
    """Kernels of convolutions, and templates of units that read the digit itself; the grid is of one."""
    layer = layer_of(as_browser(initial_state(pretended)), key, name)

    assert (layer["grid"], layer["kernels"]) == (grid, drawn)
    entry = pretended.entry(key)
    assert draws_kernels(entry.layer(name), entry.graph) is drawn


def test_how_numbers_come_about_is_told(pretended: Workspace) -> None:
    """Of every layer its facts, by which the page decides what it asks and draws; no kind is asked for."""
    told = as_browser(initial_state(pretended))

    for entry in pretended.entries:
        for layer in panels(entry.layers):
            facts = as_browser(facts_of(entry.graph, layer.name).to_json())
            assert layer_of(told, entry.key, layer.name).items() >= facts.items()
    pool, dense = (layer_of(told, "cnn", name) for name in ("pool", "dense"))
    assert (pool["form"], pool["takes"], pool["reads"]) == ("window", "largest", ["conv2"])
    assert pool["windows"] == [{"taps": 2, "step": 2, "start": 0, "dilation": 1}] * 2
    assert (dense["form"], dense["picture"], dense["reads"]) == ("sum", "units", ["pool"])


def test_the_depth_of_a_kernel_is_said_with_its_reason(test_digits: Dataset, tmp_path: Path) -> None:
    """The image's channels, or the maps of the layer that is read, whichever that is; nothing of others."""
    behind = replace(networks.CNN[1], name="conv3", kernel_shape=(3, 5, 4, 2))
    layers = (*networks.CNN[:3], behind, *networks.CNN[3:])
    entries = [networks.entry("deep", layers)]
    told = as_browser(initial_state(apps.workspace(test_digits, tmp_path, entries)))

    assert {name: layer_of(told, "deep", name)["depth"] for name in ("conv1", "conv2", "conv3", "pool")} == {
        "conv1": "A kernel here is 3-D, 3×3×1; its depth is 1 because the image is grey: it has one channel.",
        "conv2": "A kernel here is 3-D, 3×3×3; its depth is 3 because conv1 has 3 maps, "
        "and each slice reads one of them.",
        "conv3": "A kernel here is 3-D, 3×5×4; its depth is 4 because pool has 4 maps, "
        "and each slice reads one of them.",
        "pool": "",
    }


def test_scales_over_the_data_set_are_the_surveys(pretended: Workspace) -> None:
    """For each layer and stage, the smallest and the largest value that any test digit gives."""
    told = as_browser(initial_state(pretended))

    for entry in pretended.entries:
        for layer in (each for each in entry.layers if each.kind != "Flatten"):
            for stage in STAGES:
                values = pretended.surveys[entry.key].ranges[layer.name, stage]
                low, high = layer_of(told, entry.key, layer.name)["ranges"][stage]
                assert (low, high) == (float(values.min()), float(values.max()))


def test_dead_is_zero_on_every_digit(test_digits: Dataset, tmp_path: Path) -> None:
    """Only channels whose smallest and largest activation are both zero; a silent one is not among them."""
    workspace = apps.workspace(test_digits, tmp_path)
    ranges = workspace.surveys["cnn"].ranges["conv2", "post"]
    ranges[:] = np.array([[0, 0.5, -1, 0], [0, 3, 0, 0]])

    assert layer_of(as_browser(initial_state(workspace)), "cnn", "conv2")["dead"] == [0, 3]
    assert layer_of(as_browser(initial_state(workspace)), "cnn", "conv2")["always_on"] == [1]
    assert layer_of(as_browser(initial_state(workspace)), "cnn", "conv1")["dead"] == []


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_network_that_diverged_leaves_the_page_readable(
    test_digits: Dataset, tmp_path: Path, value: float
) -> None:
    """Ranges that are no numbers do not make facts that no browser can read."""
    workspace = apps.workspace(test_digits, tmp_path)
    workspace.surveys["cnn"].ranges["conv2", "post"][:] = value

    low, high = layer_of(as_browser(initial_state(workspace)), "cnn", "conv2")["ranges"]["post"]

    assert np.isfinite([low, high]).all()


def test_a_visitor_gets_the_facts_and_their_own_selection(pretended: Workspace) -> None:
    """Nothing that is common to all visitors is changed by one of them."""
    common = initial_state(pretended)
    before = json.dumps(common)

    told = for_page(
        common, Selection(7, ("fcn", "cnn"), layer="cnn.conv1", filter=2), ["digit=x makes no sense."]
    )

    assert told.items() >= common.items()
    assert (told["selection"]["digit"], told["selection"]["filter"]) == (7, 2)
    assert told["complaints"] == ["digit=x makes no sense."]
    assert json.dumps(common) == before


def test_colours_come_in_order(pretended: Workspace) -> None:
    """Sequential from dark to bright; diverging from blue through white to red."""
    told = as_browser(initial_state(pretended))

    assert told["sequential"][0] == "#000004"
    blue, red = told["diverging"][0], told["diverging"][-1]
    assert (blue, red) == ("rgb(5,48,97)", "rgb(103,0,31)")


def test_there_may_be_any_number_of_networks(test_digits: Dataset, tmp_path: Path) -> None:
    """The facts hold as many networks as the manifest, in its order."""
    deep: tuple[Layer, ...] = networks.CNN
    for keys in (["one"], ["a", "b", "c"]):
        entries = [networks.entry(key, deep) for key in keys]
        told = initial_state(apps.workspace(test_digits, tmp_path / keys[0], entries))
        assert [each["key"] for each in told["models"]] == keys
