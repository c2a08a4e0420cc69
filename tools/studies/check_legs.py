"""Are two legs together what the copula says? `python -m tools.studies.check_legs LAKE`

Walk-forward over 2024-25: each month's correlations come from the games before it. Both legs are
the over of the half point above the forecast median; forecasts are the negative binomial around
the mean of the last 20 games. Prints, per pair of legs, n, the frequency of both, what copula and
independence predicted, and the log loss of both against neither-or-one with the paired difference.
"""

import sys
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl
from scipy.stats import nbinom

from tipoff.bets.correlation import estimate, history, scored
from tipoff.bets.legs import p_both
from tipoff.lake import Lake
from tipoff.results.bets import Relation

MONTHS = [date(2024, m, 1) for m in (11, 12)] + [date(2025, m, 1) for m in (1, 2, 3, 4)]
UNTIL = date(2025, 4, 14)
PAIRS: list[tuple[Relation, str, str]] = [
    ("same player", "points", "rebounds"), ("same player", "points", "assists"),
    ("same player", "points", "threes"), ("same player", "rebounds", "assists"),
    ("team-mates", "points", "points"), ("team-mates", "points", "assists"),
    ("opponents", "points", "points"),
]  # fmt: skip
MOST, DRAWS = 20_000, 1000
NOW = datetime(9999, 1, 1, tzinfo=UTC)


def main(folder: str) -> int:
    """Print the table."""
    with Lake.open(folder) as lake, lake.reading() as r:
        for relation, first, second in PAIRS:
            months = [history(r, end, NOW, first, second) for end in [*MONTHS[1:], UNTIL]]
            before = [history(r, start, NOW, first, second) for start in MONTHS]
            parts = [
                _judged(old, new.filter(pl.col("game_date") >= start), relation)
                for start, old, new in zip(MONTHS, before, months, strict=True)
            ]
            _print(f"{relation}: {first} & {second}", pl.concat(parts))
    return 0


def _judged(old: pl.DataFrame, new: pl.DataFrame, relation: Relation) -> pl.DataFrame:
    rho = estimate(scored(old), relation).rho
    sides = [_over(old, new, i) for i in (1, 2)]
    rows = new.select("game_date", "game_id", "team").with_row_index("at").with_columns(
        *(pl.Series(f"{name}{i}", value) for i, side in zip((1, 2), sides, strict=True)
          for name, value in side.items())
    )  # fmt: skip
    pairs = _pairs(rows, relation)
    p1, p2 = pairs["p1"].to_numpy(), pairs["p2"].to_numpy()
    chances = {"copula": p_both(p1, p2, rho), "independent": p1 * p2}
    return pairs.select("game_date", (pl.col("o1") & pl.col("o2")).alias("both")).with_columns(
        *(pl.Series(name, value) for name, value in chances.items()), rho=pl.lit(rho)
    )


def _over(old: pl.DataFrame, new: pl.DataFrame, i: int) -> dict[str, Any]:
    y, m = (old[f"{name}{i}"].to_numpy() for name in "ym")
    wide = max(float(((y - m) ** 2).sum() / m.sum()), 1.01)
    size = np.maximum(new[f"m{i}"].to_numpy(), 0.05) / (wide - 1.0)
    line = nbinom.median(size, 1.0 / wide)
    p = nbinom.sf(line, size, 1.0 / wide)
    return {"p": p, "o": new[f"y{i}"].to_numpy() > line}


def _pairs(rows: pl.DataFrame, relation: Relation) -> pl.DataFrame:
    if relation == "same player":
        return rows
    other = rows.select("game_id", "at", "team", "p2", "o2")
    joined = rows.drop("p2", "o2").join(other, on="game_id", suffix="_other")
    together = pl.col("team") == pl.col("team_other")
    kept = joined.filter((together if relation == "team-mates" else ~together)
                         & (pl.col("at") != pl.col("at_other")))  # fmt: skip
    return kept.sample(min(MOST // len(MONTHS), kept.height), seed=1)


def _print(name: str, rows: pl.DataFrame) -> None:
    won = rows["both"].to_numpy().astype(float)
    losses = {}
    for kind in ("copula", "independent"):
        p = np.clip(rows[kind].to_numpy(), 1e-9, 1 - 1e-9)
        losses[kind] = -(won * np.log(p) + (1 - won) * np.log(1 - p))
    difference = pl.Series(losses["copula"] - losses["independent"])
    slate = (
        rows.with_columns(d=difference, w=pl.Series(won))
        .group_by("game_date")
        .agg(pl.col("d", "w").sum(), n=pl.len())
        .sort("game_date")
    )
    table = slate.select("d", "w", "n").to_numpy().astype(float)
    weights = np.random.default_rng(7).multinomial(
        len(table), np.full(len(table), 1 / len(table)), size=DRAWS
    )
    drawn = weights @ table
    low, high = np.quantile(drawn[:, :2] / drawn[:, 2:], [0.025, 0.975], axis=0)
    rho, copula, alone = (rows[c].to_numpy().mean() for c in ("rho", "copula", "independent"))
    sys.stdout.write(
        f"{name:<32} n {len(rows):6,} rho {rho:+.3f}  both happened {won.mean():.4f}"
        f" [{low[1]:.4f}, {high[1]:.4f}]  copula {copula:.4f}"
        f"  independent {alone:.4f}  log loss {losses['copula'].mean():.5f}"
        f" against {losses['independent'].mean():.5f}: {table[:, 0].sum() / len(rows):+.5f}"
        f" [{low[0]:+.5f}, {high[0]:+.5f}]\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
