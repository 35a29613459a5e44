"""What takes longer is measured while the page is looked at already.

As a program, `python -m models.own.rest FOLDER SERVER` measures what a folder lacks, and then has the server,
a process that started this one, read it anew.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from models.analysis import projection, robustness, tuning
from models.analysis.ending import in_a_sentence
from models.analysis.measurement import Measurement
from models.graph.description import convolutions
from models.measure import measure
from models.store import manifest
from models.store.entry import Entry

LATER: Sequence[
    tuple[Measurement[Any], Callable[[Entry], bool]]
] = (  # with the networks that it can be made on
    (tuning.MEASUREMENT, lambda entry: bool(convolutions(entry.layers))),
    (robustness.MEASUREMENT, lambda _: True),
    (projection.MEASUREMENT, lambda _: bool(find_spec("sklearn"))),  # it is not in every installation
)
MILD = 15  # of 19: who clicks comes first


def measured(folder: Path) -> bool:
    """Measure what the networks of a folder lack; return whether it has more now."""
    entries = manifest.read(folder)
    for measurement, can_be in LATER:
        keys = [entry.key for entry in entries if measurement.file(entry) is None and can_be(entry)]
        if keys:
            measure(measurement, keys, folder)
    return manifest.read(folder) != entries


@in_a_sentence()
def main(folder: str, server: str) -> None:
    """Measure, and tell the server, unless it has ended meanwhile."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.nice(MILD)
    if measured(Path(folder)) and os.getppid() == int(server):
        os.kill(int(server), signal.SIGHUP)


if __name__ == "__main__":
    main(*sys.argv[1:])
