"""A network's lane in a world without digits: branches, colours, layers that nobody described."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dashboard.initial_state import depth_words
from dashboard.pages.network import about, lane, reading
from models.graph.reading import graph_of
from models.store.entry import Entry
from tests import networks, worlds
from tests.dashboard import made_up
from tests.models.graph.cases import CASES, LAST

if TYPE_CHECKING:
    import keras

pytestmark = pytest.mark.keras


def entry_of(model: keras.Model) -> Entry:
    from models.graph.description import layers_of

    graph = graph_of(model)
    return replace(networks.entry("made-up", layers_of(graph)), image=graph.image)


def test_every_layer_of_a_network_that_branches_says_how_it_is_read() -> None:
    """From its own kind and numbers; a merged layer by the names of its inputs."""
    entry = entry_of(worlds.branching())

    read = {layer.name: reading(entry, layer) for layer in entry.layers}

    assert all(words.endswith(".") for words in read.values())
    assert "stem_relu and inner_norm" in read["residual"]
    assert "Windows lie 2 apart: 12×20 cells become 6×10." in read["pooled"]
    assert read["stem"].endswith("its depth is 3 because the image is coloured: it has 3 channels.")
    assert "the bias" not in read["stem"]
    assert "its depth is 6 because residual has 6 maps" in read["wide"]


def test_a_filter_of_a_group_is_as_deep_as_its_group() -> None:
    """Its depth is how many maps it reads, and that it does not read all is said."""
    entry = entry_of(made_up.assorted())

    assert "its depth is 2 because each filter reads 2 of the 4 maps of apart." in depth_words(
        entry.layer("grouped"), entry.graph
    )
    image = graph_of(CASES["conv grouped"]())
    assert "2 of the image's channels" in depth_words(replace(entry.layer("grouped"), name=LAST), image)


def test_what_cannot_be_said_stands_on_the_page() -> None:
    """Of a layer that nobody described, under the network's name and at the layer itself."""
    entry = entry_of(made_up.assorted())
    html = str(lane(entry, worlds.made_up(), shown=True))

    assert entry.graph.notes
    for note in entry.graph.notes:
        assert note in html
    assert re.search(r"seen is of the kind MultiHeadAttention, which ConvLens does not know", html)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("logits", "probabilities are the softmax of its last values"),
        ("sigmoids", "together they need not be 1"),
        ("sigmoid", "the probability of the second class"),
    ],
)
def test_what_has_to_be_said_of_probabilities_stands_on_the_page(head: str, said: str) -> None:
    """Of what does not end in a softmax; of one that does, nothing is added."""
    assert said in str(lane(entry_of(worlds.branching(head)), worlds.made_up(), shown=True))
    assert said not in str(lane(entry_of(worlds.branching()), worlds.made_up(), shown=True))


def test_a_layer_says_where_it_branches() -> None:
    """What does not read the layer before it alone names what it reads; a chain says nothing of it."""
    entry = entry_of(worlds.branching())

    told = {layer.name: about(entry, layer).split(". ")[0] for layer in entry.layers}

    assert [(name, words.split("reads ")[1]) for name, words in told.items() if "reads " in words] == [
        ("residual", "stem_relu and inner_norm"),
        ("pooled", "residual"),  # behind wide
        ("both", "wide and pooled"),
    ]
    chain = entry_of(worlds.chain())
    assert not any("reads " in about(chain, layer).split(". ")[0] for layer in chain.layers)


def test_kernels_are_drawn_of_convolutions_alone() -> None:
    """Each of them can be turned over; nothing is 28 wide."""
    html = str(lane(entry_of(worlds.branching()), worlds.made_up(), shown=True))

    assert "28×28" not in html
    assert html.count('class="sheet kernels"') == 3
    assert html.count('class="layer-name" aria-pressed="false"') == 3
