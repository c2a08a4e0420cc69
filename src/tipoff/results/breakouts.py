"""The chance that role players have a breakout: a shadow, part of no pick."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

from pydantic import Field

from tipoff.results.base import Probability, Result


class BreakoutChance(Result):
    """A role player and the chance of a breakout, given that they play."""

    player: str
    player_key: str
    team: str
    opponent: str
    points_avg_season: float
    points_needed: float
    p_breakout: Probability
    breakout_risk_score: float | None = Field(description="The first edition's score by hand.")


class Breakouts(Result):
    """The shadow classifier on the snapshot of a published slate, likeliest first."""

    ROWS: ClassVar[str] = "players"

    date: dt.date
    simulated: bool
    role: Literal["shadow"] = "shadow"
    model_id: str
    trained_through: dt.date
    snapshot_id: str
    players: tuple[BreakoutChance, ...]
