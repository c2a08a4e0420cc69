"""Tonight's lines, all players and markets in one query, with the market's own probability."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tipoff.gates import gate
from tipoff.league.lines import consensus_sql
from tipoff.league.odds import no_vig_over

if TYPE_CHECKING:
    from tipoff.lake import Reader
    from tipoff.settings import Settings

_KEYS = ["game_id", "player_key", "market"]


@gate(
    "lines before tip-off", protects="every line a prediction is compared with",
    on_error="no set is built", on_null="a line known at no moment is not used",
)  # fmt: skip
def consensus(
    r: Reader, players: pl.DataFrame, as_of: datetime, seq: int, settings: Settings
) -> pl.DataFrame:
    """Per (game_id, player_key, market): line, opening, books, line_ids, over_price,
    under_price and market_over (P(over) without the overround, null without two-sided prices).

    `players` needs game_id, player_key, game_date and tipoff.
    """
    spine = players.select("game_id", "player_key", "game_date", "tipoff").with_columns(
        row_as_of=pl.lit(as_of)
    )
    r.register("lined_players", spine)
    lines = r.query(
        f"SELECT * FROM {consensus_sql('lined_players')} ORDER BY ALL", {"as_of": as_of, "seq": seq}
    )
    r.unregister("lined_players")
    return lines.join(_market_over(lines, settings), on=_KEYS, how="left").drop("pairs")


def _market_over(lines: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    empty = lines.select(_KEYS).clear().with_columns(market_over=pl.lit(None, pl.Float64))
    priced = lines.select(*_KEYS, "pairs").filter(pl.col("pairs").is_not_null())
    if not priced.height:
        return empty
    pairs = priced.explode("pairs").unnest("pairs")
    over = no_vig_over(
        pairs["over_price"].to_numpy(), pairs["under_price"].to_numpy(), settings.no_vig
    )
    series = pl.Series("market_over", np.asarray(over, dtype=np.float64)).fill_nan(None)
    return pairs.with_columns(series).group_by(_KEYS).agg(pl.col("market_over").median())
