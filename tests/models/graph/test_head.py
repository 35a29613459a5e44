from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, softmax

from models.graph.graph import Graph
from models.graph.head import Head, head_of
from models.graph.node import IMAGE, Node
from models.graph.refusal import UnopenableError

LOGITS = np.random.default_rng(2).normal(0, 4, (6, 3)).astype(np.float32)


def last(units: int, activation: str | None, kind: str = "Dense") -> Node:
    """Return a last layer."""
    return Node("answer", kind, "answer", (IMAGE,), (units,), activation)


def test_softmax_is_read_as_it_is() -> None:
    """As many classes as units, which share a whole; there is nothing to say."""
    head = head_of(last(3, "softmax"))

    assert head == Head("answer", "softmax", 3)
    assert head.note is None
    assert np.allclose(head.probabilities(LOGITS), softmax(LOGITS.astype(float), axis=1), atol=1e-6)


def test_one_sigmoid_unit_is_two_classes() -> None:
    """Its sigmoid is the second class' probability; as logits, 0 and its value, both say the same."""
    head = head_of(last(1, "sigmoid"))
    one = LOGITS[:, :1]
    probabilities = head.probabilities(one)

    assert (head.meaning, head.classes) == ("sigmoid", 2)
    assert "second class" in str(head.note)
    assert np.allclose(probabilities[:, 1], expit(one[:, 0].astype(float)), atol=1e-6)
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert np.array_equal(head.logits(one), np.stack([np.zeros(6), one[:, 0]], axis=1).astype(np.float32))


def test_several_sigmoid_units_are_classes_by_themselves() -> None:
    """Each has its own probability; that together they need not be 1 is said."""
    head = head_of(last(3, "sigmoid"))

    assert (head.meaning, head.classes) == ("sigmoids", 3)
    assert "need not be 1" in str(head.note)
    assert np.allclose(head.probabilities(LOGITS), expit(LOGITS.astype(float)), atol=1e-6)
    assert np.array_equal(head.logits(LOGITS), LOGITS)


def test_logits_become_probabilities_and_that_is_said() -> None:
    """Without an activation the softmax of the last values sums to 1, where they themselves do not."""
    head = head_of(last(3, None))

    assert (head.meaning, head.classes) == ("logits", 3)
    assert "softmax of its last values" in str(head.note)
    assert np.allclose(head.probabilities(LOGITS).sum(axis=1), 1)


@pytest.mark.parametrize("value", [1e4, -1e4])
def test_large_logits_do_not_overflow(value: float) -> None:
    """A logit of ten thousand gives 1 or 0, not something that is no number."""
    far = np.array([[value, 0.0, 1.0]], np.float32)

    for activation in ("softmax", "sigmoid", None):
        assert np.isfinite(head_of(last(3, activation)).probabilities(far)).all()


@pytest.mark.parametrize("loss", ["binary_crossentropy", "binary_focal_crossentropy"])
def test_a_logit_that_was_trained_as_a_sigmoid_is_one(loss: str) -> None:
    """Without an activation, but trained by the loss of a sigmoid: each unit's sigmoid is a probability."""
    assert head_of(last(1, None), loss).meaning == "sigmoid"
    assert head_of(last(3, None), loss).meaning == "sigmoids"


@pytest.mark.parametrize(
    ("node", "loss", "said"),
    [
        (last(1, None), None, "regression"),
        (last(4, None), "mse", "regression"),
        (last(4, None), "mean_absolute_error", "regression"),
        (last(3, "tanh"), None, "tanh"),
        (last(3, "relu"), None, "relu"),
        (last(1, "softmax"), None, "one unit"),
        (Node("answer", "Conv2D", "answer", (IMAGE,), (12, 20, 3), "softmax"), None, "one number per class"),
    ],
)
def test_what_has_no_classes_is_refused_in_a_sentence(node: Node, loss: str | None, said: str) -> None:
    """Regression, maps, and activations that give no probabilities: a sentence that says which it is."""
    with pytest.raises(UnopenableError, match=said):
        head_of(node, loss)


def test_what_only_passes_on_is_no_head() -> None:
    """Dropout and Flatten at the end are passed over: logits are those of the layer before them."""
    answer = Node("answer", "Conv2D", "answer", (IMAGE,), (1, 1, 3), "softmax")
    flat = Node("flat", "Flatten", "flat", ("answer",), (3,))
    drop = Node("drop", "Dropout", "drop", ("flat",), (3,))

    assert Graph((4, 4, 1), (answer, flat, drop)).head == Head("answer", "softmax", 3)
