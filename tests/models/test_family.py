"""A family is one declaration: a toy is trained, seated, run, explained, reproduced, backtested.

Nothing in `src` knows of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from tests.simulated import own_copy, slate_dates
from tipoff.cli import app
from tipoff.errors import ArtifactError, UsageError
from tipoff.features import definition_hashes
from tipoff.forecast import explain, reconcile, reproduce
from tipoff.grading.backtest import make_plan
from tipoff.grading.backtest.rows import load_rows
from tipoff.grading.backtest.run import from_rows
from tipoff.lake import Lake
from tipoff.markets import MARKETS
from tipoff.models import (
    Manifest,
    ModelFamily,
    Prediction,
    Spec,
    eligible,
    load,
    negative_binomial,
    parse_model,
    register,
)
from tipoff.models.contract import make_contract
from tipoff.models.data import TrainingData
from tipoff.models.families import FAMILIES
from tipoff.models.family import Progress, silent
from tipoff.models.golden import finished, make_golden
from tipoff.models.manifest import make_manifest
from tipoff.models.model import column


@dataclass(frozen=True)
class Toy:
    """Poisson at a multiple of the mean of the last five games."""

    manifest: Manifest
    scales: dict[str, float]

    @property
    def artifact(self) -> bytes:
        return json.dumps(self.scales, sort_keys=True).encode()

    def predict(self, frame: pl.DataFrame, market: str) -> Prediction:
        mean = self.scales[market] * column(frame, f"{market}_avg_last_5")
        pmf = negative_binomial(np.maximum(mean, 0.05), 1.0, MARKETS[market].top)
        return Prediction(pmf, ~np.isnan(mean))


_TOYS = {"toy": Spec("toy", "toy")}


class ToyFamily(ModelFamily[Toy]):
    name, specs, monthly = "toy", _TOYS, ("toy",)
    suffix, role = "json", "challenger"

    def covers(self, spec: Spec) -> tuple[str, ...]:
        return ("points", "pra")

    def names(self, spec: Spec, markets: Sequence[str]) -> tuple[str, ...]:
        return tuple(f"{m}_avg_last_5" for m in markets)

    def parameters(self, spec: Spec) -> Mapping[str, Any]:
        return {}

    def fit(
        self, spec: Spec, markets: Sequence[str], data: TrainingData, progress: Progress = silent
    ) -> Toy:
        names = {m: self.names(spec, (m,)) for m in markets}
        known = data.frame.drop_nulls([n for of in names.values() for n in of])
        scales = {
            m: float(column(known, f"y_{m}").sum() / column(known, n).sum())
            for m, (n,) in names.items()
        }
        contract = make_contract(names, definition_hashes())
        targets = [f"y_{m}" for m in markets]
        toy = Toy(make_manifest(spec.model, self.name, contract, data, targets, __name__), scales)
        return finished(toy, make_golden(toy, known))

    def load(self, manifest: Manifest, artifact: bytes | None) -> Toy:
        if artifact is None:
            raise ArtifactError("no file")
        return Toy(manifest, json.loads(artifact))

    def explain(self, model: Toy, row: pl.DataFrame, market: str) -> tuple[float, dict[str, float]]:
        name = f"{market}_avg_last_5"
        return 0.0, {name: model.scales[market] * float(column(row, name)[0])}


@pytest.fixture
def lake(trained_lake: Path, tmp_path: Path) -> Iterator[Lake]:
    """A simulated league of one's own."""
    own_copy(trained_lake, tmp_path / "own")
    with Lake.open(tmp_path / "own") as opened:
        yield opened


@pytest.fixture
def toy() -> Iterator[ToyFamily]:
    """The family, known to this process for the length of a test."""
    family = ToyFamily()
    register(family)
    yield family
    FAMILIES.pop("toy", None)


def tipoff(lake: Lake, *words: object) -> str:
    done = CliRunner().invoke(app, ["--lake", lake.location, *map(str, words)])
    assert done.exit_code == 0, f"{done.output} {done.exception!r}"
    return done.stdout


def test_a_toy_is_trained_by_its_name_and_reported_like_any_other(
    lake: Lake, toy: ToyFamily
) -> None:
    through = slate_dates(lake)[-8]
    report = json.loads(tipoff(lake, "train", "toy", "--through", through, "--json"))
    (held_out,) = report.pop("evaluations")
    assert held_out["of"] == "hold-out (newest dates, points)"
    assert 2 < held_out["figures"]["CRPS"]["value"] < held_out["figures"]["MAE"]["value"] < 8
    assert (Path(lake.location) / "models").joinpath(f"{_sha(lake)}.json").exists()
    said = tipoff(lake, "train", "toy", "--through", through)
    assert f"toy  {report['model_id']}  already stored, nothing to do" in said
    assert f"trained on {report['rows']} player-games" in said
    assert f"CRPS {held_out['figures']['CRPS']['value']:.3f}, n = {held_out['n']}" in said


