"""What the browser has to know of the networks before anything is painted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from dashboard.api.drawings import SENT, TYPES
from dashboard.colours import PAPERS, Hue, hues
from dashboard.palettes import DIVERGING, DIVERGING_ON_DARK, SEQUENTIAL
from dashboard.picture import KERNEL_LEVELS, LEVELS, PART, panels
from dashboard.selection import ASKED, Selection
from dashboard.wall import BLOCK
from dashboard.workspace import Workspace
from models.analysis import novelty, tuning
from models.analysis.channel_statistics import Survey
from models.analysis.timeline import Timeline
from models.analysis.tuning import Tuning
from models.arrays import Floats
from models.datasets.dataset import Dataset
from models.datasets.perturbation import PERTURBATIONS, Perturbation
from models.engine.forward_pass import STAGES
from models.graph.blocks import blocks
from models.graph.description import Layer, is_large
from models.graph.facts import facts_of
from models.graph.graph import Graph
from models.graph.kinds import kind_of
from models.graph.node import IMAGE
from models.pictures.parts import MOST_BYTES, MOST_PIXELS
from models.store.entry import Entry

PLOTLY = "assets/plotly-basic.min.js?v=4.1.1"  # loaded by the first chart


def initial_state(workspace: Workspace) -> dict[str, Any]:
    """Return the networks' plans, the scales that hold for all images, and where bytes are to be had."""
    named = hues(entry.key for entry in workspace.entries)
    return {
        "version": workspace.version,
        "opened": workspace.opened is not None,
        "images": images(workspace.test),
        "asked": ASKED,
        "block": BLOCK,
        "levels": {**LEVELS, "kernels": KERNEL_LEVELS},
        "part": PART,
        "opening": workspace.opening_digit,
        "reader": workspace.reader.key,
        "novelty": workspace.reader.key in workspace.collection.of(novelty.MEASUREMENT),
        "sequential": SEQUENTIAL,
        "diverging": DIVERGING,
        "diverging_on_dark": DIVERGING_ON_DARK,
        "plotly": PLOTLY,
        "inks": inks(named.values()),
        "image_bytes": MOST_BYTES,
        "disputed": _disputed(workspace),
        "image_pixels": MOST_PIXELS,
        "image_side": SENT,
        "image_types": TYPES,
        "perturbations": [_perturbation(way) for way in PERTURBATIONS.values()],
        "models": [
            _network(workspace, entry, hue.dark)  # marks lie on images, which are black
            for entry, hue in zip(workspace.entries, named.values(), strict=True)
        ],
    }


def images(test: Dataset) -> dict[str, Any]:
    """Return how many images there are, their form, what they are called, and their classes by number."""
    spec = test.spec
    return {
        "count": len(test),
        "rows": spec.rows,
        "columns": spec.columns,
        "channels": spec.channels,
        "low": spec.low,
        "high": spec.high,
        "said": spec.said,
        "noun": test.noun.one,
        "nouns": test.noun.many,
        "a_noun": test.noun.a,
        "member": test.noun.member.one,
        "members": test.noun.member.many,
        "a_member": test.noun.member.a,
        "classes": test.classes,
        "named": test.has_names,
        "drawn": test.is_drawn,
        "labelled": test.is_labelled,
    }


def inks(named: Iterable[Hue]) -> dict[str, str]:
    """Return by every colour that figures have on dark paper the one in its place on light paper."""
    dark, light = vars(PAPERS["dark"]), vars(PAPERS["light"])
    return {dark[use]: light[use] for use in dark} | {hue.dark: hue.light for hue in named}


def _disputed(workspace: Workspace) -> dict[int, str]:
    """Return by image what is said against its label, and by whom."""
    disputes = workspace.test.disputes
    found = {image: disputes.of(image, int(workspace.labels[image])) for image in disputes.by_image}
    return {image: f"{each.words} ({disputes.briefly})" for image, each in found.items() if each}


def for_page(known: dict[str, Any], selection: Selection, complaints: list[str]) -> dict[str, Any]:
    """Return the facts with what this visitor's address selects."""
    return {**known, "selection": selection.to_store(), "complaints": complaints}


def _perturbation(way: Perturbation) -> dict[str, Any]:
    """Return all that the slider of a perturbation needs: its ends, its step, its unit and its words."""
    told = ("key", "title", "unit", "low", "high", "step", "neutral", "words")
    return {name: getattr(way, name) for name in told}


