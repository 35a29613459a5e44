from __future__ import annotations

import numpy as np
import pytest

from models.sketch.strangers import CHOOSING, REPORTING, Maker, drawn, pictures

KINDS = {**CHOOSING, **REPORTING}


@pytest.mark.parametrize(("kind", "make"), KINDS.items(), ids=KINDS)
def test_every_kind_is_a_picture_and_another_each_time(kind: str, make: Maker) -> None:
    """28×28 grey pixels with ink, the same at any time, no two alike."""
    some = pictures(make, kind, 5)

    assert (some.dtype.name, some.shape) == ("uint8", (5, 28, 28))
    assert some.any(axis=(1, 2)).all()
    assert len(np.unique(some, axis=0)) == 5
    assert np.array_equal(some, pictures(make, kind, 5))


def test_what_chooses_does_not_report() -> None:
    """No kind is on both sides."""
    assert not CHOOSING.keys() & REPORTING.keys()


def test_a_pen_draws_lines_and_dots() -> None:
    """A stroke to the right is 20 pixels long, of the pen's width; a dot is a disc."""
    line = drawn([np.array([(0.0, 0.0), (1.0, 0.0)])], 80, 8)
    rows, columns = np.nonzero(line > 127)

    assert np.ptp(columns) == pytest.approx(19, abs=1)
    assert np.ptp(rows) == pytest.approx(20 * 8 / 88 - 1, abs=1)
    dot = drawn([np.array([(0.0, 0.0)])], 80, 8) > 127
    assert np.array_equal(dot, dot.T)
    assert dot.sum() == pytest.approx(np.pi * 10**2, rel=0.1)
