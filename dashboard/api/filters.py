"""A table of all filters and units of a network has a URL: what was measured of each, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify
from numpy.typing import NDArray

from dashboard.api.responses import revalidated
from dashboard.api.weights import arrays_of
from dashboard.filter_table import COLUMNS, Column
from dashboard.query import knows
from dashboard.workspace import Workspace
from models.analysis import tuning
from models.analysis.layer_statistics import UNKNOWN, weight_norms
from models.analysis.metrics import answers
from models.arrays import Floats
from models.graph.description import Layer, surveyed

Json = dict[str, Any]


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes of the table."""
    routes = Blueprint("filters", __name__)

    @routes.get("/api/models/<key>/filters")
    @knows()
    def table(key: str) -> Response:
        return revalidated(jsonify(told(workspace, key)))

    @routes.get("/api/models/<key>/filters.csv")
    @knows()
    def lines(key: str) -> Response:
        return revalidated(Response(written(told(workspace, key)), mimetype="text/csv"))

    return routes


def told(workspace: Workspace, key: str) -> Json:
    """Return what is said of every filter of a network, and what the columns are, as plain values; or refuse.

    What was not measured is None, and so is what is no number in a network that diverged.
    """
    entry, labels = workspace.entry(key), workspace.labels
    named = answers(workspace.surveys[key].logits)
    right = int((named == labels).sum()) if workspace.test.is_labelled else None
    norms = norms_of(workspace, key)
    return {
        "model": key,
        "sha256": entry.sha256,
        "digits": len(labels),
        "accuracy": None if right is None else right / len(labels),
        "columns": [described(column, workspace) for column in COLUMNS],
        "filters": [
            row
            for layer in surveyed(entry.layers)
            for row in rows(workspace, key, layer, right, norms.pop(layer.name))
        ],
    }


def described(column: Column, workspace: Workspace) -> Json:
    """Return what a column is, in the words of the data set."""
    noun, count = workspace.test.noun, len(workspace.labels)
    tests = f"all {count:,} {noun.member.many}"
    return {
        "key": column.key,
        "title": column.title,
        "unit": noun.said(column.unit),
        "form": column.form,
        "meaning": noun.said(column.meaning, tests=tests),
    }


def rows(workspace: Workspace, key: str, layer: Layer, right: int | None, norms: Floats) -> Iterator[Json]:
    """Yield what is said of every filter of a layer.

    Args:
        workspace: What is open.
        key: The network.
        layer: Of it.
        right: How many images the whole network names right, None where nobody knows what they show.
        norms: (filters,), NaN where the layer has no weights over what it reads.
    """
    survey, count = workspace.surveys[key], len(workspace.labels)
    measured = survey.layers[layer.name]
    fates = survey.fates(layer.name, last=layer == workspace.entry(key).layers[-1])
    words = words_of(workspace, key, layer)
    correct = [None if each == UNKNOWN else each for each in measured.correct_without.tolist()]
    similar = [None if each == UNKNOWN else each for each in measured.similar.tolist()]
    columns = {
        "filter": range(layer.channels),
        "mean": finite(measured.mean),
        "largest": finite(survey.ranges[layer.name, "post"][1]),
        "active": finite(measured.active),
        "firing": finite(measured.firing),
        "fate": [fates.get(channel, "ok") for channel in range(layer.channels)],
        "norm": finite(norms),
        "similar": similar,
        "cosine": finite(np.where(measured.similar == UNKNOWN, np.nan, measured.cosine)),
        "accuracy": [None if each is None or right is None else each / count for each in correct],
        "change": [
            None if each is None or right is None else round(100 * (each - right) / count, 6)
            for each in correct
        ],
        "word": words,
    }
    same = {"layer": layer.name, "kind": "map" if layer.has_maps else "unit"}
    for values in zip(*columns.values(), strict=True):
        row = same | dict(zip(columns, values, strict=True))
        yield {column.key: row[column.key] for column in COLUMNS}


def finite(values: NDArray[np.floating[Any]]) -> list[float | None]:
    """Return plain numbers, None for what is none."""
    return [each if known else None for each, known in zip(values.tolist(), np.isfinite(values), strict=True)]


def words_of(workspace: Workspace, key: str, layer: Layer) -> Sequence[str | None]:
    """Return what each filter is clearly tuned to, None where it is not, or that was not measured."""
    found = workspace.collection.of(tuning.MEASUREMENT).get(key)
    measured = found.layers.get(layer.name) if found else None
    words = measured.words if measured else [None] * layer.channels
    return [None if word is None else word.text for word in words]


def norms_of(workspace: Workspace, key: str) -> dict[str, Floats]:
    """Return by layer the length of every filter's weights, NaN of a layer without; or refuse.

    They are remembered: the table can then be read while the networks sleep.
    """
    layers = surveyed(workspace.entry(key).layers)

    def measure() -> bytes:
        return np.concatenate([_norms(workspace, key, layer) for layer in layers]).tobytes()

    found = np.frombuffer(workspace.remembered(f"norms/{key}", measure), np.float32)
    ends = np.cumsum([layer.channels for layer in layers])
    return dict(zip((layer.name for layer in layers), np.split(found, ends[:-1]), strict=True))


def _norms(workspace: Workspace, key: str, layer: Layer) -> Floats:
    filters = workspace.entry(key).graph.filters(layer.name, arrays_of(workspace, key, layer.name))
    return np.full(layer.channels, np.nan, np.float32) if filters is None else weight_norms(filters)


def written(table: Json) -> str:
    """Return a table as CSV, by RFC 4180 with line feeds: names with their units, then a line a filter.

    Numbers stand as in JSON; what is None there is blank.
    """
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    named = ((column["title"], column["unit"]) for column in table["columns"])
    lines.writerow(["model", *(f"{title} ({unit})" if unit else title for title, unit in named)])
    lines.writerows([table["model"], *row.values()] for row in table["filters"])
    return text.getvalue()
