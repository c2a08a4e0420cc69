"""What the champions' pmfs say the offers of the books are worth.

P(win) and P(push) are sums of a pmf, which rounding may take past 0 or 1: plain floats.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from tipoff.results.base import Count, Moment, Result
from tipoff.results.slate import SlateLabels

Side = Literal["over", "under"]
Relation = Literal["same player", "team-mates", "opponents"]


class Bet(Result):
    """The better side of a line at the best price on offer."""

    game_id: str
    player_key: str
    player: str
    team: str
    opponent: str
    market: str
    line: float
    side: Side
    book: str
    price: float = Field(description="American odds.")
    books: Count = Field(description="Books with a price at this line.")
    p_win: float
    p_push: float
    fair: float | None = Field(description="Fair American odds of the side by the model.")
    ev: float = Field(description="Expected profit per unit.")
    break_even: float = Field(description="Share of decided bets that must win at this price.")
    stake_share: float = Field(description="Share of the bankroll, by the settings kelly_*.")
    stake: float | None = Field(default=None, description="In units of the bankroll, if given.")
    main: bool = Field(description="The main line of some book.")
    tipoff: Moment
    model: str
    prediction_id: str


class MarketOffers(Result):
    """How many predicted players of a market can be bet on. players = the sum of the others."""

    market: str
    players: Count
    priced: Count
    only_pickem: Count
    no_price: Count


class Bets(SlateLabels):
    """The bets of a published slate, the highest EV first; one per player and market."""

    ROWS: ClassVar[str] = "bets"

    prices_as_of: Moment = Field(description="Moment of the prices.")
    markets: tuple[MarketOffers, ...]
    implausible: Count = Field(description="Bets whose EV asks for a look at the pmf first.")
    staked_share: float = Field(description="Share of the bankroll of all bets together.")
    bets: tuple[Bet, ...]


class PricedLine(Result):
    """A line and what each side is worth at the best price; null where nobody prices it."""

    line: float
    main: bool
    books: Count = Field(description="Books with a price there; 0 for a line that was asked for.")
    p_push: float
    over_price: float | None
    over_book: str | None
    p_over: float
    fair_over: float | None
    ev_over: float | None
    break_even_over: float | None
    stake_over: float | None
    under_price: float | None
    under_book: str | None
    p_under: float
    fair_under: float | None
    ev_under: float | None
    break_even_under: float | None
    stake_under: float | None


class PickemLine(Result):
    """A line of a pick'em app: payouts are fixed, so nothing is said of its worth."""

    bookmaker: str
    line: float


class PlayerPrices(SlateLabels):
    """Every line of a player's market, priced from the champion's pmf."""

    ROWS: ClassVar[str] = "lines"

    prices_as_of: Moment = Field(description="Moment of the prices.")
    player: str
    market: str
    model: str
    prediction_id: str
    mean: float
    median: float
    lines: tuple[PricedLine, ...]
    pickem: tuple[PickemLine, ...]


class PricedLeg(Result):
    """One leg by itself."""

    player: str
    market: str
    side: Side
    line: float
    p_win: float
    p_push: float
    prediction_id: str


class Correlation(Result):
    """Latent correlation with a 95% interval over `slates` resampled slates, of `pairs` pairs."""

    rho: float
    low: float
    high: float
    pairs: Count
    slates: Count


class Legs(SlateLabels):
    """Two legs together, given that both play."""

    ROWS: ClassVar[str] = "legs"

    legs: tuple[PricedLeg, PricedLeg]
    both: float = Field(description="P(both legs win).")
    low: float = Field(description="The same at the ends of rho's interval.")
    high: float
    independent: float = Field(description="The product of the two.")
    push: float = Field(description="P(a leg pushes): the book's own rule settles that.")
    relation: Relation | None = Field(description="Null for different games.")
    correlation: Correlation | None
    fair: float | None = Field(description="Fair American odds of both.")
    price: float | None = Field(description="American odds that were asked about.")
    ev: float | None = Field(description="Expected profit per unit; null when a leg can push.")
