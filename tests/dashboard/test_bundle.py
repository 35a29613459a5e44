from __future__ import annotations

from pathlib import Path

from dashboard.bundle import NAME, script_address


def test_the_address_changes_with_the_content(tmp_path: Path) -> None:
    """So that nobody runs yesterday's script; without a change it stays."""
    (tmp_path / NAME).write_text("one();\n")
    first = script_address(tmp_path)

    assert first.startswith(f"assets/{NAME}?v=")
    assert script_address(tmp_path) == first
    (tmp_path / NAME).write_text("two();\n")
    assert script_address(tmp_path) != first
