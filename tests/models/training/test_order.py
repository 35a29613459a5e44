from __future__ import annotations

import shlex
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.datasets.shipped import SOURCES
from models.training.order import NAMES, START, Order, OrderError, bounds, choices, ordered, seeded


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"epochs": 0}, "Epochs must be a whole number from 1 to 100, not 0."),
        ({"epochs": 101}, "Epochs must be a whole number from 1 to 100, not 101."),
        ({"epochs": "7"}, "Epochs must be a whole number from 1 to 100, not 7."),
        ({"epochs": None}, "Epochs must be a whole number from 1 to 100."),
        ({"seed": True}, "Seed must be a whole number from 0 to 4,294,967,295, not True."),
        ({"seed": 1.5}, "Seed must be a whole number from 0 to 4,294,967,295, not 1.5."),
        ({"learning_rate": 1e9}, "Learning rate must be a number from 1e-06 to 100, not 1000000000.0."),
        ({"learning_rate": inf}, "Learning rate must be a number from 1e-06 to 100, not inf."),
        ({"dropout": nan}, "Dropout must be a number from 0 to 0.9, not nan."),
        ({"widths": [0]}, "Widths must be whole numbers from 1 to 1,024, not 0."),
        ({"widths": []}, "Widths must be one to four whole numbers, one for each layer."),
        ({"widths": "32"}, "Widths must be one to four whole numbers, one for each layer."),
        ({"architecture": "rnn"}, "Architecture must be one of fcn, cnn, resnet, not rnn."),
        ({"dataset": "../x"}, f"Data set must be one of {', '.join(SOURCES)}, not ../x."),
        ({"rounds": 3}, "Nothing that is trained has 'rounds'."),
        (
            {"widths": [8, 8, 8, 8], "kernel": 7},
            "Nothing would be left of an image of 28×28 behind conv4 with kernels of 7×7: it reads maps",
        ),
        (
            {"architecture": "fcn", "widths": [1024, 1024, 1024]},
            "The network would have 2,913,290 parameters; at most 2,000,000 are trained here.",
        ),
        (
            {"widths": [64, 128], "units": 32},
            "The network would multiply and add 43,446,848 times for one image; at most 30,000,000 are",
        ),
        (
            {"share": 0.002, "batch": 111},
            "A batch of 111 needs as many images, but a share of 0.002 of 55,000 is 110.",
        ),
    ],
)
def test_nonsense_is_refused_in_a_sentence(
    settings: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what was asked for, and what is allowed, in numbers."""
    monkeypatch.setattr("models.training.order.MOST_PARAMETERS", 2_000_000)
    monkeypatch.setattr("models.training.order.MOST_COST", 30_000_000)
    with pytest.raises(OrderError) as refused:
        ordered(settings)

    assert str(refused.value).startswith(words)


@pytest.mark.parametrize("architecture", START)
@pytest.mark.parametrize("dataset", SOURCES)
def test_what_the_form_begins_with_is_valid(architecture: str, dataset: str) -> None:
    """On every data set; and every word that can be chosen is one."""
    order = ordered({**START[architecture], "architecture": architecture, "dataset": dataset})

    assert order.steps > 0
    for name in ("activation", "optimizer", "augmentation"):
        for word in choices(name):
            assert getattr(ordered({name: word}), name) == word


def test_every_choice_has_a_name() -> None:
    """What people read stands in the order in which it is asked for, and nothing is missing."""
    assert list(NAMES) == list(Order.model_fields)
    assert bounds("batch").least == 1


ORDERS = st.builds(
    lambda **settings: settings,
    architecture=st.just("fcn"),
    dataset=st.sampled_from(sorted(SOURCES)),
    widths=st.lists(st.integers(1, 400), min_size=1, max_size=4),
    dropout=st.floats(0, 0.9),
    learning_rate=st.floats(1e-6, 100),
    seed=st.integers(0, 2**32 - 1),
)


@given(ORDERS)
def test_the_command_says_all_of_it(settings: dict[str, Any]) -> None:
    """What is typed is read as the very same order, to the last bit of every number."""
    from models.training.command import read

    order = ordered(settings)

    assert read(shlex.split(order.command)[4:])[0] == (order,)


@pytest.mark.keras
@pytest.mark.parametrize(
    "settings",
    [
        {"architecture": "fcn", "widths": [512, 256]},
        {},
        {"widths": [8], "kernel": 2, "units": 7},
        {"widths": [8, 9, 10], "dataset": "coloured-mnist"},
        {"architecture": "resnet", "widths": [16, 32]},
        {"architecture": "resnet", "widths": [4, 4, 6], "kernel": 5, "activation": "gelu"},
    ],
)
def test_what_is_worked_out_on_paper_is_what_is_built(settings: dict[str, Any]) -> None:
    """Parameters and cost, layer by layer, are those of Keras' network."""
    from models.graph.reading import graph_of
    from models.training.built import built

    order = ordered(settings)
    paper, real = order.graph, graph_of(built(order))

    assert paper.parameters() == real.parameters()
    costs = {node.name: paper.cost(node.name) for node in paper.nodes}
    assert {name: cost for name, cost in costs.items() if cost} == {
        node.name: real.cost(node.name) for node in real.nodes if real.cost(node.name)
    }
    shapes = {node.name: node.output_shape for node in real.nodes}
    assert {node.name: node.output_shape for node in paper.nodes}.items() <= shapes.items()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"seeds": 0}, "Seeds must be a whole number from 1 to 10, not 0."),
        ({"seeds": 11}, "Seeds must be a whole number from 1 to 10, not 11."),
        ({"seeds": True}, "Seeds must be a whole number from 1 to 10, not True."),
        ({"seeds": None}, "Seeds must be a whole number from 1 to 10."),
        (
            {"seeds": 2, "seed": 2**32 - 1},
            "Seed must be a whole number from 0 to 4,294,967,295, not 4294967296.",
        ),
        ({"seeds": 2, "epochs": 0}, "Epochs must be a whole number from 1 to 100, not 0."),
    ],
)
def test_seeds_of_nonsense_are_refused_in_a_sentence(settings: dict[str, Any], words: str) -> None:
    """All together, before one is begun; also where the last one would be too large."""
    with pytest.raises(OrderError) as refused:
        seeded(settings)

    assert str(refused.value) == words


def test_several_seeds_differ_in_nothing_else() -> None:
    """They follow each other; one is one where nothing is said."""
    orders = seeded({"epochs": 2, "seed": 5, "seeds": 3})

    assert [order.seed for order in orders] == [5, 6, 7]
    assert {order.model_copy(update={"seed": 0}) for order in orders} == {ordered({"epochs": 2, "seed": 0})}
    assert seeded({}) == (Order(),)
