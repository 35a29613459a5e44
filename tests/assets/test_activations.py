from __future__ import annotations

from models.graph.activations import FUNCTIONS, activated
from tests import deno

VALUES = [-30.0, -3.5, -1.0, -0.25, 0.0, 0.5, 2.9, 7.0]
ASK = """({ activate }, { names, values }) =>
  names.map((activation) => values.map((value) => activate({ activation }, value)))"""


def test_the_browsers_activations_are_those_of_the_server() -> None:
    """Each that the browser works out is the same function to 1e-12; of the others it works out nothing."""
    names = [*FUNCTIONS, "softmax", "somebodys_own"]
    found = dict(zip(names, deno.told("core/arithmetic.js", ASK, {"names": names, "values": VALUES}), strict=True))

    known = {name for name, values in found.items() if None not in values}
    assert {"relu", "tanh", "sigmoid", "silu", "elu", "leaky_relu"} <= known
    for name, values in found.items():
        for value, own in zip(VALUES, values, strict=True):
            expected = activated(value, name)
            if name not in known:
                assert own is None
            else:
                assert expected is not None
                assert abs(own - expected) <= 1e-12 * max(1, abs(expected))
