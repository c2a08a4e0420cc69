"""Two legs together: a Gaussian copula over two pmfs, exact where both legs are one count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tipoff.bets.correlation import correlation
from tipoff.bets.published import champions
from tipoff.errors import UsageError
from tipoff.league.odds import expected_value, fair_american, valid_price
from tipoff.league.players import find_player
from tipoff.markets import checked_market
from tipoff.results.bets import Correlation, Legs, Relation

if TYPE_CHECKING:
    from tipoff.lake import Reader

Floats = NDArray[np.float64]
_FORM = 'write it like "Jalen Brunson:points:over:27.5"'


@dataclass(frozen=True)
class Leg:
    """One side of a line of a player's market."""

    player: str
    market: str
    side: str
    line: float


def parse_leg(text: str) -> Leg:
    """A leg from PLAYER:market:over|under:line. Raises UsageError naming what is wrong."""
    parts = [part.strip() for part in text.split(":")]
    if len(parts) != 4:
        raise UsageError(f"{text!r} is not a leg", _FORM)
    player, market, side, number = parts
    market = checked_market(market)
    if side not in ("over", "under"):
        raise UsageError(f"{side!r} is not a side", "write over or under")
    try:
        line = float(number)
    except ValueError as error:
        raise UsageError(f"{number!r} is not a line", _FORM) from error
    return Leg(player, market, side, checked_line(line))


def checked_line(line: float) -> float:
    """A line a market can have. Raises UsageError for any other number."""
    if not 0 <= line < 200:
        raise UsageError(f"{line:g} is not a line", "lines lie between 0 and 200")
    return line


def joint(r: Reader, day: date, first: Leg, second: Leg, price: float | None = None) -> Legs:
    """Two legs of the published slate, priced from the champions' pmfs.

    The correlation is that of player-games before `day`, known at the slate's as_of. Raises
    NotFound when a leg is not predicted, UsageError for a name as `find_player` or a price that is
    none.
    """
    if price is not None and not bool(valid_price(price)):
        raise UsageError(f"{price:g} is not an American price", "write 100 or more, or -100 …")
    players = [find_player(r, leg.player, day) for leg in (first, second)]
    forecasts = champions(r, day)
    rows = [forecasts.one(p, leg.market) for p, leg in zip(players, (first, second), strict=True)]
    relation = _relation(*rows)
    same_count = relation == "same player" and first.market == second.market
    known = None
    if relation is not None and not same_count:
        known = correlation(r, day, forecasts.labels.as_of, relation, first.market, second.market)
    pmfs = [np.array(row["pmf"], dtype=np.float64) for row in rows]
    chances = _exact(pmfs[0], first, second) if same_count else _copula(pmfs, first, second, known)
    both, push = chances["both"], chances["push"]
    fair = float(fair_american(both))
    ev = None if price is None or push > 0 else float(expected_value(both, 0.0, price))
    return Legs.model_validate({
        **dict(forecasts.labels), "legs": list(map(_priced, rows, (first, second))), **chances,
        "relation": relation, "correlation": known, "fair": None if np.isnan(fair) else fair,
        "price": price, "ev": ev,
    })  # fmt: skip


def p_both(p_first: Floats, p_second: Floats, rho: float) -> Floats:
    """P(both happen), shape (n,), for events of those probabilities whose latent normals
    correlate by `rho`: Phi2(Phi^-1(p1), Phi^-1(p2); rho), which is exact at rho = 0."""
    from scipy.stats import multivariate_normal, norm

    tiny = 1e-12
    points = np.stack([norm.ppf(np.clip(p, tiny, 1 - tiny)) for p in (p_first, p_second)], axis=-1)
    chance = multivariate_normal.cdf(points, mean=[0.0, 0.0], cov=[[1.0, rho], [rho, 1.0]])
    least = np.maximum(np.asarray(p_first) + np.asarray(p_second) - 1.0, 0.0)
    return np.asarray(np.clip(chance, least, np.minimum(p_first, p_second)))


def _copula(
    pmfs: list[Floats], first: Leg, second: Leg, known: Correlation | None
) -> dict[str, float]:
    """both, low, high, independent and push of two counts."""
    p = [float(pmf[_wins(pmf, leg)].sum()) for pmf, leg in zip(pmfs, (first, second), strict=True)]
    pushes = [_push(pmf, leg) for pmf, leg in zip(pmfs, (first, second), strict=True)]
    # An under is low where the latent normal is low: two unlike sides turn the sign.
    sign = 1.0 if first.side == second.side else -1.0
    rhos = (known.rho, known.low, known.high) if known else (0.0, 0.0, 0.0)
    one, two = np.array(p[0]), np.array(p[1])
    at = [float(p_both(one, two, sign * rho)) for rho in rhos]
    push = 1.0 - (1.0 - pushes[0]) * (1.0 - pushes[1])
    return {"both": at[0], "low": min(at), "high": max(at), "independent": p[0] * p[1],
            "push": push}  # fmt: skip


def _exact(pmf: Floats, first: Leg, second: Leg) -> dict[str, float]:
    """The same of two legs of one count."""
    one, two = _wins(pmf, first), _wins(pmf, second)
    both = float(pmf[one & two].sum())
    support = np.arange(len(pmf))
    push = float(pmf[(support == first.line) | (support == second.line)].sum())
    independent = float(pmf[one].sum() * pmf[two].sum())
    return {"both": both, "low": both, "high": both, "independent": independent, "push": push}


def _wins(pmf: Floats, leg: Leg) -> NDArray[np.bool_]:
    support = np.arange(len(pmf))
    return np.asarray(support > leg.line if leg.side == "over" else support < leg.line)


def _push(pmf: Floats, leg: Leg) -> float:
    return float(pmf[np.arange(len(pmf)) == leg.line].sum())


def _relation(one: dict[str, Any], two: dict[str, Any]) -> Relation | None:
    if one["game_id"] != two["game_id"]:
        return None
    if one["player_key"] == two["player_key"]:
        return "same player"
    return "team-mates" if one["team"] == two["team"] else "opponents"


def _priced(row: dict[str, Any], leg: Leg) -> dict[str, Any]:
    """One leg by itself, from its prediction's row."""
    pmf = np.array(row["pmf"], dtype=np.float64)
    return {
        "player": row["player"], "market": leg.market, "side": leg.side, "line": leg.line,
        "p_win": float(pmf[_wins(pmf, leg)].sum()), "p_push": _push(pmf, leg),
        "prediction_id": row["prediction_id"],
    }  # fmt: skip
