"""Scoring through the model interface against raw CatBoost on the same matrix."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import catboost

from bench.measure import best
from tipoff.features import feature_set, training_frame
from tipoff.lake import Lake
from tipoff.models import eligible, load
from tipoff.models.model import matrix

Row = tuple[str, str, str, str]
DAY = date(2025, 1, 10)


def measure(folder: Path) -> Iterator[Row]:
    """300 rows: Model.predict, pmf and all, over raw predict."""
    names = feature_set("v2_33")
    with Lake.open(folder) as lake:
        with lake.reading() as r:
            assignment = next(s for s in eligible(r, DAY, "points") if s.model == "catboost_v9")
            frame = training_frame(r, start=date(2025, 1, 1), through=DAY, names=names).head(300)
        model = load(lake, assignment.model_id)
    raw = catboost.CatBoost()
    raw.load_model(str(next((folder / "models").glob("*.cbm"))))
    values = matrix(frame, names)
    ours = best(lambda: model.predict(frame, "points"), 20)
    theirs = best(lambda: raw.predict(values), 20)
    kept = "ok" if ours <= 2 * theirs else "MISSED"
    yield (
        f"scoring {frame.height} rows over raw CatBoost predict",
        f"{ours / theirs:.1f} x ({theirs * 1000:.1f} ms)", "2 x", kept,
    )  # fmt: skip
