from typing import Any

from dashboard.panels.history import PANEL
from tests.dashboard.panels.reading import drawn


def traces(chart: Any) -> Any:
    return {trace.name: list(trace.y) for trace in chart.figure.data}


def test_curves_are_the_manifests_history(compare: Any) -> None:
    """Training and held-out numbers of the loss in the first chart, of the accuracy in the second."""
    loss, accuracy = drawn(PANEL, compare("cnn"))

    assert traces(loss) == {
        "CNN training": [0.5, 0.25, 0.125],
        "CNN held-out": [0.4, 0.1, 0.2],
        "CNN chosen epoch": [0.1],
    }
    assert traces(accuracy)["CNN training"] == [0.8, 0.9, 0.95]
    assert traces(accuracy)["CNN chosen epoch"] == [0.975]


def test_both_networks_share_the_axes(compare: Any) -> None:
    """Three traces each, so that the networks can be compared."""
    loss, _ = drawn(PANEL, compare())

    assert len(loss.figure.data) == 6


def test_the_summary_names_the_kept_epoch(compare: Any) -> None:
    """Epoch, of how many, and its held-out number, network by network."""
    loss, accuracy = drawn(PANEL, compare())

    assert loss.summary == (
        "FCN keeps epoch 2 of 3 with a held-out loss of 0.1000 nats; "
        "CNN keeps epoch 2 of 3 with a held-out loss of 0.1000 nats."
    )
    assert "held-out accuracy of 97.50 %" in accuracy.summary
