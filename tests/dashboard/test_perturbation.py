from __future__ import annotations

import gzip
import io
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from dashboard.api import place
from dashboard.errors import RefusedError
from dashboard.factory import create_app
from dashboard.perturbation import parse_move, write_move
from dashboard.workspace import Workspace
from models.arrays import Floats
from models.datasets.dataset import Dataset
from models.datasets.mnist import SPEC, prepare
from models.datasets.perturbation import PERTURBATIONS, Move, Perturbation, perturb
from models.sketch.drawing import LONGEST, PAD, Drawing, write_ink, write_pixels
from tests.dashboard import apps
from tests.dashboard.sweeping import require_error

CNN = "/api/models/cnn/digits/17"
TURNED = Move("rotation", 15)
INK = write_ink(np.eye(PAD))
PIXELS = write_pixels(np.eye(28, dtype=np.uint8) * np.uint8(200))
DRAWN = Drawing(INK, move=TURNED)
NONSENSE = [
    *(
        "x",
        ":",
        "rotation",
        "rotation:",
        ":15",
        "Rotation:15",
        "rotation=15",
        "rotation:15:15",
        "rotation: 15",
    ),
    *("rotation:NaN", "rotation:nan", "rotation:inf", "rotation:1e9", "rotation:1e1", "rotation:+15"),
    *(
        "rotation:0x10",
        "rotation:١٥",
        "rotation:true",
        "rotation:[15]",
        "rotation:15,right:2",
        "rotation:--1",
    ),
    *("rotation:91", "rotation:-91", "rotation:999", "rotation:0.5", "scale:0.35", "noise:-0.05", "blur:0.1"),
    *(
        "ink",
        "ink:",
        "raw:",
        "ink:,",
        f"Ink:{INK}",
        f"ink:{INK[:-1]}",
        f"ink:{INK}=",
        f"ink:{INK}A",
        "ink:eNpj",
    ),
    *(
        f"ink:{INK},",
        f"ink:{INK},spin:3",
        f"ink:{INK},ink:{INK}",
        f"rotation:15,ink:{INK}",
        f"ink:{'A' * LONGEST}",
    ),
    *("pixels:", f"pixels:{INK}", f"ink:{PIXELS}", f"pixels:{PIXELS[:-1]}", f"pixels:{PIXELS},spin:3"),
    *("occlusion:3", "rotation:1" + "0" * 5_000, "x" * 5_000, "__class__:1"),
]


def array(client: FlaskClient, path: str) -> Floats:
    response = client.get(path)
    assert response.status_code == 200, response.get_data()
    values: Floats = np.load(io.BytesIO(response.get_data()), allow_pickle=False)
    return values


@given(st.sampled_from(list(PERTURBATIONS.values())), st.data())
def test_every_step_can_be_asked_for(each: Perturbation, data: st.DataObject) -> None:
    """From end to end; what was written is read again as it was, and equal amounts have one name."""
    steps = round((each.high - each.low) / each.step)
    amount = round(each.low + data.draw(st.integers(0, steps)) * each.step, 3)

    move = parse_move(f"{each.key}:{amount}")

    assert move == Move(each.key, amount)
    assert parse_move(write_move(move)) == move
    assert write_move(parse_move(f"{each.key}:{amount:.3f}")) == write_move(move)


def test_nothing_is_no_move() -> None:
    """An empty text names none; the neutral amount is one that does nothing, and has no sign."""
    assert parse_move("") is None
    assert write_move(None) == ""
    assert write_move(parse_move("rotation:-0")) == "rotation:0"
    assert Move("rotation", 0).words == ""


@pytest.mark.parametrize(
    "drawing",
    [
        *(Drawing(INK), Drawing(INK, "raw"), DRAWN, Drawing(INK, "raw", Move("scale", 0.8))),
        *(Drawing(PIXELS, "pixels"), Drawing(PIXELS, "pixels", TURNED)),
    ],
)
def test_a_drawing_can_stand_there(drawing: Drawing) -> None:
    """Prepared or not, and moved or not; what was written is read again as it was."""
    assert parse_move(drawing.text) == drawing
    assert write_move(parse_move(drawing.text)) == drawing.text


