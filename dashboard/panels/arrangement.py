"""How each network arranges the test digits just before it answers."""

from __future__ import annotations

from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Cell, Drawing, Panel, Plane, Words
from dashboard.panels.wording import percent
from models.analysis import projection
from models.analysis.projection import NEAREST, NEIGHBOURS, Arrangement
from models.store.entry import Entry

METHODS = {"tsne": "t-SNE", "pca": "PCA"}


def draw(comparison: Comparison) -> tuple[Drawing, ...]:
    """Return for each method the planes of the networks side by side, as far as they were arranged."""
    arranged = comparison.found(projection.MEASUREMENT)
    found = [(entry, arranged.get(entry.key)) for entry in comparison.entries]
    missing = [entry for entry, arrangement in found if arrangement is None]
    planes = [
        _plane(comparison, entry, arrangement, method)
        for method in METHODS
        for entry, arrangement in found
        if arrangement is not None
    ]
    return (*planes, _command(missing, comparison)) if missing else tuple(planes)


def _plane(comparison: Comparison, entry: Entry, arrangement: Arrangement, method: str) -> Plane:
    layer, noun = entry.layers[-2], comparison.noun
    place = f"{entry.name} {layer.name}, {layer.channels} units"
    share = percent(arrangement.alike, 1)
    alike = f"Of the {NEIGHBOURS} {noun.many} nearest to {noun.a} in {layer.name}, {share} have its label"
    ten, fifty = (percent(part, 1) for part in arrangement.kept[method])
    kept = (
        f"Of the {NEIGHBOURS} nearest in this picture, {ten} are among its {NEIGHBOURS} nearest in "
        f"{layer.name}, {fifty} among its {NEAREST} nearest there"
    )
    if method == "pca":
        limits = f"The two directions hold {percent(arrangement.explained, 1)} of the variance"
    else:
        limits = "How far apart groups lie and how large they are means nothing here"
    return Plane(f"{METHODS[method]}: {place}", f"{alike}. {kept}. {limits}.", entry.key, method, layer.name)


def _command(missing: list[Entry], comparison: Comparison) -> Words:
    names = " and ".join(entry.name for entry in missing)
    images, count = comparison.noun.many, len(comparison.labels)
    if comparison.opened and count > projection.MOST:
        sentence = (
            f"Of {count:,} {images} there are too many pairs to arrange them: at most {projection.MOST:,}"
        )
    else:
        command = comparison.measures("arrangement", *missing)
        sentence = f"The {images} were not arranged for {names} yet: {command}"
    return Words("What is missing", ((Cell(sentence),),))


PANEL = Panel(
    key="arrangement",
    question="How do they arrange the {images}?",
    how_to_read=(
        "Every point is {a_member}, placed by what the last hidden layer makes of it and coloured by its "
        "label, a cross where it is named wrong; point to see, click to open, draw around some to list those "
        "within your line in the picture, or list what is nearest in the layer itself, of which a picture "
        "keeps a part."
    ),
    draw=draw,
)
