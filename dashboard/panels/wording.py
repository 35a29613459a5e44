"""How numbers are written for people, in one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean, stdev


def percent(share: float, decimals: int = 2) -> str:
    """Return a share in percent.

    >>> percent(0.9852)
    '98.52 %'
    """
    return f"{100 * share:.{decimals}f} %"


def percent_with_interval(share: float, interval: tuple[float, float], decimals: int = 2) -> str:
    """Return a share with its interval, in percent.

    >>> percent_with_interval(0.9852, (0.9826, 0.9874))
    '98.52 % (98.26 to 98.74)'
    """
    low, high = (f"{100 * end:.{decimals}f}" for end in interval)
    return f"{percent(share, decimals)} ({low} to {high})"


def count(number: int) -> str:
    """Return a whole number with separated thousands.

    >>> count(1199882)
    '1,199,882'
    """
    return f"{number:,}"


def signed(number: int) -> str:
    """Return a difference with its sign; none is without.

    >>> signed(3), signed(-1200), signed(0)
    ('+3', '−1,200', '0')
    """
    return f"{'−' if number < 0 else '+' if number else ''}{abs(number):,}"


def digits(number: int) -> str:
    """Return how many digits, in words.

    >>> digits(1), digits(1135)
    ('1 digit', '1,135 digits')
    """
    return f"{count(number)} digit{'' if number == 1 else 's'}"


def loss(nats: float) -> str:
    """Return a mean negative log-likelihood with its unit.

    >>> loss(0.07119)
    '0.0712 nats'
    """
    return f"{nats:.4f} nats"


def megabytes(number: int) -> str:
    """Return a size in millions of bytes.

    >>> megabytes(4_812_345)
    '4.81 MB'
    """
    return f"{number / 1e6:.2f} MB"


def probability(p: float) -> str:
    """Return a p-value; one that is tiny is only bounded.

    >>> probability(0.0312), probability(3e-19)
    ('p = 0.0312', 'p < 0.0001')
    """
    return "p < 0.0001" if p < 1e-4 else f"p = {p:.4f}"


def spread(values: Sequence[float], write: Callable[[float], str]) -> str:
    """Return a mean with its standard deviation, that of a sample; a single value has none.

    >>> spread([0.98, 0.99, 1.0], percent), spread([0.98], percent)
    ('99.00 % ± 1.00', '98.00 %')
    """
    mean = write(fmean(values))
    return f"{mean} ± {write(stdev(values)).split()[0]}" if len(values) > 1 else mean


def listed(parts: list[str]) -> str:
    """Return sentences' parts as one sentence.

    >>> listed(["FCN is worst on 9", "CNN on 6"])
    'FCN is worst on 9; CNN on 6.'
    """
    return f"{'; '.join(parts)}."
