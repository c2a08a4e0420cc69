"""The layers of a fitted champion: from what the trees say to a pmf of every market."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from tipoff.markets import MARKETS, parts_of
from tipoff.models.champion.lattice import Lattice
from tipoff.models.champion.line_layers import LineLayers
from tipoff.models.champion.minutes import MinutesSpread
from tipoff.models.champion.shape import Shape

LOWEST = 0.03
"""No mean is below this: what a player has never done can still happen."""


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
    combos = [m for m in (*markets, market) if MARKETS[m].is_combo]
    tied = dict.fromkeys(m for c in combos for m in (*parts_of(c), c))
    return tuple(n for m in (tied if market in tied else (market,))
                 for n in (f"line_{m}", price_name(m)))  # fmt: skip
