"""What is mutated, and the cheapest test files that ought to notice, module by module."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tipoff"

# The cheapest first: most mutants die of those.
_DECLARED = (
    "features/test_declarations.py", "features/test_ranges_v3.py", "features/test_catalogue.py",
)  # fmt: skip
_ORACLES = (
    "features/test_oracle.py", "features/test_oracle_v3.py", "features/test_long_careers.py",
)  # fmt: skip
_PROGRAM = (*_ORACLES, "features/test_program.py", "features/test_reasons.py")
_COLUMNS = ("features/test_lineage.py", "features/test_definitions.py")
_TEAMMATES = (
    "features/test_oracle_v3.py", "features/test_long_careers.py", "features/test_boundaries.py",
    "features/test_squad.py",
)  # fmt: skip
_GRADING = ("grading/test_grade.py", "grading/test_outcomes.py")
_BACKTEST = ("grading/backtest/test_run.py", "grading/backtest/test_board.py")
_LAKE = (
    "lake/test_connection.py", "lake/test_commit.py", "lake/test_concurrency.py",
    "threads/test_threads.py",
)  # fmt: skip

AREAS: dict[str, dict[str, tuple[str, ...]]] = {
    "features": {
        "features/absence.py": _TEAMMATES[:3],
        "features/analysis.py": _COLUMNS,
        "features/build.py": (
            "features/test_build.py", "features/test_stored_snapshot.py", *_ORACLES,
            "features/test_program.py", "features/test_leakage.py",
        ),
        "features/catalogue.py": (*_DECLARED, *_PROGRAM),
        "features/checks.py": ("features/test_checks.py", "features/test_snapshot.py"),
        "features/columns.py": _COLUMNS,
        "features/compile.py": _PROGRAM,
        "features/computed.py": ("features/test_plugins.py",),
        "features/definition.py": (*_DECLARED, *_PROGRAM),
        "features/external.py": ("forecast/test_plugin_features.py",),
        "features/families/*.py": (
            *_DECLARED, "features/test_breakout_steps.py", *_ORACLES, "features/test_reasons.py",
            "features/test_boundaries.py",
        ),
        "features/functions.py": ("features/test_plugins.py",),
        "features/history.py": ("features/test_plugins.py",),
        "features/lineage.py": ("features/test_lineage.py", "features/test_program.py"),
        "features/established.py": ("features/test_definitions.py",),
        "features/plugins.py": ("features/test_plugins.py",),
        "features/quality.py": ("features/test_quality.py", "features/test_stored_snapshot.py"),
        "features/reading.py": _COLUMNS,
        "features/relations.py": (
            *_ORACLES, "features/test_boundaries.py", "features/test_late_results.py",
            "features/test_leakage.py",
        ),
        "features/rosters.py": _TEAMMATES,
        "features/scope.py": _COLUMNS,
        "features/windows.py": (*_ORACLES, "features/test_reasons.py"),
        "features/sets.py": ("features/test_catalogue.py",),
        "features/snapshot.py": ("features/test_stored_snapshot.py", "features/test_snapshot.py"),
        "features/sqltree.py": _COLUMNS,
        "features/squad.py": ("features/test_squad.py", "features/test_stored_snapshot.py"),
    },
    "grading": {
        "grading/decay.py": ("grading/test_decay.py",),
        "grading/entries.py": (
            "grading/test_tiers.py", "grading/test_scoreboard.py", "grading/test_scores.py",
        ),
        "grading/facts.py": _GRADING,
        "grading/grade.py": _GRADING,
        "grading/metrics.py": ("grading/test_metrics.py", "grading/test_edges.py"),
        "grading/outcomes.py": _GRADING,
        "grading/postponed.py": _GRADING,
        "grading/record.py": ("grading/test_scoreboard.py", *_GRADING),
        "grading/report.py": ("grading/test_report.py", *_GRADING),
        "grading/scoreboard.py": ("grading/test_scoreboard.py",),
        "grading/scores.py": ("grading/test_scores.py", "grading/test_metrics.py"),
        "grading/tiers.py": ("grading/test_tiers.py", "grading/test_scoreboard.py"),
        "grading/backtest/actuals.py": ("grading/backtest/test_board.py",),
        "grading/backtest/board.py": ("grading/test_edges.py", "grading/backtest/test_board.py"),
        "grading/backtest/folds.py": ("grading/backtest/test_folds.py",),
        "grading/backtest/plan.py": ("grading/backtest/test_plan.py",),
        "grading/backtest/results.py": (
            "grading/backtest/test_results.py", "grading/test_edges.py", "grading/test_tiers.py",
            *_BACKTEST,
        ),
        "grading/backtest/rows.py": ("grading/backtest/test_rows.py", *_BACKTEST),
        "grading/backtest/run.py": ("grading/test_edges.py", "grading/backtest/test_run.py"),
        "grading/backtest/store.py": ("grading/backtest/test_store.py", *_BACKTEST),
        "grading/backtest/suspicion.py": (
            "grading/backtest/test_suspicion.py", "grading/backtest/test_results.py",
            "grading/test_edges.py",
        ),
        "grading/backtest/trials.py": ("grading/backtest/test_trials.py",),
        "grading/promotion/*.py": (
            "grading/promotion/test_thresholds.py", "grading/promotion/test_gates.py",
            "grading/promotion/test_promote.py",
        ),
    },
    "publish": {
        "forecast/publish.py": ("forecast/test_publish.py", "faults/test_clock_set_back.py"),
        "forecast/builds.py": ("forecast/test_standing.py", "forecast/test_publish.py"),
        "forecast/identity.py": ("forecast/test_identity.py", "forecast/test_publish.py"),
        "forecast/staleness.py": ("forecast/test_standing.py", "forecast/test_publish.py"),
        "forecast/reconciliation.py": (
            "forecast/test_publish.py", "forecast/test_reconciliation.py",
        ),
        "forecast/overtaken.py": ("forecast/test_overtaken.py", "monitor/test_checks.py"),
        "forecast/build.py": ("forecast/test_publish.py", "forecast/test_reconciliation.py"),
        "lake/backends/embedded.py": (*_LAKE[:2], "lake/test_artifacts.py"),
        "lake/connection.py": _LAKE,
        "lake/migrations.py": ("lake/test_connection.py", "lake/test_migration.py"),
        "lake/session.py": _LAKE,
        "lake/writer.py": _LAKE,
    },
}  # fmt: skip
"""Area -> module below src/tipoff (or a pattern) -> test files below tests."""


LEFT_OUT: dict[str, tuple[str, ...]] = {
    "only write pages and pictures": ("grading/backtest/page.py", "grading/backtest/plots.py"),
    "make the numbers that are published, or read what was": tuple(
        f"forecast/{name}.py"
        for name in (
            "assess", "classifiers", "diff", "dry_run", "explanation", "fact_scope", "impact",
            "ledger", "lines", "minutes", "plan", "player_facts", "prediction_set", "recommend",
            "reproduction", "score", "slate", "versions", "view", "why",
        )
    ),
    "of the lake: not its commits": tuple(
        f"lake/{name}.py"
        for name in (
            "asof", "backends/protocols", "extensions", "files", "foreign", "health", "reader",
            "references", "tables/declare", "tables/derived", "tables/league", "tables/ops",
            "maintenance",
        )
    ),
}  # fmt: skip
"""Why -> modules of the packages below that no area names."""
PACKAGES = ("features", "grading", "forecast", "lake")
"""Every module of these is in an area or left out by name, so that a new one is not forgotten."""


def modules(area: str) -> dict[Path, tuple[str, ...]]:
    """Every file of an area with its test files, in order."""
    return {
        path: tuple(f"tests/{name}" for name in tests)
        for pattern, tests in AREAS[area].items()
        for path in sorted(SOURCE.glob(pattern))
        if path.name != "__init__.py"
    }


def forgotten() -> list[str]:
    """Modules of PACKAGES that are in no area and not left out; in both, or named and gone."""
    every = {
        path.relative_to(SOURCE).as_posix()
        for package in PACKAGES
        for path in (SOURCE / package).rglob("*.py")
        if path.name != "__init__.py"
    }
    taken = {p.relative_to(SOURCE).as_posix() for area in AREAS for p in modules(area)}
    left = {name for names in LEFT_OUT.values() for name in names}
    return sorted((every ^ (taken | left)) | (taken & left))
