"""What the champions' forecasts say the offers of the books are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tipoff.app.base import At, Day, Numbers, Part, day_of, markets_of, moment_of
from tipoff.markets import Markets, checked_market

if TYPE_CHECKING:
    from tipoff.results.bets import Bets, Legs, PlayerPrices


class BetsPart(Part):
    """Bets of a slate, lines of a player, two legs together. Nothing here is stored."""

    def bets(
        self,
        date: Day = "today",
        *,
        markets: Markets = None,
        min_ev: float = 0.0,
        bankroll: float | None = None,
        alternates: bool = False,
        as_of: At | None = None,
    ) -> Bets:
        """The bets of a published slate: book, price, EV, Kelly stake, break-even.

        `markets`: only these. `min_ev`: only bets whose EV per unit is more. `bankroll`: also each
        stake in its units. `alternates`: alternate lines too. `as_of`: moment of the prices, by
        default the slate's. Raises NotFound when nothing is published, UsageError.
        """
        from tipoff.bets import best_bets

        with self._lake.reading() as r:
            return best_bets(
                r, day_of(date), markets=markets_of(markets), min_ev=min_ev, bankroll=bankroll,
                alternates=alternates, as_of=moment_of(as_of),
            )  # fmt: skip

    def price(
        self,
        player: str,
        date: Day = "today",
        *,
        market: str = "points",
        line: Numbers = (),
        over_price: float | None = None,
        under_price: float | None = None,
        as_of: At | None = None,
    ) -> PlayerPrices:
        """Every line of a player's market: P(over), fair odds, EV at the best price.

        `line`: also these. `over_price`, `under_price`: American odds of a book at `line`. `as_of`:
        moment of the prices, by default the slate's. Raises NotFound when nobody of that name is
        predicted or no book priced the market, UsageError.
        """
        from tipoff.bets import price_player

        lines = [line] if isinstance(line, int | float) else list(line)
        with self._lake.reading() as r:
            return price_player(
                r, player, day_of(date), checked_market(market), lines, over_price, under_price,
                as_of=moment_of(as_of),
            )  # fmt: skip

    def legs(
        self, first: str, second: str, date: Day = "today", *, price: float | None = None
    ) -> Legs:
        """Two legs of one player or one game together, with their correlation.

        A leg is PLAYER:market:over|under:line. `price`: American odds on both together. Raises
        NotFound when nobody of that name is predicted, UsageError.
        """
        from tipoff.bets import joint, parse_leg

        day, legs = day_of(date), (parse_leg(first), parse_leg(second))
        with self._lake.reading() as r:
            return joint(r, day, *legs, price)
