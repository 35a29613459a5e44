"""What a page to mail holds so that it need ask nobody: a server's answers, the most missed first."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from math import prod

import numpy as np

from dashboard import picture
from dashboard.api.responses import npy_bytes
from dashboard.initial_state import draws_kernels
from dashboard.mailed.letter import Bodies, Parcel
from dashboard.mailed.view import View
from models.arrays import Floats
from models.graph.description import Layer
from models.graph.facts import Facts, facts_of
from models.graph.node import IMAGE
from models.store.entry import Entry

Ask = Callable[[str], bytes]  # the body of the answer at an address, without the slash at the root
FLOAT = 4  # bytes
MOST_STEPS = 1_024  # cells of a map, each of which has its own steps in the page
VALUES, KERNELS, ARITHMETIC = "exact values", "kernels", "the arithmetic"


def parcels(view: View, ask: Ask) -> Iterator[Parcel]:
    """Yield what a view needs in the order in which it would be missed: first what cannot be left out."""
    yield Parcel("the picture", "the view", 0, lambda: _picture(view, ask))
    key, _, name = view.selection.layer.partition(".")
    chosen = [(entry, layer) for entry in view.entries for layer in view.panels(entry)]
    for entry, layer in chosen:
        if (entry.key, layer.name) == (key, name):
            yield _selected(view, entry, layer, ask)
    for entry, layer in chosen:
        yield _values(view, entry, layer, ask)
    for entry, layer in chosen:
        if draws_kernels(layer, entry.graph) or facts_of(entry.graph, layer.name).convolves:
            yield _kernels(view, entry, layer, ask)
    for entry, layer in chosen:
        if _is_simple(entry, layer):
            yield _arithmetic(view, entry, layer, ask)


def _picture(view: View, ask: Ask) -> Bodies:
    """Return what is painted, and the images of which something is said."""
    workspace, chosen = view.workspace, view.selection
    images = {chosen.digit} | ({chosen.reference} if chosen.reference is not None else set())
    pixels = {
        f"wall/{workspace.version}/{image}.bin": picture.pack_image(workspace.digit(image), workspace.spec)
        for image in images
    }
    return {view.picture: ask(view.picture), **pixels}


def _place(entry: Entry, layer: Layer) -> str:
    return f"{entry.key} {layer.name}"


def _size(layer: Layer) -> int:
    return FLOAT * prod(layer.output_shape)


def _weights_size(entry: Entry, layer: Layer) -> int:
    return FLOAT * layer.channels * prod(entry.graph.grid(layer.name) or (0,))


def _values(view: View, entry: Entry, layer: Layer, ask: Ask) -> Parcel:
    """Return the values of a layer in full, for whoever points at a cell."""
    address = _shown(view, entry, layer)
    return Parcel(VALUES, _place(entry, layer), _size(layer), lambda: {address: ask(address)})


def _kernels(view: View, entry: Entry, layer: Layer, ask: Ask) -> Parcel:
    """Return what the lens shows of a layer's weights, and the layer itself when it is turned over."""
    path = f"{entry.key}/{layer.name}"
    parts = range(0, layer.channels, picture.PART) if draws_kernels(layer, entry.graph) else ()
    folder = f"{view.at}kernels/{view.workspace.version}/{path}"
    named = [f"{folder}/{start // picture.PART}.bin" for start in parts]

    def make() -> Bodies:
        whole = f"{view.network(entry.key)}/layers/{layer.name}/kernel.npy"
        has_one = layer.has_maps and view.workspace.probe(entry.key).weights(layer.name) is not None
        return {each: ask(each) for each in map(view.less, (*named, *([whole] if has_one else [])))}

    return Parcel(KERNELS, _place(entry, layer), 2 * _weights_size(entry, layer), make)


def _arithmetic(view: View, entry: Entry, layer: Layer, ask: Ask) -> Parcel:
    """Return how every number of a layer comes about."""
    size = 2 * _size(layer) + _weights_size(entry, layer)
    mark = (f"{entry.key}.{layer.name}", True)
    every = range(layer.channels)
    make: Callable[[], Bodies] = lambda: _numbers(view, entry, layer, every, ask)  # noqa: E731 - a bound call
    return Parcel(ARITHMETIC, _place(entry, layer), size, make, mark)


def _selected(view: View, entry: Entry, layer: Layer, ask: Ask) -> Parcel:
    """Return how the numbers of the inspected channel come about."""
    channel = view.selection.filter or 0

    def make() -> Bodies:
        numbers = _numbers(view, entry, layer, (channel,), ask)
        return numbers if _is_simple(entry, layer) else {**numbers, **_steps(view, entry, layer, ask)}

    mark = (f"{entry.key}.{layer.name}", [channel])
    return Parcel(f"{ARITHMETIC} of what is selected", _place(entry, layer), _size(layer), make, mark)


