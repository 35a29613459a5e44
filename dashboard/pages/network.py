"""What a network looks like before any image is in it: a lane of its layers; computes nothing.

It has sixty parts, and nothing of it is an input or output of Dash: see dashboard/markup.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from dashboard.initial_state import depth_words, draws_kernels
from dashboard.markup import element
from dashboard.panels.sentences import shown_training
from dashboard.panels.wording import percent
from dashboard.picture import panels
from dashboard.words.glossary import glossary
from models.datasets.dataset import Dataset
from models.graph.blocks import Block, blocks
from models.graph.description import Layer
from models.graph.kind import listed, sized
from models.graph.node import IMAGE
from models.store.entry import Entry


def words_of(entries: Sequence[Entry], test: Dataset) -> Markup:
    """Return the list of the words that can be dotted where these networks are shown."""
    layers = [layer for entry in entries for layer in entry.layers]
    named = {layer.kind for layer in layers} | {layer.activation or "" for layer in layers}
    return glossary(test.noun, len(test)).listed(named)


def lane(entry: Entry, test: Dataset, *, shown: bool, asks: bool = True) -> Markup:
    """Return one network: what it says, a panel for each layer that is painted, and its answers.

    Args:
        entry: The network.
        test: The images.
        shown: Whether it is on the screen from the start.
        asks: Whether there is a server to ask why it says so.
    """
    *inner, last = panels(entry.layers)
    block_of = {
        name: block for block in blocks(entry.graph, [layer.name for layer in inner]) for name in block.layers
    }
    words, seen = glossary(test.noun, len(test)), set[str]()  # dotted where they stand first
    return element(
        "article",
        _head(entry, test, words.explained(f"{entry.parameters:,} parameters", seen), asks=asks),
        element(
            "div",
            element(
                "svg", element("path"), element("path", class_="heads"), class_="edges", aria_hidden="true"
            ),
            *(
                _panel(entry, layer, words.explained(count_of(layer), seen), block_of[layer.name])
                for layer in inner
            ),
            _answers(entry, last, words.explained("probability, logit", seen)),
            class_="boxes",
        ),
        class_="network",
        hidden=None if shown else "",
        data_model=entry.key,
        aria_label=f"{entry.name}, {entry.title}",
    )


def _head(entry: Entry, test: Dataset, parameters: Markup, *, asks: bool) -> Markup:
    """Return the title of a lane: the network, what it says of the image, and what is known of it."""
    accuracy = f"the {test.noun.many} have no labels"
    if entry.test:
        accuracy = f"right on {percent(entry.test.accuracy)} of the {test.noun.member.many}"
    said = (element("b", class_="answer"), " ", element("span", class_="words"))
    trained = shown_training(entry.training, test.noun) if entry.training else "trained elsewhere"
    notes = " ".join([f"{entry.title}, {trained}.", *entry.graph.notes])
    why = element("button", "why?", type="button", class_="why", aria_label=f"Why does {entry.name} say so?")
    return element(
        "div",
        element("h3", element("span", entry.name, class_="hue")),
        element("p", "says ", *said, class_="said"),
        why if asks else "",
        element(
            "p", parameters, " · ", element("span", accuracy, class_="accuracy"), class_="facts", title=notes
        ),
        *(element("p", note, class_="unseen") for note in entry.graph.notes),
        class_="lane-head",
    )


def _panel(entry: Entry, layer: Layer, count: Markup, block: Block) -> Markup:
    drawn = draws_kernels(layer, entry.graph) and layer.has_maps
    return element(
        "section",
        _panel_head(entry, layer, count, _next(block, layer.name), drawn=drawn),
        element("div", class_="sheet maps"),
        element("div", class_="sheet kernels") if drawn else "",
        **_place(entry, layer, "panel"),
    )


def _panel_head(entry: Entry, layer: Layer, count: Markup, step: Markup | str, *, drawn: bool) -> Markup:
    """Return a layer's name, which turns over maps that have kernels, its shape, and room for its scale."""
    name = element("bdi", layer.name)
    word = (
        element("button", name, type="button", class_="layer-name", aria_pressed="false")
        if drawn
        else element("span", name, tabindex="0", class_="layer-name")
    )
    return element(
        "div",
        element(
            "h4",
            word,
            " ",
            step,
            " ",
            element("span", class_="first"),
            element("span", count, class_="shape"),
        ),
        element("span", class_="tensor unseen"),
        element("div", class_="legend"),
        element("p", about(entry, layer), class_="unseen reading"),
        class_="panel-head",
    )


def _next(block: Block, name: str) -> Markup | str:
    """Return what goes on to the next layer of a block, "" where a layer stands alone."""
    layers = block.layers
    if len(layers) == 1:
        return ""
    place = layers.index(name)
    after = layers[(place + 1) % len(layers)]
    return element(
        "button",
        f"{place + 1}/{len(layers)}",
        type="button",
        class_="next",
        data_layer=after,
        aria_label=f"{name}, {place + 1} of {len(layers)} here, show {after}",
        title=f"{listed(layers)} stand here; show {after}",
    )


def count_of(layer: Layer) -> str:
    """Return how many maps or units a layer has, and how large its maps are: "32 maps 26×26"."""
    *sides, count = layer.output_shape
    what = f"{count} {'map' if sides else 'unit'}{'' if count == 1 else 's'}"
    return f"{what} {sized(sides)}" if sides else what


def _answers(entry: Entry, layer: Layer, numbers: Markup) -> Markup:
    """Return the end of a lane: a bar for each class."""
    name = element("span", element("bdi", layer.name), tabindex="0", class_="layer-name")
    return element(
        "section",
        element(
            "div",
            element("h4", name),
            element("p", numbers, class_="shape"),
            element("p", about(entry, layer), class_="unseen reading"),
            class_="panel-head",
        ),
        element("div", class_="sheet maps answers-rows", role="group", aria_label="Classes"),
        **_place(entry, layer, "panel answers"),
    )


def _place(entry: Entry, layer: Layer, kind: str) -> dict[str, str]:
    return {
        "id": panel_id(entry.key, layer.name),
        "class_": kind,
        "data_model": entry.key,
        "data_layer": layer.name,
        "aria_label": f"{entry.name} {layer.name}",
    }


def about(entry: Entry, layer: Layer) -> str:
    """Return what a layer is, what it reads where that is not the one before, and how it is to be read."""
    graph = entry.graph
    before = (IMAGE, *graph.places)[graph.places[layer.name]]
    read = graph.node(layer.name).reads
    parts = [
        f"{layer.kind}, {sized(layer.output_shape)}",
        f"{layer.parameters:,} parameters" if layer.parameters else "",
        f"reads {listed(read)}" if read != (before,) else "",
    ]
    return f"{', '.join(filter(None, parts))}. {reading(entry, layer)}"


def reading(entry: Entry, layer: Layer) -> str:
    """Return how a layer's maps or units are to be read, of a convolution also how deep its kernels are."""
    return " ".join([entry.graph.reading(layer.name), depth_words(layer, entry.graph)]).strip()


def panel_id(key: str, layer: str) -> str:
    """Return the id of a layer's panel."""
    return f"panel-{key}-{layer}"
