from __future__ import annotations

from contextlib import suppress
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ablation import LONGEST, Off, parse_off, write_off
from dashboard.errors import RefusedError
from models.graph.description import switchable
from tests import networks

ENTRIES = networks.entries()
SIZES = {
    (entry.key, layer.name): layer.channels for entry in ENTRIES for layer in switchable(entry.layers)
}  # an oracle that shares the list of layers, and nothing else, with the parser


def test_channels_are_read_by_network_and_layer() -> None:
    """In the networks' own order, ascending, and each once."""
    off = parse_off("cnn.conv2:3.1.3,fcn.dense2:4,cnn.conv1:2,cnn.conv2:0", ENTRIES)

    assert off == {"fcn": {"dense2": (4,)}, "cnn": {"conv1": (2,), "conv2": (0, 1, 3)}}
    assert write_off(off) == "fcn.dense2:4,cnn.conv1:2,cnn.conv2:0.1.3"
    assert parse_off("", ENTRIES) == {}
    assert write_off({}) == ""


chosen = st.lists(
    st.sampled_from(sorted(SIZES)).flatmap(
        lambda path: st.tuples(st.just(path), st.lists(st.integers(0, SIZES[path] - 1), min_size=1))
    ),
    max_size=6,
)


@given(chosen, st.randoms())
def test_equal_sets_have_one_name(parts: list[tuple[tuple[str, str], list[int]]], random: Random) -> None:
    """However they are ordered, repeated or padded with zeros; what was written is read again as it was."""
    texts = [f"{key}.{layer}:{'.'.join(map(str, own))}" for (key, layer), own in parts]
    shuffled = [
        f"{key}.{layer}:{'.'.join(f'0{n}' for n in own[::-1])}" for (key, layer), own in parts
    ] + texts
    random.shuffle(shuffled)
    wanted: dict[tuple[str, str], set[int]] = {}
    for path, own in parts:
        wanted.setdefault(path, set()).update(own)

    off = parse_off(",".join(texts), ENTRIES)

    assert {(key, layer): set(own) for key, layers in off.items() for layer, own in layers.items()} == wanted
    assert write_off(parse_off(",".join(shuffled), ENTRIES)) == write_off(off)
    assert parse_off(write_off(off), ENTRIES) == off


@pytest.mark.parametrize(
    "text",
    [
        *(",", "cnn.conv2", "cnn.conv2:", ":3", "3", "cnn.conv2:3,", ",cnn.conv2:3", "cnn.conv2:3."),
        "cnn.conv2:.3",
        *("cnn.conv2:3..5", "cnn.conv2:-1", "cnn.conv2:+1", "cnn.conv2: 1", "cnn.conv2:1e0", "cnn.conv2:٣"),
        *("cnn.conv2:x", "cnn.conv2:1;2", "cnn.conv2:1 ", "cnn.conv2:1\n", "cnn.conv2:²", "\0"),
        ",".join(["cnn.conv2:1"] * LONGEST),
    ],
)  # fmt: skip
def test_what_is_no_list_of_channels(text: str) -> None:
    """400, with what it looks like, and nothing of what was typed."""
    with pytest.raises(RefusedError, match=r"^off must .*\.$") as refused:
        parse_off(text, ENTRIES)

    assert (refused.value.status, refused.value.code) == (400, "bad_off")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cnn.conv9:1", "cnn.conv1, cnn.conv2, cnn.pool, cnn.dense"),
        ("rnn.conv2:1", "fcn.dense1, fcn.dense2"),
        ("conv2:1", "cnn.conv2"),
        ("fcn.conv2:1", "cnn.conv2"),
        ("cnn.output:1", "cnn.dense."),
        ("cnn.flatten:1", "cnn.dense."),
        ("cnn.conv2:1,cnn:conv2:1", "cnn.conv2"),
        ("cnn.conv2:4", "0 to 3"),
        ("cnn.conv2:3.4", "0 to 3"),
        ("cnn.conv2:" + "9" * 3_000, "0 to 3"),
    ],
)
def test_what_there_is_not(text: str, told: str) -> None:
    """404, with what can be switched off: no last layer, nothing that only reshapes, nothing that wraps."""
    with pytest.raises(RefusedError) as refused:
        parse_off(text, ENTRIES)

    assert (refused.value.status, refused.value.code) == (404, "not_found")
    assert told in refused.value.message
    assert len(refused.value.message) < 200


@given(st.text(alphabet="cnfd.o:,v20", max_size=20) | st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing else is raised, and what is read can be written."""
    off: Off = {}
    with suppress(RefusedError):
        off = parse_off(text, ENTRIES)

    assert parse_off(write_off(off), ENTRIES) == off
