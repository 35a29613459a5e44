"""Every page and every address in both worlds: digits with the shipped pair, and images that are no digits.

What is answered is compared with plain Keras and NumPy wherever that is short to say; else it is of the right
shape. Where a question makes no sense in a world, a sentence says so.
"""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard import wall
from dashboard.factory import create_app
from dashboard.memory import Memory
from dashboard.pages.compare import drawings
from dashboard.panels.compare import PANELS
from dashboard.panels.comparison import Comparison
from dashboard.words.glossary import glossary, place
from dashboard.workspace import Workspace
from models.analysis import collection
from models.analysis.attribution import METHODS
from models.arrays import Floats
from models.datasets import mnist
from models.datasets.perturbation import PERTURBATIONS
from models.engine.networks import Networks
from models.graph import description
from models.graph.description import Layer, convolutions, surveyed
from models.store import loading, manifest
from models.store.artefact import CHECKPOINTS
from models.store.entry import Entry
from tests import worlds
from tests.dashboard import apps

pytestmark = pytest.mark.keras
IMAGE = 5
OF_DRAWINGS = {"/api/drawings", "/api/readings"}  # asked where images are drawn, elsewhere in the tests
OF_OWN = {"/api/opened", "/api/opened/<request>"}  # asked where networks are somebody's own
RELATIVE, ABSOLUTE = 2e-4, 2e-5


@dataclass
class World:
    """A workspace whose networks are awake, and somebody who asks its app.

    Attributes:
        workspace: What is open.
        client: Of its app.
        folder: Of the checkpoints.
    """

    workspace: Workspace
    client: FlaskClient
    folder: Any
    asked: set[str] = field(default_factory=set)

    @cached_property
    def models(self) -> dict[str, Any]:
        """The networks, by key, as Keras opens them."""
        return {entry.key: loading.load(entry, self.folder) for entry in self.workspace.entries}

    def values(self, key: str, index: int) -> dict[str, Floats]:
        """Return what every layer of a network gives for an image, by plain Keras."""
        import keras

        model = self.models[key]
        outputs = {layer.name: layer.output for layer in model.layers if hasattr(layer, "output")}
        told = keras.Model(model.inputs[0], outputs)(self.workspace.inputs(slice(index, index + 1)))
        return {name: np.asarray(each)[0] for name, each in told.items()}

    def get(self, path: str, status: int = 200) -> Any:
        """Return what is answered: tensors and JSON as such, all else as bytes."""
        answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.data[:300])
        adapter = self.client.application.url_map.bind("localhost")
        self.asked.add(adapter.match(path.partition("?")[0], return_rule=True)[0].rule)
        if answer.is_json:
            return answer.get_json()
        if path.partition("?")[0].endswith(".npy"):
            return np.load(io.BytesIO(answer.data))
        return (
            gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") == "gzip" else answer.data
        )

    def layers(self) -> Iterator[tuple[Entry, Layer]]:
        """Yield every painted layer of every network."""
        for entry in self.workspace.entries:
            for layer in self.workspace.surveys[entry.key].layers:
                yield entry, entry.layer(layer)


def opened(workspace: Workspace, folder: Any, unused: Any) -> World:
    workspace.networks.wake()
    assert workspace.networks.wait(300)
    server = create_app(workspace, apps.settings(unused)).server
    return World(workspace, server.test_client(), folder)


