"""What a league is like, in figures: of each market and of its games. See fidelity.py."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import polars as pl

from tipoff.features import definition_hashes, training_frame
from tipoff.lake import Lake
from tipoff.league.current import current_sql
from tipoff.markets import MARKETS
from tipoff.models.data import TrainingData
from tipoff.models.families.baseline import fit_baseline
from tipoff.models.pmf import Floats, Pmf
from tipoff.models.resampling import slate_weights

_EARLIER, _BANDS, _DRAWS, _SEED = 10, 10, 1000, 1
_FAR = 1_000_000


_NOW = datetime(9999, 1, 1, tzinfo=UTC)
_TEAM = "game_id, team, season, tipoff, pts, opp_pts, home"
_GAMES = f"""
WITH box AS (
  SELECT game_id, player_key, team, starter, minutes
  FROM {current_sql("league.player_game", "game_id, player_key, team, starter, minutes")}
  WHERE minutes > 0),
team AS (
  SELECT t.*, b.minutes, b.players, b.regular, b.minutes BETWEEN 235 AND 245 AS whole,
         row_number() OVER (PARTITION BY t.team, t.season ORDER BY t.tipoff) AS number
  FROM (SELECT game_id, team, season, tipoff, pts, home, pts - opp_pts AS margin
        FROM {current_sql("league.team_game", _TEAM)}) t
  JOIN (SELECT game_id, team, sum(minutes) AS minutes, count(*) AS players,
               count(*) FILTER (minutes >= 15) AS regular
        FROM box GROUP BY ALL) b USING (game_id, team)),
mine AS (SELECT b.*, t.* EXCLUDE (game_id, team, minutes), t.minutes AS together
         FROM box b JOIN team t USING (game_id, team)),
regular AS (
  SELECT t.game_id, t.team, m.player_key
  FROM team t JOIN mine m ON m.team = t.team AND m.season = t.season
    AND m.number BETWEEN t.number - 5 AND t.number - 1
  WHERE t.number > 5 AND m.minutes >= 15
  GROUP BY ALL HAVING count(*) >= 3),
starters AS (SELECT abs(margin) AS gap, minutes FROM mine WHERE starter AND whole),
spreads AS (
  SELECT game_id, median(home_spread) AS spread
  FROM {current_sql("league.game_line", "game_id, home_spread")}
  WHERE home_spread IS NOT NULL GROUP BY ALL),
lined AS (SELECT abs(spread) AS spread FROM spreads JOIN team USING (game_id) WHERE home)
SELECT 'regulars absent per team-game' AS name,
       (SELECT count(*) FROM regular ANTI JOIN box USING (game_id, team, player_key)) / count(*)
         AS value, count(*) AS n FROM team WHERE number > 5
UNION ALL SELECT 'players used per team-game', avg(players), count(*) FROM team
UNION ALL SELECT 'points per team-game', avg(pts), count(*) FROM team
UNION ALL SELECT 'sd of team points', stddev_samp(pts), count(*) FROM team
UNION ALL SELECT 'sd of the margin', stddev_samp(margin), count(*) FROM team WHERE home
UNION ALL SELECT 'blow-outs (20 points or more)', avg((abs(margin) >= 20)::INT), count(*)
  FROM team WHERE home
UNION ALL SELECT 'overtime', avg((minutes > 255)::INT), count(*) FROM team WHERE home
UNION ALL SELECT 'starter minutes, margin up to 6', avg(minutes), count(*)
  FROM starters WHERE gap <= 6
UNION ALL SELECT 'starter minutes, margin 20 or more', avg(minutes), count(*)
  FROM starters WHERE gap >= 20
