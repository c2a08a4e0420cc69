"""Answers: an operator's questions, one function each, from what is stored.

Names are imported when first used: a question must not pay for what another one needs.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tipoff.answers.at import slate_at
    from tipoff.answers.breakout_chances import breakouts
    from tipoff.answers.chain import why
    from tipoff.answers.diff import diff_runs
    from tipoff.answers.leaders import markets_without_champion
    from tipoff.answers.reached import impact
    from tipoff.answers.rehearsal import dry_run
    from tipoff.answers.runs import ledger, run_record

__all__ = [
    "breakouts", "diff_runs", "dry_run", "impact", "ledger", "markets_without_champion",
    "run_record", "slate_at", "why",
]  # fmt: skip

_HOME = {
    "at": ("slate_at",),
    "breakout_chances": ("breakouts",),
    "diff": ("diff_runs",),
    "leaders": ("markets_without_champion",),
    "reached": ("impact",),
    "rehearsal": ("dry_run",),
    "runs": ("ledger", "run_record"),
    "chain": ("why",),
}
"""Module -> the public names it holds."""


def __getattr__(name: str) -> Any:
    for module, names in _HOME.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
