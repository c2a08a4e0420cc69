"""Lines priced from a pmf: any line, with the fair odds and the worth of what books offer there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from tipoff.bets.legs import checked_line
from tipoff.bets.offers import best_prices, offers
from tipoff.bets.published import Champions, champions
from tipoff.bets.value import stake_share
from tipoff.clock import iso
from tipoff.errors import NotFound, UsageError
from tipoff.league.odds import break_even, expected_value, fair_american, valid_price
from tipoff.league.players import find_player
from tipoff.markets import checked_market
from tipoff.models.pmf import Pmf
from tipoff.results.bets import PlayerPrices
from tipoff.settings import settings

if TYPE_CHECKING:
    from tipoff.lake import Reader

SIDES = ("over", "under")


def price_lines(pmf: Pmf, rows: pl.DataFrame) -> pl.DataFrame:
    """Add what each side of each line is worth; `pmf` has a row per row of `rows`.

    Reads line, over_price, under_price (American, null for none). Adds p_push and, per side,
    p_{side}, fair_{side} (American, pushes aside), ev_{side} (profit per unit),
    break_even_{side} (share of decided bets) and stake_{side} (share of bankroll by the settings
    kelly_fraction and kelly_cap); null where there is no price.
    """
    line = rows["line"].cast(pl.Float64).to_numpy()
    p_over, p_push = pmf.p_over(line), pmf.p_push(line)
    chances = {"over": p_over, "under": 1.0 - p_over - p_push}
    columns = {"p_push": p_push}
    for side, p in chances.items():
        price = rows[f"{side}_price"].cast(pl.Float64).to_numpy()
        columns |= _worth(side, p, p_push, price)
    series = [pl.Series(name, values).fill_nan(None) for name, values in columns.items()]
    return rows.with_columns(series)


def _worth(side: str, p: Any, p_push: Any, price: Any) -> dict[str, Any]:
    chosen = settings()
    decided = p / np.maximum(1.0 - p_push, 1e-12)
    share = stake_share(p, p_push, price, fraction=chosen.kelly_fraction, cap=chosen.kelly_cap)
    return {
        f"p_{side}": p,
        f"fair_{side}": fair_american(decided),
        f"ev_{side}": expected_value(p, p_push, price),
        f"break_even_{side}": break_even(price),
        f"stake_{side}": share,
    }


def price_player(
    r: Reader,
    name: str,
    day: date,
    market: str,
    lines: Sequence[float] = (),
    over_price: float | None = None,
    under_price: float | None = None,
    as_of: datetime | None = None,
) -> PlayerPrices:
    """Every stored line of a player's market, and those asked for, priced from the champion's pmf.

    `over_price` and `under_price` are a book's at the asked lines. Raises NotFound when they
    are not predicted, UsageError for a name as `find_player`, a market, price or line that is none.
    """
    for price in (over_price, under_price):
        if price is not None and not bool(valid_price(price)):
            raise UsageError(f"{price:g} is not an American price", "write 100 or more, or -100 …")
        if price is not None and not lines:
            raise UsageError(
                f"the price {price:+g} is of no line", "name the line it is offered at: --line 24.5"
            )
    for line in lines:
        checked_line(line)
    market, player = checked_market(market), find_player(r, name, day)
    forecasts = champions(r, day)
    row = forecasts.one(player, market)
    moment = as_of or forecasts.labels.as_of
    on_offer = offers(r, pl.DataFrame([row]).select("game_id", "player_key", "tipoff")
                      .with_columns(game_date=pl.lit(day)), moment)  # fmt: skip
    here = on_offer.filter(pl.col("market") == market)
    rows = pl.concat([best_prices(here), _asked(row, lines, over_price, under_price)])
    if not rows.height:
        raise NotFound(
            f"no book priced {market} of {row['player']} by {iso(moment)}",
            "pass --line to price one of your own",
        )
    rows = rows.sort("line", "books")
    pmf = Pmf(np.repeat(np.array([row["pmf"]]), rows.height, axis=0))
    return _answer(forecasts, row, moment, here, price_lines(pmf, rows))


def _asked(
    row: dict[str, Any], lines: Sequence[float], over: float | None, under: float | None
) -> pl.DataFrame:
    rows = [
        {
            "game_id": row["game_id"], "player_key": row["player_key"], "market": row["market"],
            "line": float(line), "over_price": over, "over_book": None, "under_price": under,
            "under_book": None, "main": False, "books": 0,
        }
        for line in lines
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=_SCHEMA)


_SCHEMA = {
    "game_id": pl.String, "player_key": pl.String, "market": pl.String, "line": pl.Float64,
    "over_price": pl.Float64, "over_book": pl.String, "under_price": pl.Float64,
    "under_book": pl.String, "main": pl.Boolean, "books": pl.UInt32,
}  # fmt: skip


def _answer(
    forecasts: Champions,
    row: dict[str, Any],
    moment: datetime,
    here: pl.DataFrame,
    priced: pl.DataFrame,
) -> PlayerPrices:
    pickem = here.filter("pickem").sort("bookmaker", "line")
    return PlayerPrices.model_validate({
        **dict(forecasts.labels),
        "prices_as_of": moment,
        "player": row["player"],
        "market": row["market"],
        "model": row["model"],
        "prediction_id": row["prediction_id"],
        "mean": row["mean"],
        "median": row["median"],
        "lines": priced.drop("game_id", "player_key", "market").to_dicts(),
        "pickem": pickem.select("bookmaker", "line").to_dicts(),
    })  # fmt: skip
