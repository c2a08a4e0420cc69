"""How P(absent) does; its constants again: `python -m tools.studies.fit_absence LAKE [--fit]`

Per season, over rotation players (EWMA minutes at least 12) who missed fewer than 10 team games:
n, the share absent, AUC and log loss of the logistic as it stands. With `--fit` also the constants
refitted on 2021-22 to 2023-24 (EWMA minutes at least 6, missed fewer than 15, ridge 1) beside
those in force, and what a fit on the seasons before gives for each.
"""

import sys
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from tipoff.features import feature_set, roster_frame
from tipoff.features.absence import CONSTANTS, SAID, STATES, TERMS
from tipoff.lake import Lake, Reader
from tipoff.models.auc import clustered_auc

Floats = NDArray[np.float64]
RIDGE, LEAST_JUDGED, LEAST_FITTED = 1.0, 12, 6
JUDGED_MISSED, FITTED_MISSED = 10, 15
LAST_FITTED = "2023-24"
COLUMNS = {
    "missed": "own_missed", "games_since_report": "games_since_report", "m3": "minutes_avg_last_3",
    "m4": "minutes_ewma_hl4", "m8": "minutes_ewma_hl8", "last_minutes": "minutes_last",
    "share10": "share_of_last_10", "start5": "start_rate_5", "gno": "team_game_number",
    "playoff": "playoff_game", "b2b": "back_to_back", "mate_back_today": "mate_back_today",
}  # fmt: skip
"""What the terms read -> the feature that holds it."""


def main(folder: str, *, fit: bool) -> int:
    """Print the tables."""
    names = (*feature_set("plays_1"), "minutes_last")
    with Lake.open(folder) as lake, lake.reading() as r:
        rows = roster_frame(r, start=None, through=date.max, names=names, missed=FITTED_MISSED)
        rows = rows.filter(pl.col("y_played").is_not_null())
        judged = rows.filter(
            (pl.col("minutes_ewma_hl8") >= LEAST_JUDGED) & (pl.col("own_missed") < JUDGED_MISSED)
        )
        print("season        n  absent    AUC  95% (slates)     log loss")
        for season in sorted(set(judged["season"])):
            part = judged.filter(pl.col("season") == season)
            _print(season, part, part["p_absent"].to_numpy())
        if fit:
            _refit(r, rows.filter(pl.col("minutes_ewma_hl8") >= LEAST_FITTED), judged)
    return 0


def _print(label: str, rows: pl.DataFrame, p: Floats) -> None:
    y = absent(rows)
    auc = clustered_auc(p, y == 1, rows["game_date"].to_numpy())
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    if auc is None:
        print(f"{label}  one outcome only")
        return
    interval = f"[{auc.low:.4f}, {auc.high:.4f}]"
    print(f"{label} {auc.n:7d} {y.mean():7.3f} {auc.value:6.4f}  {interval} {loss:8.4f}")


def absent(rows: pl.DataFrame) -> Floats:
    """1 absent, 0 played."""
    return np.asarray(1 - rows["y_played"].to_numpy(), dtype=np.float64)


def _refit(r: Reader, rows: pl.DataFrame, judged: pl.DataFrame) -> None:
    fit = _fitted(r, rows.filter(pl.col("season") <= LAST_FITTED))
    print(f"\nconstants fitted through {LAST_FITTED}, n {fit[1]}: term, in force, refitted")
    for name, value in zip(CONSTANTS, fit[0], strict=True):
        print(f"  {name:16} {CONSTANTS[name]:7.3f} {value:7.3f}")
    print("\nfitted on the seasons before")
    for season in sorted(set(judged["season"]))[1:]:
        beta = _fitted(r, rows.filter(pl.col("season") < season))[0]
        part = judged.filter(pl.col("season") == season)
        _print(season, part, chance(r, part, beta))


def _fitted(r: Reader, rows: pl.DataFrame) -> tuple[Floats, int]:
    rows = rows.filter(~_said(rows))
    x, y = terms(r, rows), absent(rows)

    def loss(beta: Floats) -> tuple[float, Floats]:
        z = x @ beta
        value = np.sum(np.logaddexp(0, z) - y * z) + RIDGE / 2 * beta @ beta
        return float(value), x.T @ (expit(z) - y) + RIDGE * beta

    best = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B",
                     options={"maxiter": 2000})  # fmt: skip
    return np.asarray(best.x, dtype=np.float64), rows.height


def _said(rows: pl.DataFrame) -> pl.Series:
    return rows["absence_state"].is_in([float(STATES.index(state)) for state in SAID])


def chance(r: Reader, rows: pl.DataFrame, beta: Floats) -> Floats:
    """P(absent) under other constants; a daily status keeps its own."""
    own = rows["p_absent"].to_numpy()
    fitted: Floats = np.where(_said(rows).to_numpy(), own, expit(terms(r, rows) @ beta))
    return fitted


def terms(r: Reader, rows: pl.DataFrame) -> Floats:
    """The terms of the logistic, the very SQL of the features, one column each."""
    named = rows.select(
        pl.col("absence_state").replace_strict(dict(enumerate(STATES))).alias("state"),
        *(pl.col(name).alias(short) for short, name in COLUMNS.items()),
    )
    r.register("roster_rows", named)
    listed = ", ".join(f'({TERMS[name]})::DOUBLE AS "{name}"' for name in CONSTANTS)
    try:
        columns = r.query(f"SELECT {listed} FROM roster_rows")
    finally:
        r.unregister("roster_rows")
    return np.asarray(columns.to_numpy(), dtype=np.float64)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], fit="--fit" in sys.argv[2:]))
