from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from models.analysis import timeline
from models.arrays import Floats
from models.store import manifest
from tests import worlds
from tests.dashboard import apps

pytestmark = pytest.mark.keras
IMAGE, KEY = 5, "branching"


@pytest.fixture(scope="module")
def client(made_up_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Somebody who asks the app of the made-up world, whose networks are awake at every moment."""
    workspace = worlds.workspace(made_up_folder, tmp_path_factory.mktemp("cache"))
    app = apps.awake(workspace, tmp_path_factory.mktemp("unused"))
    asking: FlaskClient = app.server.test_client()
    apps.until_awake(asking, f"/at/0/api/models/{KEY}/images/0")
    return asking


def tensor(client: FlaskClient, address: str) -> Floats:
    """Return what lies at an address."""
    response = client.get(address)
    assert response.status_code == 200, response.json
    found: Floats = np.load(io.BytesIO(response.data))
    return found


def test_every_tensor_is_that_of_the_network_of_then(client: FlaskClient, made_up_folder: Path) -> None:
    """A layer's values at a moment are plain Keras' with the weights that were kept of it."""
    import keras

    entry, model = manifest.read(made_up_folder)[0], worlds.branching()
    weights, kept = timeline.moments(entry, made_up_folder), timeline.read(entry, made_up_folder)
    assert weights is not None
    assert kept is not None
    held = weights.at(kept.place("step2") or 0)
    for layer in model.layers:
        for variable in layer.weights:
            variable.assign(held[f"{layer.name}.{variable.name}"])
    layer = next(layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D))
    ours = keras.Model(model.inputs[0], layer.output)(worlds.made_up().inputs[[IMAGE]])
    own = f"api/models/{KEY}"

    shown = tensor(client, f"/at/step2/{own}/images/{IMAGE}/layers/{layer.name}.npy")
    np.testing.assert_allclose(shown, np.asarray(ours)[0], rtol=1e-4, atol=1e-5)
    kernel = tensor(client, f"/at/step2/{own}/layers/{layer.name}/kernel.npy")
    assert np.array_equal(kernel, held[f"{layer.name}.kernel"])
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


def manifest_layer(client: FlaskClient) -> str:
    """Return the name of the first layer."""
    return str(client.get("/api/models").json["models"][0]["layers"][0]["name"])  # type: ignore[index]


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
