"""Words of how a network is trained, of which the page of trainings alone speaks."""

from __future__ import annotations

from dashboard.words.word import Word

WORDS = (
    Word(
        "batch",
        "The {images} of one step of a training: the network answers them, and its numbers change once.",
        ("batches",),
        dotted=False,
    ),
    Word(
        "optimiser",
        "The rule by which a training changes the numbers of a network at each step so that the loss falls.",
        dotted=False,
    ),
    Word(
        "learning rate",
        "How far the numbers of a network go at each step of a training; too far, and it gets worse.",
        dotted=False,
    ),
    Word("snapshot", "All numbers of a network, written down at one moment of its training.", dotted=False),
)
