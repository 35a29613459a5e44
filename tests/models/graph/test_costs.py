from __future__ import annotations

import numpy as np
import pytest

from models.graph.cell import Summed
from models.graph.node import IMAGE
from tests.models.graph.cases import CASES, LAST

pytestmark = pytest.mark.keras
WEIGHING = ("conv", "depthwise", "transposed", "dense")  # whose sums are of weights


def counted(case: str) -> tuple[int, int]:
    """Return what a case's last layer is said to cost, and all products of all its cells."""
    from models.graph.reading import graph_of

    graph = graph_of(CASES[case]())
    node, kind = graph.node(LAST), graph.kind(LAST)
    reads = [np.zeros(shape, np.float32) for shape in graph.shapes_read(LAST)]
    weights = {name: np.zeros(shape, np.float32) for name, shape in node.weights.items()}
    cells = (kind.cell(node, reads, weights, place) for place in np.ndindex(node.output_shape))
    return graph.cost(LAST), sum(cell.weights.size for cell in cells if isinstance(cell, Summed))


@pytest.mark.parametrize("case", [name for name in CASES if name.startswith(WEIGHING)])
def test_the_cost_is_the_number_of_products(case: str) -> None:
    """Counted one by one over every cell, for groups, strides, depth multipliers and maps alike.

    Of a transposed convolution the products that fall off its border are computed too, but reach no cell.
    """
    cost, products = counted(case)

    if case.startswith("transposed") and case not in ("transposed", "transposed strided"):
        assert cost >= products > 0
    else:
        assert cost == products


@pytest.mark.parametrize("case", ["separable", "separable many"])
def test_a_separable_convolution_costs_its_two_steps(case: str) -> None:
    """Every window of every map once for each of its filters, then every cell of those for every filter."""
    from models.graph.reading import graph_of

    graph = graph_of(CASES[case]())
    rows, columns, filters = graph.shape(LAST)
    taps_rows, taps_columns, maps, many = graph.node(LAST).weights["depthwise_kernel"]
    products = 0
    for _cell in np.ndindex(rows, columns):
        for _map in range(maps * many):
            products += taps_rows * taps_columns + filters

    assert graph.cost(LAST) == products


@pytest.mark.parametrize("case", [name for name in CASES if not name.startswith((*WEIGHING, "separable"))])
def test_what_weighs_nothing_costs_nothing(case: str) -> None:
    """Pooling, normalising, resizing and merging multiply nothing with a filter."""
    from models.graph.reading import graph_of

    assert graph_of(CASES[case]()).cost(LAST) == 0


def test_known_networks_cost_what_is_known_of_them() -> None:
    """MobileNetV2 at 224 has 300 million, ResNet50 3.9 thousand million, as their papers count them."""
    import keras

    from models.graph.reading import graph_of

    mobile = graph_of(keras.applications.MobileNetV2(weights=None))

    assert sum(mobile.cost(node.name) for node in mobile.nodes) / 1e6 == pytest.approx(300, rel=0.01)
    assert mobile.shape(IMAGE) == (224, 224, 3)
