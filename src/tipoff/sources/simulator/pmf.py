"""Exact distributions of box-score counts: finite mixtures of compound Poisson laws.

Given the latent node (game state x minutes) a count is N1 + 2 N2 + 3 N3 with independent
Poisson parts, so its pmf follows from Panjer's recursion (Panjer 1981, ASTIN Bulletin 12):
    p(0) = exp(-(l1 + l2 + l3)),  n p(n) = l1 p(n-1) + 2 l2 p(n-2) + 3 l3 p(n-3)
and the law before the game is the weighted mean over nodes.
"""

import numpy as np

from tipoff.sources.simulator.constants import Floats, Ints

TAIL = 1e-9
_CHUNK = 1024
_LONGEST = 400


def mixture_pmf(
    weights: Floats, ones: Floats, twos: Floats | None, threes: Floats | None
) -> Floats:
    """pmf [rows, K] of ones + 2 twos + 3 threes, mixed over nodes.

    weights, ones, twos, threes: [rows, nodes]; weights sum to one per row, the rest are Poisson
    means. K is as long as the longest row needs to leave less than TAIL beyond its end; rows
    are rescaled to sum to one.
    """
    parts = [
        _chunk(
            weights[i : i + _CHUNK],
            ones[i : i + _CHUNK],
            None if twos is None else twos[i : i + _CHUNK],
            None if threes is None else threes[i : i + _CHUNK],
        )
        for i in range(0, len(weights), _CHUNK)
    ]
    out = np.zeros((len(weights), max((p.shape[1] for p in parts), default=1)))
    for number, part in enumerate(parts):
        out[number * _CHUNK : number * _CHUNK + len(part), : part.shape[1]] = part
    return out


def _chunk(weights: Floats, ones: Floats, twos: Floats | None, threes: Floats | None) -> Floats:
    jumps = [(1, ones)]
    jumps += [(2, 2 * twos)] if twos is not None else []
    jumps += [(3, 3 * threes)] if threes is not None else []
    total = sum(mean / size for size, mean in jumps)
    # The last three terms and the next share four buffers: no allocation inside the loop.
    ring = [np.exp(-np.asarray(total)), *(np.zeros_like(ones) for _ in range(3))]
    product = np.empty_like(ones)
    columns = [np.einsum("ij,ij->i", weights, ring[0])]
    reached = columns[0].copy()
    while reached.min() < 1 - TAIL and len(columns) < _LONGEST:
        count = len(columns)
        following = ring[count % 4]
        np.multiply(ones, ring[(count - 1) % 4], out=following)
        for size, mean in jumps[1:]:
            np.multiply(mean, ring[(count - size) % 4], out=product)
            following += product
        following *= 1 / count
        columns.append(np.einsum("ij,ij->i", weights, following))
        reached += columns[-1]
    out = np.stack(columns, axis=1)
    return np.asarray(out / out.sum(axis=1, keepdims=True))


def trimmed_lengths(pmf: Floats) -> Ints:
    """How many entries of each row to keep so that what is dropped weighs less than TAIL."""
    beyond = np.cumsum(pmf[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(np.maximum((beyond >= TAIL).sum(axis=1), 1))


def interpolated_cdf(pmf: Floats, at: Floats) -> Floats:
    """P(X <= x) with each count n spread evenly over n - 1/2 .. n + 1/2; at: [rows]."""
    steps = np.concatenate([np.zeros((len(pmf), 1)), np.cumsum(pmf, axis=1)], axis=1)
    place = np.clip(at + 0.5, 0, pmf.shape[1] - 1e-9)
    low = place.astype(np.int64)
    rows = np.arange(len(pmf))
    return np.asarray(steps[rows, low] + (place - low) * pmf[rows, low])


def interpolated_median(pmf: Floats) -> Floats:
    """The x at which `interpolated_cdf` is one half, [rows]."""
    steps = np.cumsum(pmf, axis=1)
    count = (steps < 0.5).sum(axis=1)
    rows = np.arange(len(pmf))
    below = np.where(count > 0, steps[rows, np.maximum(count - 1, 0)], 0.0)
    return np.asarray(count - 0.5 + (0.5 - below) / pmf[rows, count])


def moments(pmf: Floats) -> tuple[Floats, Floats]:
    """Mean and variance per row."""
    support = np.arange(pmf.shape[1])
    mean = pmf @ support
    return mean, pmf @ (support**2) - mean**2
