from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.analysis import timeline
from models.analysis.timeline import Moment, Timeline
from models.store import manifest
from models.store.artefact import CHECKPOINTS, CheckpointError
from models.store.entry import Score
from tests import worlds

KEPT = 13, 10  # moments of the article's FCN and CNN, at least


def made(*steps: tuple[int, int | None]) -> Timeline:
    """Return a timeline of moments in which nothing was measured."""
    moments = tuple(Moment(step, epoch, Score(4, 2, 1.0)) for step, epoch in steps)
    return Timeline(moments, np.zeros((len(moments), 4), np.uint8), {}, {}, {})


def test_networks_stand_at_their_own_moment_or_at_their_last_before_it() -> None:
    """Epochs are counted, not steps: step 4 of the one is an earlier moment than of the other."""
    long = made((0, 0), (4, None), (40, 1), (80, 2), (120, 3))
    short = made((0, 0), (4, None), (10, 1), (20, 2))
    both = {"long": long, "short": short}

    assert timeline.places(both, "0") == {"long": 0, "short": 0}
    assert timeline.places(both, "step4") == {"long": 1, "short": 1}
    assert timeline.places(both, "1") == {"long": 2, "short": 2}
    assert timeline.places(both, "3") == {"long": 4, "short": 3}
    with pytest.raises(KeyError):
        timeline.places(both, "4")


@pytest.mark.keras
def test_what_is_measured_is_the_rounded_network(made_up_folder: Path) -> None:
    """Answers, scores, ranges and shares at a moment are those of plain Keras with its weights in float16."""
    import keras

    world, entry = worlds.made_up(), manifest.read(made_up_folder)[0]
    kept, weights = timeline.read(entry, made_up_folder, len(world)), timeline.moments(entry, made_up_folder)
    assert kept is not None
    assert weights is not None
    held = weights.at(1)
    model = worlds.branching()
    for layer in model.layers:
        for variable in layer.weights:
            variable.assign(held[f"{layer.name}.{variable.name}"])
    named = [layer for layer in model.layers if layer.name in kept.active]
    outputs = keras.Model(model.inputs[0], [layer.output for layer in named])(world.inputs)

    probabilities = np.asarray(outputs[-1])
    assert np.array_equal(kept.answers[1], probabilities.argmax(axis=1))
    assert kept.moments[1].test
    assert kept.moments[1].test.correct == (probabilities.argmax(axis=1) == world.labels).sum()
    for layer, values in zip(named, outputs, strict=True):
        cells = np.asarray(values).reshape(-1, values.shape[-1])
        low, high = kept.ranges[layer.name, "post"][1]
        np.testing.assert_allclose(high, cells.max(axis=0), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(low, cells.min(axis=0), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(kept.active[layer.name][1], (cells > 0).mean(axis=0), atol=2e-3)


def test_a_timeline_comes_back_from_its_bytes_and_of_another_network_is_refused(made_up_folder: Path) -> None:
    """All that was measured; and not for other images, other layers, or moments that go backwards."""
    entry, other = manifest.read(made_up_folder)
    kept = timeline.read(entry, made_up_folder)
    assert kept is not None
    back = Timeline.from_bytes(kept.to_bytes())

    assert back.moments == kept.moments
    assert all(np.array_equal(back.ranges[each], kept.ranges[each]) for each in kept.ranges)
    assert back.norms.keys() == kept.norms.keys()
    for wrong, images in (
        (kept, worlds.COUNT + 1),
        (replace(kept, active={}), None),
        (replace(kept, moments=kept.moments[::-1]), None),
        (replace(kept, answers=kept.answers[:-1]), None),
    ):
        with pytest.raises(ValueError, match=r"\w+"):
            wrong.require(entry, images)
    with pytest.raises(ValueError, match="other channels"):
        kept.require(other, None)
    assert timeline.read(other, made_up_folder) is None


def test_a_lost_or_damaged_file_is_named(made_up_folder: Path, tmp_path: Path) -> None:
    """With the command that makes it anew."""
    entry = manifest.read(made_up_folder)[0]
    assert entry.moments is not None
    with pytest.raises(CheckpointError, match=r"models.measure timeline branching"):
        timeline.moments(entry, tmp_path)
    (tmp_path / entry.moments.name).write_bytes(b"something else")
    with pytest.raises(CheckpointError, match="is not the file that the manifest names"):
        timeline.moments(entry, tmp_path)


def test_the_articles_pair_has_its_moments() -> None:
    """From random weights to the last epoch, and they learn: from chance to nearly what is shipped."""
    entries = {entry.key: entry for entry in manifest.read()}
    for key, least in zip(("fcn", "cnn"), KEPT, strict=True):
        kept, entry = timeline.read(entries[key], CHECKPOINTS), entries[key]
        assert kept is not None
        assert entry.test is not None
        assert entry.training is not None
        keys = [each.key for each in kept.moments]
        assert keys[0] == "0"
        assert {"step1", "step4", "step16", "step64"} <= {*keys}
        assert keys[-1] == str(entry.training.recipe["epochs"])
        assert len(keys) >= least
        begun, ended = kept.moments[0].test, kept.moments[-1].test
        assert begun
        assert ended
        assert begun.accuracy < 0.2
        assert abs(ended.accuracy - entry.test.accuracy) < 0.005
    files = [file for entry in entries.values() for file in (entry.timeline, entry.moments) if file]
    assert sum(file.bytes for file in files) < 40e6