def _numbers(view: View, entry: Entry, layer: Layer, channels: range | tuple[int, ...], ask: Ask) -> Bodies:
    """Return what some channels' numbers are made of, in the addresses of assets/js/inspector/state.js."""
    key, name = entry.key, layer.name
    before = f"{view.tensors(key)}/{name}.npy?stage=pre{view.changes(key)}"
    found: dict[str, bytes] = {}
    for whole in (before, _shown(view, entry, layer)):
        body = ask(whole)
        found |= _by_channel(whole, body, channels) if layer.has_maps else {whole: body}
    if _is_simple(entry, layer):
        read = _read(view, entry, layer)
        found[read] = ask(read)
    if entry.graph.grid(name) is not None:
        weights = f"{view.network(key)}/layers/{name}"
        against = view.selection.against if f"{key}.{name}" == view.selection.layer else None
        weighing = [*channels] if against is None else [*channels, against]
        for since in dict.fromkeys(("", view.selection.since)):
            of = view.less if since else str
            filters = zip(weighing, view.filters(key, name, weighing, since), strict=True)
            found |= {of(f"{weights}/kernel.npy?filter={each}"): npy_bytes(own) for each, own in filters}
            found[of(f"{weights}/bias.npy")] = ask(of(f"{weights}/bias.npy"))
    return found


def _steps(view: View, entry: Entry, layer: Layer, ask: Ask) -> Bodies:
    """Return the steps by which the inspected channel's cells come about; of a large map the shown one's."""
    if entry.graph.form(layer.name) == "opaque" or len(layer.output_shape) not in (1, 3):
        return {}
    key, channel = entry.key, view.selection.filter or 0
    address = f"{view.tensors(key)}/{layer.name}/cell?filter={channel}"
    if not layer.has_maps:
        cells = [""]
    elif prod(layer.output_shape[:2]) <= MOST_STEPS:
        cells = [f"&cell={row},{column}" for row, column in np.ndindex(*layer.output_shape[:2])]
    else:
        cells = [f"&cell={','.join(map(str, _cell(view, entry, layer, ask)))}"]
    asked = [f"{address}{cell}{view.changes(key)}" for cell in cells]
    return {each: ask(each) for each in asked}


def _cell(view: View, entry: Entry, layer: Layer, ask: Ask) -> tuple[int, ...]:
    """Return the cell that is explained first: the selected one, else the largest."""
    if view.selection.cell:
        return view.selection.cell
    before = f"{view.tensors(entry.key)}/{layer.name}.npy?stage=pre{view.changes(entry.key)}"
    values = _array(ask(before))[..., view.selection.filter or 0]
    return tuple(int(place) for place in np.unravel_index(values.argmax(), values.shape))


def _is_simple(entry: Entry, layer: Layer) -> bool:
    """Whether the browser itself adds up a layer's numbers, as assets/js/core/forms.js says."""
    told = facts_of(entry.graph, layer.name)
    shown = {IMAGE, *(panel.name for panel in picture.panels(entry.layers))}
    return len(told.reads) == 1 and told.reads[0] in shown and _adds_up(told)


def _adds_up(told: Facts) -> bool:
    slides = told.convolves and told.groups == 1
    keeps = told.takes == "largest" and told.windows is not None
    weighs = told.form == "sum" and told.picture == "units" and told.has_kernel
    return slides or keeps or weighs


def _shown(view: View, entry: Entry, layer: Layer) -> str:
    """Return the address of the values of a layer that are shown, or of their differences."""
    own = f"{view.tensors(entry.key)}/{layer.name}.npy?stage={view.selection.stage}"
    return f"{own}{view.changes(entry.key)}{view.differing and f'&{view.differing}'}"


def _read(view: View, entry: Entry, layer: Layer) -> str:
    """Return the address of what a layer reads."""
    (name,) = facts_of(entry.graph, layer.name).reads
    own = f"{view.tensors(entry.key)}/{name}.npy?stage=post{view.changes(entry.key)}"
    return view.image if name == IMAGE else own


def _by_channel(address: str, body: bytes, channels: range | tuple[int, ...]) -> Bodies:
    """Return the answers of single channels, (rows, columns), cut out of that of the whole layer."""
    path, _, query = address.partition("?")
    stage, *rest = query.split("&")
    values = _array(body)
    return {
        f"{path}?{'&'.join((stage, f'filter={channel}', *rest))}": npy_bytes(
            np.ascontiguousarray(values[..., channel])
        )
        for channel in channels
    }


def _array(body: bytes) -> Floats:
    values: Floats = np.load(io.BytesIO(body), allow_pickle=False)
    return values
