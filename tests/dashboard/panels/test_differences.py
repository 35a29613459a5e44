from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest

from dashboard.figures import thumbnails
from dashboard.panels import differences
from dashboard.panels.differences import PANEL
from models.analysis.metrics import answers
from models.datasets.disputed import Dispute
from tests.dashboard.panels.conftest import ANSWERS, IMAGES, compared, disputing, entry_of, logits_of
from tests.dashboard.panels.reading import drawn, read_link


def test_the_groups_are_the_ones_worked_by_hand(compare: Any) -> None:
    """Both name 0, 2, 3, 7 and 9 right, only FCN 8, only CNN 1, 4 and 6, neither 5: one against three."""
    table, *_ = drawn(PANEL, compare())

    assert [[cell.text for cell in row] for row in (table.header, *table.rows)] == [
        ["digits", "CNN right", "CNN wrong"],
        ["FCN right", "5", "1"],
        ["FCN wrong", "3", "1"],
    ]
    assert f"p = {binomtest(1, 4).pvalue:.4f}" in table.caption


def test_each_group_leads_to_its_wall(compare: Any, entries: Any) -> None:
    """What the wall shows are the digits that were counted; the first in its order is selected."""
    table, *_ = drawn(PANEL, compare())
    walls = [("none", "fcn", 5), ("only.cnn", "cnn", 8), ("only.fcn", "fcn", 4), ("both", "fcn", 5)]

    for (wrong, sort, _), cell in zip(walls, [cell for row in table.rows for cell in row[1:]], strict=True):
        reader, selection = read_link(cell.link, entries)
        assert (reader.complaints, selection.wall.wrong, selection.wall.sort) == ([], wrong, sort)
        assert cell.label.startswith(f"{cell.text} digit")
        assert selection.digit == differences.group(compare(), wrong, sort)[0]


def test_groups_share_out_all_digits_least_sure_first() -> None:
    """Of random answers every digit is in one of the four groups, in the order of that network's margins."""
    rng = np.random.default_rng(0)
    logits = {key: rng.normal(size=(200, 4)).astype(np.float32) for key in ("fcn", "cnn")}
    labels = rng.integers(0, 4, 200).astype(np.uint8)
    comparison = compared(
        [entry_of("fcn"), entry_of("cnn")], logits, labels, images=np.zeros((200, 1, 1), np.uint8)
    )

    groups = {
        wrong: differences.group(comparison, wrong, "cnn")
        for wrong in ("none", "only.fcn", "only.cnn", "both")
    }

    assert sorted(np.concatenate([*groups.values()])) == list(range(200))
    for wrong, found in groups.items():
        right = [answers(logits[key])[found] == labels[found] for key in ("fcn", "cnn")]
        assert right[0].all() == (wrong in ("none", "only.cnn"))
        assert right[1].all() == (wrong in ("none", "only.fcn"))
        top = np.sort(np.exp(logits["cnn"][found]) / np.exp(logits["cnn"][found]).sum(axis=1, keepdims=True))
        assert (np.diff(top[:, -1] - top[:, -2]) >= -1e-6).all()


def test_the_digits_that_make_up_the_difference_are_seen(compare: Any, entries: Any) -> None:
    """Each with its label and both answers, its pixels, and a way to it in Explore."""
    _, only_fcn, only_cnn = drawn(PANEL, compare())

    first = "0 of them with a disputed label, from the one on which {}'s margin is smallest"
    assert only_fcn.caption == f"1 digit that only FCN names right, {first.format('CNN')}"
    assert only_cnn.caption == f"3 digits that only CNN names right, {first.format('FCN')}"
    (thumb,) = only_fcn.thumbs
    assert thumb.label == "label 0, FCN 0, CNN 2, test digit 8"
    assert [cell.text for cell in thumb.under] == ["label 0", "FCN 0", "CNN 2"]
    assert [cell.kind for cell in thumb.under] == ["", "right", "wrong"]
    assert thumb.picture == thumbnails.address(IMAGES[8])
    reader, selection = read_link(thumb.link, entries)
    assert (reader.complaints, selection.digit, selection.wall.wrong) == ([], 8, "only.cnn")
    assert only_fcn.rest is only_cnn.rest is None


def test_a_disputed_label_is_said(compare: Any) -> None:
    """Under the digit in a word, aloud with who says what, and how many in the caption."""
    dispute = Dispute(0, 2, 1, 3, 1)

    _, only_fcn, only_cnn = drawn(PANEL, disputing(compare(), {8: dispute, 3: dispute}))

    (thumb,) = only_fcn.thumbs
    assert [cell.text for cell in thumb.under] == ["label 0", "disputed", "FCN 0", "CNN 2"]
    said = "3 of 5 reviewers say 2, 1 says 0, 1 says neither"
    assert thumb.label == f"label 0, disputed, FCN 0, CNN 2, test digit 8: {said}"
    assert thumb.facts["label disputed"] == said
    assert "1 of them with a disputed label" in only_fcn.caption
    assert "0 of them with a disputed label" in only_cnn.caption


def test_of_many_some_are_shown_and_all_can_be_reached(
    compare: Any, entries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left out is said, with a link to all."""
    monkeypatch.setattr(differences, "MOST", 2)
    _, _, only_cnn = drawn(PANEL, compare())

    assert len(only_cnn.thumbs) == 2
    assert only_cnn.rest.text == "All 3 that only CNN names right"
    assert read_link(only_cnn.rest.link, entries)[1].wall.wrong == "only.fcn"


def test_networks_that_never_differ_are_drawn(entries: Any) -> None:
    """Two perfect networks: no digits, no links to nowhere, and no evidence."""
    labels = ANSWERS[:, 0]
    same = compared(entries, dict.fromkeys(("fcn", "cnn"), logits_of(labels)), labels, images=IMAGES)
    table, *galleries = drawn(PANEL, same)

    assert [[(cell.text, cell.link is None) for cell in row[1:]] for row in table.rows] == [
        [("10", False), ("0", True)],
        [("0", True), ("0", True)],
    ]
    assert "p = 1.0000" in table.caption
    assert [gallery.thumbs for gallery in galleries] == [(), ()]


def test_a_network_alone_differs_from_none() -> None:
    """Where there is no second network the panel says so."""
    alone = compared([entry_of("fcn")], {"fcn": logits_of(ANSWERS[:, 1])}, ANSWERS[:, 0], images=IMAGES)
    (words,) = drawn(PANEL, alone)

    assert [cell.text for sentence in words.sentences for cell in sentence] == [
        "There is no network beside FCN to compare it with."
    ]


def test_disputed_labels_are_spoken_of_where_somebody_disputes_any(compare: Any) -> None:
    """Of clothes nobody was asked: that none is marked as disputed says nothing then."""
    table, *galleries = drawn(PANEL, disputing(compare(), {}))

    assert "disputed" not in " ".join(
        [PANEL.how_to_read, table.caption, *(each.caption for each in galleries)]
    )
