"""How well the champion foresees minutes: walk-forward by month, beside EWMA half-life 8.

    python -m tools.studies.minutes_report LAKE 2024-25

Each month of the season is predicted by the trees a refit on its first day has; rows are those of
players with at least ten earlier games, all game types. 95% intervals resample slates.
"""

import sys
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from tipoff.features import feature_set, training_frame
from tipoff.grading.metrics import mean_of
from tipoff.lake import Lake
from tipoff.models.champion.fit import FULL
from tipoff.models.champion.learner import MEDIAN, fit_trees
from tipoff.models.champion.minutes import LONGEST
from tipoff.models.champion.past import past_of
from tipoff.models.champion.table import MINUTES, Table

EWMA = "minutes_ewma_hl8"


def main() -> None:
    """Print MAE of both, their difference, and the share inside the 80% interval."""
    folder, season = Path(sys.argv[1]), sys.argv[2]
    names = feature_set("v4")
    with Lake.open(folder) as lake, lake.reading() as r:
        frame = training_frame(r, start=None, through=date.max, names=names)
    table = Table.of(frame.sort("game_date", "tipoff", "game_id", "player_key"), names)
    predicted = pl.concat(_months(table, season))
    error, plain = (pl.col("y") - pl.col(c) for c in ("median", EWMA))
    inside = (pl.col("y") >= pl.col("low")) & (pl.col("y") <= pl.col("high"))
    for name, value in (
        ("MAE, trees", error.abs()), ("MAE, EWMA half-life 8", plain.abs()),
        ("difference", error.abs() - plain.abs()), ("inside the 80% interval", inside),
    ):  # fmt: skip
        row = mean_of(predicted, name, value).to_dicts()[0]
        print(
            f"{season} minutes, {name}: {row['value']:.4f} [{row['low']:.4f}, {row['high']:.4f}],"
            f" n = {row['n']}, {row['slates']} slates"
        )


def _months(table: Table, season: str) -> list[pl.DataFrame]:
    rows = table.frame.with_row_index("at").filter(season=season)
    parts = []
    months = rows.with_columns(month=pl.col("game_date").dt.truncate("1mo"))
    for (month,), part in months.partition_by("month", as_dict=True, maintain_order=True).items():
        at, older = part["at"].to_numpy(), table.before(month)
        trees = fit_trees(older.values, older.y(MINUTES), older.names, FULL.minutes, MEDIAN)
        median = np.clip(trees.predict(table.values[at]), 0.0, LONGEST)
        spread = past_of(older, FULL).spread
        low, high = (spread.quantile(median, q) for q in (0.1, 0.9))
        kept = part.select("game_date", EWMA, y=f"y_{MINUTES}").with_columns(
            slate="game_date", median=median, low=low, high=high
        )
        parts.append(kept.filter(pl.Series(table.experienced[at])))
    return parts


if __name__ == "__main__":
    main()