def _network(workspace: Workspace, entry: Entry, hue: str) -> dict[str, Any]:
    measured, tuned = workspace.surveys[entry.key], workspace.collection.of(tuning.MEASUREMENT).get(entry.key)
    shown = panels(entry.layers)
    return {
        "key": entry.key,
        "title": entry.title,
        "name": entry.name,
        "sha256": entry.sha256,
        "hue": hue,
        "large": is_large(entry.layers),
        "layers": [_layer(layer, entry.graph, measured) | _words(layer, tuned) for layer in shown],
        "correct": entry.test and entry.test.correct,
        "moments": _moments(workspace.collection.timelines.get(entry.key)),
        "blocks": [block.to_json() for block in blocks(entry.graph, [layer.name for layer in shown])],
    }


def _moments(kept: Timeline | None) -> list[dict[str, Any]]:
    """Return how a network did at the moments of its training that were kept, and what its channels were."""
    return (
        [
            {
                "key": moment.key,
                "step": moment.step,
                "epoch": moment.epoch,
                "when": round(kept.when(place), 4),
                "correct": moment.test and moment.test.correct,
                "layers": {
                    name: {
                        "ranges": {stage: _ends(kept.ranges[name, stage][place]) for stage in STAGES},
                        "dead": kept.dead(name, place),
                        "always_on": kept.always_on(name, place),
                    }
                    for name in kept.active
                },
            }
            for place, moment in enumerate(kept.moments)
        ]
        if kept
        else []
    )


def _ends(ranges: Floats) -> list[float]:
    """Return the smallest and the largest value of a layer, from those of its channels, (2, channels)."""
    return [_number(ranges[0].min()), _number(ranges[1].max())]


def _layer(layer: Layer, graph: Graph, measured: Survey) -> dict[str, Any]:
    fates = measured.fates(layer.name, last=layer.name == graph.nodes[-1].name)
    sights = graph.sights(layer.name).items()
    return {
        "name": layer.name,
        "kind": layer.kind,
        "activation": layer.activation,
        "saturates": layer.saturates,
        "shape": layer.output_shape,
        "sights": {seen: [vars(axis) for axis in axes] for seen, axes in sights},
        "grid": graph.grid(layer.name),
        "kernels": draws_kernels(layer, graph),
        "depth": depth_words(layer, graph),
        "biased": "bias" in graph.node(layer.name).weights,
        **facts_of(graph, layer.name).to_json(),
        "ranges": {stage: _ends(measured.ranges[layer.name, stage]) for stage in STAGES},
        "dead": [channel for channel, fate in fates.items() if fate == "dead"],
        "always_on": [channel for channel, fate in fates.items() if fate == "always on"],
    }


def _words(layer: Layer, tuned: Tuning | None) -> dict[str, Any]:
    """Return what each filter of a convolution is tuned to, "" where that is not clear; None unmeasured."""
    if not kind_of(layer.kind).convolves:
        return {}
    words = tuned.layers[layer.name].words if tuned else None
    return {"words": words and [word.text if word else "" for word in words]}


def depth_words(layer: Layer, graph: Graph) -> str:
    """Return why a convolution's kernels are as deep as they are, "" for other layers."""
    grid = graph.grid(layer.name)
    if not kind_of(layer.kind).convolves or grid is None:
        return ""
    slices, rows, columns = grid
    before, read = graph.source(layer.name)
    maps = f"{slices} map{'s' if slices > 1 else ''}"
    why = f"because {before} has {maps}, and each slice reads one of them"
    if slices < read[-1]:
        of = "the image's channels" if before == IMAGE else f"the {read[-1]} maps of {before}"
        why = f"because each filter reads {slices} of {of}"
    elif before == IMAGE:
        channels = "grey: it has one channel" if slices == 1 else f"coloured: it has {slices} channels"
        why = f"because the image is {channels}"
    return f"A kernel here is 3-D, {rows}×{columns}×{slices}; its depth is {slices} {why}."


def _number(value: np.float32) -> float:
    """Return the nearest number that JSON has: a network that diverged has others too."""
    return float(np.nan_to_num(value))


def draws_kernels(layer: Layer, graph: Graph) -> bool:
    """Whether a layer's weights are pictures: a convolution's, or of units that read the image itself."""
    grid = graph.grid(layer.name)
    reads_image = not layer.has_maps and graph.source(layer.name)[0] == IMAGE
    return grid is not None and (kind_of(layer.kind).convolves or (reads_image and len(graph.image) == 3))
