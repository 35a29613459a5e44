from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.analysis.snippet import snippet, value_lines
from models.datasets import mnist
from models.datasets.mnist import prepare
from models.datasets.perturbation import Move
from models.engine.forward_pass import STAGES, Stage
from models.sketch.drawing import PAD, Drawing, write_ink
from models.store import loading, manifest
from models.store.artefact import CHECKPOINTS
from models.store.entry import Entry
from tests import networks, worlds
from tests.dashboard.made_up import assorted
from tests.models.engine.test_opened import nested, opaque, shared

if TYPE_CHECKING:
    import keras

ROOT = Path(__file__).parents[3]
DIGIT = 4271
TESTS = mnist.load("test")
PLACES: tuple[tuple[str, str, int, tuple[int, int] | None], ...] = (
    ("cnn", "conv1", 31, (0, 25)),
    ("cnn", "conv2", 21, (12, 7)),
    ("cnn", "pool", 63, (11, 0)),
    ("cnn", "dense", 127, None),
    ("cnn", "output", 9, None),
    ("fcn", "dense1", 0, None),
    ("fcn", "dense2", 255, None),
    ("fcn", "output", 4, None),
)


def entry(key: str) -> Entry:
    return {each.key: each for each in manifest.read()}[key]


def test_a_cell_before_activation() -> None:
    """The checkpoint's own file, the digit as it is fed, the layer without its activation, the one value."""
    cnn = networks.entry("cnn", networks.CNN)

    lines = snippet(cnn, TESTS, index=7, layer="conv2", channel=3, cell=(12, 5), stage="pre").splitlines()

    assert 'model = keras.saving.load_model("models/checkpoints/cnn.keras", compile=False)' in lines
    assert any("images[7:8])" in line for line in lines)
    assert 'layer = model.get_layer("conv2")' in lines
    assert any(line.startswith("layer.activation = keras.activations.linear") for line in lines)
    assert lines[-1] == "print(values[0, 12, 5, 3].numpy())"


@pytest.mark.parametrize(("layer", "stage"), [("conv2", "post"), ("pool", "pre"), ("pool", "post")])
def test_a_layer_keeps_its_activation_unless_it_must_lose_it(layer: str, stage: Stage) -> None:
    """After activation, and where there is none, nothing is changed on the layer."""
    cnn = networks.entry("cnn", networks.CNN)

    assert "linear" not in snippet(cnn, TESTS, index=7, layer=layer, channel=3, cell=(1, 2), stage=stage)


def test_a_unit_has_no_cell() -> None:
    """The value is found by the unit's number alone."""
    fcn = networks.entry("fcn", networks.FCN)

    assert snippet(fcn, TESTS, index=0, layer="dense1", channel=5, cell=None, stage="post").endswith(
        "print(values[0, 5].numpy())\n"
    )


def test_a_drawing_takes_the_place_of_the_test_digit() -> None:
    """Its text stands in the program, which reads no test digit; what is done to it then comes after."""
    fcn = networks.entry("fcn", networks.FCN)
    drawn = Drawing("eNpj", "raw", Move("rotation", 15))

    lines = snippet(
        fcn, TESTS, index=7, layer="dense1", channel=5, cell=None, stage="post", move=drawn
    ).splitlines()

    assert any('prepare(drawing.Drawing("eNpj", "raw").pixels[None])' in line for line in lines)
    assert 'digit = perturbation.perturb(digit, "rotation", 15, mnist.SPEC)' in lines
    assert not any("images" in line for line in lines)


def test_names_cannot_leave_their_quotes() -> None:
    """A layer's name is text in the program, whatever is in it."""
    odd = networks.dense('a"); print("b', 784, 10)
    entry = networks.entry("odd", (networks.flatten(784), odd))

    program = snippet(entry, TESTS, index=0, layer=odd.name, channel=5, cell=None, stage="post")

    assert 'model.get_layer("a\\"); print(\\"b")' in program
    compile(program, "snippet", "exec")


def test_a_layer_that_there_is_not() -> None:
    """No program is written for it."""
    with pytest.raises(KeyError):
        snippet(networks.entries()[0], TESTS, index=0, layer="conv1", channel=0, cell=(0, 0), stage="pre")


