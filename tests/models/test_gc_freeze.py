from __future__ import annotations

import gc
import subprocess
import sys

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


def test_within_it_it_changes_nothing() -> None:
    """The collector waits for the end of the first."""
    with frozen():
        with frozen():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.unfreeze()


def test_a_fault_does_not_leave_it_switched_off() -> None:
    """The garbage of a long life would not be found any more."""
    with pytest.raises(ZeroDivisionError), frozen():
        1 / 0  # noqa: B018
    assert gc.isenabled()
    gc.unfreeze()


@pytest.mark.keras
def test_keras_brings_no_scikit_learn_along_which_can_be_imported_then() -> None:
    """Its wrappers would take it, and who arranges images needs it."""
    program = (
        "import sys; from models.gc_freeze import load_keras; load_keras(); assert 'keras' in sys.modules; "
        "assert not {'sklearn', 'scipy.stats'} & sys.modules.keys(); import sklearn"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
