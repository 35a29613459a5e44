from typing import Any

import pytest

from dashboard.colours import HUES, OTHERS
from dashboard.link import Reader
from tests.dashboard.panels.conftest import ANSWERS, IMAGES, compared, entry_of, logits_of
from tests.dashboard.panels.reading import read_link


@pytest.mark.parametrize(("model", "shown"), [("both", ["fcn", "cnn"]), ("fcn", ["fcn"]), ("cnn", ["cnn"])])
def test_the_toggle_chooses_the_networks(compare: Any, model: Any, shown: Any) -> None:
    """Both shows the pair; a key shows that network alone, but the pair and all answers stay known."""
    comparison = compare(model)

    assert [entry.key for entry in comparison.entries] == shown
    assert [entry.key for entry in comparison.pair] == ["fcn", "cnn"]
    assert list(comparison.logits) == ["fcn", "cnn"]


def test_any_two_can_be_compared() -> None:
    """A pair is shown in its own order among all that are known; without one it is the first two."""
    three = [entry_of(key) for key in ("fcn", "cnn", "cnn-augmented")]
    logits = {each.key: logits_of(ANSWERS[:, 1]) for each in three}
    chosen = compared(three, logits, ANSWERS[:, 0], images=IMAGES, pair=("cnn-augmented", "fcn"))
    default = compared(three, logits, ANSWERS[:, 0], images=IMAGES)

    assert [entry.name for entry in chosen.entries] == ["CNN augmented", "FCN"]
    assert [entry.name for entry in default.pair] == ["FCN", "CNN"]
    assert chosen.collection.entries == default.collection.entries == tuple(three)
    assert chosen.wall(3) == "./?digit=3&pair=cnn-augmented,fcn"
    assert default.wall(3, label=1) == "./?digit=3&label=1"
    with pytest.raises(ValueError, match="no network 'cnn'"):
        compared(three, logits, ANSWERS[:, 0], "cnn", images=IMAGES, pair=("cnn-augmented", "fcn"))
    with pytest.raises(KeyError):
        compared(three, logits, ANSWERS[:, 0], images=IMAGES, pair=("cnn", "vit"))


@pytest.mark.parametrize(
    ("key", "called"),
    [
        ("fcn", "FCN"),
        ("cnn-augmented", "CNN augmented"),
        ("fcn-matched", "FCN matched"),
        ("mlp-very-wide", "MLP very wide"),
    ],
)
def test_a_network_is_called_by_its_key(key: str, called: str) -> None:
    """The first word in capitals, the others as they are."""
    assert entry_of(key).name == called


def test_an_unknown_network_is_refused(compare: Any) -> None:
    """An empty comparison is never drawn."""
    with pytest.raises(ValueError, match="resnet"):
        compare("resnet")


def test_hiding_a_network_recolours_no_other() -> None:
    """A network without a hue of its own keeps the one it was given among all."""
    three = [entry_of(key) for key in ("wide", "fcn", "deep")]
    logits = {each.key: logits_of(ANSWERS[:, 1]) for each in three}

    alone = compared(three, logits, ANSWERS[:, 0], "deep", images=IMAGES, pair=("fcn", "deep"))

    assert alone.hues["deep"] == OTHERS[1]
    assert alone.hues["fcn"] == HUES["fcn"]


@pytest.mark.parametrize("model", ["both", "cnn"])
def test_a_link_to_the_wall_is_read_back(compare: Any, entries: Any, model: Any) -> None:
    """The selection's own reader has nothing to complain about; pair and toggle stay as they are."""
    reader, selection = read_link(compare(model).wall(8, label=0, answer=2, by="cnn"), entries)

    assert isinstance(reader, Reader)
    assert selection.pair == ("fcn", "cnn")
    assert reader.complaints == []
    assert (selection.page, selection.digit, selection.model) == ("explore", 8, model)
    assert (selection.wall.label, selection.wall.answer, selection.wall.by) == (0, 2, "cnn")


def test_a_link_keeps_the_pair() -> None:
    """A pair that is not the default one is named in the link, and read back in its order."""
    three = [entry_of(key) for key in ("fcn", "cnn", "cnn-augmented")]
    logits = {each.key: logits_of(ANSWERS[:, 1]) for each in three}

    chosen = compared(three, logits, ANSWERS[:, 0], images=IMAGES, pair=("cnn-augmented", "cnn"))
    link = chosen.wall(3, wrong="cnn")

    assert link == "./?digit=3&pair=cnn-augmented,cnn&wrong=cnn"
    reader, selection = read_link(link, three)
    assert (selection.pair, reader.complaints) == (("cnn-augmented", "cnn"), [])
