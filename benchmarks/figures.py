"""What is reported: rows of a Markdown table, and the statistics in them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        what: What was measured.
        measured: The figure with its unit.
        target: What it should be, empty where nothing is promised.
        met: Whether it is so, None where nothing is promised.
    """

    what: str
    measured: str
    target: str = ""
    met: bool | None = None


def at_most(what: str, value: float, limit: float, unit: str, digits: int = 2) -> Row:
    """Return a row for a value that should not exceed a limit."""
    return Row(what, f"{value:.{digits}f}{unit}", f"≤ {limit:g}{unit}", value <= limit)


def at_least(what: str, value: float, limit: float, unit: str, digits: int = 2) -> Row:
    """Return a row for a value that should not fall below a limit."""
    return Row(what, f"{value:.{digits}f}{unit}", f"≥ {limit:g}{unit}", value >= limit)


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile by nearest rank: a value that was measured.

    >>> p95([float(i) for i in range(1, 101)])
    95.0
    """
    return sorted(values)[-(-95 * len(values) // 100) - 1]


def spread(values: Sequence[float], unit: str) -> str:
    """Return median and 95th percentile, as they are read.

    >>> spread([1.0, 2.0, 9.0], " ms")
    'median 2.0 ms, p95 9.0 ms (3)'
    """
    return f"median {statistics.median(values):.1f}{unit}, p95 {p95(values):.1f}{unit} ({len(values)})"


def table(rows: Sequence[Row]) -> str:
    """Return the rows as Markdown."""
    verdict = {True: "yes", False: "**no**", None: ""}
    lines = ["| what | measured | target | met |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.measured} | {row.target} | {verdict[row.met]} |" for row in rows]
    return "\n".join(lines)
