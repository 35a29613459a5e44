"""What a filter is tuned to has a URL: its answers to a bank of strokes, and the word for what it prefers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify

from dashboard import validation
from dashboard.api.channels import plain
from dashboard.api.responses import revalidated
from dashboard.errors import not_found
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.analysis import selectivity, stimuli, tuning
from models.analysis.selectivity import PERCENTILE, Word, wording
from models.analysis.stimuli import BANK, FAMILIES, PLACES, PLAIN, Family, Stimulus
from models.analysis.tuning import LayerTuning
from models.datasets.dataset import Dataset
from models.graph.kinds import kind_of
from models.sketch.drawing import Drawing, write_pixels

ROOT = "/api/models/<key>/layers/<layer>/filters/<number>/tuning"
Json = dict[str, Any]


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the route of a filter's tuning."""
    routes = Blueprint("tuning", __name__)

    @routes.get(ROOT)
    @knows()
    def tuned(key: str, layer: str, number: str) -> Response:
        found = tuning_of(workspace, key, layer)
        chosen = validation.whole_number(number, f"filter of {key} {layer}", len(found.paper))
        about = {"model": key, "sha256": workspace.entry(key).sha256, "layer": layer, "filter": chosen}
        return revalidated(jsonify(about | told(found, chosen, workspace.test)))

    return routes


def tuning_of(workspace: Workspace, key: str, name: str) -> LayerTuning:
    """Return what the filters of a convolution are tuned to, or refuse."""
    layer = workspace.layer(key, name)
    if not kind_of(layer.kind).convolves:
        raise not_found(f"{key} {name} is a {layer.kind} layer: tuning is measured on convolutions.")
    found = workspace.measured(tuning.MEASUREMENT, key, f"Tuning was not measured on {key} yet")
    return found.layers[name]


def told(found: LayerTuning, channel: int, test: Dataset) -> Json:
    """Return everything that was measured of one filter, as plain values."""
    word = found.words[channel]
    return {
        "word": None if word is None else asdict(word),
        "stimulus": shown(found, channel, preferred(found, channel, word), test),
        "strongest": shown(found, channel, int(found.raised[:, channel].argmax()), test),
        "families": [_family(found, channel, place, family) for place, family in enumerate(FAMILIES)],
        "plain": [
            {"key": key, "title": PLAIN[key], **_responses(found, channel, _plain(key))} for key in PLAIN
        ],
        "ink": _selectivity(found, channel, len(FAMILIES)),
        "paper": plain(found.paper[channel]),
        "stimuli": len(BANK),
        "places": len(PLACES),
        "percentile": PERCENTILE,
        "layer_words": _counts(found),
        "tensor": tuning.TENSOR,
        "definition": f"{stimuli.DEFINITION} {selectivity.DEFINITION} {selectivity.CLEAR}",
        "source": selectivity.SOURCE,
    }


def preferred(found: LayerTuning, channel: int, word: Word | None) -> int:
    """Return which of the bank stands for a filter: the strongest of its word's kind, else of all."""
    if word is None:
        return int(found.raised[:, channel].argmax())
    if word.degrees is None:
        return int(selectivity.WHITE)
    chosen = stimuli.part(word.kind)
    return int(chosen.start + found.raised[chosen, channel].argmax())


def shown(found: LayerTuning, channel: int, place: int, test: Dataset) -> Json:
    """Return one of the bank as the networks read it, in the middle, and what it does to a filter.

    Where nothing can be drawn in the place of an image, it has no "perturb".
    """
    stimulus: Stimulus = BANK[place]
    pixels = stimuli.draw(stimulus, test.spec.rows, test.spec.columns)
    drawn = {"perturb": Drawing(write_pixels(pixels), "pixels").text} if test.is_drawn else {}
    return {
        "family": stimulus.family,
        "degrees": stimulus.degrees,
        "text": wording(stimulus.family, stimulus.degrees),
        "raised": plain(found.raised[place, channel]),
        "lowered": plain(found.lowered[place, channel]),
        "fired": plain(found.fired[place, channel]),
        "levels": pixels.tolist(),
        **drawn,
    }


def _family(found: LayerTuning, channel: int, place: int, family: Family) -> Json:
    return {
        "key": family.key,
        "title": family.title,
        "turn": family.turn,
        "degrees": family.degrees,
        "texts": [wording(family.key, degrees) for degrees in family.degrees],
        **_responses(found, channel, stimuli.part(family.key)),
        "preferred": plain(found.preferred[place, channel]),
        "drift": plain(found.drift[place, channel]),
        **_selectivity(found, channel, place),
    }


def _responses(found: LayerTuning, channel: int, chosen: slice | int) -> Json:
    """Return what some of the bank, or one, does to a filter."""
    return {name: getattr(found, name)[chosen, channel].tolist() for name in ("raised", "lowered", "fired")}


def _selectivity(found: LayerTuning, channel: int, kind: int) -> Json:
    return {
        "selectivity": plain(found.selectivity[kind, channel]),
        "threshold": plain(found.thresholds[kind]),
    }


def _plain(key: str) -> int:
    return BANK.index(Stimulus(key))


def _counts(found: LayerTuning) -> Json:
    """Return how many filters of the layer have a word, and of untrained networks' same layer."""
    words, filters = found.chance.tolist()
    return {
        "trained": {"words": sum(word is not None for word in found.words), "filters": len(found.words)},
        "untrained": {"words": words, "filters": filters},
        "thresholds_from": found.untrained.shape[1],
    }