@pytest.mark.keras
@pytest.mark.parametrize("key", ["cnn", "fcn"])
def test_each_program_prints_the_networks_own_number(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every layer of both trained networks, before and after activation, run as it stands, to 1e-5."""
    from models.engine.probe import Probe

    monkeypatch.chdir(ROOT)
    forward = Probe(loading.load(entry(key))).run(prepare(mnist.load("test").images[DIGIT]))

    for _, layer, channel, cell in (place for place in PLACES if place[0] == key):
        for stage in STAGES:
            printed = StringIO()
            program = snippet(
                entry(key), TESTS, index=DIGIT, layer=layer, channel=channel, cell=cell, stage=stage
            )
            with redirect_stdout(printed):
                exec(program, {})  # noqa: S102 - the program is the thing under test
            expected = float(forward.tensor(layer, stage)[(*(cell or ()), channel)])
            assert float(printed.getvalue()) == pytest.approx(expected, rel=1e-5, abs=1e-5)


@pytest.mark.keras
def test_a_program_of_a_drawing_prints_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of what the networks are fed: prepared, then turned."""
    from models.engine.probe import Probe

    monkeypatch.chdir(ROOT)
    drawn = Drawing(write_ink(np.tri(PAD)), move=Move("rotation", 15))
    asked: dict[str, Any] = {"layer": "dense", "channel": 3, "cell": None}
    program = snippet(entry("cnn"), TESTS, index=0, stage="pre", move=drawn, **asked)
    printed = StringIO()
    with redirect_stdout(printed):
        exec(program, {})  # noqa: S102 - the program is the thing under test

    forward = Probe(loading.load(entry("cnn"))).run(drawn.of(np.zeros((28, 28, 1), np.float32)))
    assert float(printed.getvalue()) == pytest.approx(float(forward.pre["dense"][3]), rel=1e-5, abs=1e-5)


@pytest.mark.keras
def test_a_program_runs_in_a_process_of_its_own() -> None:
    """Saved as a file or pasted: Python, started in the root, prints one number and nothing else."""
    program = snippet(entry("cnn"), TESTS, index=DIGIT, layer="conv2", channel=21, cell=(12, 7), stage="pre")

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert (CHECKPOINTS / entry("cnn").checkpoint.name).exists()
    assert np.isfinite(float(done.stdout))
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.keras
@pytest.mark.parametrize(
    "build",
    [assorted, shared, nested, opaque],
    ids=lambda each: each.__name__,
)
def test_the_lines_print_every_node_of_any_graph(build: Callable[[], keras.Model]) -> None:
    """Branches, layers called twice, models in models, operations, opaque kinds: each number, to 1e-5."""
    import keras

    from models.engine.opened import Opened

    def made() -> keras.Model:
        keras.utils.clear_session()  # else a layer without a name has another one each time
        keras.utils.set_random_seed(11)
        return build()

    whole = made()
    opened = Opened.of(whole)
    graph = opened.graph
    image = np.random.default_rng(2).random((1, *graph.image), np.float32)
    pre, post = opened.model(image, training=False)
    for node, before, after in zip(graph.nodes, pre, post, strict=True):
        if len(node.output_shape) not in (1, 3):
            continue
        channel = node.channels - 1
        cell = (node.output_shape[0] // 2, node.output_shape[1] // 2) if node.has_maps else None
        for stage, values in zip(STAGES, (before, after), strict=True):
            if stage == "pre" and node.activation is None:
                continue
            lines = value_lines(graph, node.name, channel=channel, cell=cell, stage=stage, image="image")
            changes = "layer.activation =" in lines or "layer.call =" in lines
            printed = StringIO()
            with redirect_stdout(printed):
                exec(lines, {"keras": keras, "model": made() if changes else whole, "image": image})  # noqa: S102
            expected = float(np.asarray(values)[(0, *(cell or ()), channel)])
            assert float(printed.getvalue()) == pytest.approx(expected, rel=1e-5, abs=1e-5), lines


@pytest.mark.keras
def test_a_program_of_images_that_are_not_shipped_reads_one_that_was_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says from which address, and prints the number of what lies there."""
    from models.engine.probe import Probe
    from models.graph.description import layers_of

    folder = tmp_path / "models" / "checkpoints"
    folder.mkdir(parents=True)
    model, world = worlds.branching(), worlds.made_up()
    model.save(folder / "branching.keras")
    probe = Probe(model)
    entry = replace(networks.entry("branching", layers_of(probe.opened.graph)), image=probe.image)
    np.save(tmp_path / "image-4.npy", world.inputs[4])
    monkeypatch.chdir(tmp_path)

    program = snippet(entry, world, index=4, layer="residual", channel=5, cell=(3, 7), stage="post")
    printed = StringIO()
    with redirect_stdout(printed):
        exec(program, {})  # noqa: S102 - the program is the thing under test

    assert "# saved from api/images/4.npy, float32" in program
    expected = float(probe.run(world.inputs[4]).post["residual"][3, 7, 5])
    assert float(printed.getvalue()) == pytest.approx(expected, rel=1e-5, abs=1e-5)


def test_what_was_done_to_a_saved_image_stands_in_its_address() -> None:
    """The file is of the image as it was asked about, so that nothing is done to it twice."""
    entry = replace(networks.entries()[0], image=worlds.SPEC.shape)

    program = snippet(
        entry,
        worlds.made_up(),
        index=4,
        layer="dense1",
        channel=5,
        cell=None,
        stage="post",
        move=Move("rotation", 15),
    )

    assert "api/images/4.npy?perturb=rotation:15," in program
    assert "perturbation.perturb" not in program
