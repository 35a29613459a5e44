from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

from convlens.surroundings import surroundings
from dashboard.settings import Settings


def test_on_this_machine_the_port_is_reached_as_it_is() -> None:
    """A notebook of this machine may frame it, an editor too; nobody else's page, under no other name."""
    around = surroundings(environ={})

    assert around.link(8061) == "http://127.0.0.1:8061/"
    assert "http://localhost:*" in around.ancestors
    assert "vscode-webview:" in around.ancestors
    assert "*" not in around.ancestors
    assert around.hosts == ""


def test_on_a_hub_a_proxy_leads_there() -> None:
    """By the path that the hub has given its reader's server."""
    around = surroundings(environ={"JUPYTERHUB_SERVICE_PREFIX": "/user/ada/"})

    assert around.link(8061) == "/user/ada/proxy/8061/"
    assert around.ancestors[0] == "self"
    assert around.hosts == "*"


@pytest.mark.parametrize("path", ["/lab/proxy/", "/lab/proxy"])
def test_a_proxy_may_be_named(path: str) -> None:
    """It comes before what the surroundings say."""
    around = surroundings(path, {"JUPYTERHUB_SERVICE_PREFIX": "/user/ada/"})

    assert around.link(8061) == "/lab/proxy/8061/"


def test_colab_is_asked_where_a_port_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its own question, of its own module."""
    output = ModuleType("google.colab.output")
    output.eval_js = lambda asked: f"https://{asked}.example/"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "google", ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    monkeypatch.setitem(sys.modules, "google.colab.output", output)

    assert surroundings(environ={}).link(8061) == "https://google.colab.kernel.proxyPort(8061).example/"
    assert "https://colab.research.google.com" in surroundings(environ={}).ancestors


def test_the_server_takes_what_is_told_of_frames() -> None:
    """Every source is one that FRAME_ANCESTORS allows."""
    for environ in ({}, {"JUPYTERHUB_SERVICE_PREFIX": "/user/ada/"}):
        told = " ".join(surroundings(environ=environ).ancestors)
        assert len(Settings.from_environment({"HOME": "/a", "FRAME_ANCESTORS": told}).frame_ancestors) > 3


def test_importing_it_costs_nothing() -> None:
    """A name of the package is there without Keras, NumPy, or any module of ours that others may have too."""
    program = (
        "import sys, convlens; convlens.show; "
        "print([each for each in ('keras', 'numpy', 'models', 'dashboard', 'app') if each in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert told.stdout == "[]\n"
