"""Bets: the best price of a side, what it is worth, how much to stake, and two legs together."""

from tipoff.bets.correlation import correlation
from tipoff.bets.legs import Leg, joint, parse_leg
from tipoff.bets.offers import offers
from tipoff.bets.price import price_lines, price_player
from tipoff.bets.slate import best_bets
from tipoff.bets.value import growth_share, stake_share

__all__ = [
    "Leg",
    "best_bets",
    "correlation",
    "growth_share",
    "joint",
    "offers",
    "parse_leg",
    "price_lines",
    "price_player",
    "stake_share",
]
