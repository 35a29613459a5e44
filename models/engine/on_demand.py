"""A forward pass of a network that is too large to be held whole: what is asked for is computed then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from models.arrays import Floats
from models.engine.forward_pass import STAGES, ForwardPass, Stage
from models.graph.head import Head

Pair: TypeAlias = tuple[Floats, Floats]  # values before and after activation
Compute: TypeAlias = Callable[[Iterable[str]], Mapping[str, Pair]]


class OnDemand(Mapping[str, Floats]):
    """Values of one stage by layer, each computed when it is first asked for and kept then."""

    def __init__(
        self, names: tuple[str, ...], known: dict[str, Pair], compute: Compute, stage: Stage
    ) -> None:
        """Know the layers' names.

        Args:
            names: Of all layers, in order of computation.
            known: What was computed already; both stages of a pass share it.
            compute: Returns pairs of some layers, from the image on.
            stage: Which of both.
        """
        self._names, self._known, self._compute = names, known, compute
        self._place = 0 if stage == "pre" else 1

    def __getitem__(self, name: str) -> Floats:
        """Return one layer's values.

        Raises:
            KeyError: There is no such layer.
        """
        if name not in self._known:
            if name not in self._names:
                raise KeyError(name)
            self._known.update(self._compute([name]))
        return self._known[name][self._place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def forward_pass(names: tuple[str, ...], at_once: Iterable[str], compute: Compute, head: Head) -> ForwardPass:
    """Return a pass of which some layers are computed at once, in one go, and the others when asked for."""
    wanted = list(at_once)
    known = dict(compute(wanted)) if wanted else {}
    pre, post = (OnDemand(names, known, compute, stage) for stage in STAGES)
    return ForwardPass(pre, post, head)
