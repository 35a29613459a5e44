from __future__ import annotations

import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from models.analysis.snippet import snippet
from models.datasets import mnist
from models.datasets.mnist import prepare
from models.datasets.perturbation import Move
from models.engine.forward_pass import STAGES, Stage
from models.sketch.drawing import PAD, Drawing, write_ink
from models.store import loading, manifest
from models.store.artefact import CHECKPOINTS
from models.store.entry import Entry
from tests import networks

ROOT = Path(__file__).parents[3]
DIGIT = 4271
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

    lines = snippet(cnn, digit=7, layer="conv2", channel=3, cell=(12, 5), stage="pre").splitlines()

    assert 'model = keras.saving.load_model("models/checkpoints/cnn.keras", compile=False)' in lines
    assert any("images[7:8])" in line for line in lines)
    assert 'layer = model.get_layer("conv2")' in lines
    assert any(line.startswith("layer.activation = keras.activations.linear") for line in lines)
    assert lines[-1] == "print(values[0, 12, 5, 3].numpy())"


@pytest.mark.parametrize(("layer", "stage"), [("conv2", "post"), ("pool", "pre"), ("pool", "post")])
def test_a_layer_keeps_its_activation_unless_it_must_lose_it(layer: str, stage: Stage) -> None:
    """After activation, and where there is none, nothing is changed on the layer."""
    cnn = networks.entry("cnn", networks.CNN)

    assert "linear" not in snippet(cnn, digit=7, layer=layer, channel=3, cell=(1, 2), stage=stage)


def test_a_unit_has_no_cell() -> None:
    """The value is found by the unit's number alone."""
    fcn = networks.entry("fcn", networks.FCN)

    assert snippet(fcn, digit=0, layer="dense1", channel=5, cell=None, stage="post").endswith(
        "print(values[0, 5].numpy())\n"
    )


def test_a_drawing_takes_the_place_of_the_test_digit() -> None:
    """Its text stands in the program, which reads no test digit; what is done to it then comes after."""
    fcn = networks.entry("fcn", networks.FCN)
    drawn = Drawing("eNpj", "raw", Move("rotation", 15))

    lines = snippet(fcn, digit=7, layer="dense1", channel=5, cell=None, stage="post", move=drawn).splitlines()

    assert any('prepare(drawing.Drawing("eNpj", "raw").pixels[None])' in line for line in lines)
    assert 'digit = perturbation.perturb(digit, "rotation", 15, mnist.SPEC)' in lines
    assert not any("images" in line for line in lines)


def test_names_cannot_leave_their_quotes() -> None:
    """A layer's name is text in the program, whatever is in it."""
    odd = networks.dense('a"); print("b', 784, 10)
    entry = networks.entry("odd", (networks.flatten(784), odd))

    program = snippet(entry, digit=0, layer=odd.name, channel=5, cell=None, stage="post")

    assert 'model.get_layer("a\\"); print(\\"b")' in program
    compile(program, "snippet", "exec")


def test_a_layer_that_there_is_not() -> None:
    """No program is written for it."""
    with pytest.raises(KeyError):
        snippet(networks.entries()[0], digit=0, layer="conv1", channel=0, cell=(0, 0), stage="pre")


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
            program = snippet(entry(key), digit=DIGIT, layer=layer, channel=channel, cell=cell, stage=stage)
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
    printed = StringIO()
    with redirect_stdout(printed):
        exec(  # noqa: S102 - the program is the thing under test
            snippet(entry("cnn"), digit=0, layer="dense", channel=3, cell=None, stage="pre", move=drawn), {}
        )

    forward = Probe(loading.load(entry("cnn"))).run(drawn.of(np.zeros((28, 28, 1), np.float32)))
    assert float(printed.getvalue()) == pytest.approx(float(forward.pre["dense"][3]), rel=1e-5, abs=1e-5)


@pytest.mark.keras
def test_a_program_runs_in_a_process_of_its_own() -> None:
    """Saved as a file or pasted: Python, started in the root, prints one number and nothing else."""
    program = snippet(entry("cnn"), digit=DIGIT, layer="conv2", channel=21, cell=(12, 7), stage="pre")

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert (CHECKPOINTS / entry("cnn").checkpoint.name).exists()
    assert np.isfinite(float(done.stdout))
    assert len(done.stdout.splitlines()) == 1
