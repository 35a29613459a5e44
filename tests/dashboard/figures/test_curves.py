from typing import Any

import pytest

from dashboard.colours import HUES
from dashboard.figures.curves import Curve, draw
from dashboard.figures.frame import config
from dashboard.panels.wording import percent

FCN = Curve("FCN", HUES["fcn"], [0.5, 0.2, 0.1], [0.4, 0.15, 0.3], chosen_epoch=2)
CNN = Curve("CNN", HUES["cnn"], [0.3, 0.1], [0.2, 0.05], chosen_epoch=2)


def traces(figure: Any) -> Any:
    return {trace.name: trace for trace in figure.data}


def test_each_epoch_has_its_number() -> None:
    """Epochs count from 1; training and held-out keep theirs, and networks may train unequally long."""
    drawn = traces(draw([FCN, CNN], "loss", "light"))

    assert list(drawn["FCN training"].x) == [1, 2, 3]
    assert list(drawn["FCN training"].y) == [0.5, 0.2, 0.1]
    assert list(drawn["FCN held-out"].y) == [0.4, 0.15, 0.3]
    assert list(drawn["CNN held-out"].x) == [1, 2]


def test_the_chosen_epoch_is_marked_on_the_held_out_curve() -> None:
    """Its marker lies on the held-out number of that very epoch."""
    drawn = traces(draw([FCN], "loss", "light"))

    assert (drawn["FCN chosen epoch"].x[0], drawn["FCN chosen epoch"].y[0]) == (2, 0.15)


@pytest.mark.parametrize(("epochs", "step"), [(1, 1), (12, 1), (13, 5), (40, 5)])
def test_epochs_are_numbered_whole_and_all_of_them_fit(epochs: Any, step: Any) -> None:
    """The axis holds the first and the last epoch; no tick stands between two of them."""
    axis = draw([Curve("CNN", HUES["cnn"], [0.1] * epochs, [0.1] * epochs, 1)], "loss", "light").layout.xaxis

    assert axis.range[0] < 1 <= epochs < axis.range[1]
    assert (axis.tick0, axis.dtick) == (0, step)


def test_parts_differ_by_dash_and_networks_by_colour_and_marker() -> None:
    """Nothing is told by colour alone."""
    drawn = traces(draw([FCN, CNN], "loss", "dark"))

    assert {drawn[f"{name} training"].line.dash for name in ("FCN", "CNN")} == {"dash"}
    assert {drawn[f"{name} held-out"].line.dash for name in ("FCN", "CNN")} == {"solid"}
    assert drawn["FCN held-out"].line.color == HUES["fcn"].dark
    assert drawn["FCN chosen epoch"].marker.symbol != drawn["CNN chosen epoch"].marker.symbol


def test_a_loss_begins_at_zero_and_an_accuracy_is_in_percent() -> None:
    """A loss is anchored at zero; shares are written in percent, and their axis fits them."""
    loss, share = draw([FCN], "loss", "light"), draw([FCN], "right", "light", percent=percent)

    assert loss.layout.yaxis.rangemode == "tozero"
    assert share.layout.yaxis.rangemode is None
    assert share.layout.yaxis.tickformat.endswith("%")
    assert share.data[0].hovertext == tuple(percent(each) for each in FCN.training)
    assert share.data[0].hovertemplate.endswith(": %{hovertext}<extra></extra>")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_figure_is_small_and_fits_its_place(theme: Any) -> None:
    """As wide as its place, of fixed height, without Plotly's default template of many kilobytes."""
    figure = draw([FCN, CNN], "loss", theme)

    assert figure.layout.autosize
    assert figure.layout.width is None
    assert figure.layout.height == 340
    assert len(figure.to_json()) < 5_000


def test_the_browser_offers_the_picture_and_no_logo() -> None:
    """One button, no logo, and no zooming by scroll."""
    shown = config("loss")

    assert shown["modeBarButtons"] == [["toImage"]]
    assert not shown["displaylogo"]
    assert not shown["scrollZoom"]
    assert shown["toImageButtonOptions"]["filename"] == "loss"
