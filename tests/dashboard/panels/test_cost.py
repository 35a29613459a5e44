from dataclasses import replace
from typing import Any

from dashboard.panels.comparison import Comparison
from dashboard.panels.controls import matched
from dashboard.panels.cost import PANEL
from models.analysis.cost import Costs
from tests import networks
from tests.dashboard.panels.conftest import ANSWERS, IMAGES, compared, entry_of, logits_of
from tests.dashboard.panels.reading import drawn


def comparison_of(*entries: Any, costs: Costs | None = None) -> Comparison:
    logits = {entry.key: logits_of(ANSWERS[:, 1]) for entry in entries}
    return compared(entries, logits, ANSWERS[:, 0], images=IMAGES, costs=costs)


def sized(key: str, kind: str, parameters: int) -> Any:
    """Return a network of that many parameters whose layers are all of one kind."""
    layers = tuple(replace(layer, kind=kind) for layer in entry_of(key).layers)
    checkpoint = replace(entry_of(key).checkpoint, sha256=key)
    return entry_of(key, layers=layers, parameters=parameters, checkpoint=checkpoint)


FCN, CNN = sized("fcn", "Dense", 500), sized("cnn", "Conv2D", 1_000)
COSTS = Costs(
    "a machine", 250, 40, {"fcn": {"dense": 2.0, "output": 1.0}, "cnn": {"dense": 12.0, "output": 0.5}}
)


def test_what_it_costs_is_what_is_known_and_measured() -> None:
    """Sums over layers, and the ratio of the times to the first network's."""
    whole, *_ = drawn(PANEL, comparison_of(FCN, CNN, costs=COSTS))

    assert {row[0].text: [cell.text for cell in row[1:]] for row in whole.rows} == {
        "Parameters": ["500", "1,000"],
        "Multiply-accumulates per digit": ["1,234", "1,234"],
        "Checkpoint": ["2.14 MB", "2.14 MB"],
        "Time per digit": ["3.0 µs", "12.5 µs"],
        "Time, the first being 1": ["1.00", "4.17"],
    }
    assert "median of 40 rounds in which 250 digits ran at once on a machine" in whole.caption


def test_each_layer_has_its_line() -> None:
    """Shape, parameters, four bytes for each, four for each number that comes out, work and time."""
    _, fcn, cnn = drawn(PANEL, comparison_of(FCN, CNN, costs=COSTS))

    assert [cell.text for cell in fcn.rows[0]] == ["dense", "3", "12", "48", "12", "1,000", "2.0 µs"]
    assert [row[-1].text for row in cnn.rows] == ["12.0 µs", "0.5 µs"]


def test_what_was_not_measured_is_said() -> None:
    """Without times, or without those of one network, everything else is drawn."""
    none = drawn(PANEL, comparison_of(FCN, CNN))
    one = drawn(PANEL, comparison_of(FCN, CNN, costs=replace(COSTS, layers={"fcn": COSTS.layers["fcn"]})))

    assert [cell.text for cell in none[0].rows[3][1:]] == ["not measured"] * 2
    assert "times were not measured" in none[0].caption
    assert [cell.text for cell in one[0].rows[4][1:]] == ["1.00", "not measured"]


def test_a_network_of_the_others_size_stands_beside_them() -> None:
    """Within 2 % of one's parameters, with layers of the other's kinds and its recipe; no other."""
    fits = sized("fcn-matched", "Dense", 1_015)
    others = (
        sized("fcn-wide", "Dense", 1_030),
        sized("cnn-too", "Conv2D", 1_000),
        sized("fcn-too", "Dense", 500),
        networks.changed(sized("fcn-longer", "Dense", 1_000), recipe={"epochs": 200}),
    )
    comparison = comparison_of(FCN, CNN, fits, *others)

    assert matched(comparison) == ((fits, FCN, CNN),)
    assert [cell.text for cell in drawn(PANEL, comparison)[0].header[1:]] == ["FCN", "CNN", "FCN matched"]
    assert matched(comparison_of(FCN)) == ()
    assert matched(comparison_of(fits, CNN, FCN, others[0], others[1])) == ()  # both have one size already
