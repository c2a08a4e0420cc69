"""Bands of the mean: what was fitted in each, read between their centres."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tipoff.models.pmf import Bools, Floats

Bands = NDArray[np.int64]


def bands_of(mean: Floats, bands: int) -> Bands:
    """Each row's band, 0 to bands - 1, of about equal count, shape (n,)."""
    edges = np.quantile(mean, [i / bands for i in range(1, bands)])
    return np.searchsorted(edges, mean, side="right")


def in_bands(mean: Floats, bands: int) -> list[Bools]:
    """Which rows are in each band that has any, each of shape (n,)."""
    band = bands_of(mean, bands)
    return [band == b for b in range(bands) if (band == b).any()]


def centre(mean: Floats) -> float:
    """Where a band of those means lies."""
    return float(np.log(mean.mean()))


def between(centres: Sequence[float], rows: Sequence[Sequence[float]], mean: Floats) -> Floats:
    """Each mean's own row, shape (n, len(row)): linear in ln mean between the bands' centres, and
    beyond the outermost that band's."""
    at, held = np.array(centres), np.array(rows)
    place = np.interp(np.log(mean), at, np.arange(len(at)))
    low = np.minimum(place.astype(np.int64), max(len(at) - 2, 0))
    high = np.minimum(low + 1, len(at) - 1)
    share = (place - low)[:, None]
    return np.asarray(held[low] * (1.0 - share) + held[high] * share)
