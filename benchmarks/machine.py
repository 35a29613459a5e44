"""On what it was measured, without naming the machine."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("dash", "flask", "gunicorn", "keras", "tensorflow-cpu")


def describe(command: str, chromium: str) -> str:
    """Return the command, the day, the machine and the versions as Markdown."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    return "\n".join(
        [
            f"- Command: `{command}`",
            f"- Date: {datetime.now(tz=UTC):%Y-%m-%d}",
            f"- Machine: {len(os.sched_getaffinity(0))} cores, {_processor()}; load at the end {load}",
            f"- Chromium {chromium}, Python {platform.python_version()}, {libraries}",
        ]
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
