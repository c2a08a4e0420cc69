"""Forecasts: plan, score, publish, supersede, explain, reproduce, compare.

Names are imported when first used: a run with nothing to do must not pay for what scores.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tipoff.forecast.classifiers import breakouts, with_p_plays
    from tipoff.forecast.explanation import explain
    from tipoff.forecast.publish import Publication, current_publication
    from tipoff.forecast.reconciliation import reconcile
    from tipoff.forecast.reproduction import find_prediction, reproduce
    from tipoff.forecast.slate import Slate, find_slate
    from tipoff.forecast.view import (
        find_publication,
        is_prediction_id,
        markets_without_champion,
        player_prediction,
        player_view,
        refused_players,
        slate_at,
        slate_view,
    )

__all__ = [
    "Publication",
    "Slate",
    "breakouts",
    "current_publication",
    "explain",
    "find_prediction",
    "find_publication",
    "find_slate",
    "is_prediction_id",
    "markets_without_champion",
    "player_prediction",
    "player_view",
    "reconcile",
    "refused_players",
    "reproduce",
    "slate_at",
    "slate_view",
    "with_p_plays",
]

_HOME = {
    "classifiers": ("breakouts", "with_p_plays"),
    "explanation": ("explain",),
    "publish": ("Publication", "current_publication"),
    "reconciliation": ("reconcile",),
    "reproduction": ("find_prediction", "reproduce"),
    "slate": ("Slate", "find_slate"),
    "view": (
        "player_prediction",
        "find_publication",
        "is_prediction_id",
        "markets_without_champion",
        "player_view",
        "refused_players",
        "slate_at",
        "slate_view",
    ),
}
"""Module -> the public names it holds."""


def __getattr__(name: str) -> Any:
    for module, names in _HOME.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
