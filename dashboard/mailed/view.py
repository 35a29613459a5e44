"""The view of Explore that a page to mail shows: what is selected, and the addresses of what that needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from math import prod

import numpy as np

from dashboard import moments
from dashboard.ablation import parse_off, write_off
from dashboard.api.weights import filters_at
from dashboard.errors import RefusedError
from dashboard.pair import of_pair, write_pair
from dashboard.perturbation import parse_move, write_move
from dashboard.picture import panels
from dashboard.selection import Selection, Table, Wall
from dashboard.words.moments import moment_words
from dashboard.workspace import Workspace
from models.analysis import timeline
from models.analysis.timeline import TRAINED
from models.arrays import Floats
from models.datasets.perturbation import PERTURBATIONS, Move
from models.graph.description import Layer, is_large
from models.sketch.drawing import Change, Drawing
from models.store.entry import Entry

WEIGHTS = "weights"  # beside the numbers the only part of the dock that is in such a page
MOST_CELLS = 1_500_000  # of maps of large networks that are in its picture, a byte each


@dataclass(frozen=True)
class View:
    """What a page to mail shows.

    Attributes:
        workspace: What is open.
        selection: As the page begins with it; nothing is selected that it has no room for.
        wanted: Of large networks the layers that were in sight, as "network.layer".
        rewound: What is open, with networks that can be put at a moment; None where no such one is shown.
    """

    workspace: Workspace
    selection: Selection
    wanted: tuple[str, ...] = ()
    rewound: Workspace | None = None

    @classmethod
    def of(cls, workspace: Workspace, selection: Selection, wanted: tuple[str, ...] = ()) -> View:
        """Return the view of what is selected on Explore, or refuse another page."""
        if selection.page != "explore":
            raise RefusedError(400, "bad_page", "Only a view of Explore can be made a page to mail.")
        change = _effective(parse_move(selection.perturb, drawn=workspace.test.is_drawn))
        kept = selection.part if selection.part == WEIGHTS else ""
        bare = replace(
            selection, perturb=write_move(change), part=kept, why="", mind="", wall=Wall(), table=Table()
        )
        return cls(workspace, bare, wanted)

    @cached_property
    def change(self) -> Change | None:
        """What is done to the image."""
        return parse_move(self.selection.perturb, drawn=self.workspace.test.is_drawn)

    @property
    def is_drawn(self) -> bool:
        """Whether somebody drew the image."""
        return isinstance(self.change, Drawing)

    @property
    def differs(self) -> bool:
        """Whether differences to another image, or moment, are shown."""
        pinned = self.selection.reference == self.selection.digit and self.change is None
        return bool(self.selection.since) or (self.selection.reference is not None and not pinned)

    @property
    def at(self) -> str:
        """Below which address the networks are asked, "" for as they are."""
        epoch, since = self.selection.epoch, self.selection.since
        return f"at/{epoch or TRAINED}/" if epoch or since else ""

    def filters(self, key: str, name: str, channels: Sequence[int], since: str) -> Floats:
        """Return filters of a layer, or weights of its units, at the moment; less those at another one.

        Asked for all at once: to have the networks at two moments takes longer than all else.
        """
        if not self.at or self.rewound is None:
            return np.stack(filters_at(self.workspace, key, name, channels))
        held = partial(filters_at, self.rewound, key, name, channels)
        with moments.since(self.rewound, self.selection.epoch or TRAINED):
            return moments.changed(self.rewound, since, lambda: np.stack(held()))

    def less(self, address: str) -> str:
        """Return the address of what weights changed by, from their own, which it is for one moment alone."""
        since = self.selection.since
        return f"{address}{'&' if '?' in address else '?'}since={since}" if since else address

    def stands(self, entry: Entry) -> str:
        """Return in words at which moment a network is shown, and from which the difference is."""
        selection, kept = self.selection, self.workspace.collection.timelines

        def own(moment: str) -> str:
            if entry.key not in kept or moment in ("", TRAINED):
                return moment_words("")
            place = timeline.places(kept, moment)[entry.key]
            return moment_words(kept[entry.key].moments[place].key)

        return own(selection.epoch) + (f" less {own(selection.since)}" if selection.since else "")

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The networks of the pair, the one that is shown alone first."""
        pair = of_pair(self.selection.pair, self.workspace.entries)
        return tuple(sorted(pair, key=lambda entry: entry.key != self.selection.model))

    def panels(self, entry: Entry) -> tuple[Layer, ...]:
        """Return the layers of a network that are in the page."""
        held = {*self.layers}
        return tuple(
            layer
            for layer in panels(entry.layers)
            if not is_large(entry.layers) or not layer.has_maps or f"{entry.key}.{layer.name}" in held
        )

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """The layers of large networks whose maps there is room for, in the networks' order.

        First the one that is inspected, then those that were in sight, or all where nobody said which.
        """
        sizes = {path: prod(layer.output_shape) for path, layer in self._of_large.items()}
        order = [path for path in (self.selection.layer, *(self.wanted or sizes)) if path in sizes]
        held, room = set[str](), MOST_CELLS
        for path in dict.fromkeys(order):
            if sizes[path] <= room:
                held.add(path)
                room -= sizes[path]
        return tuple(path for path in sizes if path in held)

    @property
    def without(self) -> tuple[str, ...]:
        """The layers of large networks whose maps are not in the page."""
        return tuple(path.replace(".", " ", 1) for path in self._of_large if path not in self.layers)

    @cached_property
    def _of_large(self) -> dict[str, Layer]:
        pair = of_pair(self.selection.pair, self.workspace.entries)
        return {
            f"{entry.key}.{layer.name}": layer
            for entry in pair
            if is_large(entry.layers)
            for layer in panels(entry.layers)
            if layer.has_maps
        }

    @property
    def move(self) -> str:
        """What an address says of what is done to the image, "" for nothing."""
        return f"perturb={self.selection.perturb}" if self.selection.perturb else ""

    @property
    def differing(self) -> str:
        """What it says of the image, or the moment, that is compared with, "" for none."""
        if self.selection.since:
            return f"since={self.selection.since}"
        return f"reference={self.selection.reference}" if self.differs else ""

    def changes(self, key: str) -> str:
        """Return what the address of a network's tensor says of what is off in it, and of the image."""
        off = parse_off(self.selection.off, self.workspace.entries).get(key)
        own = f"&off={write_off({key: off})}" if off else ""
        return own + (self.move and f"&{self.move}")

    @property
    def picture(self) -> str:
        """Address of what is painted."""
        chosen = self.selection
        off = f"off={chosen.off}" if chosen.off else ""
        layers = f"layers={','.join(self.layers)}" if self.layers else ""
        query = "&".join(filter(None, (off, self.move, self.differing, layers)))
        folder = f"{self.at}pictures/{self.workspace.version}/{write_pair(chosen.pair)}"
        path = f"{folder}/{chosen.digit}/{chosen.stage}.bin"

        return f"{path}?{query}" if query else path

    @property
    def image(self) -> str:
        """Address of the image as it is fed."""
        path = f"api/images/{self.selection.digit}.npy"
        return f"{path}?{self.move}" if self.move else path

    def tensors(self, key: str) -> str:
        """Return below which address the layers of a network lie."""
        return f"{self.network(key)}/images/{self.selection.digit}/layers"

    def network(self, key: str) -> str:
        """Return the address of a network."""
        return f"{self.at}api/models/{key}"


def _effective(change: Change | None) -> Change | None:
    """Return what is done to an image without an amount that changes nothing, as the page writes it."""
    if isinstance(change, Drawing):
        move = change.move and _effective(change.move)
        return replace(change, move=move if isinstance(move, Move) else None)
    neutral = change is not None and change.amount == PERTURBATIONS[change.key].neutral
    return None if neutral else change
