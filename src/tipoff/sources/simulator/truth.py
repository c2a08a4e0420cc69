"""The oracle: the exact distribution of every market of every player who might play tonight."""

from dataclasses import dataclass

import numpy as np

from tipoff.sources.simulator.availability import Squads
from tipoff.sources.simulator.constants import (
    AST,
    BLK,
    DREB,
    FT,
    MARKETS,
    MID,
    NODES,
    OREB,
    PAINT,
    SCORING,
    STL,
    THREE,
    Bools,
    Floats,
    Ints,
)
from tipoff.sources.simulator.night import Night, node_quantiles
from tipoff.sources.simulator.pmf import mixture_pmf

_ONES = {
    "points": (FT,),
    "rebounds": (OREB, DREB),
    "assists": (AST,),
    "threes": (THREE,),
    "steals": (STL,),
    "blocks": (BLK,),
    "pra": (FT, OREB, DREB, AST),
    "pr": (FT, OREB, DREB),
    "pa": (FT, AST),
    "ra": (OREB, DREB, AST),
}
_WITH_POINTS = frozenset({"points", "pra", "pr", "pa"})


@dataclass(frozen=True)
class Truth:
    """One row per player-game with any chance to play (or ruled out only today).

    row, place: where they stand in Squads; pmf: market -> [rows, K], given that they play;
    minutes_mean, minutes_sd: [rows], of the nodes.
    """

    row: Ints
    place: Ints
    pmf: dict[str, Floats]
    minutes_mean: Floats
    minutes_sd: Floats


def work_out(drawn: Squads, night: Night) -> Truth:
    """Mix the conditional laws over game states and minutes nodes."""
    expected: Bools = ~drawn.out | drawn.fresh
    row, place = np.nonzero(expected)
    minutes = np.stack(
        [night.minutes(np.asarray(q))[row, place] for q in node_quantiles()], axis=-1
    )
    flat = minutes.reshape(len(row), -1)
    weight = np.repeat(night.state_weight[row], NODES, axis=1) / NODES
    lift = np.repeat(night.lift[row], NODES, axis=1)
    rate = night.rate[row, place]
    mean = (weight * flat).sum(axis=1)
    return Truth(
        row=row,
        place=place,
        pmf={market: _market(market, weight, flat, lift, rate) for market in MARKETS},
        minutes_mean=mean,
        minutes_sd=np.sqrt((weight * flat**2).sum(axis=1) - mean**2),
    )


def _market(market: str, weight: Floats, minutes: Floats, lift: Floats, rate: Floats) -> Floats:
    lifted = [stat for stat in _ONES[market] if stat in SCORING]
    plain = [stat for stat in _ONES[market] if stat not in SCORING]
    ones = minutes * (
        rate[:, plain].sum(axis=1, keepdims=True)
        + lift * rate[:, lifted].sum(axis=1, keepdims=True)
    )
    if market not in _WITH_POINTS:
        return mixture_pmf(weight, ones, None, None)
    twos = minutes * lift * rate[:, [PAINT, MID]].sum(axis=1, keepdims=True)
    threes = minutes * lift * rate[:, [THREE]]
    return mixture_pmf(weight, ones, twos, threes)