@pytest.fixture(scope="module", params=["digits", "made-up"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Each of both worlds in turn; in the end all addresses of questions must have been asked."""
    made_up = request.param == "made-up"
    folder = request.getfixturevalue("made_up_folder") if made_up else CHECKPOINTS
    found = _world(folder, tmp_path_factory)
    yield found
    tests = {name for name in vars(request.module) if name.startswith("test_")}
    if tests <= {getattr(item, "originalname", "") for item in request.session.items}:
        rules = found.client.application.url_map.iter_rules()
        questions = {rule.rule for rule in rules if "." in rule.endpoint and "/digits/" not in rule.rule}
        assert {rule for rule in questions - found.asked if rule.startswith("/api")} <= OF_DRAWINGS | OF_OWN


def _world(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    cache, unused = tmp_path_factory.mktemp("cache"), tmp_path_factory.mktemp("unused")
    if folder != CHECKPOINTS:
        return opened(worlds.workspace(folder, cache), folder, unused)
    pair = manifest.read()[:2]
    known = collection.of(pair, mnist.load("test"), CHECKPOINTS)
    return opened(Workspace(known, Networks(pair, CHECKPOINTS), Memory(cache)), CHECKPOINTS, unused)


def test_the_pages_say_what_the_images_are(world: World) -> None:
    """Form, number, name and classes are the data set's, in the facts and in the words."""
    test = world.workspace.test
    for path in ("/", "/compare"):
        html = world.client.get(path).data.decode()
        facts = json.loads(html.split('id="facts">')[1].split("</script>")[0])
        told = facts["images"]
        assert (told["count"], told["rows"], told["columns"]) == (len(test), *test.spec.shape[:2])
        assert (told["channels"], told["classes"]) == (test.spec.channels, list(test.classes))
    layout = world.client.get("/_dash-layout").data.decode()
    assert test.noun.many in layout + html
    if not test.is_drawn:
        words = r"(?<=[ (>])[Dd]igits?\b"  # ids of the page are called so
        assert not re.search(words, layout)
        assert not re.search(words, "".join(re.findall("<template.*?</template>", html, re.DOTALL)))


def test_what_layers_are_and_do_is_explained(world: World) -> None:
    """Every kind of layer and every activation function has its sentence, in the document and on its page."""
    test = world.workspace.test
    words = glossary(test.noun, len(test))
    html, page = (world.client.get(path).data.decode() for path in ("/", "/words"))
    listed = html[html.index('<dl id="words"') :].split("</dl>")[0]

    for entry in world.workspace.entries:
        for layer in entry.layers:
            found = [words.kind(name) for name in (layer.kind, layer.activation) if name]
            assert None not in found, (layer.kind, layer.activation)
            assert all(f'<dd id="{place(word)}">' in listed for word in found if word and word.dotted)
    assert f"{len(test):,} {test.noun.many} that took part in no training" in page
    if not test.is_drawn:
        assert not re.search(r"\bdigits?\b", page + listed)


def test_images_are_what_the_data_set_has(world: World) -> None:
    """Pixels, labels, whole blocks of the wall, and changed ones."""
    test, spec = world.workspace.test, world.workspace.spec
    world.get("/api/models")
    told = world.get(f"/api/images/{IMAGE}")
    assert (told["label"], told["split"]) == (test.labels[IMAGE], test.split)
    expected = test[IMAGE : IMAGE + 1].inputs[0]
    squeezed = expected[..., 0] if spec.channels == 1 else expected
    assert np.array_equal(world.get(f"/api/images/{IMAGE}.npy"), squeezed)
    block = world.get(f"/wall/{world.workspace.version}/0.bin")
    assert block == test.images[: wall.BLOCK].tobytes()
    for way in PERTURBATIONS.values():
        moved = world.get(f"/api/images/{IMAGE}.npy?perturb={way.key}:{way.high:g}")
        assert np.array_equal(moved.reshape(spec.shape), _moved(world, way.key, way.high))


def _moved(world: World, key: str, amount: float) -> Floats:
    from models.datasets.perturbation import Move

    return Move(key, amount).of(world.workspace.digit(IMAGE), world.workspace.spec)


def test_every_layer_has_the_values_of_keras(world: World) -> None:
    """After activation, whatever branches, merges or normalises; probabilities are those of the head."""
    for entry in world.workspace.entries:
        values = world.values(entry.key, IMAGE)
        for layer in entry.layers:
            found = world.get(f"/api/models/{entry.key}/images/{IMAGE}/layers/{layer.name}.npy?stage=post")
            np.testing.assert_allclose(found, values[layer.name], rtol=RELATIVE, atol=ABSOLUTE)
        told = world.get(f"/api/models/{entry.key}/images/{IMAGE}")
        answer = values[entry.layers[-1].name]
        shares = answer if entry.graph.head.meaning == "softmax" else entry.graph.head.probabilities(answer)
        np.testing.assert_allclose(told["probabilities"], shares, rtol=RELATIVE, atol=ABSOLUTE)
        assert told["answer"] == int(np.argmax(answer))


def test_every_number_comes_about_as_it_is_told(world: World) -> None:
    """In the middle of every map, and of every second unit, nothing is further off than a rounding."""
    for entry, layer in world.layers():
        cell = f"&cell={layer.output_shape[0] // 2},{layer.output_shape[1] // 2}" if layer.has_maps else ""
        base = f"/api/models/{entry.key}/images/{IMAGE}/layers/{layer.name}"
        told = world.get(f"{base}/cell?filter={layer.channels // 2}{cell}")
        assert abs(told["difference"]) <= 1e-4 * max(1, abs(told["network"]["pre"]))
        world.get(f"{base}/keras.py?filter=0&stage=post{cell}")


def test_weights_and_their_parts_are_kerases(world: World) -> None:
    """Kernels, biases, what every slice adds, the terms of a unit, and pictures of filters."""
    version = world.workspace.version
    for entry in world.workspace.entries:
        network = f"/api/models/{entry.key}"
        held = np.load(io.BytesIO(world.get(f"{network}/weights.npz")))
        for layer in entry.layers:
            if not layer.kernel_shape:
                continue
            kernel, *_ = world.models[entry.key].get_layer(layer.name).get_weights()
            assert np.array_equal(held[f"{layer.name}.kernel"], kernel)
            world.get(f"{network}/layers/{layer.name}/bias.npy")
            world.get(f"{network}/layers/{layer.name}/kernel.npy?filter=0")
            pre = world.get(f"{network}/images/{IMAGE}/layers/{layer.name}.npy?stage=pre")
            part = "partial" if layer.has_maps else "terms"
            added = world.get(f"{network}/images/{IMAGE}/layers/{layer.name}/{part}.npy?filter=0")
            bias = held[f"{layer.name}.bias"][0] if f"{layer.name}.bias" in held else 0.0
            np.testing.assert_allclose(added.sum(axis=-1) + bias, pre[..., 0], rtol=RELATIVE, atol=ABSOLUTE)
            if entry.graph.grid(layer.name) and layer.has_maps:
                assert world.get(f"/kernels/{version}/{entry.key}/{layer.name}/0.bin")


def test_a_picture_holds_all_that_is_painted(world: World) -> None:
    """Before and after activation, changed, compared, and with something switched off."""
    version, pair = world.workspace.version, ",".join(entry.key for entry in world.workspace.entries)
    entry, layer = next(world.layers())
    sizes = {}
    queries = ("", "perturb=noise:0.1", "reference=0", f"off={entry.key}.{layer.name}:0")
    for stage in ("post", "pre"):
        for query in queries:
            body = world.get(f"/pictures/{version}/{pair}/{IMAGE}/{stage}.bin?{query}")
            sizes[stage, query] = len(body)
            assert int.from_bytes(body[:4], "little") == IMAGE
    assert sizes["post", queries[1]] - sizes["post", ""] == world.workspace.spec.size
    assert sizes["post", queries[3]] == sizes["post", ""] == sizes["pre", ""]


def test_what_was_measured_is_told(world: World) -> None:
    """Channels, orders of the wall, neighbours, planes, tuning, and answers without channels."""
    version, count = world.workspace.version, len(world.workspace.images)
    said = np.frombuffer(world.get(f"/wall/{version}/verdicts.bin"), np.uint8).reshape(-1, count)
    assert np.array_equal(said[0], world.workspace.labels)
    for number, entry in enumerate(world.workspace.entries, 1):
        logits = world.workspace.surveys[entry.key].logits
        assert np.array_equal(said[number], logits.argmax(axis=1))
        order = np.frombuffer(world.get(f"/wall/{version}/unsure/{entry.key}.bin"), np.uint16)
        assert sorted(order) == list(range(count))
        network = f"/api/models/{entry.key}"
        assert world.get(f"{network}/arrangement/pca.npy").shape == (count, 2)
        near = world.get(f"{network}/images/{IMAGE}/neighbours")
        assert IMAGE not in near["neighbours"]
        block = world.get(f"{network}/without/0.bin?off={entry.key}.{entry.layers[0].name}:0", _first(entry))
        assert block
        for layer in convolutions(entry.layers):
            told = world.get(f"{network}/layers/{layer.name}/filters/0/tuning")
            levels = np.array(told["stimulus"]["levels"])
            assert levels.shape == world.workspace.spec.shape[:2]
            assert ("perturb" in told["stimulus"]) == world.workspace.test.is_drawn
    for entry, layer in world.layers():
        told = world.get(f"/api/models/{entry.key}/layers/{layer.name}/filters/0")
        assert len(told["by_class"]) == len(world.workspace.test.classes)
        assert world.get(f"/wall/{version}/strength/{entry.key}/{layer.name}/0.bin")


def test_what_was_kept_of_a_training_has_addresses(world: World) -> None:
    """When an image was learned, and what a channel was; each at its moment is the very network of then."""
    for key, kept in world.workspace.collection.timelines.items():
        apps.until_awake(world.client, f"/at/0/api/models/{key}/images/0")
        learned = world.get(f"/api/models/{key}/images/{IMAGE}/history")
        assert [each["answer"] for each in learned["moments"]] == kept.answers[:, IMAGE].tolist()
        layer = convolutions(world.workspace.entry(key).layers)
        for each in layer[:1]:
            told = world.get(f"/api/models/{key}/layers/{each.name}/filters/0/history")["moments"]
            assert [moment["key"] for moment in told] == [moment.key for moment in kept.moments]
            for moment in told:
                at = f"/at/{moment['key']}/api/models/{key}"
                kernel = world.get(f"{at}/layers/{each.name}/kernel.npy")
                assert np.isclose(np.linalg.norm(kernel[..., 0]), moment["norm"], rtol=1e-5)
                answer = world.get(f"{at}/images/{IMAGE}")["answer"]
                assert answer == kept.answers[kept.place(moment["key"]), IMAGE]
    assert world.workspace.collection.timelines


def test_every_filter_has_a_row_in_the_table(world: World) -> None:
    """As many as the layers have channels, each with the mean of its own address; the same many as CSV."""
    for entry in world.workspace.entries:
        base = f"/api/models/{entry.key}"
        table = world.get(f"{base}/filters")
        assert f"all {len(world.workspace.test):,} test {world.workspace.test.noun.many}" in str(table)
        held = world.models[entry.key]
        found = {layer.name: layer for layer in surveyed(entry.layers)}
        assert len(table["filters"]) == sum(layer.channels for layer in found.values())
        for row in (row for row in table["filters"] if row["filter"] == 0):
            layer = found[row["layer"]]
            own = world.get(f"{base}/layers/{layer.name}/filters/0")
            assert [row[name] for name in ("mean", "largest")] == [own["mean"], own["largest"]]
            assert row["kind"] == ("map" if layer.has_maps else "unit")
            if layer.kind in ("Conv2D", "Dense"):
                weights = held.get_layer(layer.name).get_weights()[0][..., 0]
                assert row["norm"] == pytest.approx(float(np.linalg.norm(weights)), rel=1e-5)
        assert len(world.get(f"{base}/filters.csv").splitlines()) == 1 + len(table["filters"])


def _first(entry: Entry) -> int:
    """Return with which status is answered what its first layer's channels do: one that reshapes has none."""
    return 404 if entry.layers[0].kind == "Flatten" else 200


def test_answers_are_explained(world: World) -> None:
    """By every method that a network has maps for, at the size of the image or of its layer."""
    sides = world.workspace.spec.shape[:2]
    for entry in world.workspace.entries:
        for method in METHODS:
            layers = [layer.name for layer in convolutions(entry.layers)] if method == "gradcam" else [""]
            for layer in layers:
                query = f"?layer={layer}" if layer else ""
                base = f"/api/models/{entry.key}/images/{IMAGE}/why/{method}"
                told = world.get(f"{base}{query}")
                values = world.get(f"{base}.npy{query}")
                assert values.shape == (entry.layer(layer).output_shape[:2] if layer else sides)
                np.testing.assert_allclose(values, told["values"], rtol=RELATIVE, atol=ABSOLUTE)


def test_the_nearest_other_answer_is_found(world: World) -> None:
    """The picture is of the images' form, and the network names it otherwise."""
    workspace, spec = world.workspace, world.workspace.spec
    for entry in workspace.entries:
        base = f"/api/models/{entry.key}/images/{IMAGE}/adversary"
        told, found = world.get(base), world.get(f"{base}.npy").reshape(spec.shape)
        step = world.get(f"{base}.npy?step={len(told['steps']) - 1}").reshape(spec.shape)
        answer = np.asarray(world.models[entry.key](found[None]))[0]
        assert int(answer.argmax()) == told["target"] != told["before"]
        np.testing.assert_allclose(step, found, atol=1)
        assert ("perturb" in told) == workspace.test.is_drawn


def test_what_excites_a_channel_is_drawn(world: World) -> None:
    """An illustration has the form of the images."""
    for entry in world.workspace.entries:
        layer = next(iter(world.workspace.surveys[entry.key].layers))
        base = f"/api/models/{entry.key}/layers/{layer}/filters/1/illustration"
        told = world.get(f"{base}?seed=1")
        assert np.array(told["levels"]).size == world.workspace.spec.size
        assert world.get(f"{base}.npy?seed=1").size == world.workspace.spec.size


def test_a_drawing_is_read_where_images_are_drawn(world: World) -> None:
    """Elsewhere a sentence says that none can be."""
    text = "ink:eNpjYBgFo2AUjIJRMApGwSgYBaNgFIyCUTAKRgEAB1AAAQ"
    answer = world.client.get(f"/api/images/{IMAGE}.npy?perturb={text}")
    assert answer.status_code == 400
    said = answer.get_json()["error"]["message"]
    assert ("no ink on paper" in said) != world.workspace.test.is_drawn
    posted = world.client.post("/api/drawings", data=b"no image", content_type="application/octet-stream")
    assert posted.status_code == (415 if world.workspace.test.is_drawn else 404)
    assert ("no ink on paper" in posted.get_json()["error"]["message"]) != world.workspace.test.is_drawn


def test_compare_answers_every_question(world: World) -> None:
    """Each panel draws something, in the words of these images and classes."""
    known = replace(Comparison.of(world.workspace.collection))
    for panel in PANELS:
        drawn = panel.draw(known)
        assert len(drawings(panel, known)) == len(drawn) > 0
        said = repr(drawn) + repr(panel.said(known.noun))
        assert "{" not in "".join(panel.said(known.noun))
        if not known.collection.test.is_drawn:
            assert "digit" not in said.replace("digits=", "").replace("digit=", "")


def test_a_picture_of_large_networks_holds_what_was_asked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes as of all at once, but for the maps of layers that nobody looks at."""
    workspace = world.workspace
    pair = tuple(entry.key for entry in workspace.entries)
    path = f"/pictures/{workspace.version}/{','.join(pair)}/{IMAGE}/post.bin"
    whole = world.get(f"{path}?reference=0")
    every = [f"{entry.key}.{layer.name}" for entry, layer in world.layers() if layer.has_maps]
    monkeypatch.setattr(description, "LARGE", 0)
    assert world.get(f"{path}?reference=0&layers={','.join(every)}") == whole
    none, one = world.get(path), world.get(f"{path}?layers={every[0]}")
    key, _, name = every[0].partition(".")
    shape = workspace.layer(key, name).output_shape
    assert len(one) - len(none) == np.prod(shape) + 2 * 4 * shape[-1]
