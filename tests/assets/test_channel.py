from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from dashboard.words import WORDS
from tests import deno

MODULE = "core/channel.js"
NOUNS = {"noun": "digit", "nouns": "digits", "member": "test digit", "members": "test digits"}
IMAGES = {"rows": 28, "columns": 28, "channels": 1, "classes": [], **NOUNS}
FACTS = {"models": [], "images": {**IMAGES, "count": 10_000, "low": 0, "high": 1}}
ALL = "({ fateOf }, asked) => asked.map(([layer, opened, seen]) => fateOf(layer, 0, opened, seen))"
ENDS = {
    "zero": (0, 0),
    "constant": (1, 1),
    "below": (-2, -1),
    "faint": (1, 1.001),
    "above": (1, 2),
    "around": (-1, 2),
}


def expected(layer: dict[str, Any], ends: str, seen: dict[str, Any], *, units: bool) -> str:
    """Return the one word, worked out from what each word means."""
    nothing = {"relu": ("zero", "below"), "tanh": ("zero",), None: ("zero",)}.get(layer["activation"], ())
    before = seen["stage"] == "pre" and layer["activation"] == "relu"
    zero = ends in nothing if before else ends == "zero"
    if seen["stage"] == "pre" and layer["activation"] == "sigmoid":
        zero = False
    words = {
        "off": seen["off"],
        "same": seen["differing"] and ends == "zero",
        "dead": not seen["differing"] and layer["dead"],
        "silent": not seen["differing"] and zero,
        "constant": not seen["differing"] and seen["own"] and not units and ends in ("zero", "constant"),
        "faint": not seen["differing"] and seen["own"] and not units and ends == "faint",
        "always on": not seen["differing"] and layer["always_on"],
    }
    return next((word for word, fits in words.items() if fits), "")


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", None])
def test_one_word_is_said_of_a_channel(activation: str | None) -> None:
    """The words exclude each other, through all that can come together: the first that fits is said."""
    asked, words = [], []
    for known, stage, ends, units in product(("dead", "always_on", ""), ("pre", "post"), ENDS, (True, False)):
        layer: dict[str, Any] = {"activation": activation, "dead": [], "always_on": []} | (
            {known: [0]} if known else {}
        )
        low, high = ENDS[ends]
        opened = {"values": [high]} if units else {"low": [low, 0], "high": [high, 50]}
        if units and low not in (0, -2):
            continue  # a unit has one value: zero, or below zero as here
        for off, differing, own in product((True, False), repeat=3):
            seen = {"stage": stage, "off": off, "differing": differing, "own": own}
            asked.append((layer, opened, seen))
            words.append(expected(layer, ends, seen, units=units))

    assert deno.told(MODULE, ALL, asked, FACTS) == words
    wanted = {"off", "same", "dead", "silent", "constant", "faint", "always on", ""}
    assert set(words) == wanted


def test_every_word_is_in_the_glossary_and_has_its_sentence() -> None:
    """In the order in which they are decided, and what is said begins with the word."""
    question = """({ FATES, fateWords }, layer) =>
        [...Object.keys(FATES), ""].map((word) => [word, fateWords(layer, word)])"""
    *said, (_, nothing) = deno.told(MODULE, question, {"activation": "relu"}, FACTS)

    words = [word for word, _ in said]
    assert [word.term for word in WORDS if word.term in words] == words
    for word, sentence in said:
        assert sentence.lower().startswith(word if word != "off" else "switched off")
        assert sentence.endswith(".")
    assert nothing == ""
