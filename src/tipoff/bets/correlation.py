"""How two legs move together, estimated from the player-games before a date.

Every player-game gets a normal score per market: with F the negative binomial around the mean of
the last games, h = E[Z | F(y-1) < Phi(Z) <= F(y)], the latent normal's mean in the bin that y is.
For a Gaussian copula with correlation rho, Cov(h1, h2) = rho Var(h1) Var(h2) to first order in
rho (the Hermite expansion's first coefficient of h is E[Z h] = Var h), so
rho = Cov(h1, h2) / (Var(h1) Var(h2)): coarse counts do not shrink it, and nothing is random.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tipoff.errors import NotFound
from tipoff.lake import as_of_sql
from tipoff.markets import MARKETS
from tipoff.models.resampling import slate_weights
from tipoff.results.bets import Correlation, Relation

if TYPE_CHECKING:
    from tipoff.lake import Reader

Floats = NDArray[np.float64]

DAYS = 730
"""Two seasons: enough pairs for any market, near enough to be the same game."""
LAST, LEAST = 20, 10
MINUTES = 20.0
"""Only pairs of players with such a role, because only they have lines."""
LIMIT = 0.95
DRAWS, SEED = 1000, 20_240_405


def correlation(
    r: Reader, day: date, as_of: datetime, relation: Relation, first: str, second: str
) -> Correlation:
    """The latent correlation of two markets' outcomes from games before `day`, known by `as_of`.

    Raises NotFound when fewer than two slates with such pairs precede.
    """
    rows = history(r, day, as_of, first, second)
    return estimate(scored(rows), relation)


def history(r: Reader, day: date, as_of: datetime, first: str, second: str) -> pl.DataFrame:
    """Player-games of the last DAYS: game_id, game_date, team, y1, y2 and m1, m2 (the mean of
    their LAST earlier ones, at least LEAST), of players with MINUTES on average there."""
    inside = f"game_date < $day AND game_date >= $day - {DAYS}"
    before = (
        f"OVER (PARTITION BY player_key ORDER BY tipoff, game_id"
        f" ROWS BETWEEN {LAST} PRECEDING AND 1 PRECEDING)"
    )
    sql = f"""
      SELECT game_id, game_date, team, ({MARKETS[first].counts})::DOUBLE AS y1,
             ({MARKETS[second].counts})::DOUBLE AS y2, avg({MARKETS[first].counts}) {before} AS m1,
             avg({MARKETS[second].counts}) {before} AS m2
      FROM {as_of_sql("league.player_game", inside)} WHERE minutes > 0
      QUALIFY count(*) {before} >= {LEAST} AND avg(minutes) {before} >= {MINUTES}
      ORDER BY game_id, player_key"""
    return r.query(sql, {"day": day, "as_of": as_of, "seq": r.newest_seq()})


def scored(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the centred normal scores h1, h2."""
    scores = {f"h{i}": normal_scores(rows[f"y{i}"].to_numpy(), rows[f"m{i}"].to_numpy())
            for i in (1, 2)}  # fmt: skip
    return rows.with_columns(pl.Series(n, h - h.mean() if len(h) else h) for n, h in scores.items())


def normal_scores(y: Floats, mean: Floats) -> Floats:
    """h of each outcome, shape (n,): the latent normal's mean inside the outcome's bin."""
    from scipy.stats import nbinom, norm

    centre = np.maximum(mean, 0.05)
    wide = max(float(((y - centre) ** 2).sum() / max(centre.sum(), 1e-12)), 1.01)
    size = centre / (wide - 1.0)
    above = np.clip(nbinom.cdf(y, size, 1.0 / wide), 1e-9, 1 - 1e-9)
    below = np.clip(nbinom.cdf(y - 1.0, size, 1.0 / wide), 0.0, above - 1e-10)
    edges = norm.pdf(norm.ppf(below)) - norm.pdf(norm.ppf(above))
    return np.asarray(edges / (above - below), dtype=np.float64)


def estimate(rows: pl.DataFrame, relation: Relation) -> Correlation:
    """rho with its interval from scored rows. Raises NotFound with fewer than two slates."""
    # Sums in one order: two calls must agree to the last bit.
    teams = rows.group_by("game_date", "game_id", "team", maintain_order=True).agg(
        k=pl.len(), a1=pl.col("h1").sum(), a2=pl.col("h2").sum(),
        own=(pl.col("h1") * pl.col("h2")).sum(),
        s1=(pl.col("h1") ** 2).sum(), s2=(pl.col("h2") ** 2).sum(),
    )  # fmt: skip
    table = _sums(_products(teams, relation), teams)
    if table.height < 2 or not table["n"].sum():
        raise NotFound(f"no {relation} pairs before that date", "tipoff import an earlier season")
    values = table.sort("game_date").select("cross", "n", "s1", "s2", "k").to_numpy()
    drawn = _rho(slate_weights(SEED, len(values), DRAWS) @ values)
    low, high = np.quantile(drawn, [0.025, 0.975])
    rho = float(_rho(values.sum(axis=0, keepdims=True))[0])
    return Correlation(
        rho=rho, low=float(low), high=float(high), pairs=int(table["n"].sum()), slates=table.height
    )


def _products(teams: pl.DataFrame, relation: Relation) -> pl.DataFrame:
    """Per team-game the sum of h1 h2 over its pairs (`cross`) and their number (`n`).

    Sums over all pairs of a game are products of sums: no pair is ever built.
    """
    if relation == "same player":
        return teams.select("game_date", cross="own", n="k")
    if relation == "team-mates":
        cross = pl.col("a1") * pl.col("a2") - pl.col("own")
        return teams.select("game_date", cross=cross, n=pl.col("k") * (pl.col("k") - 1))
    other = teams.select("game_id", "a2", "k", opponent="team")
    both = teams.join(other, on="game_id", maintain_order="left_right")
    pairs = both.filter(pl.col("team") != pl.col("opponent"))
    return pairs.select(
        "game_date", cross=pl.col("a1") * pl.col("a2_right"), n=pl.col("k") * pl.col("k_right")
    )


def _sums(products: pl.DataFrame, teams: pl.DataFrame) -> pl.DataFrame:
    per_slate = products.group_by("game_date", maintain_order=True).agg(
        pl.col("cross").sum(), pl.col("n").cast(pl.Int64).sum()
    )
    spread = teams.group_by("game_date", maintain_order=True).agg(pl.col("s1", "s2", "k").sum())
    return per_slate.join(spread, on="game_date")


def _rho(sums: Floats) -> Floats:
    cross, n, s1, s2, k = sums.T
    covariance = cross / np.maximum(n, 1)
    return np.asarray(np.clip(covariance * k * k / (s1 * s2), -LIMIT, LIMIT))
