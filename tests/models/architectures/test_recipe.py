import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.architectures.recipe import Recipe


@given(st.floats(1e-6, 1), st.floats(0, 1), st.floats(0, 1))
def test_the_learning_rate_only_falls(largest: float, one: float, other: float) -> None:
    """From its largest value to zero, never up and never below."""
    recipe = Recipe(epochs=1, batch_size=1, learning_rate=largest)
    early, late = sorted((one, other))

    assert largest >= recipe.rate(early) >= recipe.rate(late) >= 0


def test_the_learning_rate_begins_full_and_ends_at_nothing() -> None:
    """The first step has the recipe's rate, half way has half of it, the end none."""
    recipe = Recipe(epochs=3, batch_size=8, learning_rate=0.2)

    assert [recipe.rate(share) for share in (0, 0.5, 1)] == pytest.approx([0.2, 0.1, 0])
