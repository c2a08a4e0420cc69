"""A plug-in that goes wrong is refused as a model; everybody else's numbers stay as they are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.plugins.toys import Ridge, known
from tests.simulated import own_copy, slate_dates
from tipoff.forecast import reconcile
from tipoff.lake import Lake
from tipoff.models import train

TROUBLES = (
    "raises", "raises on slates", "leaves", "dies", "answers NaN in a row", "answers infinity",
    "answers a row too few", "answers words", "answers pmfs that are none",
)  # fmt: skip


@pytest.fixture(scope="module")
def lake_with_ridge(trained_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake in which a plug-in is trained."""
    folder = tmp_path_factory.mktemp("plugins") / "lake"
    own_copy(trained_lake, folder)
    with Lake.open(folder) as lake, known(Ridge()):
        train(lake, "my_ridge", slate_dates(lake)[-8])
    return folder


@pytest.fixture
def own(lake_with_ridge: Path, tmp_path: Path) -> Path:
    own_copy(lake_with_ridge, tmp_path / "lake")
    return tmp_path / "lake"


def run(folder: Path, model: Ridge) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, list[str]]]:
    """Predictions and refusals of a slate in which a plug-in takes part beside the EWMA."""
    with Lake.open(folder) as lake, known(model):
        day: date = slate_dates(lake)[-1]
        report = reconcile(lake, day, models=["my_ridge", "ewma_hl8"], markets=["points"])
        with lake.reading() as r:
            of_run = {"run": report.run_id}
            rows = r.query("FROM forecast.prediction WHERE run_id = $run ORDER BY ALL", of_run)
            refused = r.query("FROM forecast.refusal WHERE run_id = $run ORDER BY ALL", of_run)
    return rows, refused, {name: list(why) for name, why in report.refused_models.items()}


@pytest.fixture(scope="module")
def healthy(lake_with_ridge: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    folder = tmp_path_factory.mktemp("healthy") / "lake"
    own_copy(lake_with_ridge, folder)
    return run(folder, Ridge())[0]


def of(rows: pl.DataFrame, model: str) -> pl.DataFrame:
    return rows.filter(model=model).drop("run_id", "record_hash", "recorded_seq")


def test_a_plugin_predicts_a_slate_as_a_shadow(healthy: pl.DataFrame) -> None:
    mine, ewma = of(healthy, "my_ridge"), of(healthy, "ewma_hl8")
    assert mine["role"].unique().to_list() == ["shadow"]
    assert mine["player_key"].to_list() == ewma["player_key"].to_list() != []


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_plugin_that_goes_wrong_is_refused_and_the_slate_goes_on(
    own: Path, healthy: pl.DataFrame, trouble: str
) -> None:
    rows, refused, whole = run(own, Ridge(trouble=trouble))
    assert of(rows, "ewma_hl8").equals(of(healthy, "ewma_hl8"))
    assert not of(rows, "my_ridge").height
    mine = refused.filter(model="my_ridge")
    assert mine.height >= of(healthy, "my_ridge").height
    assert "model_error" in mine["reason"].to_list()
    assert list(whole) == ([] if trouble == "raises on slates" else ["my_ridge"])


@pytest.mark.parametrize("trouble", ["hangs", "hangs on slates"])
def test_a_plugin_that_hangs_is_ended_after_its_time_and_the_slate_goes_on(
    own: Path, healthy: pl.DataFrame, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    monkeypatch.setenv("TIPOFF_PLUGIN_SECONDS", "10")
    rows, refused, _ = run(own, Ridge(trouble=trouble))
    assert of(rows, "ewma_hl8").equals(of(healthy, "ewma_hl8"))
    assert not of(rows, "my_ridge").height
    details = refused.filter(model="my_ridge", reason="model_error")["detail"].unique().to_list()
    assert ["within 10 s" in detail for detail in details] == [True]
