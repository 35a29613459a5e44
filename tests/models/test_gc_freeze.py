from __future__ import annotations

import gc

import pytest

from models.gc_freeze import frozen


def test_nothing_is_collected_meanwhile_and_what_was_made_is_left_alone() -> None:
    """Afterwards the collector runs as before, and looks at less."""
    before = gc.get_freeze_count()
    with frozen():
        made: list[list[int]] = [[] for _ in range(10)]
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count() >= before + len(made)
    gc.unfreeze()


def test_a_fault_does_not_leave_it_switched_off() -> None:
    """The garbage of a long life would not be found any more."""
    with pytest.raises(ZeroDivisionError), frozen():
        1 / 0  # noqa: B018
    assert gc.isenabled()
    gc.unfreeze()
