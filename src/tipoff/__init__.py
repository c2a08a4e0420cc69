"""tipoff: NBA player-prop forecasts as pure functions of a snapshot, a model and a line.

`with tipoff.open("lake") as t: t.slate("today")`. Names are imported when first used, so that
importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from tipoff.version import __version__

if TYPE_CHECKING:
    from tipoff.app import Tipoff
    from tipoff.app import open_lake as open  # noqa: A004
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
        PublicationConflict,
        SourceError,
        StorageFull,
        Terminal,
        TipoffError,
        Transient,
        UsageError,
    )
    from tipoff.results.alerts import AlertCheck, AlertList, AlertTest
    from tipoff.results.backtest import Backtest, BacktestBoard
    from tipoff.results.base import Result
    from tipoff.results.data import ImportReport, SimulationReport, TrainReport
    from tipoff.results.grading import GradeReport, Scoreboard
    from tipoff.results.health import Cleaned, Compacted, Doctor, LakeCheck
    from tipoff.results.models import ModelDetails, ModelList, Promotion, Retirement, Review
    from tipoff.results.slate import Prediction, Slate

__all__ = [
    "AlertCheck", "AlertList", "AlertTest", "ArtifactError", "Backtest", "BacktestBoard",
    "Cleaned", "Compacted", "ContractError", "Doctor", "GateBlocked", "GradeReport",
    "ImportReport", "IntegrityError", "LakeBusy", "LakeCheck", "LakeDamaged", "LakeUnavailable",
    "ModelDetails", "ModelList", "NotDelivered", "NotFound", "NotReproducible", "Prediction",
    "Promotion", "PublicationConflict", "Result", "Retirement", "Review", "Scoreboard",
    "SimulationReport", "Slate", "SourceError", "StorageFull", "Terminal", "Tipoff", "TipoffError",
    "TrainReport", "Transient", "UsageError", "__version__", "open",
]  # fmt: skip

_HOME = {
    "app": ("Tipoff",),
    "errors": (
        "ArtifactError", "ContractError", "GateBlocked", "IntegrityError", "LakeBusy",
        "LakeDamaged", "LakeUnavailable", "NotDelivered", "NotFound", "NotReproducible",
        "PublicationConflict", "SourceError", "StorageFull", "Terminal", "TipoffError",
        "Transient", "UsageError",
    ),
    "results.alerts": ("AlertCheck", "AlertList", "AlertTest"),
    "results.backtest": ("Backtest", "BacktestBoard"),
    "results.base": ("Result",),
    "results.data": ("ImportReport", "SimulationReport", "TrainReport"),
    "results.grading": ("GradeReport", "Scoreboard"),
    "results.health": ("Cleaned", "Compacted", "Doctor", "LakeCheck"),
    "results.models": ("ModelDetails", "ModelList", "Promotion", "Retirement", "Review"),
    "results.slate": ("Prediction", "Slate"),
}  # fmt: skip
"""Module -> the public names it holds."""


def __getattr__(name: str) -> Any:
    if name == "open":
        return importlib.import_module("tipoff.app").open_lake
    for module, names in _HOME.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
