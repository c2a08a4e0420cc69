"""What the simulated league is made of: teams, stats, markets and the numbers they are drawn from.

The rates are round figures near those of a modern season; nothing of any real player is in them.
"""

import numpy as np
import numpy.typing as npt

VERSION = "3"
"""Part of what makes a simulation repeatable: same seed, options and version, same rows."""

SOURCE = "tipoff simulator"

TEAMS = (
    *("ATL", "BKN", "BOS", "CHA", "CHI", "CLE", "DAL", "DEN", "DET", "GSW"),
    *("HOU", "IND", "LAC", "LAL", "MEM", "MIA", "MIL", "MIN", "NOP", "NYK"),
    *("OKC", "ORL", "PHI", "PHX", "POR", "SAC", "SAS", "TOR", "UTA", "WAS"),
)
WEST = frozenset({"DEN", "GSW", "LAC", "LAL", "PHX", "POR", "SAC", "UTA"})

ROSTER = 15
FIRST_PLAYER_ID = 9_000_001

STATS = ("paint", "mid", "three", "ft", "oreb", "dreb", "ast", "stl", "blk", "tov", "pf")
PAINT, MID, THREE, FT, OREB, DREB, AST, STL, BLK, TOV, PF = range(len(STATS))
SCORING = (PAINT, MID, THREE, FT)

MARKETS = (
    *("points", "rebounds", "assists", "threes", "steals", "blocks"),
    *("pra", "pr", "pa", "ra"),
)

RATE_PER_MINUTE = np.array(
    [0.0825, 0.0355, 0.0555, 0.0709, 0.0455, 0.137, 0.110, 0.0335, 0.0204, 0.0557, 0.0773]
)
"""League mean of each stat per player-minute, in the order of STATS."""

SKILL_SLOPE = np.array([0.22, 0.22, 0.23, 0.30, -0.18, 0.01, 0.20, 0.0, -0.06, 0.15, -0.14])
"""Change of log rate per 9 minutes of role."""

SKILL_SD = np.array([0.44, 0.44, 0.62, 0.52, 0.66, 0.42, 0.48, 0.32, 0.72, 0.34, 0.25])
"""Spread of log rate between players of one role."""

SIZE_LOADING = np.array([0.60, 0.30, -0.75, 0.25, 0.80, 0.80, -0.30, -0.15, 0.75, 0.05, 0.45])
USAGE_LOADING = np.array([0.55, 0.60, 0.15, 0.75, -0.05, 0.15, 0.45, 0.10, -0.05, 0.70, -0.05])
"""Two latent traits behind the skills: size (rim against arc) and how much of the ball they get."""

ROLE_MINUTES = np.array(
    [33.6, 32.0, 30.3, 28.2, 26.0, 23.2, 20.8, 18.5, 15.8, 13.0, 10.0, 7.6, 6.0, 5.0, 4.4]
)
PLAYS_BY_RANK = np.array(
    [0.997] * 7 + [0.985, 0.95, 0.83, 0.61, 0.41, 0.27, 0.18, 0.12], dtype=np.float64
)
"""P(they get on the floor), by rank of role among those available that night."""

LATE_SCRATCH = 0.015
"""P(withdrawn before tip-off but after every list is out): the truth knows, no file does."""

MAX_MINUTES = 41.5
MIN_NODE, MAX_NODE = 0.7, 45.0

MARGIN_EDGES = np.array([-18.0, -11.0, -4.0, 4.0, 11.0, 18.0])
STATE_SD = 10.2
"""How the night goes for the home side, in points; the bands between the edges are game states."""

OVERTIME = 0.20
"""P(overtime) when the night ends in the middle band: the last state of all."""
OVERTIME_MINUTES = 25.0
REGULATION, STATES = len(MARGIN_EDGES) + 1, len(MARGIN_EDGES) + 2

DECIDED = np.array([1.3, 0.8, 0.15, 0.0, 0.15, 0.8, 1.3, 0.0])
"""Minutes taken per minute above the team's mean in each state: most when it is decided early."""

NODES = 5
"""Minutes nodes per game state, of equal probability."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
