"""Words of what layers do, and of what they are made of."""

from __future__ import annotations

from dashboard.words.word import Word

WORDS = (
    Word(
        "kernel",
        "A small block of weights that is laid on every place of what is read: number times weight, and all "
        "products are summed.",
        ("kernels",),
    ),
    Word(
        "filter",
        "A kernel, mostly with a bias, that gives one number for every place on which it is laid.",
        ("filters",),
    ),
    Word(
        "map",
        "What one filter, and what follows it, gives for every place: products summed plus the bias, which "
        "is not likeness to the kernel.",
        ("maps", "activation map", "activation maps", "feature map", "feature maps"),
    ),
    Word("cell", "One number of a map, or one pixel of the {image}.", ("cells",), dotted=False),
    Word(
        "slice",
        "The part of a kernel that lies on one of the maps that it reads, of which it has one for each.",
        ("slices", "kernel slice"),
    ),
    Word(
        "convolution",
        "A layer of filters that are laid on all places of what it reads, with the same weights everywhere.",
        ("convolutions", "convolutional", "conv"),
    ),
    Word(
        "depthwise convolution",
        "A convolution in which each filter reads one map alone.",
        ("depthwise",),
        ("depthwise conv",),
    ),
    Word(
        "separable convolution",
        "A convolution in two steps: within each map by itself, then at each place across all maps.",
        ("separable",),
        ("separable conv",),
    ),
    Word(
        "transposed convolution",
        "A convolution the other way round: every number read stamps the kernel, times itself, onto a new "
        "map, and stamps add up.",
        ("transposed",),
        ("conv transpose",),
    ),
    Word("window", "The rectangle of cells that is read for one cell of the next map.", ("windows",)),
    Word("patch", "The numbers that lie under a window.", ("patches",)),
    Word("stride", "How many cells a window moves from one place to the next.", ("strides",)),
    Word(
        "padding",
        "A frame, mostly of zeros, that is put around maps, so that windows fit at their edges too.",
        ("padded", "zero padding"),
    ),
    Word("cropping", "Rows and columns are cut off the edges of maps.", ("cropped",), ("cropping",)),
    Word(
        "pooling",
        "Of the cells under each window one number is kept: the largest (max pooling) or the mean (average "
        "pooling).",
        ("pool", "pooled", "pools", "max pooling", "average pooling"),
    ),
    Word(
        "global pooling",
        "Of each whole map one number is kept: the largest, or the mean.",
        ("global max pooling", "global average pooling"),
        ("global max pooling", "global average pooling"),
    ),
    Word(
        "flatten",
        "A layer that computes nothing: it puts the numbers of all maps into one row.",
        ("flattens", "flattened"),
    ),
    Word(
        "reshape",
        "A layer that computes nothing: the same numbers, in another form or order.",
        ("reshaped",),
        ("reshape", "permute"),
    ),
    Word(
        "unit",
        "A part of a layer that gives one number: mostly all that is read, times weights of its own, summed, "
        "plus a bias.",
        ("units",),
    ),
    Word(
        "dense",
        "A layer in which every unit reads everything, each with weights of its own; also called fully "
        "connected.",
        ("fully connected",),
    ),
    Word(
        "template",
        "A unit's weights, drawn as a picture over the pixels that they are multiplied with.",
        ("templates",),
    ),
    Word(
        "channel",
        "One map or one unit of a layer; of a coloured image, its red, green or blue part.",
        ("channels",),
    ),
    Word(
        "receptive field",
        "All that a cell depends on in the {image} or the layers before: a change outside of it changes "
        "nothing there.",
        ("receptive fields",),
    ),
    Word(
        "dropout",
        "In training some numbers, chosen at random, are set to zero; here it changes nothing.",
        kinds=("dropout", "spatial dropout", "alpha dropout", "gaussian dropout"),
    ),
    Word(
        "batch normalisation",
        "Every channel is scaled and shifted by fixed numbers of its own, which come from training.",
        ("batch normalization",),
        ("batch normalization",),
    ),
    Word(
        "layer normalisation",
        "What a layer makes of one {image} is scaled and shifted by its own mean and spread, then by learned "
        "numbers.",
        ("layer normalization",),
        ("layer normalization",),
    ),
    Word(
        "rescaling",
        "Every number is multiplied by a fixed one, and another is added.",
        kinds=("rescaling", "normalization"),
    ),
    Word(
        "merging",
        "Several inputs become one: at each place their sum, for example, or the largest of them.",
        ("merge", "merged"),
        ("add", "subtract", "multiply", "average", "maximum", "minimum"),
    ),
    Word(
        "residual connection",
        "A way around some layers: what went into them is added to what comes out.",
        ("skip connection",),
        ("add",),
    ),
    Word(
        "concatenate",
        "Several inputs become one: the channels of each stand behind those of the one before.",
        ("concatenation", "concatenated"),
        ("concatenate",),
    ),
    Word(
        "upsampling",
        "Maps become larger: cells are repeated, or new ones mixed of their neighbours.",
        ("up-sampling",),
        ("up sampling",),
    ),
)
