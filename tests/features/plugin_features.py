"""Functions that plug-ins might declare, good and bad; as a file, because their source is read."""

from __future__ import annotations

import math

import polars as pl

from tipoff.features import feature

WEIGHT = 0.7
READS = ["points_avg_last_5", "points_avg_season"]


def blend(one: pl.Series, other: pl.Series) -> pl.Series:
    return WEIGHT * one + (1 - WEIGHT) * other


@feature(reads=READS, low=0, high=70, unit="points")
def points_blend(frame: pl.DataFrame) -> pl.Series:
    return blend(frame["points_avg_last_5"], frame["points_avg_season"])


@feature(reads=["points_blend", "minutes_ewma_hl8"], low=-10, high=10)
def log_blend(frame: pl.DataFrame) -> pl.Series:
    return (frame["points_blend"] + 1).log(math.e) - frame["minutes_ewma_hl8"] / 100


@feature(reads=READS, low=-70, high=70)
def against_the_mean(frame: pl.DataFrame) -> pl.Series:
    return frame["points_avg_last_5"] - frame["points_avg_last_5"].mean()


@feature(reads=READS, low=0, high=70)
def the_row_before(frame: pl.DataFrame) -> pl.Series:
    return frame["points_avg_last_5"].shift(1)


@feature(reads=READS, low=0, high=70)
def filled_from_others(frame: pl.DataFrame) -> pl.Series:
    return frame["points_avg_season"].fill_null(frame["points_avg_season"].max())


@feature(reads=READS, low=0, high=70)
def broken(frame: pl.DataFrame) -> pl.Series:
    return frame["nobody_reads_this"]


@feature(reads=READS, low=0, high=70)
def too_short(frame: pl.DataFrame) -> pl.Series:
    return frame["points_avg_season"].head(1)