@pytest.mark.parametrize("text", NONSENSE, ids=lambda text: str(text)[:20])
def test_nonsense_is_refused(text: str) -> None:
    """One sentence that says what is allowed, and repeats nothing of what was sent."""
    with pytest.raises(RefusedError) as refusal:
        parse_move(text)

    assert (refusal.value.status, refusal.value.code) == (400, "bad_perturb")
    assert len(refusal.value.message) < 200
    assert refusal.value.message.endswith(".")


def test_a_refusal_says_what_is_allowed() -> None:
    """The ends and the step of an amount; of an unknown name, the known ones."""
    with pytest.raises(RefusedError, match=r"rotation must be from -90 to 90 in steps of 1 \(degrees"):
        parse_move("rotation:91")
    with pytest.raises(RefusedError, match=r"right, down, rotation, scale, .*: rotation:15\."):
        parse_move("spin:3")


def test_the_moved_digit_is_the_one_of_the_curves(pretended: Workspace, test_digits: Dataset) -> None:
    """The very pixels that accuracy is measured on, wherever the digit is asked for."""
    moved = perturb(prepare(test_digits.images[17]), "rotation", 15, SPEC)

    assert np.array_equal(pretended.digit(17, TURNED), moved)
    assert np.array_equal(place.reads(pretended, "cnn", 17, "conv1", move=TURNED), moved)
    forward = pretended.forward_pass("cnn", 17, move=TURNED)
    assert np.array_equal(forward.logits, apps.logits_of("cnn", moved)[0])
    assert np.array_equal(
        place.reads(pretended, "cnn", 17, "dense", move=TURNED), forward.post["pool"].ravel()
    )


def test_every_address_of_a_digit_can_be_of_a_moved_one(client: FlaskClient, pretended: Workspace) -> None:
    """Pixels, verdict, tensor, sums and terms follow from the digit as it was moved."""
    forward = pretended.forward_pass("cnn", 17, move=TURNED)
    query = "perturb=rotation:15"

    assert np.array_equal(array(client, f"/api/digits/17.npy?{query}"), pretended.digit(17, TURNED)[..., 0])
    assert client.get(f"{CNN}?{query}").get_json()["logits"] == forward.logits.tolist()
    conv1 = array(client, f"{CNN}/layers/conv1.npy?stage=pre&{query}")
    assert np.array_equal(conv1, forward.pre["conv1"])
    for part in ("layers/conv1/partial.npy?filter=2", "layers/output/terms.npy?filter=3"):
        changed, whole = array(client, f"{CNN}/{part}&{query}"), array(client, f"{CNN}/{part}")
        assert changed.shape == whole.shape
        assert not np.array_equal(changed, whole)


def test_a_sum_names_the_moved_digit(client: FlaskClient) -> None:
    """The addresses of what was read carry the move, so that they give the numbers that were added."""
    told = client.get(f"{CNN}/layers/conv1/cell?filter=2&cell=9,9&perturb=rotation:15").get_json()

    address = told["tensors"]["reads"]["address"]
    assert address == "api/images/17.npy?perturb=rotation:15"
    patch = np.array(told["patch"])[..., 0]
    row, column = told["first"]
    assert np.allclose(array(client, address)[row : row + 3, column : column + 3], patch)
    network = told["tensors"]["network"]["address"]
    assert array(client, network)[9, 9, 2] == pytest.approx(told["network"]["pre"])


def test_the_lines_of_keras_move_the_digit(client: FlaskClient) -> None:
    """They print the number of the moved digit, by the same function."""
    lines = client.get(f"{CNN}/layers/output/keras.py?filter=2&perturb=scale:0.8").get_data(as_text=True)

    assert 'digit = perturbation.perturb(digit, "scale", 0.8, mnist.SPEC)' in lines.splitlines()
    compile(lines, "lines", "exec")


