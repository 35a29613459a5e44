"""Words of what was measured over many images, and of what is said of one map, filter or unit."""

from __future__ import annotations

from dashboard.words.word import Word

WORDS = (
    Word(
        "training",
        "Changing the numbers of a network in small steps, so that its answers come closer to the labels.",
        dotted=False,
    ),
    Word("epoch", "One pass of a training over all {images} that it learns from.", ("epochs",)),
    Word(
        "seed",
        "The number that starts the random choices of a training, such as the first weights; another seed "
        "gives another network.",
        ("seeds",),
    ),
    Word(
        "held-out",
        "{images} that are kept back from learning and only used to choose, such as which epoch is kept.",
        ("held out",),
    ),
    Word(
        "test set",
        "The {count} {images} that took part in no training and no choice: how good a network is, is "
        "measured on them.",
        ("test {image}", "test {images}"),
    ),
    Word("accuracy", "The share of {images} that a network names right."),
    Word(
        "loss",
        "How bad answers are: minus the logarithm of the probability that the label got, as a mean over all "
        "{images}; 0 is best.",
        ("losses", "negative log-likelihood"),
    ),
    Word(
        "augmentation",
        "In training the {images} are changed a little, anew each time: shifted, turned, bent.",
        ("augmented",),
    ),
    Word(
        "interval",
        "The range around a measured number that would hold the true one in 95 of 100 such measurements, "
        "each with its own range.",
        ("intervals", "Wilson interval", "Wilson intervals"),
    ),
    Word(
        "standard deviation",
        "How far numbers typically lie from their mean: the root of the mean squared distance.",
    ),
    Word("median", "The number in the middle when all are put in order."),
    Word(
        "McNemar's test",
        "How likely two equally good networks would split the {images} that only one names right as unevenly "
        "as that.",
        ("McNemar's exact test",),
    ),
    Word(
        "Fisher's exact test",
        "How likely two shares would be at least as far apart by chance alone.",
    ),
    Word(
        "calibration",
        "How well probabilities agree with how often answers are right: of those given 0.9, nine in ten "
        "should be.",
        ("calibration error", "calibrated"),
    ),
    Word(
        "confidence",
        "The probability that a network gives its own answer; calibration tells whether to believe it.",
    ),
    Word(
        "Brier score",
        "How far the probabilities are from 1 for the label and 0 for all others: squared, added up; 0 is "
        "best.",
    ),
    Word(
        "temperature",
        "A number by which all logits are divided: above 1 a network is less sure of every answer, and the "
        "answers stay the same.",
    ),
    Word(
        "confusion matrix",
        "A table that counts for each label how often which class was the answer; what is right stands on "
        "the diagonal.",
        ("confusion matrices", "confusion", "confusions"),
    ),
    Word(
        "t-SNE",
        "Points are laid out in the plane so that near neighbours stay near; how far groups lie apart means "
        "nothing.",
    ),
    Word("PCA", "Points are drawn along the two directions in which they spread most; the rest is left out."),
    Word("off", "You switched it off: it is zero, whatever it reads.", dotted=False),
    Word("same", "Where {images} are compared: nothing in it differs.", dotted=False),
    Word("dead", "Zero on all {count} {members}."),
    Word("silent", "Zero everywhere on this {image}, but not dead: on another one it responds."),
    Word(
        "constant",
        "One value everywhere on this {image}: the lens says which; it has no colours of its own.",
    ),
    Word(
        "faint",
        "Its range on this {image} is below a hundredth of its layer's; colours of its own make it look "
        "strong.",
    ),
    Word("always on", "Above zero in every cell on all {count} {members}."),
    Word(
        "tuned",
        "It answers most to one kind of drawn stroke; said only where it is more selective than 99 % of "
        "untrained filters.",
        ("tuning",),
    ),
    Word(
        "unlike",
        "The best network puts this picture farther from all that it learned than 99 % of held-out {images}; "
        "it may be {an_image} all the same.",
        dotted=False,
    ),
)
