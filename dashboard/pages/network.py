"""What a network looks like before any digit is in it, from input to output, as HTML; computes nothing.

It has sixty parts, and nothing of it is an input or output of Dash: see dashboard/markup.py.
"""

from __future__ import annotations

from markupsafe import Markup

from dashboard.initial_state import depth_words, draws_kernels
from dashboard.markup import element
from dashboard.panels.comparison import name
from dashboard.panels.sentences import shown_training
from dashboard.panels.wording import percent
from dashboard.picture import panels
from dashboard.words.glossary import glossary
from models.datasets.dataset import Dataset
from models.graph.description import Layer
from models.graph.kind import listed, sized
from models.graph.node import IMAGE
from models.store.entry import Entry

READING_TEMPLATES = (
    "One picture per unit: its weights over the {pixels} pixels. The bar under it is its value here."
)


def column(entry: Entry, test: Dataset, *, shown: bool) -> Markup:
    """Return one network: what it is, the diagram of its layers, and a panel for each that is painted."""
    accuracy = f"{percent(entry.test.accuracy)} of the test {test.noun.many} right"
    return element(
        "article",
        element("h3", element("span", name(entry), class_="hue"), f" {entry.title}"),
        element(
            "p",
            f"{entry.parameters:,} parameters · {accuracy} · {shown_training(entry, test.noun)}",
            element("span", " · ", _file(entry), class_="taken"),
            class_="facts",
        ),
        *(element("p", note, class_="facts") for note in entry.graph.notes),
        element("ol", _input_chip(test), *(_chip(entry, layer) for layer in entry.layers), class_="diagram"),
        *(_panel(entry, layer, test) for layer in panels(entry.layers)),
        class_="network",
        hidden=None if shown else "",
        data_model=entry.key,
        aria_label=f"{name(entry)}, {entry.title}",
    )


def _file(entry: Entry) -> Markup:
    """Return the link that takes all weights away."""
    return element(
        "a",
        "weights as NPZ",
        href=f"/api/models/{entry.key}/weights.npz",
        download=f"{entry.key}-weights.npz",
        aria_label=f"weights as NPZ: {name(entry)}",
    )


def _input_chip(test: Dataset) -> Markup:
    return element("li", element("span", "input"), element("small", test.spec.said))


def _chip(entry: Entry, layer: Layer) -> Markup:
    """Return a layer's place in the diagram: name, shape, parameters, and a way to its panel."""
    words = [element("span", layer.name), element("small", shape_of(layer))]
    graph = entry.graph
    before = (IMAGE, *graph.places)[graph.places[layer.name]]
    if (read := graph.node(layer.name).reads) != (before,):
        words.append(element("small", f"reads {listed(read)}"))
    if layer.parameters:
        words.append(element("small", f"{layer.parameters:,} parameters"))
    if layer not in panels(entry.layers):
        return element("li", *words)
    return element("li", element("a", *words, href=f"#{panel_id(entry.key, layer.name)}"))


def _panel(entry: Entry, layer: Layer, test: Dataset) -> Markup:
    drawn = draws_kernels(layer, entry.graph)
    templates = READING_TEMPLATES.format(pixels=test.spec.said)
    told = templates if drawn and not layer.has_maps else reading(entry, layer)
    words, seen = glossary(test.noun, len(test)), set[str]()  # dotted where they stand first
    return element(
        "section",
        element(
            "div",
            element("h4", layer.name),
            element("span", words.named(layer.kind, seen), class_="kind"),
            element("span", class_="tensor"),
            element("div", class_="legend"),
            class_="panel-head",
        ),
        element("p", words.explained(told, seen), class_="reading"),
        element("div", class_="sheet maps"),
        element("div", class_="legend kernel-legend") if drawn else "",
        element("div", class_="sheet kernels") if drawn and layer.has_maps else "",
        id=panel_id(entry.key, layer.name),
        class_="panel",
        data_model=entry.key,
        data_layer=layer.name,
        aria_label=f"{name(entry)} {layer.name}",
    )


def reading(entry: Entry, layer: Layer) -> str:
    """Return how a layer's maps or units are to be read, of a convolution also how deep its kernels are."""
    return " ".join([entry.graph.reading(layer.name), depth_words(layer, entry.graph)]).strip()


def panel_id(key: str, layer: str) -> str:
    """Return the id of a layer's panel, to which the diagram links."""
    return f"panel-{key}-{layer}"


def shape_of(layer: Layer) -> str:
    """Return a layer's output shape as people write it: 26×26×32."""
    return sized(layer.output_shape)
