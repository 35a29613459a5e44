"""The colours of values, as stops that the browser blends: from zero up, and around zero on either paper."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import plotly.colors
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

SEQUENTIAL = plotly.colors.sequential.Magma
DIVERGING = plotly.colors.diverging.RdBu[::-1]  # blue below zero, red above, zero nearly white
DARKEST = 0.22  # OKLab lightness of zero on dark paper, which itself has 0.19

# Of linear sRGB the responses of the three cones, and of their cube roots lightness and two opponent colours.
CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
OPPONENTS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def oklab(stops: Sequence[str]) -> Doubles:
    """Return colours of CSS, `rgb(5,48,97)`, as OKLab: (stops, 3), lightness 0 to 1, then the two opponents.

    Source: Ottosson (2020), A perceptual color space for image processing,
    https://bottosson.github.io/posts/oklab/.
    """
    shares = np.array([[int(part) for part in re.findall(r"\d+", stop)] for stop in stops]) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    lab: Doubles = np.cbrt(linear @ CONES.T) @ OPPONENTS.T
    return lab


def from_oklab(lab: Doubles) -> list[str]:
    """Return colours of OKLab as CSS writes them; what no screen shows is cut off at the nearest share."""
    linear = np.clip((lab @ np.linalg.inv(OPPONENTS).T) ** 3 @ np.linalg.inv(CONES).T, 0, 1)
    shares = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return [f"rgb({red},{green},{blue})" for red, green, blue in np.rint(255 * shares).astype(int)]


def on_dark(stops: Sequence[str]) -> list[str]:
    """Return a diverging palette whose middle is nearly as dark as the paper, for one whose middle is white.

    Lightness is mirrored and chroma stays: what was far from the middle is as far from it as before, to the
    eye, and neighbours differ as they did. Each side has the hue of its most colourful stop throughout: what
    is orange where it is light would be brown where it is dark.
    """
    lab = oklab(stops)
    middle = len(lab) // 2
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    most = np.repeat(
        [chroma[:middle].argmax(), middle + chroma[middle:].argmax()], [middle, len(lab) - middle]
    )
    hue = lab[most, 1:] / chroma[most, None]
    return from_oklab(np.column_stack([DARKEST + lab[middle, 0] - lab[:, 0], chroma[:, None] * hue]))


DIVERGING_ON_DARK = on_dark(DIVERGING)
