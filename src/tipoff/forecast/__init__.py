"""Forecasts: plan, score, publish, supersede, explain, reproduce, compare."""

from tipoff.forecast.diff import diff_runs, find_run
from tipoff.forecast.explain import explain
from tipoff.forecast.publish import Publication, current_publication
from tipoff.forecast.reconcile import RunReport, reconcile
from tipoff.forecast.reproduce import Reproduction, find_prediction, reproduce
from tipoff.forecast.slate import Slate, find_slate
from tipoff.forecast.view import (
    find_publication,
    is_stale,
    player_view,
    refused_players,
    slate_view,
)

__all__ = [
    "Publication",
    "Reproduction",
    "RunReport",
    "Slate",
    "current_publication",
    "diff_runs",
    "explain",
    "find_prediction",
    "find_publication",
    "find_run",
    "find_slate",
    "is_stale",
    "player_view",
    "reconcile",
    "refused_players",
    "reproduce",
    "slate_view",
]
