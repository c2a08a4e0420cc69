"""What the books say: the consensus line of every market, and of points its opening and move."""

from tipoff.features.definition import Category, Column, Family, Feature
from tipoff.markets import MARKETS

_K: Category = "market"


def _quoted(market: str) -> tuple[Column, ...]:
    return (
        Column(f"{market}_line_estimated", f"coalesce(quotes.estimated_{market}, false)"),
        Column(f"{market}_opening", f"quotes.opening_{market}"),
        Feature(
            f"line_{market}", f"quotes.line_{market}", market, 0, MARKETS[market].highest, _K,
            False, "base", fallback=f"{market}_line_estimated",
        ),
    )  # fmt: skip


QUOTED = {column.name: market for market in MARKETS for column in _quoted(market)}
"""Column -> the market whose lines it reads."""

QUOTES = Family(
    name="quotes",
    relation="fx_lines",
    attach="""LEFT JOIN {table} quotes
      ON quotes.game_id = s.game_id AND quotes.player_key = s.player_key""",
    why="'no_line'",
    columns=tuple(column for market in MARKETS for column in _quoted(market)),
)


def _priced(market: str) -> Feature:
    return Feature(
        f"over_chance_{market}", f"prices.chance_{market}", "probability", 0, 1, _K, False,
        "lines_1", fallback=f"{market}_line_estimated", varies_within_slate=False,
    )  # fmt: skip


QUOTED |= {f"over_chance_{market}": market for market in MARKETS}

PRICES = Family(
    name="prices",
    relation="fx_prices",
    attach="""LEFT JOIN {table} prices
      ON prices.game_id = s.game_id AND prices.player_key = s.player_key""",
    why="""'no_price'""",
    columns=tuple(_priced(market) for market in MARKETS),
)
"""What two-sided prices at the consensus line say of P(over); null for pick'em lines."""

_RULE = "points_line_estimated"

MARKET = Family(
    name="market",
    why="'no_line'",
    columns=(
        Feature(
            "vegas_points_line", "line_points", "points", 3, 60, _K, False, "v2_33",
            fallback=_RULE,
        ),
        Feature(
            "vegas_opening_line", "points_opening", "points", 3, 60, _K, False, "v2_33",
            fallback=_RULE,
        ),
        Feature(
            "vegas_line_move", "vegas_points_line - vegas_opening_line", "points", -15, 15, _K,
            False, "v2_33", fallback=_RULE, varies_within_slate=False,
        ),
        Feature(
            "has_vegas_line", "(line_points IS NOT NULL)::INT", "0/1", 0, 1, _K, True, "v2_33",
            fallback=_RULE, varies_within_slate=False,
        ),
    ),
)  # fmt: skip
