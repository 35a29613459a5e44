from __future__ import annotations

from pathlib import Path

from flask import Flask

from dashboard.bundle import ADDRESS, serve_scripts


def served(folder: Path) -> tuple[str, bytes]:
    """Return the address of a folder's scripts, and what lies there."""
    server = Flask("test", static_folder=None)
    address = serve_scripts(server, folder)
    response = server.test_client().get(address)
    assert (response.status_code, response.mimetype) == (200, "text/javascript")
    return address, response.get_data()


def test_scripts_come_as_one_in_the_order_of_their_names(tmp_path: Path) -> None:
    """All of them, byte by byte, but for those of others and what is no script."""
    for name in ("b.js", "a.js", "c.min.js", "style.css"):
        (tmp_path / name).write_text(f"/* {name} */ \u2192;\n")

    address, content = served(tmp_path)

    assert address.startswith(f"{ADDRESS}?v=")
    assert content.decode() == "/* a.js */ \u2192;\n/* b.js */ \u2192;\n"


def test_the_address_changes_with_the_content(tmp_path: Path) -> None:
    """So that nobody runs yesterday's scripts; without a change it stays."""
    (tmp_path / "a.js").write_text("one();\n")
    first = served(tmp_path)

    assert served(tmp_path) == first
    (tmp_path / "a.js").write_text("two();\n")
    assert served(tmp_path)[0] != first[0]