UNION ALL SELECT 'mean absolute spread', avg(spread), count(*) FROM lined
"""
"""Measures of games, a row each. A regular played 15 minutes in three of their team's last five
games; absent: no minutes tonight. Seasons without box scores fall out of the joins."""


@dataclass(frozen=True)
class Measure:
    """One figure of one league: `market` is a market or `games`; low and high are its interval,
    None where none is worked out."""

    market: str
    name: str
    value: float
    n: int
    low: float | None = None
    high: float | None = None


Measures = dict[tuple[str, str], Measure]


def on_slates(
    day: Floats, columns: Floats, statistic: Callable[[Floats], Floats]
) -> tuple[float, float]:
    """95% interval of a statistic of column sums; day: [n], columns: [n, k].

    `statistic` takes sums [draws, k], each of slates drawn with replacement, to [draws].
    """
    slate = np.unique(day, return_inverse=True)[1]
    count = int(slate.max()) + 1
    sums = np.stack([np.bincount(slate, c, count) for c in columns.T], axis=1)
    drawn = statistic(slate_weights(_SEED, count, _DRAWS) @ sums)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


@dataclass(frozen=True)
class Seen:
    """What is measured of a league: its player-games (see `seen`) and its measures of games."""

    rows: pl.DataFrame
    games: pl.DataFrame


def seen(lake: Lake, number: int = 0) -> Seen:
    """The player-games with enough history, `day` telling slates apart, and measures of games.

    Leagues measured together need different numbers.
    """
    names = [n for m in MARKETS for n in (f"{m}_ewma_hl8", f"line_{m}")]
    with lake.reading() as r:
        frame = training_frame(r, start=None, through=date.max, names=[*names, "minutes_ewma_hl8"])
        games = r.query(_GAMES, {"as_of": _NOW, "seq": r.newest_seq()})
    earlier = pl.int_range(pl.len()).over("player_key", order_by="tipoff")
    day = pl.col("game_date").to_physical() + number * _FAR
    return Seen(frame.with_columns(day=day).filter(earlier >= _EARLIER), games)


def measures(leagues: Sequence[Seen]) -> Measures:
    """Every measure of these leagues taken together, by market and name."""
    rows = pl.concat([league.rows for league in leagues])
    listed = [measure for m in MARKETS for measure in _market(rows, m)]
    mean = (pl.col("value") * pl.col("n")).sum() / pl.col("n").sum()
    games = pl.concat([league.games for league in leagues])
    together = games.group_by("name", maintain_order=True).agg(value=mean, n=pl.col("n").sum())
    listed += [Measure("games", **row) for row in together.iter_rows(named=True)]
    return {(m.market, m.name): m for m in [*listed, *_minutes(rows)]}


def _market(rows: pl.DataFrame, market: str) -> Iterator[Measure]:
    ewma, y = f"{market}_ewma_hl8", f"y_{market}"
    known = rows.drop_nulls(ewma)
    yield Measure(market, "entropy", _entropy(known[ewma], known[y]), known.height)
    yield _share(
        market, "variance/mean", known, (pl.col(y) - pl.col(ewma)) ** 2, pl.col(ewma), known.height
    )
    yield _coverage(known, market)
    line = f"line_{market}"
    lined = known.drop_nulls(line)
    if lined.height:
        decided = lined.filter(pl.col(y) != pl.col(line))
        yield _share(market, "over rate", decided, pl.col(y) > pl.col(line), pl.lit(1.0))
        yield from _skills(lined, market)


def _skills(lined: pl.DataFrame, market: str) -> Iterator[Measure]:
    for name, loss in (("line's skill", _crps), ("MAE skill", _error)):
        both = lined.select("day", line=loss(lined, "line", market),
                            ewma=loss(lined, "ewma_hl8", market))  # fmt: skip
        better = pl.col("ewma") - pl.col("line")
        yield _share(market, name, both, better, pl.col("ewma"))


def _coverage(known: pl.DataFrame, market: str) -> Measure:
    y = known[f"y_{market}"].to_numpy()
    uniform = np.random.default_rng(_SEED).random(len(y))
    inside = pl.Series(baseline_pmf(known, "ewma_hl8", market).covered(y, uniform))
    rows = known.select("day", inside=inside)
    return _share(market, "EWMA's 80%", rows, pl.col("inside"), pl.lit(1.0))


def _crps(rows: pl.DataFrame, model: str, market: str) -> pl.Series:
    return pl.Series(baseline_pmf(rows, model, market).crps(rows[f"y_{market}"].to_numpy()))


def baseline_pmf(rows: pl.DataFrame, model: str, market: str) -> Pmf:
    """What a baseline whose dispersion is fitted on these very rows says of them."""
    data = TrainingData(rows, rows["game_date"].max())  # type: ignore[arg-type]
    fitted = fit_baseline(model, data, definition_hashes(), [market])
    return fitted.predict(rows, market).pmf


def _error(rows: pl.DataFrame, model: str, market: str) -> pl.Series:
    centre = f"line_{market}" if model == "line" else f"{market}_{model}"
    return (rows[f"y_{market}"] - rows[centre]).abs()


def _share(
    market: str, name: str, rows: pl.DataFrame, over: pl.Expr, under: pl.Expr, n: int | None = None
) -> Measure:
    """sum(over) / sum(under) with its interval."""
    both = rows.select(a=over.cast(pl.Float64), b=under.cast(pl.Float64)).to_numpy()
    total = both.sum(axis=0)
    interval = on_slates(rows["day"].to_numpy(), both, lambda s: s[:, 0] / s[:, 1])
    return Measure(market, name, float(total[0] / total[1]), n or rows.height, *interval)


def _entropy(centre: pl.Series, y: pl.Series) -> float:
    edges = np.quantile(centre.to_numpy(), np.arange(1, _BANDS) / _BANDS)
    band = np.searchsorted(edges, centre.to_numpy(), side="right")
    counts = np.zeros((_BANDS, int(y.max()) + 1))  # type: ignore[arg-type]
    np.add.at(counts, (band, y.to_numpy().astype(np.int64)), 1.0)
    n = counts.sum(axis=1, keepdims=True)
    p = counts / n
    plain = -(p * np.log(np.where(p > 0, p, 1.0))).sum(axis=1)
    corrected = plain + ((counts > 0).sum(axis=1) - 1) / (2 * n[:, 0])
    return float(corrected @ n[:, 0] / n.sum())


def _minutes(rows: pl.DataFrame) -> Iterator[Measure]:
    """How far minutes stray from their EWMA, and how long a player's role lasts."""
    known = rows.drop_nulls("minutes_ewma_hl8")
    error = (known["y_minutes"] - known["minutes_ewma_hl8"]).to_numpy()
    spread = float(np.sqrt(np.mean(error**2)))
    yield Measure("games", "minutes: rms error of EWMA", spread, known.height)
    own = pl.col("y_minutes") - pl.col("y_minutes").mean()
    before = pl.col("off").shift(1, fill_value=None)
    pairs = (
        rows.sort("tipoff")
        .with_columns(off=own.over("player_key", "season"))
        .with_columns(before=before.over("player_key", "season"))
        .drop_nulls("before")
    )
    lasting = pairs.select(pl.corr("off", "before")).item()
    yield Measure("games", "minutes: correlation with their last game's", lasting, pairs.height)
