from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import RefusedError
from dashboard.validation import comparison_choice, stage, whole_number
from tests import networks

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
)


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("9999", 9999), ("0007", 7)])
def test_a_plain_number_is_taken(text: str, number: int) -> None:
    """Decimal digits below the end are the number."""
    assert whole_number(text, "test digit", 10_000) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "10000",
        "1.5",
        "1e3",
        "+1",
        " 1",
        "1 ",
        "1_0",
        "0x1",
        "٣",
        "²",
        "１",
        "true",
        "null",
        "NaN",
        "[7]",
        "9" * 5_000,
    ],
)
def test_anything_else_does_not_exist(text: str) -> None:
    """It is a 404 with the allowed range, and what was typed is not echoed."""
    with pytest.raises(
        RefusedError, match=r"^There is no such test digit\. There are 0 to 9999\.$"
    ) as refused:
        whole_number(text, "test digit", 10_000)

    assert (refused.value.status, refused.value.code) == (404, "not_found")


@given(st.text(max_size=12) | st.integers(-50, 20_000).map(str), st.integers(1, 10_000))
def test_a_number_is_read_as_a_pattern_says(text: str, end: int) -> None:
    """Up to nine ASCII digits with a value below the end, and nothing else, are a number."""
    if re.fullmatch(r"[0-9]{1,9}", text) and int(text) < end:
        assert whole_number(text, "unit", end) == int(text)
    else:
        with pytest.raises(RefusedError):
            whole_number(text, "unit", end)


def test_the_stage_is_pre_or_post() -> None:
    """After activation by default; anything but the two names is a 400."""
    assert stage({}) == "post"
    assert stage({"stage": "pre"}) == "pre"
    assert stage({"stage": "post"}) == "post"


@given(st.text().filter(lambda text: text not in ("pre", "post")))
def test_any_other_stage_is_refused(text: str) -> None:
    """The refusal names what is allowed, not what was typed."""
    with pytest.raises(RefusedError, match=r"^stage must be pre or post\.$") as refused:
        stage({"stage": text})

    assert refused.value.status == 400


@given(json_values | st.fixed_dictionaries(dict.fromkeys(("pair", "model", "theme"), json_values)))
def test_a_stored_comparison_is_taken_whole_or_refused(stored: object) -> None:
    """Whatever JSON a browser sends in place of a choice is a 400, never an exception of another kind."""
    with pytest.raises(RefusedError) as refused:
        comparison_choice(stored, networks.three())

    assert refused.value.status == 400


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("model", ["fcn", "fcn-matched", "both"])
def test_a_choice_that_exists_is_taken(model: str, theme: str) -> None:
    """A pair, one of it or both, and one of the two themes come back as they are."""
    stored = {"pair": ["fcn-matched", "fcn"], "model": model, "theme": theme}

    assert comparison_choice(stored, networks.three()) == (model, theme, ("fcn-matched", "fcn"))


@pytest.mark.parametrize(
    "changed",
    [
        {"more": 1},
        {"model": "cnn"},
        {"theme": "grey"},
        {"pair": ["fcn", "fcn"]},
        {"pair": ["fcn"]},
        {"pair": ["fcn", "cnn", "fcn-matched"]},
        {"pair": "fcn,cnn"},
        {"pair": ["fcn", "rnn"]},
    ],
)
def test_a_choice_that_does_not_exist_is_refused(changed: dict[str, object]) -> None:
    """More parts, a network outside the pair, one twice, or a number of them that is no pair."""
    stored = {"pair": ["fcn-matched", "fcn"], "model": "both", "theme": "dark"}

    with pytest.raises(RefusedError, match=r"pair \(two of fcn, cnn, fcn-matched\)"):
        comparison_choice({**stored, **changed}, networks.three())
