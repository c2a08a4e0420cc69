"""The champion: boosted means and minutes, and layers that make distributions of them."""

from tipoff.models.champion.fit import FULL, Recipe, fit_champion, hold_out
from tipoff.models.champion.model import FAMILY, Champion, load_champion
from tipoff.models.champion.past import Rounds

__all__ = [
    "FAMILY", "FULL", "Champion", "Recipe", "Rounds", "fit_champion", "hold_out", "load_champion",
]  # fmt: skip
