"""Where a program runs that shows ConvLens: how its reader's browser gets to a port of this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

LOOPBACK = ("http://localhost:*", "http://127.0.0.1:*", "https://localhost:*", "https://127.0.0.1:*")
EDITOR = ("vscode-webview:", "vscode-file:", "https://*.vscode-cdn.net")
COLAB = ("https://colab.research.google.com", "https://*.googleusercontent.com", "https://*.colab.dev")
ANY = "*"  # a proxy hands on the name that it is known by, which nobody here knows


@dataclass(frozen=True)
class Surroundings:
    """How a port is reached, and whose pages may frame what is there.

    Attributes:
        link: Returns the address of a port.
        ancestors: Sources of FRAME_ANCESTORS.
        hosts: Of TRUSTED_HOSTS; "" for this machine's own.
    """

    link: Callable[[int], str]
    ancestors: tuple[str, ...]
    hosts: str = ""

    def display(self, html: str) -> bool:
        """Show HTML where IPython has a notebook for it; return whether it has."""
        shell = _shell()
        if shell is None or not hasattr(shell, "kernel"):  # IPython at a terminal shows no HTML
            return False
        from IPython.display import HTML, display  # noqa: PLC0415 - it is there, for its shell is

        display(HTML(html))  # type: ignore[no-untyped-call]
        return True


def surroundings(proxy: str | None = None, environ: Mapping[str, str] = os.environ) -> Surroundings:
    """Return where this program runs.

    Args:
        proxy: Path that a port's number follows; None to find out whether there is one.
        environ: Variables of this process.
    """
    if proxy is None and "google.colab" in sys.modules:
        return Surroundings(_of_colab, COLAB, ANY)
    if proxy is None:
        proxy = _proxy(environ)
    if proxy:
        path = f"{proxy.rstrip('/')}/"
        return Surroundings(lambda port: f"{path}{port}/", ("self", *LOOPBACK), ANY)
    return Surroundings(lambda port: f"http://127.0.0.1:{port}/", (*LOOPBACK, *EDITOR))


def _proxy(environ: Mapping[str, str]) -> str:
    """Return the path of jupyter-server-proxy, "" where there is none.

    A JupyterHub says where it has put its reader's server, and no port is reached there but by the proxy. A
    server that somebody has started says so in a file; it may be on another machine than its reader.
    """
    if prefix := environ.get("JUPYTERHUB_SERVICE_PREFIX"):
        return f"{prefix.rstrip('/')}/proxy"
    if find_spec("jupyter_server_proxy") is None or find_spec("jupyter_server") is None:
        return ""
    parents = {os.getppid(), int(environ.get("JPY_PARENT_PID", "0"))}
    for server in import_module("jupyter_server.serverapp").list_running_servers():
        if server["pid"] in parents:
            return f"{server['base_url'].rstrip('/')}/proxy"
    return ""


def _of_colab(port: int) -> str:
    output = import_module("google.colab.output")
    return str(output.eval_js(f"google.colab.kernel.proxyPort({port})"))


def _shell() -> Any:
    """Return IPython's shell where this program runs in one, without importing IPython elsewhere."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None
