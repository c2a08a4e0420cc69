"""The bets of a slate: of each player, market and line the best price of the better side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from tipoff.bets.offers import best_prices, offers
from tipoff.bets.price import SIDES, price_lines
from tipoff.bets.published import champions
from tipoff.errors import UsageError
from tipoff.markets import checked_market
from tipoff.models.pmf import Pmf
from tipoff.results.bets import Bets

if TYPE_CHECKING:
    from tipoff.lake import Reader

IMPLAUSIBLE = 0.10
"""Books agree too well for a price this wrong: above it the pmf is the likelier to be wrong."""
MOST = 1e12
"""Largest bankroll or EV that is taken for a number."""
_KEYS = ["game_id", "player_key", "market"]
_FIELDS = (
    "player", "team", "opponent", "market", "line", "side", "book", "price", "books", "p_win",
    "p_push", "fair", "ev", "break_even", "stake_share", "main", "tipoff", "model",
    "prediction_id",
)  # fmt: skip


def best_bets(
    r: Reader,
    day: date,
    *,
    markets: Sequence[str] | None = None,
    min_ev: float = 0.0,
    bankroll: float | None = None,
    alternates: bool = False,
    as_of: datetime | None = None,
) -> Bets:
    """What the champions of the published slate would bet at the best prices on offer.

    Prices are those known at `as_of`, by default the slate's own moment. Of each player, market
    and line the side with the higher EV is listed when that is more than `min_ev`, best first.
    `no_price` counts player-markets that only pick'em books offer, or none: of those there is
    no EV. `stake` is in units of `bankroll`. Raises NotFound when nothing is published,
    UsageError for an unknown market or a number that is none.
    """
    markets = [checked_market(name) for name in markets or ()]
    _check_number("min_ev", min_ev)
    _check_number("bankroll", 0.0 if bankroll is None else bankroll)
    forecasts = champions(r, day)
    rows = forecasts.rows if not markets else forecasts.rows.filter(pl.col("market").is_in(markets))
    moment = as_of or forecasts.labels.as_of
    on_offer = offers(r, rows.select("game_id", "player_key", "game_date", "tipoff").unique(),
                      moment)  # fmt: skip
    priced = _priced(rows, on_offer, alternates)
    worth = _sides(priced).filter(pl.col("ev") > min_ev)
    ranked = worth.sort("ev", "player", "market", "line", descending=[True, False, False, False])
    # One bet per player and market: two lines of one count are the same bet twice.
    bets = ranked.unique(_KEYS, keep="first", maintain_order=True)
    if bankroll is not None:
        bets = bets.with_columns(stake=(pl.col("stake_share") * bankroll).round(2))
    return Bets.model_validate({
        **dict(forecasts.labels),
        "prices_as_of": moment,
        "markets": _counts(rows, on_offer, priced),
        "implausible": int((bets["ev"] > IMPLAUSIBLE).sum()),
        "staked_share": float(bets["stake_share"].sum()),
        "bets": bets.to_dicts(),
    })  # fmt: skip


def _check_number(name: str, value: float) -> None:
    # A bankroll a stake of which no float can hold is as good as infinite.
    if not abs(value) <= MOST:
        raise UsageError(f"{name} {value:g} is not a number to reckon with", f"at most {MOST:g}")


def _priced(rows: pl.DataFrame, on_offer: pl.DataFrame, alternates: bool) -> pl.DataFrame:
    quotes = on_offer if alternates else on_offer.filter(pl.col("main"))
    joined = best_prices(quotes).join(rows, on=_KEYS, how="inner", maintain_order="left")
    # A Pmf holds one support: markets have their own.
    parts = [
        price_lines(Pmf(np.array(part["pmf"].to_list())), part.drop("pmf"))
        for part in joined.partition_by("market", maintain_order=True)
    ]
    return pl.concat(parts) if parts else price_lines(_NO_PMF, joined.drop("pmf"))


_NO_PMF = Pmf(np.empty((0, 2)))


def _sides(priced: pl.DataFrame) -> pl.DataFrame:
    """One row per priced line: the side with the higher EV, in the bet's own words."""
    own = {"p_win": "p", "fair": "fair", "ev": "ev", "break_even": "break_even",
           "stake_share": "stake"}  # fmt: skip
    sides = [
        priced.with_columns(
            pl.lit(side).alias("side"),
            pl.col(f"{side}_price").alias("price"),
            pl.col(f"{side}_book").alias("book"),
            *(pl.col(f"{name}_{side}").alias(new) for new, name in own.items()),
        ).select(*_KEYS, *(f for f in _FIELDS if f != "market"))
        for side in SIDES
    ]
    both = pl.concat(sides).filter(pl.col("ev").is_not_null())
    best = both.sort("ev", descending=True).unique([*_KEYS, "line"], keep="first")
    return best.select("game_id", "player_key", *_FIELDS)


def _counts(
    rows: pl.DataFrame, on_offer: pl.DataFrame, priced: pl.DataFrame
) -> list[dict[str, Any]]:
    """Per market: predicted players, those with a real price, with only pick'em, with nothing."""
    real = pl.col("over_price").is_not_null() | pl.col("under_price").is_not_null()
    with_price = priced.filter(real).select(_KEYS).unique().with_columns(priced=pl.lit(value=True))
    offered = on_offer.group_by(_KEYS).agg(pl.col("pickem").all())
    seen = rows.join(with_price, on=_KEYS, how="left").join(offered, on=_KEYS, how="left")
    has = pl.col("priced").fill_null(value=False)
    only = ~has & pl.col("pickem").fill_null(value=False)
    return (
        seen.group_by("market", maintain_order=True)
        .agg(players=pl.len(), priced=has.sum(), only_pickem=only.sum(),
             no_price=(~has & ~only).sum())
        .to_dicts()
    )  # fmt: skip
