"""What the books say: the consensus line of every market, and of points its opening and move."""

from collections.abc import Sequence

from tipoff.features.definition import Category, Column, Family, Feature, Rows
from tipoff.markets import Market

_K: Category = "market"


def _quoted(market: Market) -> tuple[Column, ...]:
    name = market.name
    return (
        Column(
            f"{name}_line_estimated", f"coalesce(quotes.estimated_{name}, false)", market=name
        ),
        Column(f"{name}_opening", f"quotes.opening_{name}", market=name),
        Feature(
            f"line_{name}", f"quotes.line_{name}", name, 0, market.highest, _K, False, "base",
            fallback=f"{name}_line_estimated", market=name,
        ),
    )  # fmt: skip


def quotes(markets: Sequence[Market]) -> Family:
    """Each market's consensus line."""
    return Family(
        name="quotes",
        relation="fx_lines",
        attach="""LEFT JOIN {table} quotes
      ON quotes.game_id = s.game_id AND quotes.player_key = s.player_key""",
        why="'no_line'",
        rows=(Rows.LINES,),
        columns=tuple(column for market in markets for column in _quoted(market)),
    )


def _priced(market: str) -> Feature:
    return Feature(
        f"over_chance_{market}", f"prices.chance_{market}", "probability", 0, 1, _K, False,
        "lines_1", fallback=f"{market}_line_estimated", varies_within_slate=False, market=market,
    )  # fmt: skip


def prices(markets: Sequence[Market]) -> Family:
    """What two-sided prices at the consensus line say of P(over); null for pick'em lines."""
    return Family(
        name="prices",
        relation="fx_prices",
        attach="""LEFT JOIN {table} prices
      ON prices.game_id = s.game_id AND prices.player_key = s.player_key""",
        why="'no_price'",
        rows=(Rows.LINES,),
        columns=tuple(_priced(market.name) for market in markets),
    )


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
