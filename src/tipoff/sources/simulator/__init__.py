"""A simulated league with a known truth, in the layout of a real data folder."""

from tipoff.sources.simulator.constants import MARKETS, TEAMS, VERSION
from tipoff.sources.simulator.engine import SimulationReport, simulate
from tipoff.sources.simulator.write import MARK, is_simulation

__all__ = ["MARK", "MARKETS", "TEAMS", "VERSION", "SimulationReport", "is_simulation", "simulate"]
