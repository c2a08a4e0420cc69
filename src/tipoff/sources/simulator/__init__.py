"""A simulated league with a known truth, in the layout of a real data folder."""

from tipoff.sources.simulator.constants import MARKETS, TEAMS, VERSION
from tipoff.sources.simulator.engine import simulate

__all__ = ["MARKETS", "TEAMS", "VERSION", "simulate"]
