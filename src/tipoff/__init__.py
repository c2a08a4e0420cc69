"""tipoff: NBA player-prop forecasts as pure functions of a snapshot, a model and a line.

`with tipoff.open("lake") as t: t.slate("today")`. Names are imported when first used, so that
importing the package costs nothing. `Model`, `Feature` and `Source` are what people add of their
own (docs/extend.md).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from tipoff.version import __version__

if TYPE_CHECKING:
    from tipoff.app import Tipoff
    from tipoff.app import open_lake as open  # noqa: A004
    from tipoff.app.demo import demo
    from tipoff.errors import (
        ArtifactError,
        ContractError,
        GateBlocked,
        IntegrityError,
        LakeBusy,
        LakeDamaged,
        LakeUnavailable,
        NotDelivered,
        NotFound,
        NotReproducible,
        PluginFailed,
        PluginTimeout,
        PublicationConflict,
        SourceError,
        StorageFull,
        Terminal,
        TipoffError,
        Transient,
        UsageError,
    )
    from tipoff.features.plugins import PluginFeature as Feature
    from tipoff.models.plugin.protocol import Fitted, Model
    from tipoff.models.pmf import Pmf
    from tipoff.results.alerts import AlertCheck, AlertList, AlertTest
    from tipoff.results.backtest import Backtest, BacktestBoard
    from tipoff.results.base import Result
    from tipoff.results.bets import Bets, Legs, PlayerPrices
    from tipoff.results.breakouts import Breakouts
    from tipoff.results.data import ImportReport, SimulationReport, TrainReport
    from tipoff.results.demo import Demo
    from tipoff.results.diff import Diff, DryRun
    from tipoff.results.explanation import Explanation
    from tipoff.results.grading import GradeReport, Scoreboard
    from tipoff.results.health import Cleaned, Compacted, Doctor, LakeCheck
    from tipoff.results.impact import Impact
    from tipoff.results.models import ModelDetails, ModelList, Promotion, Retirement, Review
    from tipoff.results.runs import Ledger, RunRecord
    from tipoff.results.slate import Prediction, RefusedPlayer, Slate
    from tipoff.results.why import Why
    from tipoff.results.work import Reproduction, RunReport
    from tipoff.sources.plugins import Source

__all__ = [
    "AlertCheck", "AlertList", "AlertTest", "ArtifactError", "Backtest", "BacktestBoard", "Bets",
    "Breakouts", "Cleaned", "Compacted", "ContractError", "Demo", "Diff", "Doctor", "DryRun",
    "Explanation", "Feature", "Fitted", "GateBlocked", "GradeReport", "Impact", "ImportReport",
    "IntegrityError", "LakeBusy", "LakeCheck", "LakeDamaged", "LakeUnavailable", "Ledger", "Legs",
    "Model", "ModelDetails", "ModelList", "NotDelivered", "NotFound", "NotReproducible",
    "PlayerPrices", "PluginFailed", "PluginTimeout", "Pmf", "Prediction", "Promotion",
    "PublicationConflict", "RefusedPlayer", "Reproduction", "Result", "Retirement", "Review",
    "RunRecord", "RunReport",
    "Scoreboard", "SimulationReport", "Slate", "Source", "SourceError", "StorageFull", "Terminal",
    "Tipoff", "TipoffError", "TrainReport", "Transient", "UsageError", "Why", "__version__", "demo",
    "open",
]  # fmt: skip

_HOME = {
    "app": ("Tipoff",),
    "app.demo": ("demo",),
    "errors": (
        "ArtifactError", "ContractError", "GateBlocked", "IntegrityError", "LakeBusy",
        "LakeDamaged", "LakeUnavailable", "NotDelivered", "NotFound", "NotReproducible",
        "PluginFailed", "PluginTimeout", "PublicationConflict", "SourceError", "StorageFull",
        "Terminal", "TipoffError", "Transient", "UsageError",
    ),
    "features.plugins": ("Feature",),
    "models.plugin.protocol": ("Fitted", "Model"),
    "models.pmf": ("Pmf",),
    "results.alerts": ("AlertCheck", "AlertList", "AlertTest"),
    "results.backtest": ("Backtest", "BacktestBoard"),
    "results.base": ("Result",),
    "results.bets": ("Bets", "Legs", "PlayerPrices"),
    "results.breakouts": ("Breakouts",),
    "results.data": ("ImportReport", "SimulationReport", "TrainReport"),
    "results.demo": ("Demo",),
    "results.diff": ("Diff", "DryRun"),
    "results.explanation": ("Explanation",),
    "results.grading": ("GradeReport", "Scoreboard"),
    "results.health": ("Cleaned", "Compacted", "Doctor", "LakeCheck"),
    "results.impact": ("Impact",),
    "results.models": ("ModelDetails", "ModelList", "Promotion", "Retirement", "Review"),
    "results.runs": ("Ledger", "RunRecord"),
    "results.slate": ("Prediction", "RefusedPlayer", "Slate"),
    "results.why": ("Why",),
    "results.work": ("Reproduction", "RunReport"),
    "sources.plugins": ("Source",),
}  # fmt: skip
"""Module -> the public names it holds."""
_ELSEWHERE = {"open": "open_lake", "Feature": "PluginFeature"}
"""Public name -> what it is called where it lives."""


def __getattr__(name: str) -> Any:
    home = "app" if name == "open" else next((m for m, names in _HOME.items() if name in names), "")
    if not home:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), _ELSEWHERE.get(name, name))
