"""Values that functions of plug-ins compute, row by row, from features that are there.

A function is given a frame with the columns it reads and nothing else: no key, no date, no outcome.
What it answers for a row may hang on that row alone. A mean over the frame would see later games in
training and other players tonight. So every build asks again: in another order, in two halves, and
some rows one at a time; answers that differ refuse the function. To ask once at registration would
not do, because which rows there are, and which values are missing, is known only here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from tipoff.errors import UsageError
from tipoff.failures import OthersCode
from tipoff.features.catalogue import Catalogue
from tipoff.features.definition import Computed
from tipoff.hashing import DECIMALS

if TYPE_CHECKING:
    import polars as pl

FAILED = "feature_failed"
"""Reason of a null whose function failed: a batch check blocks the feature for who reads it."""
STRAYED = "out_of_range"
_ALONE = 16
"""Rows that are asked for one at a time."""


def computed_of(catalogue: Catalogue, names: Sequence[str]) -> tuple[Computed, ...]:
    """The functions that `names` need, each after those it reads."""
    needed = (catalogue.columns[name] for name in catalogue.closure(names))
    return tuple(column for column in needed if isinstance(column, Computed))


def queried(names: Sequence[str], functions: Sequence[Computed]) -> tuple[str, ...]:
    """The names that the query gives: those asked for and those read, less what is computed."""
    computed = {feature.name for feature in functions}
    read = [name for feature in functions for name in feature.reads]
    return tuple(name for name in dict.fromkeys([*names, *read]) if name not in computed)


def with_computed(
    frame: pl.DataFrame, functions: Iterable[Computed], *, reasons: bool = False
) -> pl.DataFrame:
    """The frame with a Float64 column per function, rounded, null outside its range.

    `reasons`: with a column `why:NAME` each, and a function that fails gives nulls that say so;
    otherwise it raises UsageError.
    """
    import polars as pl

    for feature in functions:
        try:
            raw = values_of(feature, frame.select(feature.reads))
            failed = False
        except UsageError:
            if not reasons:
                raise
            raw = pl.Series([None] * frame.height, dtype=pl.Float64)
            failed = True
        inside = (raw >= feature.low) & (raw <= feature.high)
        value = pl.select(pl.when(inside).then(raw)).to_series().alias(feature.name)
        added = [value]
        if reasons:
            why = [FAILED] * frame.height if failed else _reasons(feature, frame, raw, value)
            added.append(pl.Series(f"why:{feature.name}", why, dtype=pl.String))
        frame = frame.with_columns(added)
    return frame


def values_of(feature: Computed, read: pl.DataFrame) -> pl.Series:
    """What a feature's function says of each row of the columns it reads.

    Raises UsageError when it fails, answers something else than a number per row, or answers
    otherwise when it sees the rows in another company.
    """
    whole = _ask(feature, read)
    rows = range(read.height)
    halves = [list(reversed(rows[start::2])) for start in (0, 1)]
    step = max(1, read.height // _ALONE)
    unknown = [read[name].is_null().arg_max() for name in read.columns if read[name].null_count()]
    alone = [[row] for row in {*rows[::step], *(u for u in unknown if u is not None)}]
    for part in filter(None, [*halves, *alone]):
        if not _ask(feature, read[part]).equals(whole[part], null_equal=True):
            raise UsageError(
                f"feature {feature.name}: its function says other things of a row when other rows"
                " are there",
                "compute each row from its own values: no mean, rank, shift or fill over the frame",
            )
    return whole


def _ask(feature: Computed, read: pl.DataFrame) -> pl.Series:
    import polars as pl

    def failed(why: str) -> UsageError:
        names = ", ".join(feature.reads)
        return UsageError(
            f"feature {feature.name}: its function failed: {why}",
            f"it is given a frame with {names}, nulls included",
        )

    if feature.function is None:
        raise UsageError(f"feature {feature.name}: its function is not in this process")
    with OthersCode(failed):
        answer: Any = feature.function(read)
        values = pl.Series(answer).cast(pl.Float64)
    if len(values) != read.height:
        raise failed(f"{len(values)} values for {read.height} rows")
    # No number is null, and equal values must have equal bytes.
    return (values.fill_nan(None).round(DECIMALS) + 0.0).rename("")


def _reasons(
    feature: Computed, frame: pl.DataFrame, raw: pl.Series, value: pl.Series
) -> list[str | None]:
    """Per row why there is no value: it strayed, or the first reason of what was read."""
    import polars as pl

    said = [pl.col(f"why:{n}") for n in feature.reads]
    unknown = frame.select(
        pl.coalesce(
            *(pl.when(pl.col(n).is_null()).then(why) for n, why in zip(feature.reads, said,
                                                                       strict=True)),
            pl.lit("no_value"),
        )
    ).to_series()  # fmt: skip
    strayed = (raw.is_not_null() & value.is_null()).to_list()
    nothing = value.is_null().to_list()
    return [
        STRAYED if out else why if empty else None
        for out, empty, why in zip(strayed, nothing, unknown.to_list(), strict=True)
    ]
