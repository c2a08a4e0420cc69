"""The champion: boosted means and minutes, and layers that make distributions of them."""

from tipoff.models.champion.fit import FULL, Recipe, fit_champion, hold_out
from tipoff.models.champion.model import NAME, Champion, read_champion
from tipoff.models.champion.past import Rounds

__all__ = [
    "FULL", "NAME", "Champion", "Recipe", "Rounds", "fit_champion", "hold_out", "read_champion",
]  # fmt: skip