def _sha(lake: Lake) -> str:
    with lake.reading() as r:
        return str(r.value("SELECT artifact_sha256 FROM models.version WHERE model = 'toy'"))


def test_a_toy_takes_its_familys_seat_and_its_forecasts_are_explained_and_reproduced(
    lake: Lake, toy: ToyFamily, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = slate_dates(lake)
    model_id = json.loads(tipoff(lake, "train", "toy", "--through", days[-8], "--json"))["model_id"]
    with lake.reading() as r:
        seats = {(s.model, s.market): s for s in eligible(r, days[-1])}
    assert {m: s.role for (name, m), s in seats.items() if name == "toy"} == dict.fromkeys(
        ("points", "pra"), "challenger"
    )
    run = reconcile(lake, days[-1], models=["toy", "ewma_hl8"], markets=["points", "pra"]).run_id
    with lake.reading() as r:
        sql = "SELECT prediction_id, mean, market FROM forecast.prediction WHERE model = 'toy'"
        rows = r.rows(sql)
        answer = explain(lake, r, run, rows[0][0]).to_dict()
    assert {market for *_, market in rows} == {"points", "pra"}
    parts = {f["name"]: f["contribution"] for f in answer["features"]}
    assert list(parts) == [f"{rows[0][2]}_avg_last_5"]
    assert sum(parts.values()) == pytest.approx(rows[0][1], abs=1e-3)
    assert answer["model"]["model_id"] == model_id
    monkeypatch.setattr(ToyFamily, "explain", ModelFamily.explain)
    with lake.reading() as r:
        silent_one = explain(lake, r, run, rows[0][0]).to_dict()
    assert (silent_one["base"], silent_one["features"][0]["contribution"]) == (None, None)
    assert silent_one["prediction"] == answer["prediction"]
    again = reproduce(lake, run)
    assert again.reproduced, again.differences
    assert again.checked > len(rows)


@pytest.mark.long
def test_a_toy_is_backtested_beside_the_ewma_in_one_process_and_in_two(
    lake: Lake, toy: ToyFamily, tmp_path: Path
) -> None:
    last = slate_dates(lake)[-1]
    plan = make_plan(last - timedelta(days=13), last, ["points", "rebounds"], ["toy"])
    with lake.reading() as r:
        rows = load_rows(r, plan.names, plan.end)

    def run(workers: int) -> pl.DataFrame:
        out, work = tmp_path / f"{workers}.parquet", tmp_path / f"work {workers}"
        from_rows(rows, plan, out, work, workers, lambda *_: None, True)
        return pl.read_parquet(out)

    one = run(1)
    counts = dict(one.filter(market="points").group_by("model").len().iter_rows())
    assert counts["toy"] == counts["ewma_hl8"] > 100
    assert one.filter(model="toy")["market"].unique().to_list() == ["points"]
    assert one.equals(run(2))


def test_a_toys_monthly_refit_has_its_date_in_its_name(lake: Lake, toy: ToyFamily) -> None:
    day = slate_dates(lake)[-1]
    report = json.loads(tipoff(lake, "train", f"toy_{day:%Y_%m}", "--json"))
    assert report["trained_through"] == str(day.replace(day=1) - timedelta(days=1))


@pytest.mark.long
def test_who_does_not_have_the_family_sees_its_version_refused_and_the_slate_go_on(
    lake: Lake, toy: ToyFamily
) -> None:
    days = slate_dates(lake)
    model_id = json.loads(tipoff(lake, "train", "toy", "--through", days[-8], "--json"))["model_id"]
    del FAMILIES["toy"]
    with pytest.raises(ArtifactError, match="of the family 'toy', which this tipoff does not know"):
        load(lake, model_id)
    with lake.reading() as r:
        assert {s.role for s in eligible(r, days[-1]) if s.model == "toy"} == {"shadow"}
    report = reconcile(lake, days[-1], models=["toy", "ewma_hl8"], markets=["points"])
    assert list(report.refused_models) == ["toy"]
    assert report.predicted > 0


def test_names_are_taken_once(toy: ToyFamily) -> None:
    assert parse_model("toy_2025_01").family == "toy"
    with pytest.raises(UsageError, match="family 'toy' already"):
        register(ToyFamily())

    class Other(ToyFamily):
        name, specs = "other", {"last_5": Spec("last_5", "other")}

    with pytest.raises(UsageError, match="a model of 'baseline' already"):
        register(Other())
    with pytest.raises(UsageError, match=r"there are .*toy, toy_YYYY_MM"):
        parse_model("toys")
