"""Agreement: lines of combos move the parts that have none, so that combos add up."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tipoff.markets import parts_of
from tipoff.models.pmf import Bools, Floats

COMBO_WEIGHT = 0.05
"""Variance of the mean a combo's line gives, as a share of what trees' means of that size have:
the best two of 0, .05, .1, .3 on 2023-24 lie level, 0 leaves no room where two lines disagree."""
_FIXED = 1e-6
_WIDEST = 2.0
"""No part moves to more than this multiple of its own mean, or to less than one over it."""


def agreed(
    means: Mapping[str, Floats], lined: Mapping[str, Bools], combos: tuple[str, ...]
) -> dict[str, Floats]:
    """Part -> mean, shape (n,), for every part of `combos`.

    `means` and `lined` (whether a row has a usable line) by market, parts and combos. A part with
    a line keeps its mean to the bit, and so do rows whose combos have no line. Elsewhere the means
    x minimise sum over parts (x - m)^2 / v + sum over combos with a line (sum x - c)^2 / w: v = m
    for trees, w = COMBO_WEIGHT c. Weighted reconciliation of sums: Hyndman, Ahmed, Athanasopoulos
    and Shang (2011), "Optimal combination forecasts for hierarchical time series".
    """
    parts = parts_of(*combos)
    own = np.stack([means[part] for part in parts], axis=1)
    fixed = np.stack([lined[part] for part in parts], axis=1)
    weight = 1.0 / (np.where(fixed, _FIXED, 1.0) * own)
    inner, right = weight[:, :, None] * np.eye(len(parts)), weight * own
    for combo in combos:
        holds = np.array([part in parts_of(combo) for part in parts], dtype=np.float64)
        pull = np.where(lined[combo], 1.0 / (COMBO_WEIGHT * means[combo]), 0.0)
        inner = inner + pull[:, None, None] * np.outer(holds, holds)
        right = right + (pull * means[combo])[:, None] * holds
    found = np.linalg.solve(inner, right[:, :, None])[:, :, 0]
    moved = np.clip(found, own / _WIDEST, own * _WIDEST)
    told = np.logical_or.reduce([lined[combo] for combo in combos])
    settled = np.where(fixed | ~told[:, None], own, moved)
    return {part: settled[:, i] for i, part in enumerate(parts)}
