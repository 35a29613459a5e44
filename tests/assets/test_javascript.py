from __future__ import annotations

import pytest

from tests import deno


@pytest.mark.parametrize("command", [("test", "--allow-read"), ("check",), ("lint",), ("fmt", "--check")])
def test_deno_is_content(command: tuple[str, ...]) -> None:
    """Our JavaScript passes its own tests, its types fit, and nothing is to be said of its style."""
    done = deno.run(*command)

    assert done.returncode == 0, done.stdout + done.stderr