def test_a_picture_of_a_moved_digit_shows_it(client: FlaskClient, pretended: Workspace) -> None:
    """Verdicts and maps of the moved digit, and behind them its pixels; an unmoved one carries none."""
    path = f"/pictures/{pretended.version}/fcn,cnn/17/post.bin"
    whole, moved = client.get(path), client.get(f"{path}?perturb=rotation:15")

    plain, more = gzip.decompress(whole.get_data()), gzip.decompress(moved.get_data())
    assert len(more) == len(plain) + 784
    pixels = np.frombuffer(more[-784:], np.uint8)
    assert np.array_equal(pixels, np.rint(255 * pretended.digit(17, TURNED)).astype(np.uint8).ravel())
    logits = pretended.forward_pass("fcn", 17, move=TURNED).logits
    assert np.array_equal(np.frombuffer(more[4:44], np.float32), logits)


def test_every_address_of_a_digit_can_be_of_a_drawn_one(client: FlaskClient, pretended: Workspace) -> None:
    """Pixels, verdict, tensors, sums and picture are the drawing's, whose label nobody knows."""
    drawn = DRAWN.of(prepare(np.zeros((28, 28), np.uint8)))
    query = f"perturb={DRAWN.text}"
    forward = pretended.forward_pass("cnn", 17, move=DRAWN)

    assert np.array_equal(pretended.digit(17, DRAWN), drawn)
    assert np.array_equal(array(client, f"/api/digits/4271.npy?{query}"), drawn[..., 0])
    told = client.get(f"{CNN}?{query}").get_json()
    assert told["logits"] == forward.logits.tolist()
    assert told["label"] is None
    assert np.array_equal(array(client, f"{CNN}/layers/conv1.npy?stage=pre&{query}"), forward.pre["conv1"])
    cell = client.get(f"{CNN}/layers/conv1/cell?filter=2&cell=9,9&{query}").get_json()
    assert cell["network"]["pre"] == pytest.approx(float(forward.pre["conv1"][9, 9, 2]))
    assert cell["tensors"]["reads"]["address"] == f"api/images/17.npy?{query}"
    picture = client.get(f"/pictures/{pretended.version}/fcn,cnn/17/post.bin?{query}").get_data()
    pixels = np.frombuffer(gzip.decompress(picture)[-784:], np.uint8)
    assert np.array_equal(pixels, np.rint(255 * drawn).astype(np.uint8).ravel())


@pytest.mark.parametrize(
    "path",
    [
        "/api/digits/17.npy?",
        f"{CNN}?",
        f"{CNN}/layers/conv1.npy?",
        f"{CNN}/layers/conv1/cell?filter=2&cell=9,9&",
        f"{CNN}/layers/conv1/partial.npy?filter=2&",
        f"{CNN}/layers/output/terms.npy?filter=2&",
        f"{CNN}/layers/output/keras.py?filter=2&",
        "/pictures/VERSION/fcn,cnn/17/post.bin?",
    ],
)
@pytest.mark.parametrize(
    "text", ["spin:3", "rotation:NaN", "rotation:1e9", "rotation:91", "scale:0.33", "ink:x", f"raw:{INK}A"]
)
def test_no_route_guesses(client: FlaskClient, pretended: Workspace, path: str, text: str) -> None:
    """A move that makes no sense is refused with a sentence; never another digit is shown."""
    response = client.get(f"{path.replace('VERSION', pretended.version)}perturb={text}")

    assert "must be" in require_error(response, 400)


def test_moved_pictures_are_not_remembered(
    test_digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There are too many; only the browser keeps those that it has."""
    workspace = apps.workspace(test_digits, tmp_path / "cache")
    app = create_app(workspace, apps.settings(tmp_path / "unused"))
    remembered: dict[str, bytes] = {}
    monkeypatch.setattr(workspace.memory, "remember", remembered.__setitem__)

    client = app.server.test_client()
    moved = client.get(f"/pictures/{workspace.version}/fcn,cnn/17/post.bin?perturb=rotation:15")
    client.get(f"/pictures/{workspace.version}/fcn,cnn/17/post.bin")

    assert moved.headers["Cache-Control"].endswith("immutable")
    assert len(remembered) == 1
