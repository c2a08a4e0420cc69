"""Distributions over counts 0..K, a row per player-game, and everything derived from them.

Conditional on playing: not playing is void, never a zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_POISSON_BELOW = 1.0 + 1e-9
_BISECTIONS = 50


@dataclass(frozen=True)
class Pmf:
    """`p` has shape (n, K+1): p[i, k] = P(count = k) of row i; the last bin holds all of >= K.

    A row sums to 1, or is all NaN when the row could not be predicted: whatever is derived
    from it is then NaN too, so a caller who forgets the mask never sees a made-up number.
    Every method works row by row, so a row alone gives the same bits as the row in a batch.
    """

    p: Floats

    def __post_init__(self) -> None:
        if self.p.ndim != 2 or self.p.shape[1] < 2:
            raise ValueError(f"a pmf needs shape (n, K+1), got {self.p.shape}")
        # One memory layout, because the order of a sum, and so its last bits, depends on it.
        object.__setattr__(self, "p", np.ascontiguousarray(self.p, dtype=np.float64))
        off = np.abs(self.p.sum(axis=1) - 1.0)
        if bool((off > 1e-9).any()) or np.fmin.reduce(self.p, axis=None, initial=0.0) < 0:
            raise ValueError("rows of a pmf are non-negative and sum to 1")

    @property
    def support(self) -> npt.NDArray[np.int64]:
        """0..K."""
        return np.arange(self.p.shape[1])

    def mean(self) -> Floats:
        """Expected count, shape (n,)."""
        return np.asarray((self.p * self.support).sum(axis=1))

    def variance(self) -> Floats:
        """Variance of the count, shape (n,)."""
        deviation = self.support - self.mean()[:, None]
        return np.asarray((self.p * deviation**2).sum(axis=1))

    def cdf(self) -> Floats:
        """F(k) = P(count <= k), shape (n, K+1)."""
        return np.minimum(np.cumsum(self.p, axis=1), 1.0)

    def quantile(self, q: float) -> Floats:
        """Interpolated quantile, shape (n,): the mass at k is spread evenly over [k-.5, k+.5].

        x = k - .5 + (q - F(k-1)) / p(k) with k the first count whose F(k) >= q, and never
        below 0. With this rule the median lies over a half-point line exactly when P(over)
        is more than a half, and over a whole line when P(over) + P(push)/2 is.
        """
        cdf = self.cdf()
        k = np.argmax(cdf >= q, axis=1)
        row = np.arange(len(k))
        mass = self.p[row, k]
        before = cdf[row, k] - mass
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.maximum(k - 0.5 + (q - before) / mass, 0.0))

    def median(self) -> Floats:
        """Interpolated median, shape (n,); it can lie between counts (see `quantile`)."""
        return self.quantile(0.5)

    def p_over(self, line: Floats | float) -> Floats:
        """P(count > line), shape (n,); NaN where the line is NaN."""
        return self._mass(line, self.support > self._column(line))

    def p_under(self, line: Floats | float) -> Floats:
        """P(count < line), shape (n,); NaN where the line is NaN."""
        return self._mass(line, self.support < self._column(line))

    def p_push(self, line: Floats | float) -> Floats:
        """P(count = line), shape (n,): 0 on half-point lines; NaN where the line is NaN."""
        return self._mass(line, self.support == self._column(line))

    def crps(self, y: Floats) -> Floats:
        """Sum over k of (F(k) - 1{y <= k})^2, shape (n,), in units of the market.

        Exact for counts (Gneiting and Raftery 2007, the integral of a step function).
        """
        return np.asarray(((self.cdf() - (self.support >= self._column(y))) ** 2).sum(axis=1))

    def log_score(self, y: Floats) -> Floats:
        """-log P(count = y), shape (n,); infinite where the outcome was given no mass."""
        with np.errstate(divide="ignore"):
            return np.asarray(-np.log(self._at(self.p, y)))

    def pit(self, y: Floats, u: Floats) -> Floats:
        """Randomised PIT F(y-1) + u P(y), shape (n,); uniform when the pmf is the truth.

        `u` in [0, 1], shape (n,). Czado, Gneiting and Held 2009.
        """
        mass = self._at(self.p, y)
        return np.asarray(self._at(self.cdf(), y) - mass + u * mass)

    def covered(self, y: Floats, u: Floats, level: float = 0.8) -> Bools:
        """Whether the randomised central interval of that level holds y, shape (n,)."""
        return np.asarray(np.abs(self.pit(y, u) - 0.5) <= level / 2)

    def _at(self, table: Floats, y: Floats) -> Floats:
        k = np.clip(np.asarray(y, dtype=np.int64), 0, self.p.shape[1] - 1)
        return np.asarray(table[np.arange(len(k)), k])

    def _mass(self, line: Floats | float, where: Bools) -> Floats:
        mass = np.where(where, self.p, 0.0).sum(axis=1)
        blank = np.isnan(np.broadcast_to(np.asarray(line), mass.shape)) | np.isnan(self.p[:, 0])
        return np.asarray(np.where(blank, np.nan, mass))

    def _column(self, values: Floats | float) -> Floats:
        return np.broadcast_to(np.asarray(values, dtype=np.float64), self.p.shape[:1])[:, None]


def negative_binomial(mean: Floats, dispersion: Floats | float, top: int) -> Pmf:
    """Negative binomial with variance = dispersion x mean, Poisson where dispersion <= 1.

    `mean` in units of the market, shape (n,); NaN gives a NaN row. Computed by the recurrence
    p(k+1)/p(k) = (k q + m/d) / (k+1), q = 1 - 1/d, p(0) = d^(-m/(d-1)), which is also the
    Poisson's at d = 1 (Johnson, Kemp and Kotz, Univariate Discrete Distributions, ch. 5):
    no gamma functions, so a slate costs microseconds.
    """
    d = np.maximum(np.broadcast_to(np.asarray(dispersion, dtype=np.float64), mean.shape), 1.0)
    q, start = 1.0 - 1.0 / d, mean / d
    p = np.empty((len(mean), top + 1))
    mass, ratio = _at_zero(mean, d), np.empty(len(mean))
    # Count by count over all rows at once: the only large array is the answer.
    p[:, 0] = mass
    for k in range(top):
        np.multiply(q, k, out=ratio)
        ratio += start
        mass *= ratio
        mass /= k + 1
        p[:, k + 1] = mass
    p[:, top] = np.maximum(1.0 - p[:, :top].sum(axis=1), 0.0)
    return Pmf(p)


def _at_zero(mean: Floats, d: Floats) -> Floats:
    wide = d > _POISSON_BELOW
    rate = np.where(wide, np.log(d) / np.where(wide, d - 1.0, 1.0), 1.0)
    return np.asarray(np.exp(-mean * rate))


def nb_with_median(median: Floats, dispersion: Floats, top: int) -> Pmf:
    """The negative binomial whose interpolated median is `median`, shape (n,).

    The mean is found by bisection on each distinct (median, dispersion): lines are half
    points, so a slate has few. A median beyond 0.9 K cannot be had and gives a NaN row.
    """
    return negative_binomial(mean_for_median(median, dispersion, top), dispersion, top)


def mean_for_median(median: Floats, dispersion: Floats, top: int) -> Floats:
    """Means, shape (n,), whose negative binomials have those interpolated medians."""
    # A complex number carries the pair, because `np.unique` over rows is thirty times slower.
    distinct, back = np.unique(median + 1j * dispersion, return_inverse=True)
    return np.asarray(_bisect(distinct.real, distinct.imag, top)[back])


def _bisect(median: Floats, dispersion: Floats, top: int) -> Floats:
    reachable = (median >= 0) & (median <= 0.9 * top)
    mean = np.full_like(median, np.nan)
    mean[reachable] = _solve(median[reachable], np.maximum(dispersion[reachable], 1.0), top)
    return mean


def _solve(median: Floats, d: Floats, top: int) -> Floats:
    """Bisection on the interpolated CDF at the median: it falls as the mean rises."""
    at = np.floor(median + 0.5).astype(np.int64)
    k = np.arange(int(at.max(initial=0)))
    fixed = k / (k + 1.0) * (1.0 - 1.0 / d)[:, None]
    slope = 1.0 / ((k + 1.0) * d[:, None])
    low, high, row = np.zeros_like(median), np.full_like(median, float(top)), np.arange(len(at))
    for _ in range(_BISECTIONS):
        mean = (low + high) / 2
        p = np.concatenate([_at_zero(mean, d)[:, None], fixed + slope * mean[:, None]], axis=1)
        np.cumprod(p, axis=1, out=p)
        here = p[row, at]
        beneath = np.cumsum(p, axis=1)[row, at] - here + here * (median - at + 0.5)
        low, high = np.where(beneath > 0.5, mean, low), np.where(beneath > 0.5, high, mean)
    return np.asarray((low + high) / 2)
