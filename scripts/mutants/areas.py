"""What is mutated, and the cheapest test files that ought to notice, module by module."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tipoff"

_FEATURES = ("features/test_oracle.py", "features/test_leakage.py", "features/test_program.py")
_GRADING = ("grading/test_grade.py", "grading/test_outcomes.py")
_BACKTEST = ("grading/backtest/test_run.py", "grading/backtest/test_board.py")
_PUBLISH = ("forecast/test_publish.py", "forecast/test_reconciliation.py")

AREAS: dict[str, dict[str, tuple[str, ...]]] = {
    "features": {
        "features/build.py": ("features/test_build.py", *_FEATURES),
        "features/catalogue.py": ("features/test_catalogue.py", *_FEATURES),
        "features/checks.py": ("features/test_snapshot.py", "features/test_program.py"),
        "features/compile.py": _FEATURES,
        "features/definition.py": ("features/test_catalogue.py", *_FEATURES),
        "features/families/*.py": _FEATURES,
        "features/lineage.py": ("features/test_program.py", "features/test_snapshot.py"),
        "features/quality.py": ("features/test_quality.py", "features/test_program.py"),
        "features/relations.py": _FEATURES,
        "features/running.py": _FEATURES,
        "features/sets.py": ("features/test_catalogue.py",),
        "features/snapshot.py": ("features/test_snapshot.py", "features/test_program.py"),
    },
    "grading": {
        "grading/decay.py": ("grading/test_decay.py",),
        "grading/entries.py": ("grading/test_scoreboard.py", "grading/test_scores.py"),
        "grading/facts.py": _GRADING,
        "grading/grade.py": _GRADING,
        "grading/metrics.py": ("grading/test_metrics.py", "grading/test_edges.py"),
        "grading/outcomes.py": _GRADING,
        "grading/postponed.py": _GRADING,
        "grading/record.py": ("grading/test_scoreboard.py", *_GRADING),
        "grading/report.py": _GRADING,
        "grading/scoreboard.py": ("grading/test_scoreboard.py",),
        "grading/scores.py": ("grading/test_scores.py", "grading/test_metrics.py"),
        "grading/tiers.py": ("grading/test_scoreboard.py", "grading/test_edges.py"),
        "grading/backtest/actuals.py": ("grading/backtest/test_board.py",),
        "grading/backtest/board.py": ("grading/backtest/test_board.py",),
        "grading/backtest/folds.py": ("grading/backtest/test_folds.py",),
        "grading/backtest/plan.py": ("grading/backtest/test_plan.py",),
        "grading/backtest/results.py": ("grading/test_edges.py", *_BACKTEST),
        "grading/backtest/rows.py": ("grading/backtest/test_rows.py", *_BACKTEST),
        "grading/backtest/run.py": ("grading/test_edges.py", "grading/backtest/test_run.py"),
        "grading/backtest/store.py": ("grading/backtest/test_store.py", *_BACKTEST),
        "grading/backtest/suspicion.py": (
            "grading/backtest/test_suspicion.py", "grading/test_edges.py",
        ),
        "grading/backtest/trials.py": ("grading/backtest/test_trials.py",),
        "grading/promotion/*.py": (
            "grading/promotion/test_gates.py", "grading/promotion/test_promote.py",
        ),
    },
    "publish": {
        "forecast/publish.py": (*_PUBLISH, "forecast/test_contracts.py"),
        "forecast/identity.py": ("forecast/test_identity.py", "forecast/test_reproduction.py"),
        "forecast/staleness.py": (*_PUBLISH, "forecast/test_reproduction.py"),
        "forecast/reconciliation.py": _PUBLISH,
        "forecast/build.py": (*_PUBLISH, "forecast/test_gates.py", "forecast/test_contracts.py"),
    },
}  # fmt: skip
"""Area -> module below src/tipoff (or a pattern) -> test files below tests."""


def modules(area: str) -> dict[Path, tuple[str, ...]]:
    """Every file of an area with the test files that exist, in order."""
    return {
        path: tuple(f"tests/{name}" for name in tests if (ROOT / "tests" / name).is_file())
        for pattern, tests in AREAS[area].items()
        for path in sorted(SOURCE.glob(pattern))
        if path.name != "__init__.py"
    }
