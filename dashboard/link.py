"""A link becomes a selection; what makes no sense in it is left out, and said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeVar

from dashboard.ablation import parse_off, write_off
from dashboard.errors import RefusedError
from dashboard.filter_table import FATES, LONGEST
from dashboard.link_moments import kept_of, then
from dashboard.link_parts import WITHIN, order, plainly, quote, repeated, short, unknown, whole, within
from dashboard.pair import Pair, of_pair, pairs, parse_pair
from dashboard.perturbation import parse_move, write_move
from dashboard.selection import (
    ALL,
    ASKED,
    BOTH,
    CHANGED,
    DISPUTED,
    FILTERS,
    NONE,
    PAGES,
    SCALES,
    TABS,
    Selection,
    Table,
    Wall,
    only,
)
from models.analysis.attribution import METHODS
from models.analysis.collection import Collection
from models.analysis.timeline import TRAINED
from models.engine.forward_pass import STAGES
from models.graph.description import Layer, convolutions, surveyed
from models.store.entry import Entry

GRADCAM = "gradcam"
NEAREST = "nearest"
SECOND = "second"
OF_TABLE = ("fate", "find")
OF_IMAGES = ("filter", "cell", "slice", "against", "label", "answer", "by", "wrong", "within")

Value = TypeVar("Value")
Default = TypeVar("Default")


class Reader:
    """Reads a selection from a query; what makes no sense is left at its default and complained about."""

    def __init__(
        self,
        path: str,
        query: Mapping[str, str],
        collection: Collection,
        opening: int,
        doubled: Iterable[str] = (),
    ) -> None:
        """Take a path of `PAGES`, its query, and the networks there are with the images they are asked about.

        Args:
            path: Of the page.
            query: The first value of each part.
            collection: The networks and the images.
            opening: The image to begin with.
            doubled: Parts that stand in the query more than once.
        """
        self._path = path
        self._query = plainly(query)
        self._test, entries = collection.test, collection.entries
        self._classes = tuple(map(str, range(len(self._test.classes))))
        self._opening = opening
        self.complaints: list[str] = [*unknown(self._query), *repeated(doubled)]
        self._networks = {entry.key: entry for entry in of_pair(self._pair(entries), entries)}
        self._listed = [entry for entry in entries if entry.key in self._networks]
        self._entries = entries
        self._moments = kept_of(collection, self._networks)

    def read(self) -> Selection:
        """Return the selection; `complaints` then holds a sentence for each part that was ignored."""
        pair = tuple(self._networks)
        selection = Selection(
            digit=self._number("digit", len(self._test), self._opening),
            pair=pair,
            page=PAGES[self._path],
            model=self._choice("model", (*pair, BOTH), BOTH),
            part=self._choice("part", (*TABS, *ASKED), ""),
            flip=self._part(
                "flip", self._flip, "", "all, or layers of the networks, such as cnn.conv1,cnn.conv2"
            ),
            show=self._part("show", self._show, "", "layers of the networks, such as cnn.conv1,cnn.conv2"),
            scale=self._choice("scale", SCALES, "layer"),
            stage=self._choice("stage", STAGES, "post"),
            off=self._channels("off"),
            perturb=self._perturb(),
            reference=self._number("reference", len(self._test), None),
            epoch=self._choice("epoch", self._moments, "") if "epoch" in self._query else "",
            since=self._choice("since", self._moments and [*self._moments, TRAINED], ""),
            why=self._part("why", self._why, "", "an explanation, and classes: gradient, or gradient:4:9"),
            mind=self._choice("mind", (NEAREST, SECOND, *self._classes), ""),
            wall=Wall() if PAGES[self._path] == FILTERS else self._wall(),
        )
        if selection.part == "why" and not selection.why:
            selection = replace(selection, why=ASKED["why"])
        if selection.part == "mind" and not selection.mind:
            selection = replace(selection, mind=ASKED["mind"])
        selection, wrong = then(selection)
        self.complaints += wrong
        if selection.page == FILTERS:
            self._complain_of(OF_IMAGES, "Explore")
            return replace(selection, table=self._table(selection.model))
        self._complain_of(OF_TABLE, "Filters")
        if "layer" in self._query:
            return self._inspected(selection)
        self._complain_unless("layer", ("filter", "cell", "slice", "against"))
        return selection

    def _complain_unless(self, needed: str, parts: Sequence[str]) -> None:
        for part in parts:
            if part in self._query and needed not in self._query:
                self.complaints.append(f"{part} only makes sense together with {needed}.")

    def _complain_of(self, parts: Sequence[str], page: str) -> None:
        """Say of parts that stand in the query that they belong to another page."""
        self.complaints += [f"{part} only makes sense on {page}." for part in parts if part in self._query]

    def _pair(self, entries: Sequence[Entry]) -> Pair:
        try:
            if "pair" in self._query:
                return parse_pair(self._query["pair"], entries)
        except RefusedError as refused:
            self.complaints.append(refused.message)
        return pairs(entries)[0]

    def _channels(self, name: str) -> str:
        try:
            return write_off(parse_off(self._query.get(name, ""), self._listed))
        except RefusedError as refused:
            self.complaints.append(refused.message.replace("off", name, 1))
            return ""

    def _perturb(self) -> str:
        try:
            return write_move(parse_move(self._query.get("perturb", ""), drawn=self._test.is_drawn))
        except RefusedError as refused:
            self.complaints.append(refused.message)
            return ""

    def _wall(self) -> Wall:
        keys = tuple(self._networks)
        judged = (*keys, *map(only, keys), NONE, BOTH, "disagree", CHANGED, DISPUTED)
        wall = Wall(
            label=self._number("label", len(self._classes), None),
            answer=self._number("answer", len(self._classes), None),
            by=self._choice("by", keys, ""),
            wrong=self._choice("wrong", judged, ""),
            sort=self._sort(keys),
            within=self._part("within", self._within, "", WITHIN),
            changed=self._channels("changed"),
        )
        asks = wall.label is not None or wall.wrong not in ("", "disagree", CHANGED)
        if asks and not self._test.is_labelled:
            self.complaints.append("label and wrong make no sense here: nobody knows what the images show.")
            wall = replace(wall, label=None, wrong="")
        if wall.wrong == CHANGED and "off" not in self._query:
            self.complaints.append("wrong=changed only makes sense together with off.")
            wall = replace(wall, wrong="")
        if (wall.answer is None) != (wall.by == ""):
            self.complaints.append("answer and by only make sense together, such as answer=9&by=cnn.")
            return replace(wall, answer=None, by="")
        return wall

    def _sort(self, keys: Sequence[str]) -> str:
        network, _, place = self._query.get("sort", "index").partition(".")
        name, _, channel = place.rpartition(".")
        for layer in surveyed(self._networks[network].layers) if network in keys else ():
            if layer.name == name and whole(channel, layer.channels) is not None:
                return f"{network}.{name}.{int(channel)}"
        return self._choice("sort", ("index", *keys), "index")

    def _within(self, text: str) -> str | None:
        arranged = [key for key, entry in self._networks.items() if entry.arrangement is not None]
        return within(text, arranged, len(self._test))

    def _flip(self, text: str) -> str | None:
        """Return the layers that are flipped, None where one of them is no convolution of the networks."""
        known = {f"{e.key}.{layer.name}" for e in self._listed for layer in convolutions(e.layers)}
        return text if text == ALL or {*text.split(",")} <= known else None

    def _show(self, text: str) -> str | None:
        """Return the layers that are shown for others, None where one of them is none of the networks'."""
        known = {f"{entry.key}.{layer.name}" for entry in self._listed for layer in surveyed(entry.layers)}
        return text if {*text.split(",")} <= known else None

    def _why(self, text: str) -> str | None:
        """Return how answers are to be explained, None for a text that the page would not write."""
        method, *classes = text.split(":")
        written = len(classes) <= 2 and not text.endswith(":")
        layers = (layer for entry in self._entries for layer in convolutions(entry.layers))
        methods = (METHODS.keys() - {GRADCAM}) | {f"{GRADCAM}.{layer.name}" for layer in layers}
        return text if written and method in methods and {*classes} <= {"", *self._classes} else None

    def _table(self, model: str) -> Table:
        return Table(
            layer=next(iter(self._layers(model)), "") if "layer" in self._query else "",
            fate=self._choice("fate", [fate.replace(" ", "-") for fate in FATES], ""),
            find=self._part("find", short, "", f"at most {LONGEST} characters"),
            sort=self._part("sort", order, "", "a column, as in sort=mean, or sort=-mean, largest first"),
        )

    def _layers(self, model: str) -> dict[str, Layer]:
        """Return the layers that the query may mean, by "network.layer"; none, and say so, where none is."""
        wanted = self._query["layer"]
        layers = {
            f"{key}.{layer.name}": layer
            for key in (self._networks if model == BOTH else [model])
            for layer in surveyed(self._networks[key].layers)
            if wanted in (layer.name, f"{key}.{layer.name}")  # whose name may have dots
        }
        if not layers:
            self.complaints.append(f"{quote(wanted)} is no layer of the networks shown.")
        return layers

    def _inspected(self, selection: Selection) -> Selection:
        """Add layer, filter and cell, as far as each exists."""
        layers = self._layers(selection.model)
        if not layers:
            return selection
        path, layer = next(iter(layers.items()))
        channel = self._number("filter", layer.channels, None)
        against = self._of_layer("against", layer.activation == "softmax" and layer.output_shape, 0)
        if against is not None and against == (channel or 0):
            self.complaints.append("against must name another class than filter.")
            against = None
        self._complain_unless("filter", ("cell",))
        cell = self._cell(layer.output_shape) if "cell" in self._query and channel is not None else None
        return replace(
            selection,
            layer=path,
            filter=0 if channel is None else channel,
            cell=cell,
            slice=self._of_layer("slice", self._slices(path, layer), 0),
            against=against,
        )

    def _slices(self, path: str, layer: Layer) -> tuple[int, ...] | None:
        """Return how the filters of a convolution lie over what they read, slices first; None of others."""
        graph = self._networks[path.partition(".")[0]].graph
        return graph.grid(layer.name) if layer in convolutions((layer,)) else None

    def _of_layer(self, name: str, shape: tuple[int, ...] | Literal[False] | None, axis: int) -> int | None:
        """Return a number below one side of what the layer holds; a layer without such a thing has none."""
        if shape:
            return self._number(name, shape[axis], None)
        if name in self._query:
            self.complaints.append(f"{name} makes no sense for this layer.")
        return None

    def _cell(self, shape: tuple[int, ...]) -> tuple[int, int] | None:
        parts = self._query["cell"].split(",")
        sides = shape[:2] if len(shape) == 3 else (0, 0)
        cell = [whole(part, side) for part, side in zip(parts, sides, strict=False)]
        if len(parts) == 2 and cell[0] is not None and cell[1] is not None:
            return cell[0], cell[1]
        allowed = (
            f"row and column, at most {sides[0] - 1},{sides[1] - 1}"
            if all(sides)
            else "left out: units have none"
        )
        self.complaints.append(f"cell={quote(self._query['cell'])} must be {allowed}.")
        return None

    def _number(self, name: str, end: int, default: Default) -> int | Default:
        allowed = f"a whole number from 0 to {end - 1}"
        return self._part(name, lambda text: whole(text, end), default, allowed)

    def _choice(self, name: str, choices: Sequence[str], default: str) -> str:
        def known(text: str) -> str | None:
            return text if text in choices else None

        return self._part(name, known, default, f"one of {', '.join(choices)}")

    def _part(
        self, name: str, parse: Callable[[str], Value | None], default: Default, allowed: str
    ) -> Value | Default:
        if name not in self._query:
            return default
        value = parse(self._query[name])
        if value is None:
            self.complaints.append(f"{name}={quote(self._query[name])} must be {allowed}.")
            return default
        return value
