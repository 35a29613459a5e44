from __future__ import annotations

from tests import deno


def test_our_javascript_passes_its_own_tests() -> None:
    """Those of the pure parts; its types and its style are looked at by `make check`."""
    done = deno.run("test", "--no-check", "--allow-read")

    assert done.returncode == 0, done.stdout + done.stderr
