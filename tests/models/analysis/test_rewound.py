from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from models.analysis import makers, timeline
from models.analysis.rewound import Rewound
from models.analysis.timeline import TRAINED
from models.engine.networks import Networks
from models.store import manifest
from tests import worlds

pytestmark = pytest.mark.keras
MOMENTS = ("0", "step2", "1", "2", TRAINED)


@pytest.fixture(scope="module")
def trained(made_up_folder: Path) -> Networks:
    """The made-up networks as they are, awake."""
    networks = Networks(manifest.read(made_up_folder), made_up_folder)
    networks.wake()
    assert networks.wait(300)
    return networks


@pytest.fixture(scope="module")
def rewound(made_up_folder: Path, trained: Networks) -> Rewound:
    """The same at any moment, awake."""
    entries = manifest.read(made_up_folder)
    kept = {entry.key: timeline.read(entry, made_up_folder) for entry in entries}
    found = Rewound(entries, made_up_folder, {key: each for key, each in kept.items() if each}, trained)
    found.wake()
    assert found.wait(300)
    return found


def test_a_moment_is_the_network_with_the_weights_of_then(
    rewound: Rewound, trained: Networks, made_up_folder: Path
) -> None:
    """Its answers are those that were measured; as trained it is the network itself; another one stays."""
    entry, world = manifest.read(made_up_folder)[0], worlds.made_up()
    kept = timeline.read(entry, made_up_folder)
    assert kept is not None
    for moment in ("2", "0", "step2", "0", "1"):
        with rewound.at(moment):
            logits = rewound.probe("branching").logits_without(world.inputs, {})
            assert rewound.probe("chain") is trained.probe("chain")
        assert np.array_equal(logits.argmax(axis=1), kept.answers[kept.place(moment) or 0])
    with rewound.at(TRAINED):
        again = rewound.probe("branching").logits_without(world.inputs, {})
        weights = rewound.probe("branching").arrays
    own = trained.probe("branching")
    assert np.array_equal(again, own.logits_without(world.inputs, {}))
    assert all(np.array_equal(weights[name], own.arrays[name]) for name in own.arrays)


def test_what_is_made_of_a_network_follows_it(rewound: Rewound, trained: Networks) -> None:
    """Made once, it is asked at every moment; of a network without moments it is what others have, too."""
    inputs = worlds.made_up().inputs[:4]
    with rewound.at("1"):
        made, mark = rewound.built("branching", makers.explainer), rewound.mark
        first = made.logits(inputs)
    with rewound.at("0"):
        assert rewound.built("branching", makers.explainer) is made
        assert not np.allclose(made.logits(inputs), first)
        np.testing.assert_allclose(
            made.logits(inputs), rewound.probe("branching").logits_without(inputs, {}), rtol=1e-4, atol=1e-5
        )
        assert rewound.mark != mark
    with rewound.at(TRAINED):
        assert rewound.mark == ""
    assert rewound.built("chain", makers.explainer) is trained.built("chain", makers.explainer)


def test_a_moment_within_another_one_ends_with_it(rewound: Rewound) -> None:
    """What is compared with is asked in between, and then the first moment goes on."""
    image = worlds.made_up().inputs[0]
    with rewound.at("1"):
        first = rewound.probe("branching").run(image).logits
        with rewound.at("0"):
            random = rewound.probe("branching").run(image).logits
        assert np.array_equal(rewound.probe("branching").run(image).logits, first)
    assert not np.array_equal(random, first)


def test_many_visitors_at_different_moments_get_their_own(rewound: Rewound) -> None:
    """Four threads, each at a moment of its own, ask in turns; none sees the weights of another."""
    image, wrong = worlds.made_up().inputs[3], list[str]()
    known = {}
    for moment in MOMENTS:
        with rewound.at(moment):
            known[moment] = rewound.probe("branching").run(image).logits

    def ask(moment: str) -> None:
        for _ in range(40):
            with rewound.at(moment):
                if not np.array_equal(rewound.probe("branching").run(image).logits, known[moment]):
                    wrong.append(moment)

    threads = [threading.Thread(target=ask, args=(moment,)) for moment in MOMENTS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({each.tobytes() for each in known.values()}) >= len(MOMENTS) - 1
    assert wrong == []


def test_a_moment_that_was_not_kept_is_none(rewound: Rewound) -> None:
    """It is refused before anybody waits."""
    with pytest.raises(KeyError), rewound.at("17"):
        pass
