from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from dashboard.settings import ROOT
from tests import audit


def safe(name: str) -> dict[str, Any]:
    return {"name": name, "version": "1.0", "vulns": []}


def skipped(name: str) -> dict[str, Any]:
    return {"name": name, "skip_reason": "Dependency not found on PyPI and could not be audited"}


def flawed(name: str) -> dict[str, Any]:
    flaw = {
        "id": "PYSEC-2025-1",
        "fix_versions": ["1.1", "2.0"],
        "aliases": ["CVE-2025-1"],
        "description": "",
    }
    return {"name": name, "version": "1.0", "vulns": [flaw, {**flaw, "id": "GHSA-1", "fix_versions": []}]}


def test_all_safe_is_said_with_their_number() -> None:
    """Only where something was learned of each of them."""
    assert audit.verdict([safe("dash"), safe("flask")]) == (
        audit.SAFE,
        ["None of 2 packages has a known vulnerability."],
    )


def test_a_vulnerability_is_named_with_what_mends_it() -> None:
    """One line each, and the process fails, whatever else could not be learned."""
    status, lines = audit.verdict([safe("dash"), flawed("flask"), skipped("numpy")])

    assert status == audit.VULNERABLE
    assert lines[:2] == [
        "flask 1.0: PYSEC-2025-1, mended in 1.1, 2.0",
        "flask 1.0: GHSA-1, mended in no version",
    ]
    assert lines[2].startswith("Not audited: of 1 of 3 packages nothing could be learned from PyPI (numpy).")


@pytest.mark.parametrize("names", [["numpy"], ["dash", "flask", "numpy", "scipy"]])
def test_what_nothing_is_known_of_is_not_called_safe(names: list[str]) -> None:
    """pip-audit itself ends well and has found nothing, where it could ask about no package at all."""
    status, lines = audit.verdict([*map(skipped, names), safe("keras")])

    assert status == audit.UNKNOWN
    (line,) = lines
    assert line.startswith(f"Not audited: of {len(names)} of {len(names) + 1} packages")


@pytest.mark.parametrize("output", ["", "Traceback", "{}", '{"dependencies": []}', "[]"])
def test_where_it_cannot_ask_it_says_so(
    output: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One sentence, no traceback, and an error."""
    fake = tmp_path / "fake.py"
    fake.write_text(f"import sys; print({output!r}); sys.exit('ConnectionError')")

    monkeypatch.setattr(audit, "command", lambda _: [sys.executable, str(fake)])

    with pytest.raises(SystemExit) as end:
        audit.main()

    assert end.value.code == audit.UNKNOWN
    assert capsys.readouterr().out.startswith(
        "Not audited: PyPI's list of vulnerabilities cannot be reached."
    )


def test_both_locks_are_asked_about() -> None:
    """Every package that is installed stands in one of them, with its hashes."""
    asked = audit.command(audit.LOCKS)

    assert {part for part in asked if part.endswith(".txt")} == {"requirements.txt", "requirements-test.txt"}
    assert "--require-hashes" in asked
    assert all((ROOT / lock).exists() for lock in audit.LOCKS)
