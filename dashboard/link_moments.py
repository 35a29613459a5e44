"""What a link says of moments of the networks' training, and what of it makes no sense."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dashboard.selection import Selection
from models.analysis.collection import Collection
from models.analysis.timeline import TRAINED


def kept_of(collection: Collection, keys: Iterable[str]) -> list[str]:
    """Return the moments that were kept of networks, by their names in addresses."""
    timelines = (collection.timelines.get(key) for key in keys)
    return list(dict.fromkeys(moment.key for kept in timelines if kept for moment in kept.moments))


def then(selection: Selection) -> tuple[Selection, list[str]]:
    """Return a selection without what makes no sense at its moment, and a sentence for each such part."""
    if not (selection.epoch or selection.since):
        return selection, []
    complaints = []
    if selection.since == (selection.epoch or TRAINED):
        complaints.append("since must name another moment than epoch.")
        selection = replace(selection, since="")
    if selection.since and selection.reference is not None:
        complaints.append("since makes no sense together with reference.")
        selection = replace(selection, since="")
    return selection, complaints
