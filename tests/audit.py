"""Whether a package of the locks has a known vulnerability: `make audit`.

pip-audit asks PyPI for each of them. A package of which it learns nothing is not called safe: the command
then says so and fails, as it does where a vulnerability is known.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

LOCKS = ("requirements.txt", "requirements-test.txt")
SAFE, VULNERABLE, UNKNOWN = 0, 1, 2  # how the process ends


def command(locks: Sequence[str]) -> list[str]:
    """Return what asks about every package of some locks, by its hashes; nothing is installed."""
    told = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
    named = [part for lock in locks for part in ("--requirement", lock)]
    return [sys.executable, "-m", "pip_audit", *told, *named]


def report(output: str) -> list[Mapping[str, Any]] | None:
    """Return what pip-audit found of each package, None where it could not ask."""
    try:
        found: list[Mapping[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, LookupError, TypeError):
        return None
    return found


def verdict(found: Sequence[Mapping[str, Any]] | None) -> tuple[int, list[str]]:
    """Return how the process ends, and what is said.

    Args:
        found: By package: its name, and either `skip_reason` or its version and `vulns`.
    """
    if not found:
        return UNKNOWN, [
            "Not audited: PyPI's list of vulnerabilities cannot be reached. Try where it can be."
        ]
    skipped = sorted(each["name"] for each in found if "skip_reason" in each)
    known = [_told(each, flaw) for each in found for flaw in each.get("vulns", ())]
    lines = [*known]
    if skipped:
        lines.append(
            f"Not audited: of {len(skipped)} of {len(found)} packages nothing could be learned from PyPI "
            f"({', '.join(skipped[:3])}{', …' if len(skipped) > 3 else ''}). Try where it can be reached."
        )
    if not lines:
        lines.append(f"None of {len(found)} packages has a known vulnerability.")
    return VULNERABLE if known else UNKNOWN if skipped else SAFE, lines


def _told(package: Mapping[str, Any], flaw: Mapping[str, Any]) -> str:
    mended = ", ".join(flaw["fix_versions"]) or "no version"
    return f"{package['name']} {package['version']}: {flaw['id']}, mended in {mended}"


def main(locks: Sequence[str] = LOCKS) -> None:
    """Ask, say what was found, and end accordingly."""
    asked = subprocess.run(command(locks), capture_output=True, text=True, check=False)
    status, lines = verdict(report(asked.stdout))
    print("\n".join(lines))
    sys.exit(status)


if __name__ == "__main__":
    main()
