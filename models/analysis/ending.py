"""How a command ends that cannot go on: with status 1 and a sentence, not with a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from models.datasets.dataset import DataError
from models.remedy import MachineError
from models.store.artefact import CheckpointError

INTERRUPTED = "Interrupted. What was finished before is kept; all else is as it was."


@contextmanager
def in_a_sentence(interrupted: str = INTERRUPTED) -> Iterator[None]:
    """End the process by saying what is wrong with a file, or, where somebody stopped it, what is left."""
    try:
        yield
    except (DataError, CheckpointError, MachineError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(interrupted)
