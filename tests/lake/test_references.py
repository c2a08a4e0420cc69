"""`lake check` names every row that another one counts on and that is not there."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from tipoff.cli import app
from tipoff.lake import Lake
from tipoff.lake.references import MOST, dangling

LOSSES = {
    "DELETE FROM models.version WHERE model_id = $model": ("run_id", "model", "model version"),
    "DELETE FROM features.snapshot": ("run_id", "snapshot_id", "snapshot"),
    "DELETE FROM forecast.refusal WHERE reason = $reason": ("run_id", "counted", "counted"),
    "DELETE FROM forecast.prediction WHERE model_id = $model": ("run_id", "counted", "counted"),
    "UPDATE forecast.run SET predicted = NULL": ("run_id", "counted", " of ? + "),
    "DELETE FROM forecast.run": ("publication_id", "run_id", "run is stored"),
}
"""What is taken away -> who is named, what they name, and what is said of it."""


@pytest.mark.parametrize("loss", LOSSES)
def test_rows_that_are_lost_are_named_by_those_that_count_on_them(
    loss: str, published: Lake
) -> None:
    sql = """SELECT publication_id, run_id, p.snapshot_id, any_value(model_id) AS model,
               (SELECT any_value(reason) FROM forecast.refusal) AS reason, 'of' AS counted
             FROM forecast.publication JOIN forecast.prediction p USING (run_id) GROUP BY 1, 2, 3"""
    with published.reading() as r:
        names = r.query(sql).row(0, named=True)
        assert list(dangling(r)) == []
    given = {k: names[k] for k in ("model", "reason") if f"${k}" in loss}
    published.write(lambda w: w.rows(loss, given))
    who, named, said = LOSSES[loss]
    with published.reading() as r:
        ((whose, detail),) = dangling(r)
    assert whose == names[who]
    assert names[named] in detail
    assert said in detail


def test_grades_without_their_prediction_are_counted_and_some_are_named(published: Lake) -> None:
    lost = pl.DataFrame({"grade_id": [f"g{n:02}" for n in range(MOST + 5)]})
    lost = lost.with_columns(run_id=pl.lit("gone"), prediction_id=pl.lit("p"))
    published.write(lambda w: w.append("grading.grade", lost))
    with published.reading() as r:
        references = list(dangling(r))
    assert [whose for whose, _ in references] == lost["grade_id"].to_list()[:MOST]
    assert references[0][1] == "p: no such prediction is stored"
    assert references[-1][1] == "p: no such prediction is stored (and 5 more)"


def test_the_check_says_that_rows_are_lost_and_ends_with_1(published: Lake) -> None:
    published.write(lambda w: w.rows("DELETE FROM forecast.run"))
    asked = ["--lake", published.location, "lake", "check"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 1
    assert "dangling pub_" in result.stdout
    assert "restore the lake's folder from a copy" in result.stdout
    (Path(published.location) / "data").rename(Path(published.location) / "elsewhere")
    lost = CliRunner().invoke(app, asked)
    assert lost.exit_code == 1
    assert "dangling" not in lost.stdout
    assert "missing" in lost.stdout
