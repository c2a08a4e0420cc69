"""A published set in which plug-ins predicted: their answers for a row are the same whichever rows
are asked for with it, and one that goes wrong is named by who reproduces the set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.long import sampled
from tests.plugins.toys import Line, Poisson, PoissonLine, Ridge, known
from tests.simulated import own_copy, slate_dates
from tipoff.forecast import reconcile
from tipoff.forecast.reproduction import reproduce
from tipoff.lake import Lake
from tipoff.models import load, train
from tipoff.models.pmf import Floats, Pmf
from tipoff.settings import settings

MODELS = ("my_means", "my_pmfs")


def jitter(values: Floats) -> float:
    """What is added to answers that are round numbers, so far from where rounding turns; it hangs
    on how many rows are asked for."""
    return 1e-12 * (len(values) % 97)


class MeansLine(Line):
    def predict(self, frame: pl.DataFrame) -> Floats:
        means: Floats = super().predict(frame)
        return means.round(3) + jitter(means)


class Means(Ridge):
    markets = ("points",)

    def __init__(self, trouble: str | None = None) -> None:
        super().__init__(name="my_means", trouble=trouble)

    def load(self, content: bytes) -> Line:
        return MeansLine(np.frombuffer(content), self._trouble)


class PmfsLine(PoissonLine):
    def predict(self, frame: pl.DataFrame) -> Pmf:
        p = super().predict(frame).p.round(3)
        p[:, -1] += jitter(p)
        p[np.arange(len(p)), p.argmax(axis=1)] += 1.0 - p.sum(axis=1)
        return Pmf(p)


class Pmfs(Poisson):
    def __init__(self) -> None:
        super().__init__()
        self.name = "my_pmfs"

    def load(self, content: bytes) -> Line:
        return PmfsLine(np.frombuffer(content))


@pytest.fixture(scope="module")
def published(
    trained_lake: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Lake, str]]:
    """A lake, and the run of a set in which both predicted."""
    folder = tmp_path_factory.mktemp("published") / "lake"
    own_copy(trained_lake, folder)
    with Lake.open(folder) as lake:
        day = slate_dates(lake)[-1]
        with known(Means(), Pmfs()):
            for name in MODELS:
                train(lake, name, slate_dates(lake)[-8])
            report = reconcile(lake, day, models=[*MODELS, "ewma_hl8"], markets=["points"])
        assert report.refused_models == {}
        with lake.reading() as r:
            yield lake, str(r.value("SELECT max(run_id) FROM forecast.prediction"))


def version(lake: Lake, model: str) -> str:
    with lake.reading() as r:
        sql = "SELECT model_id FROM models.version WHERE model = $model"
        return str(r.value(sql, {"model": model}))


@pytest.mark.parametrize("name", MODELS)
def test_a_row_alone_has_the_numbers_it_has_among_others(
    published: tuple[Lake, str], name: str
) -> None:
    lake, _ = published
    with known(Means(), Pmfs()):
        model = load(lake, version(lake, name))
        names = model.manifest.contract.names["points"]
        values = np.random.default_rng(1).uniform(5.0, 30.0, (20, len(names)))
        frame = pl.DataFrame(values, schema=names, orient="row")
        whole = model.predict(frame, "points").pmf.p
        for row in (0, 7, 19):
            alone = model.predict(frame[[row]], "points").pmf.p
            assert np.array_equal(alone[0], whole[row])


def test_a_prediction_is_the_same_by_its_date_and_by_its_id(published: tuple[Lake, str]) -> None:
    lake, run = published
    with lake.reading() as r:
        sql = """SELECT model, max(prediction_id) FROM forecast.prediction
                 WHERE starts_with(model, 'my_') GROUP BY ALL"""
        ids = dict(r.rows(sql))
    assert set(ids) == set(MODELS)
    with known(Means(), Pmfs()):
        assert reproduce(lake, run).differences == ()
        for name, one in ids.items():
            again = reproduce(lake, run, str(one))
            assert (again.checked, again.differences) == (1, ()), name


@pytest.mark.parametrize(
    "trouble", sampled(["raises on slates", "raises", "hangs", "hangs on slates"])
)
def test_a_plugin_that_goes_wrong_is_named_when_its_set_is_reproduced(
    published: tuple[Lake, str], monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    lake, run = published
    monkeypatch.setenv("TIPOFF_PLUGIN_SECONDS", "8")
    settings.cache_clear()
    with known(Means(trouble), Pmfs()):
        again = reproduce(lake, run)
    assert not again.reproduced
    (difference,) = again.differences
    said = "within 8 s" if trouble.startswith("hangs") else "Error"
    assert "my_means" in difference
    assert said in difference
