"""The markets tipoff forecasts: each one declared once, here; everything else reads this.

A new market is one more entry of `MARKETS`. Its features, outcomes, running totals, distribution,
grades and tiers follow from the declaration.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tipoff.suggest import no_such

_COLUMN = re.compile(r"[a-z]\w*")


@dataclass(frozen=True)
class Market:
    """What is counted for a player in a game.

    `counts`: SQL over the columns of `league.player_game`, a column or a sum of columns. `top`: K;
    a pmf covers 0..K and its last bin holds everything from K upwards. `tiers`: lower bounds of the
    tiers of its line but the first, in units of the market. `highest`: the highest mean that is
    plausible. `league_rate`: about the league's rate per minute (2021-22 to 2023-24), where a
    newcomer is drawn to it. `aliases`: other names people and sources write. `label`: for people.
    """

    name: str
    label: str
    counts: str
    top: int
    tiers: tuple[float, ...]
    highest: float = 15
    league_rate: float | None = None
    aliases: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it counts, in the order of the sum."""
        return tuple(_COLUMN.findall(self.counts))

    @property
    def is_combo(self) -> bool:
        """Whether it adds up other markets."""
        return len(self.columns) > 1

    @property
    def counts_points(self) -> bool:
        """Whether it counts in ones, twos and threes, not in ones alone."""
        return "pts" in self.columns


MARKETS: dict[str, Market] = {
    market.name: market
    for market in (
        Market(
            "points", "points", "pts", 90, (10.0, 15.0, 20.0, 25.0), 70, 0.47,
            ("pts", "player_points"),
        ),
        Market(
            "rebounds", "rebounds", "reb", 40, (3.0, 5.0, 7.0, 9.0), 40, 0.18,
            ("reb", "rebs", "player_rebounds"),
        ),
        Market(
            "assists", "assists", "ast", 35, (3.0, 5.0, 7.0, 9.0), 30, 0.105,
            ("ast", "player_assists"),
        ),
        Market(
            "threes", "threes made", "fg3m", 20, (1.0, 2.0, 3.0), 15, 0.052,
            ("3pm", "3pt", "3s", "fg3m", "player_threes"),
        ),
        Market("steals", "steals", "stl", 15, (1.0, 2.0, 3.0), 15, 0.031, ("stl", "player_steals")),
        Market("blocks", "blocks", "blk", 15, (1.0, 2.0, 3.0), 15, 0.02, ("blk", "player_blocks")),
        Market(
            "pra", "points + rebounds + assists", "pts + reb + ast", 130, (10.0, 15.0, 20.0, 25.0),
            110, aliases=("p+r+a", "player_points_rebounds_assists"),
        ),
        Market(
            "pr", "points + rebounds", "pts + reb", 110, (10.0, 15.0, 20.0, 25.0), 90,
            aliases=("p+r", "player_points_rebounds"),
        ),
        Market(
            "pa", "points + assists", "pts + ast", 110, (10.0, 15.0, 20.0, 25.0), 90,
            aliases=("p+a", "player_points_assists"),
        ),
        Market(
            "ra", "rebounds + assists", "reb + ast", 60, (3.0, 5.0, 7.0, 9.0), 60,
            aliases=("r+a", "player_rebounds_assists"),
        ),
    )
}  # fmt: skip
"""Market by name, in the order in which markets are shown."""


Markets = str | Sequence[str] | None
"""Markets as somebody names them: one, several, or None for every one."""


def counts_sql(prefix: str = "") -> str:
    """Select list over rows of `league.player_game`: what each market counts, under its name."""
    return ", ".join(f'({m.counts})::DOUBLE AS "{prefix}{m.name}"' for m in MARKETS.values())


def parts_of(*names: str) -> tuple[str, ...]:
    """The markets of a single column that these markets add up, in declared order.

    A market of one column is its own only part.
    """
    columns = {column for name in names for column in MARKETS[name].columns}
    return tuple(m.name for m in MARKETS.values() if m.counts in columns)


def checked_market(text: str) -> str:
    """The name of the market called so: its name, an alias or its label, in any case and spacing.

    Raises UsageError with the nearest and listing the markets there are.
    """
    word = "".join(text.split()).lower()
    known = _spellings()
    if word not in known:
        raise no_such("market", text, known)
    return known[word]


def checked_markets(texts: Markets) -> tuple[str, ...] | None:
    """The markets called so, each once, in declared order; None, which is every one, for none.

    Raises UsageError as `checked_market`.
    """
    if not texts:
        return None
    chosen = {checked_market(text) for text in ([texts] if isinstance(texts, str) else texts)}
    return tuple(name for name in MARKETS if name in chosen)


def _spellings() -> dict[str, str]:
    """Every word a market goes by -> its name."""
    return {
        "".join(word.split()): market.name
        for market in MARKETS.values()
        for word in (market.name, *market.aliases, market.counts, market.label)
    }
