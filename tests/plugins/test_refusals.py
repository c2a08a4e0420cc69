"""A plug-in that goes wrong is refused as a model; everybody else's numbers stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.plugins.toys import Ridge, known
from tests.simulated import own_copy, slate_dates
from tipoff.errors import PluginFailed, PluginTimeout, UsageError
from tipoff.forecast import reconcile, versions
from tipoff.grading.backtest import make_plan
from tipoff.grading.backtest.rows import load_rows
from tipoff.grading.backtest.run import from_rows
from tipoff.installed import BROKEN
from tipoff.lake import Lake
from tipoff.models import load, train
from tipoff.results.backtest import Backtest
from tipoff.results.work import RunReport
from tipoff.settings import settings

TROUBLES = {
    "my_well": None, "my_raising": "raises on slates", "my_hanging": "hangs",
    "my_late": "hangs on slates", "my_nan": "answers NaN in a row",
}  # fmt: skip
"""Plug-in -> what goes wrong with it once it is trained."""


@pytest.fixture
def lake(trained_lake: Path, tmp_path: Path) -> Iterator[Lake]:
    own_copy(trained_lake, tmp_path / "own")
    with Lake.open(tmp_path / "own") as opened:
        yield opened


@pytest.fixture(scope="module")
def one_lake(trained_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """A lake in which a plug-in is trained, for tests that only load it."""
    folder = tmp_path_factory.mktemp("plugins") / "lake"
    own_copy(trained_lake, folder)
    with Lake.open(folder) as lake, known(Ridge()):
        train(lake, "my_ridge", slate_dates(lake)[-8])
        yield lake


@pytest.fixture
def version(one_lake: Lake) -> str:
    with one_lake.reading() as r:
        return str(r.value("SELECT model_id FROM models.version WHERE model = 'my_ridge'"))


def run_ridge(lake: Lake, day: date) -> RunReport:
    return reconcile(lake, day, models=["my_ridge"], markets=["points"])


def patience(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    monkeypatch.setenv("TIPOFF_PLUGIN_SECONDS", str(seconds))
    settings.cache_clear()


@pytest.mark.parametrize(
    "trouble",
    ["raises", "leaves", "dies", "answers NaN in a row", "answers infinity",
     "answers a row too few", "answers words", "answers pmfs that are none",
     "answers by the rows beside it", "answers at random"],
)  # fmt: skip
def test_a_plugin_that_goes_wrong_is_no_model(one_lake: Lake, version: str, trouble: str) -> None:
    with known(Ridge(alpha=2.0, trouble=trouble)), pytest.raises(PluginFailed, match="my_ridge"):
        load(one_lake, version)


def test_a_plugin_that_hangs_is_ended_after_its_time(
    one_lake: Lake, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience(monkeypatch, 8)
    with known(Ridge(alpha=2.0, trouble="hangs")) as (family,):
        with pytest.raises(PluginTimeout, match="within 8 s"):
            load(one_lake, version)
        assert getattr(family, "process")._child is None  # noqa: B009 (of its own family only)


@pytest.mark.long
def test_a_plugin_that_hangs_on_held_out_rows_is_ended_in_training_too(
    one_lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience(monkeypatch, 8)
    with known(Ridge(alpha=3.0, trouble="hangs")), pytest.raises(PluginTimeout):
        train(one_lake, "my_ridge", slate_dates(one_lake)[-8])


@pytest.mark.long
def test_a_plugin_that_hangs_in_a_backtest_is_refused_there_and_asked_again_by_the_next(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = slate_dates(lake)[-1]

    def run(model: Ridge) -> Backtest:
        with known(model):
            plan = make_plan(last - timedelta(days=2), last, ["points"], [model.name])
            with lake.reading() as r:
                rows = load_rows(r, plan.names, plan.end)
            out, work = tmp_path / "out.parquet", tmp_path / "work"
            return from_rows(rows, plan, out, work, 1, lambda *_: None)

    def predicted(done: Backtest) -> dict[str, int]:
        return {p.model: p.rows for p in done.predicted}

    patience(monkeypatch, 8)
    done = run(Ridge(trouble="hangs"))
    assert predicted(done)["my_ridge"] == 0
    assert predicted(done)["ewma_hl8"] == done.asked
    refused = [r for r in done.refused if r.model == "my_ridge"]
    assert sum(r.n for r in refused) == done.asked > 0
    assert all("within 8 s" in r.reason and "next backtest" in r.reason for r in refused)
    patience(monkeypatch, 60)
    again = run(Ridge())
    assert 0 < predicted(again)["my_ridge"] <= again.asked
    assert again.fitted == done.folds - done.fitted > 0
    assert again.sha256 != done.sha256


def test_whatever_goes_wrong_with_plugins_the_slate_goes_on_with_all_others(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = slate_dates(lake)
    with known(*(Ridge(name=name) for name in TROUBLES)):
        for name in TROUBLES:
            train(lake, name, days[-8])
    names = [*TROUBLES, "ewma_hl8"]
    # Long enough for five processes to start on a busy machine.
    patience(monkeypatch, 30)
    monkeypatch.setattr(versions, "SHADOW_SECONDS", 90.0)
    with ExitStack() as stack:
        stack.enter_context(known(*(Ridge(name=n, trouble=t) for n, t in TROUBLES.items())))
        report = reconcile(lake, days[-1], models=names, markets=["points", "assists"])
    with lake.reading() as r:
        sql = """SELECT model, market, count(*) FROM forecast.prediction GROUP BY ALL"""
        predicted = {(model, market): n for model, market, n in r.rows(sql)}
        sql = """SELECT DISTINCT model, market, detail FROM forecast.refusal
                 WHERE reason = 'model_error'"""
        details = {(model, market): detail for model, market, detail in r.rows(sql)}
        sql = """SELECT model, count(*) FROM forecast.refusal WHERE reason = 'out' GROUP BY ALL"""
        out = dict(r.rows(sql))
    assert "my_well" not in {model for model, _ in details}, details
    assert {model for model, _ in predicted} == {"my_well", "ewma_hl8"}
    assert predicted["my_well", "points"] == predicted["ewma_hl8", "points"] > 20
    assert len({out[name] for name in names}) == 1, "whoever is out is out for every model"
    wrong = {name for name, trouble in TROUBLES.items() if trouble}
    assert set(details) == {(name, market) for name in wrong for market in ("points", "assists")}
    assert set(report.refused_models) == set(report.next_steps) == wrong
    reasons = report.refused_models["my_raising"]
    assert all("toys.py:" in reason for reason in reasons)
    free = (report.expected // len(names) - out["my_well"]) // 2
    assert all(f"({free} refused)" in reason for reason in reasons)


@pytest.mark.long
def test_what_changed_since_a_plugin_was_trained_is_said_until_it_is_trained_again(
    lake: Lake,
) -> None:
    days = slate_dates(lake)
    with known(Ridge()):
        train(lake, "my_ridge", days[-8])
        assert run_ridge(lake, days[-1]).changed_models == {}
    with known(Ridge(alpha=5.0)):
        report = run_ridge(lake, days[-1])
        assert report.changed_models == {"my_ridge": ("alpha 1.0 -> 5.0",)}
        assert "tipoff train my_ridge" in report.next_steps["my_ridge"]
        train(lake, "my_ridge", days[-8])
        again = run_ridge(lake, days[-1])
        assert (again.changed_models, again.next_steps) == ({}, {})


def test_a_model_whose_plugin_is_broken_is_refused_with_why_and_the_slate_goes_on(
    lake: Lake,
) -> None:
    days = slate_dates(lake)
    with known(Ridge()):
        train(lake, "my_ridge", days[-8])
    BROKEN["mine:Ridge"] = UsageError("mine.py: no colon", "mend it")
    try:
        report = reconcile(lake, days[-1], models=["my_ridge", "ewma_hl8"], markets=["points"])
    finally:
        BROKEN.clear()
    assert "mine.py" in report.refused_models["my_ridge"][0]
    assert report.predicted > 20
