from __future__ import annotations

import gzip
import io
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard.workspace import Workspace
from models.analysis import timeline
from models.arrays import Floats
from models.store import manifest
from tests import worlds
from tests.dashboard import apps

if TYPE_CHECKING:
    import keras

pytestmark = pytest.mark.keras
IMAGE, KEY = 5, "branching"


@pytest.fixture(scope="module")
def workspace(made_up_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """What is open: the made-up world."""
    return worlds.workspace(made_up_folder, tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def client(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Somebody who asks the app of the made-up world, whose networks are awake at every moment."""
    app = apps.awake(workspace, tmp_path_factory.mktemp("unused"))
    asking: FlaskClient = app.server.test_client()
    for address in ("", "/why/gradient"):
        apps.until_awake(asking, f"/at/0/api/models/{KEY}/images/0{address}")
    return asking


def plain(moment: str, folder: Path) -> keras.Model:
    """Return Keras' own network with the weights that were kept of a moment."""
    entry, model = manifest.read(folder)[0], worlds.branching()
    weights, kept = timeline.moments(entry, folder), timeline.read(entry, folder)
    assert weights is not None
    assert kept is not None
    held = weights.at(kept.place(moment) or 0)
    for layer in model.layers:
        for variable in layer.weights:
            variable.assign(held[f"{layer.name}.{variable.name}"])
    return model


def tensor(client: FlaskClient, address: str) -> Floats:
    """Return what lies at an address."""
    response = client.get(address)
    assert response.status_code == 200, response.json
    found: Floats = np.load(io.BytesIO(response.data))
    return found


def test_every_tensor_is_that_of_the_network_of_then(client: FlaskClient, made_up_folder: Path) -> None:
    """A layer's values at a moment are plain Keras' with the weights that were kept of it."""
    import keras

    model = plain("step2", made_up_folder)
    layer = next(layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D))
    ours = keras.Model(model.inputs[0], layer.output)(worlds.made_up().inputs[[IMAGE]])
    own = f"api/models/{KEY}"

    shown = tensor(client, f"/at/step2/{own}/images/{IMAGE}/layers/{layer.name}.npy")
    np.testing.assert_allclose(shown, np.asarray(ours)[0], rtol=1e-4, atol=1e-5)
    kernel = tensor(client, f"/at/step2/{own}/layers/{layer.name}/kernel.npy")
    assert np.array_equal(kernel, np.asarray(layer.kernel))
    assert not np.array_equal(kernel, tensor(client, f"/{own}/layers/{layer.name}/kernel.npy"))


def test_what_an_epoch_changed_is_the_difference_of_two_moments(client: FlaskClient) -> None:
    """Every value now less the same one then, of a tensor; as they are trained is a moment too."""
    layer = manifest_layer(client)
    own = f"api/models/{KEY}/images/{IMAGE}/layers/{layer}.npy?stage=pre"
    now, before = tensor(client, f"/at/2/{own}"), tensor(client, f"/at/0/{own}")

    assert np.array_equal(tensor(client, f"/at/2/{own}&since=0"), now - before)
    assert np.array_equal(tensor(client, f"/at/trained/{own}"), tensor(client, f"/{own}"))
    changed = tensor(client, f"/at/trained/{own}&since=0")
    assert np.array_equal(changed, tensor(client, f"/{own}") - before)


@pytest.mark.parametrize(("moment", "since"), [("2", "step2"), ("trained", "0")])
def test_what_weights_changed_by_is_exact(client: FlaskClient, moment: str, since: str) -> None:
    """Kernel, a filter of it and biases are float32 differences of both networks' own; so is a picture."""
    name, version = manifest_layer(client), worlds_version(client)
    own = f"api/models/{KEY}/layers/{name}"
    for file in ("kernel.npy", "kernel.npy?filter=1", "bias.npy"):
        now, before = (tensor(client, f"/at/{each}/{own}/{file}") for each in (moment, since))
        asked = f"{file}{'&' if '?' in file else '?'}since={since}"
        changed = tensor(client, f"/at/{moment}/{own}/{asked}")
        assert changed.dtype == np.float32
        assert np.array_equal(changed, now - before)
        assert changed.any() or file == "bias.npy"  # the layer has none
    kernel = tensor(client, f"/at/{moment}/{own}/kernel.npy?since={since}")
    response = client.get(f"/at/{moment}/kernels/{version}/{KEY}/{name}/0.bin?since={since}")
    packed = gzip.decompress(response.data)
    low, high = np.frombuffer(packed, np.float32, 2 * kernel.shape[-1]).reshape(2, -1)
    assert np.array_equal(low, kernel.reshape(-1, kernel.shape[-1]).min(axis=0))
    assert np.array_equal(high, kernel.reshape(-1, kernel.shape[-1]).max(axis=0))
    assert client.get(f"/{own}/kernel.npy?since=0").status_code == 400


def manifest_layer(client: FlaskClient) -> str:
    """Return the name of the first layer."""
    return str(client.get("/api/models").json["models"][0]["layers"][0]["name"])  # type: ignore[index]


def test_an_answer_is_explained_by_the_network_of_then(client: FlaskClient, made_up_folder: Path) -> None:
    """The gradient is plain Keras' at whatever moment, asked in turns; as trained it is the network's own."""
    import tensorflow as tf

    own = f"api/models/{KEY}/images/{IMAGE}"
    found = {}
    for moment in ("2", "0", "2"):
        model, image = plain(moment, made_up_folder), tf.constant(worlds.made_up().inputs[[IMAGE]])
        with tf.GradientTape() as tape:
            tape.watch(image)
            score = tf.math.log(model(image, training=False)[0, 1])  # the logit, but for what all share
            score -= tf.math.log(model(image, training=False)[0, 0])
        slope = tape.gradient(score, image)[0].numpy().sum(axis=-1)
        found[moment] = tensor(client, f"/at/{moment}/{own}/why/gradient.npy?target=1&against=0")
        np.testing.assert_allclose(found[moment], slope, rtol=1e-2, atol=1e-3 * np.abs(slope).max())
    assert not np.allclose(found["0"], found["2"], rtol=0.1)
    told = client.get(f"/at/0/{own}/why/gradient").json
    assert told is not None
    assert told["target"] == client.get(f"/at/0/{own}").json["answer"]  # type: ignore[index]
    untrained = [client.get(f"/at/{at}/{own}/why/gradient?target=1").json for at in ("0", "2", "trained")]
    assert len({str(each["untrained"]) for each in untrained if each}) == 1
    same = f"{own}/why/gradient?target=1"
    assert client.get(f"/at/trained/{same}").json == client.get(f"/{same}").json


def test_a_mind_is_changed_as_it_was_then(client: FlaskClient, made_up_folder: Path) -> None:
    """The picture found turns that network, at its own moment; what is remembered is of no other one."""
    own = f"api/models/{KEY}/images/{IMAGE}"
    found: dict[str, Any] = {}
    for moment in ("2", "1", "2", "trained"):
        told = client.get(f"/at/{moment}/{own}/adversary").json
        assert told is not None
        assert told["before"] == client.get(f"/at/{moment}/{own}").json["answer"]  # type: ignore[index]
        assert found.setdefault(moment, told) == told
        if moment != "trained":
            pixels = tensor(client, f"/at/{moment}/{own}/adversary.npy?target={told['target']}")
            said = np.asarray(plain(moment, made_up_folder)(pixels[np.newaxis]))[0]
            assert said.argmax() == told["target"]
    assert found["2"] != found["1"]
    assert client.get(f"/{own}/adversary").json == found["trained"]


def test_who_looks_waits_for_nobody_who_has_an_answer_explained(
    client: FlaskClient, workspace: Workspace
) -> None:
    """An explanation has its turn before it has its moment: all else is asked of other networks meanwhile."""
    own, told = f"api/models/{KEY}/images/{IMAGE}", list[int]()
    asked = threading.Event()

    def explain() -> None:
        asked.set()
        told.append(client.application.test_client().get(f"/at/1/{own}/why/occlusion").status_code)

    with workspace.turns.taken("something else"):
        waiting = threading.Thread(target=explain)
        waiting.start()
        asked.wait()
        for moment in ("0", "1", "2"):
            assert client.get(f"/at/{moment}/{own}").status_code == 200
        assert client.get(f"/at/17/{own}/why/occlusion").status_code == 404
        assert told == []
    waiting.join()
    assert told == [200]


@pytest.mark.parametrize("moment", ["3", "step3", "", "x" * 300, "0%2F..", "Trained"])
def test_a_moment_that_was_not_kept_is_refused(client: FlaskClient, moment: str) -> None:
    """In a sentence, wherever it stands."""
    for address in (f"/at/{moment}/api/models/{KEY}/images/0", f"/at/0/api/models/{KEY}/images/0/layers/x"):
        assert client.get(address).status_code in (404, 308)
    own = f"/at/0/api/models/{KEY}/images/0/layers/{manifest_layer(client)}.npy"
    response = client.get(own, query_string={"since": moment})
    assert response.status_code == (404 if moment else 200)


def test_since_needs_a_moment_to_be_of(client: FlaskClient) -> None:
    """At the address of networks as they are, it would be of the trained ones without a word."""
    response = client.get(f"/api/models/{KEY}/images/0/layers/{manifest_layer(client)}.npy?since=0")

    assert response.status_code == 400
    assert "below an address of a moment" in response.json["error"]["message"]  # type: ignore[index]


def test_a_network_of_which_nothing_was_kept_is_as_it_is(client: FlaskClient) -> None:
    """At every moment of the other one; and it has no history to tell."""
    own = "api/models/chain/images/3"

    assert client.get(f"/at/0/{own}").json == client.get(f"/{own}").json
    assert client.get(f"/{own}/history").status_code == 404


def test_pictures_at_a_moment_are_not_remembered_for_another(client: FlaskClient) -> None:
    """The same picture's address below two moments, asked twice, gives the two networks."""
    version = worlds_version(client)
    first, other = (f"/at/{moment}/pictures/{version}/branching,chain/3/post.bin" for moment in ("0", "2"))

    assert client.get(first).data == client.get(first).data
    assert client.get(first).data != client.get(other).data


def worlds_version(client: FlaskClient) -> str:
    """Return the version that the page has in its addresses."""
    page = client.get("/").get_data(as_text=True)
    return page.split('"version":"')[1].split('"')[0]
