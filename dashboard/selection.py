"""What is selected, and how it stands in the address bar."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from dashboard.pair import Pair

FILTERS = "filters"
PAGES = {"/": "explore", "/compare": "compare", "/filters": FILTERS}
SCALES = ("layer", "map", "data", "grey")
BOTH = "both"
CHANGED = "changed"
DISPUTED = "disputed"
NONE = "none"
ASKED = {
    "why": "gradient",
    "mind": "nearest",
}  # of the networks shown: questions, and how each is asked first
TABS = ("number", "slices", "fires", "without", "weights", "training", "files")
ALL = "all"


@dataclass(frozen=True)
class Wall:
    """Which test images are on the wall, and in what order.

    Attributes:
        label: Only images with this label, None for all.
        answer: Only images that network `by` takes for this class, None for all.
        by: The network of `answer`.
        wrong: "" for all, a network's key, "only." and a key (the other network is right), "none" (both are
            right), "both" (both are wrong), "disagree", "changed": those whose answer is another while
            something is switched off, or "disputed": those whose label is.
        sort: "index"; the key of the network whose least sure images come first; or "network.layer.channel",
            whose strongest images come first.
        within: Only images within a line in a plane, "network.method:x.y.x.y.x.y" with corners in thousandths
            of its sides; "network.near:4271", only the 50 nearest to an image in the network's last hidden
            layer, nearest first unless `sort` says otherwise; "" for all.
        changed: Only images whose answer is another while these channels are off, as `ablation.write_off`
            writes them, whatever is off on the page; "" for all.
    """

    label: int | None = None
    answer: int | None = None
    by: str = ""
    wrong: str = ""
    sort: str = "index"
    within: str = ""
    changed: str = ""


@dataclass(frozen=True)
class Table:
    """Which filters are in the table, and in what order.

    Attributes:
        layer: Only those of "network.layer", "" for all.
        fate: Only those that are "dead", "always-on" or "ok", "" for all.
        find: Only those in whose row all of these words stand, "" for all.
        sort: Key of a column of `filter_table.COLUMNS`, with "-" before it for the largest first; "" for the
            order in the network.
    """

    layer: str = ""
    fate: str = ""
    find: str = ""
    sort: str = ""


@dataclass(frozen=True)
class Selection:
    """Everything that the address bar holds.

    Attributes:
        digit: Index of the test image.
        pair: The two networks that the pages are about; whatever else names a network names one of them.
        page: "explore", "compare" or "filters".
        model: A key of the pair, or "both" for the two side by side.
        layer: "network.layer", or "" where nothing is inspected.
        filter: Channel or unit of that layer.
        cell: Row and column in that map.
        slice: Map of the layer before whose part in a convolution is shown.
        against: Second class, with whose logit that of the inspected class is compared.
        part: Of the dock: which of `TABS` is open for the inspected channel, or one of `ASKED`, which need
            none; "" for the first of them.
        flip: Layers whose weights are shown in the place of their maps, "network.layer" between commas, "all"
            for all of them, "" for none.
        show: Layers that are shown in the place of the one that their block shows first, written the same
            way; "" for none.
        scale: What colours are relative to: "layer", "map", "data" or "grey".
        stage: "pre" or "post" activation.
        off: Channels that are switched off, as `ablation.write_off` writes them, "" for none.
        perturb: What is done to the image, as `perturbation.write_move` writes it, "" for nothing.
        reference: Index of the test image, as it was written, from which all layers show the difference; of
            `digit` itself, to which nothing is done, they show the values: it is pinned, and waits for one.
        epoch: The moment of their training at which the networks are shown, "" for as they are.
        since: Another moment, from which all layers show the difference, "" for none; not with `reference`.
        why: How the answers are explained, "method:target:against" with what is left open left out, "" for
            not; of Grad-CAM with its layer, "gradcam.conv2:4".
        mind: The class that the networks are turned to, "nearest" for whichever is nearest to each, "second"
            for each one's second answer, "" for not.
        wall: What is on the wall.
        table: What is in the table of filters.
    """

    digit: int
    pair: Pair
    page: str = "explore"
    model: str = BOTH
    layer: str = ""
    filter: int | None = None
    cell: tuple[int, int] | None = None
    slice: int | None = None
    against: int | None = None
    part: str = ""
    flip: str = ""
    show: str = ""
    scale: str = "layer"
    stage: str = "post"
    off: str = ""
    perturb: str = ""
    reference: int | None = None
    epoch: str = ""
    since: str = ""
    why: str = ""
    mind: str = ""
    wall: Wall = field(default_factory=Wall)
    table: Table = field(default_factory=Table)

    def to_store(self) -> dict[str, Any]:
        """Return plain values for the browser."""
        return asdict(self)


def only(key: str) -> str:
    """Return the wall's word for the images that one network names wrong, and no other."""
    return f"only.{key}"
