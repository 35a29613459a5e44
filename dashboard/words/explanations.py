"""Words of why a network says what it says, of what would change that, and signs on pictures."""

from __future__ import annotations

from dashboard.words.word import Word

WORDS = (
    Word(
        "gradient",
        "How fast a number, such as a logit, would change with each pixel: one slope for every pixel.",
        ("gradients",),
    ),
    Word(
        "attribution",
        "A number for every pixel that says how much it speaks for a class; methods differ, and none of them "
        "is the truth.",
        ("attributions",),
    ),
    Word(
        "integrated gradients",
        "An attribution: the mean gradient on the way from an empty picture to this one, times each pixel's "
        "change.",
    ),
    Word(
        "occlusion",
        "An attribution: a small square is emptied, place after place, and what the logit loses is "
        "written there.",
        dotted=False,  # there is a change of images that is called so, too
    ),
    Word(
        "Grad-CAM",
        "An attribution: the maps of one layer, each times its mean gradient, are summed; below zero becomes "
        "zero.",
    ),
    Word(
        "ablation",
        "Channels are switched off, so that they give zero, to see what the network is without them.",
        ("ablated",),
    ),
    Word(
        "adversarial example",
        "{an_image} that was changed as little as could be found, so that a network gives another answer.",
        ("adversarial", "adversarial examples"),
    ),
    Word(
        "illustration",
        "A picture that is changed step by step, from noise on, to raise one channel; it depends on how that "
        "is done.",
        ("illustrations", "feature visualisation"),
    ),
    Word(
        "regulariser",
        "A rule that keeps numbers small or smooth while something else is made as large or small as "
        "possible.",
    ),
)
SIGNS = (
    Word(
        "yellow box",
        "What a cell sees of the {image} and of the maps before it; in the lens and in the dock, that cell.",
        dotted=False,
    ),
    Word(
        "[12, 7, 21]",
        "Behind a layer's name: row 12, column 7 of map 21, counted from 0, where the article that ConvLens "
        "grew out of counts from 1; [5] is unit 5.",
        dotted=False,
    ),
    Word(
        "▲ ▼",
        "Above or below a scale that is the same for all {images}: its colour is that of the scale's end.",
        dotted=False,
    ),
)
