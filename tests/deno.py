"""Deno, which checks, tests and bundles our JavaScript, and runs its pure parts for tests in Python."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from deno import find_deno_bin

from dashboard.settings import ROOT

MODULES = ROOT / "assets" / "js"
ASK = """
const [facts, module, question, argument] = JSON.parse(await new Response(Deno.stdin.readable).text());
const told = { textContent: JSON.stringify(facts) };
globalThis.document = { getElementById: (id) => (id === "facts" ? told : null) };
const answer = (0, eval)(question)(await import(module), argument);
console.log(JSON.stringify(await answer));
"""


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run deno in the tree, without the network; return what it said."""
    environment = os.environ | {"NO_COLOR": "1", "DENO_NO_UPDATE_CHECK": "1"}
    command = [find_deno_bin(), *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, input=given, capture_output=True, text=True, check=False
    )


def told(module: str, question: str, argument: Any = None, facts: Any = None) -> Any:
    """Return what a module answers to a question in JavaScript, a function of the module and the argument.

    Args:
        module: Its path in `assets/js`.
        question: Such as `(module, number) => module.round(number)`.
        argument: What can be written as JSON, as the answer must be.
        facts: What the server says in the page; by default that there is no network.
    """
    nothing: dict[str, list[Any]] = {"models": [], "perturbations": []}
    asked = json.dumps([facts or nothing, (MODULES / module).as_uri(), question, argument])
    done = run("eval", "--quiet", "--no-config", ASK, given=asked)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
