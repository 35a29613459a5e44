"""Words of what a network is made of, and of what it answers."""

from __future__ import annotations

from dashboard.words.word import Word

WORDS = (
    Word("class", "One of the kinds into which {images} are sorted.", ("classes",), dotted=False),
    Word(
        "label",
        "The class that people gave {an_image} when the collection was made; it can be wrong.",
        ("labels",),
    ),
    Word(
        "network",
        "A long calculation with numbers that were learned from examples; it ends in what says which class "
        "{an_image} is.",
        dotted=False,
    ),
    Word(
        "layer",
        "One step of a network: it reads numbers, of the {image} or of layers before it, and makes others.",
        dotted=False,
    ),
    Word("hidden layer", "A layer between the {image} and the last layer."),
    Word(
        "weight",
        "A learned number by which one of the numbers read is multiplied: how strongly that one counts, and "
        "with which sign.",
        ("weights",),
    ),
    Word(
        "bias", "A learned number that is added to a sum of products, whatever the {image} is.", ("biases",)
    ),
    Word(
        "parameter",
        "A number that a network holds for all {images} alike; nearly all of them are weights and biases.",
        ("parameters",),
    ),
    Word(
        "multiply-accumulate",
        "One multiplication, and the product added to a sum: the step of which networks do most.",
        ("multiply-accumulates",),
    ),
    Word(
        "activation function",
        "The last step of many layers: a fixed rule that turns sums into the numbers that are passed on.",
        ("activation functions",),
    ),
    Word(
        "pre-activation",
        "A number of a layer before its activation function.",
        ("pre-activations", "before activation"),
    ),
    Word(
        "activation",
        "A number that a layer passes on: what its activation function made of the pre-activation.",
        ("activations", "post-activation", "post-activations", "after activation"),
    ),
    Word(
        "ReLU",
        "An activation function: what is below zero becomes zero, what is above zero stays as it is.",
    ),
    Word(
        "leaky ReLU",
        "An activation function: what is above zero stays, what is below is multiplied by a number, mostly a "
        "small one.",
        ("leaky_relu", "PReLU"),
        ("leaky relu", "prelu"),
    ),
    Word(
        "ELU",
        "An activation function: what is above zero stays, what is below bends smoothly to a limit.",
        kinds=("elu",),
    ),
    Word(
        "SiLU",
        "An activation function: far above zero a number stays, far below it becomes zero, and the way "
        "between is smooth.",
        ("GELU", "swish", "mish"),
        ("silu", "gelu", "swish", "mish"),
    ),
    Word(
        "tanh",
        "An activation function: it squeezes any number between −1 and 1; zero stays zero.",
        kinds=("tanh",),
    ),
    Word(
        "sigmoid",
        "An activation function: it squeezes any number between 0 and 1; zero becomes 0.5.",
        kinds=("sigmoid",),
    ),
    Word(
        "probability",
        "A network's answer for a class as a number from 0 to 1; it need not be how often such answers are "
        "right.",
        ("probabilities",),
    ),
    Word(
        "logit",
        "A network's number for a class before it becomes a probability: of any size, and the larger, the "
        "more it is for the class.",
        ("logits",),
    ),
    Word(
        "softmax",
        "A rule that turns numbers, such as logits, into shares of 1: each is e to the power of its number, "
        "divided by the sum of all these.",
    ),
    Word("margin", "How far the most probable class is ahead of the next, in probability.", ("margins",)),
)
