"""The layers of a fitted champion: from what the trees say to a pmf of every market."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from tipoff.models.champion.lattice import Lattice
from tipoff.models.champion.line_layers import LineLayers
from tipoff.models.champion.minutes import MinutesSpread
from tipoff.models.champion.shape import Shape

PARTS: dict[str, tuple[str, ...]] = {
    "points": ("points",), "rebounds": ("rebounds",), "assists": ("assists",),
    "threes": ("threes",), "steals": ("steals",), "blocks": ("blocks",),
    "pra": ("points", "rebounds", "assists"), "pr": ("points", "rebounds"),
    "pa": ("points", "assists"), "ra": ("rebounds", "assists"),
}  # fmt: skip
"""Market -> the markets it adds up; trees exist for those that are their own only part."""
LOWEST = 0.03
"""No mean is below this: what a player has never done can still happen."""
LINE_BOUNDS: dict[str, tuple[float, ...]] = {
    **dict.fromkeys(("points", "pra", "pr", "pa"), (10.0, 15.0, 20.0, 25.0)),
    **dict.fromkeys(("rebounds", "assists", "ra"), (3.0, 5.0, 7.0, 9.0)),
    **dict.fromkeys(("threes", "steals", "blocks"), (1.0, 2.0, 3.0)),
}
"""Lower bounds of a line's tiers but the first, in units of the market."""


def is_combo(market: str) -> bool:
    """Whether a market adds up others."""
    return len(PARTS[market]) > 1


def counts_points(market: str) -> bool:
    """Whether it counts in ones, twos and threes, not in ones alone."""
    return "points" in PARTS[market]


def parts_of(markets: tuple[str, ...]) -> tuple[str, ...]:
    """The markets with trees of their own that these need, in declared order."""
    wanted = {part for market in markets for part in PARTS[market]}
    return tuple(m for m in PARTS if m in wanted)


class Layers(BaseModel):
    """`level` and `shape` by market (combos have no level: their parts have), `lines` by market
    in the form that reads lines; a market with too few lines has none and falls back."""

    model_config = ConfigDict(frozen=True)

    level: dict[str, float]
    shape: dict[str, Shape]
    lines: dict[str, LineLayers]
    minutes: MinutesSpread

    def lattices(self) -> Iterator[tuple[str, Lattice]]:
        """Every lattice with its market, those beside lines included."""
        lined = ((market, layers.shape) for market, layers in self.lines.items())
        for market, shape in (*self.shape.items(), *lined):
            if shape.lattice is not None:
                yield market, shape.lattice


def price_name(market: str) -> str:
    """The feature that holds a market's no-vig P(over)."""
    return f"over_chance_{market}"


def line_names(market: str, markets: tuple[str, ...]) -> tuple[str, ...]:
    """What the form that reads lines reads of a market beside the features, in a model of those
    markets: lines and prices of all that combos tie it to."""
    combos = [m for m in (*markets, market) if is_combo(m)]
    tied = dict.fromkeys(m for c in combos for m in (*PARTS[c], c))
    return tuple(n for m in (tied if market in tied else (market,))
                 for n in (f"line_{m}", price_name(m)))  # fmt: skip
