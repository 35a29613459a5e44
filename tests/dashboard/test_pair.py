from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import RefusedError
from dashboard.pair import of_pair, pairs, parse_pair, write_pair
from tests import networks

ENTRIES = networks.three()
KEYS = [entry.key for entry in ENTRIES]


def test_there_is_every_pair_in_either_order() -> None:
    """The manifest's first two come first; with a single network the pair is that one."""
    assert pairs(ENTRIES) == (
        ("fcn", "cnn"),
        ("fcn", "fcn-matched"),
        ("cnn", "fcn"),
        ("cnn", "fcn-matched"),
        ("fcn-matched", "fcn"),
        ("fcn-matched", "cnn"),
    )
    assert pairs(ENTRIES[1:2]) == (("cnn",),)


@given(st.lists(st.sampled_from([*KEYS, "", "rnn", "FCN"]), max_size=4))
def test_a_text_is_a_pair_or_refused(keys: list[str]) -> None:
    """Two different networks that there are, in that order, come back; all else is a short 404."""
    text = ",".join(keys)
    if len(keys) == 2 and keys[0] != keys[1] and {*keys} <= {*KEYS}:
        assert parse_pair(text, ENTRIES) == tuple(keys)
        assert write_pair(parse_pair(text, ENTRIES)) == text
        assert [entry.key for entry in of_pair(tuple(keys), ENTRIES)] == keys
    else:
        with pytest.raises(RefusedError, match="two different ones of fcn, cnn, fcn-matched,") as refused:
            parse_pair(text, ENTRIES)
        assert refused.value.status == 404
        assert len(refused.value.message) < 200
