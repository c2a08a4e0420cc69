"""Graded slates of a model that is as far off as a test needs it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl

from tipoff.lake import Lake


def graded(lake: Lake, model: str, days: list[date], off: float, wide: float = 0.0) -> None:
    """Graded slates of a model whose means are `off` points too high."""
    at = datetime(2024, 1, 1, tzinfo=UTC)
    heads, grades = [], []
    for i, day in enumerate(days):
        run = f"run_{model}_{day}"
        heads.append({"publication_id": f"pub_{run}", "slate": day, "seq": 99, "run_id": run,
                      "kind": "first", "reason": "test", "committed_at": at})  # fmt: skip
        grades += [
            {"grade_id": f"{run}{k}", "slate": day, "run_id": run, "prediction_id": f"{run}{k}",
             "game_id": "g", "player_key": f"p{k}", "market": "points", "model": model,
             "outcome": "no_pick", "actual": 10.0, "crps": 3.0 + wide,
             "mean_error": off + (-0.1 if i % 2 else 0.1), "covered80": k % 5 != 0}
            for k in range(50)
        ]  # fmt: skip
    lake.write(lambda w: [w.append("forecast.publication", pl.DataFrame(heads)),
                          w.append("grading.grade", pl.DataFrame(grades))])  # fmt: skip


def before(day: date, n: int) -> list[date]:
    """The `n` days before a day, the nearest first."""
    return [day - timedelta(days=i) for i in range(1, n + 1)]
