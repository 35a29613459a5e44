"""Measure trained networks anew: `python -m models.measure robustness cnn`.

What is found lies beside the checkpoints. Without a network all are measured. Training measures its own.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping
from types import MappingProxyType

MEASUREMENTS: Mapping[str, str] = MappingProxyType(
    {
        "survey": "channel_statistics",
        "arrangement": "projection",
        "robustness": "robustness",
        "tuning": "tuning",
        "novelty": "novelty",
        "temperature": "temperature",
        "cost": "cost",
    }
)  # by what is typed, the module of models.analysis


def main(name: str, arguments: list[str]) -> None:
    """Measure what a name stands for; where something cannot be used, end with a sentence."""
    if name not in MEASUREMENTS:
        sys.exit(f"There is no measurement {name!r}; there are {', '.join(MEASUREMENTS)}.")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if name == "cost":  # times are of one thread, which is set before TensorFlow is there
        os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
        os.environ["TF_NUM_INTEROP_THREADS"] = "1"
    importlib.import_module(f"models.analysis.{MEASUREMENTS[name]}").main(arguments)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "", sys.argv[2:])
