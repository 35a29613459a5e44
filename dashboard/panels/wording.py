"""How numbers are written for people, in one place; assets/js/core/number.js has the same rule for shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from statistics import fmean, stdev
from sys import float_info


def percent(share: float, decimals: int = 2) -> str:
    """Return a share in percent; one that is not 1 is never written as all, one that is not 0 never as none.

    All and none are written without decimals, for nothing was rounded there.

    >>> percent(0.9852), percent(0.99999), percent(0.00001), percent(0.99999, 0)
    ('98.52 %', '> 99.99 %', '< 0.01 %', '> 99 %')
    >>> percent(1), percent(0)
    ('100 %', '0 %')
    """
    return f"{_hundredths(share, decimals)} %"


def chance(probability: float, decimals: int = 2) -> str:
    """Return a probability that a softmax gives, in percent.

    Of finite logits it is neither 0 nor 1, however it was rounded; a network that says 1 as float32 is sure
    beyond 99.99999 %, and never to all of it.

    >>> chance(1.0), chance(0.0), chance(0.25)
    ('> 99.99 %', '< 0.01 %', '25.00 %')
    """
    return percent(max(float_info.min, min(1 - float_info.epsilon, probability)), decimals)


def percent_with_interval(share: float, interval: tuple[float, float], decimals: int = 2) -> str:
    """Return a share with its interval, in percent.

    >>> percent_with_interval(0.9852, (0.9826, 0.9874))
    '98.52 % (98.26 to 98.74)'
    """
    low, high = (_hundredths(end, decimals) for end in interval)
    return f"{percent(share, decimals)} ({low} to {high})"


def _hundredths(share: float, decimals: int) -> str:
    """Return a share times a hundred, as `percent` writes it."""
    if share in (0, 1):
        return "100" if share else "0"
    step = 10.0**-decimals
    written = str(Decimal(100 * share).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))  # as JavaScript
    if float(written) == 0:
        return f"< {step:.{decimals}f}" if share > 0 else f"> −{step:.{decimals}f}"
    if float(written) == 100:
        return f"> {100 - step:.{decimals}f}" if share < 1 else "> 100"
    return written.replace("-", "−")


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
    """Return a p-value; one that is tiny, or nearly 1, is only bounded.

    >>> probability(0.0312), probability(3e-19), probability(0.99999), probability(1)
    ('p = 0.0312', 'p < 0.0001', 'p > 0.9999', 'p = 1.0000')
    """
    if 1 - 5e-5 <= p < 1:
        return "p > 0.9999"
    return "p < 0.0001" if p < 1e-4 else f"p = {p:.4f}"


def spread(values: Sequence[float], write: Callable[[float], str]) -> str:
    """Return the mean over seeds with its standard deviation, that of a sample; a single seed has none.

    >>> spread([0.98, 0.99, 1.0], percent), spread([0.98], percent)
    ('99.00 ± 1.00 % (standard deviation of 3 seeds)', '98.00 %')
    """
    over = f" (standard deviation of {count(len(values))} seeds)" if len(values) > 1 else ""
    return f"{mean_and_deviation(values, write)}{over}"


def mean_and_deviation(values: Sequence[float], write: Callable[[float], str]) -> str:
    """Return a mean with the standard deviation of a sample, which a single value does not have.

    >>> mean_and_deviation([0.98, 0.99, 1.0], percent), mean_and_deviation([0.98], percent)
    ('99.00 ± 1.00 %', '98.00 %')
    """
    mean, deviation = write(fmean(values)), write(stdev(values)) if len(values) > 1 else ""
    return f"{mean.removesuffix(' %')} ± {deviation}" if deviation else mean


def listed(parts: list[str]) -> str:
    """Return sentences' parts as one sentence.

    >>> listed(["FCN names 6 right", "CNN 8"])
    'FCN names 6 right; CNN 8.'
    """
    return f"{'; '.join(parts)}."
