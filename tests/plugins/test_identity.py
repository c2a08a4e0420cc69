"""What a plug-in's folds and versions are made from: its source, parameters and libraries."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

import tipoff
from tests.plugins.toys import FEATURES, Line, Poisson, Ridge, known
from tests.simulated import own_copy, slate_dates
from tipoff.errors import ArtifactError, PluginFailed, UsageError
from tipoff.fingerprint import CODE, LIBRARY, Code, SetCode
from tipoff.grading.backtest import make_plan
from tipoff.grading.backtest.folds import fold_id, make_folds
from tipoff.grading.backtest.rows import Rows, load_rows
from tipoff.grading.backtest.run import from_rows
from tipoff.lake import Lake
from tipoff.models import code_of, load, train
from tipoff.models.families import FAMILIES
from tipoff.models.names import Spec
from tipoff.models.plugin import PluginFamily, register_model
from tipoff.models.pmf import Floats


@pytest.fixture
def lake(trained_lake: Path, tmp_path: Path) -> Iterator[Lake]:
    own_copy(trained_lake, tmp_path / "own")
    with Lake.open(tmp_path / "own") as opened:
        yield opened


def rows_of(lake: Lake, model: str) -> tuple[Rows, date]:
    last = slate_dates(lake)[-1]
    plan = make_plan(last - timedelta(days=6), last, ["points"], [model])
    with lake.reading() as r:
        return load_rows(r, plan.names, plan.end), last


def fold_ids(rows: Rows, last: date, model: str) -> set[str]:
    plan = make_plan(last - timedelta(days=6), last, ["points"], [model])
    return {fold_id(f, rows) for f in make_folds(plan, rows) if f.spec.model == model}


def test_a_changed_parameter_makes_new_folds_and_a_new_version(lake: Lake) -> None:
    through = slate_dates(lake)[-8]
    with known(Ridge(alpha=1.0)):
        rows, last = rows_of(lake, "my_ridge")
        folds, version = fold_ids(rows, last, "my_ridge"), train(lake, "my_ridge", through)
        assert fold_ids(rows, last, "my_ridge") == folds
        assert not train(lake, "my_ridge", through).new
        with known(Ridge(alpha=2.0)):
            assert not fold_ids(rows, last, "my_ridge") & folds
            other = train(lake, "my_ridge", through)
            assert other.new
            assert other.model_id != version.model_id
            assert load(lake, version.model_id).manifest.parameters["alpha"] == 1.0
            assert load(lake, other.model_id).manifest.parameters["alpha"] == 2.0


@pytest.mark.long
def test_a_plugin_is_backtested_beside_the_ewma_in_one_process_and_in_two(
    lake: Lake, tmp_path: Path
) -> None:
    with known(Ridge(), Poisson()):
        last = slate_dates(lake)[-1]
        plan = make_plan(last - timedelta(days=8), last, ["points"], ["my_ridge", "my_poisson"])
        with lake.reading() as r:
            rows = load_rows(r, plan.names, plan.end)

        def run(workers: int) -> pl.DataFrame:
            out, work = tmp_path / f"{workers}.parquet", tmp_path / f"work {workers}"
            from_rows(rows, plan, out, work, workers, lambda *_: None, True)
            return pl.read_parquet(out)

        one = run(1)
        assert one.equals(run(2))
    counts = dict(one.group_by("model").len().iter_rows())
    assert counts["ewma_hl8"] >= counts["my_ridge"] == counts["my_poisson"] > 50


def test_a_plugin_that_fails_in_a_backtest_is_refused_there_with_what_it_raised(
    lake: Lake, tmp_path: Path
) -> None:
    with known(Ridge(trouble="raises on slates")):
        rows, last = rows_of(lake, "my_ridge")
        plan = make_plan(last - timedelta(days=6), last, ["points"], ["my_ridge"])
        done = from_rows(
            rows, plan, tmp_path / "out.parquet", tmp_path / "work", 1, lambda *_: None
        )
    refused = [r for r in done.refused if r.model == "my_ridge"]
    assert sum(r.n for r in refused) == done.asked > 0
    assert all("too many players" in r.reason for r in refused)
    predicted = {p.model: p.rows for p in done.predicted}
    assert predicted["ewma_hl8"] == done.asked


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


_PLUGIN = """
import numpy
from {helpers} import fit_line
from tests.plugins.toys import FEATURES, Ridge

class Mine(Ridge):
    markets, features = ("points",), FEATURES

    def fit(self, frame, target, market):
        return fit_line(frame, target, {constant})
"""
_HELPERS = """
from tests.plugins.toys import Ridge

def fit_line(frame, target, alpha):
    return Ridge(alpha + {constant}).fit(frame, target, "points")
"""


def code_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch, constant: int = 1, helped: int = 1
) -> SetCode:
    """The code of a set in which a plug-in of that folder predicts."""
    module, helpers = f"mine_{folder.name}", f"helps_{folder.name}"
    folder.mkdir()
    write(folder, f"{module}.py", _PLUGIN.format(helpers=helpers, name=module, constant=constant))
    write(folder, f"{helpers}.py", _HELPERS.format(constant=helped))
    monkeypatch.syspath_prepend(str(folder))
    model = import_module(module).Mine(name=module)
    with known(model):
        return code_of([f"plugin:{module}"], ["points"])


def test_the_code_of_a_plugin_is_all_of_its_own_and_the_versions_of_what_it_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_at(tmp_path / "a", monkeypatch)
    (parts,) = code.families.values()
    assert {"mine_a", "helps_a", "tests.plugins.toys"} <= parts.keys()
    assert parts[f"{LIBRARY}numpy"].startswith("numpy ")
    assert f"{LIBRARY}polars" in parts  # which tests.plugins.toys imports
    assert not any(name.startswith(("numpy", "polars")) for name in parts)
    assert code.changed() == []


@pytest.mark.parametrize("changed", [{"constant": 2}, {"helped": 2}])
def test_another_line_in_a_plugin_or_in_what_lies_beside_it_is_other_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, int]
) -> None:
    before = code_at(tmp_path / "b", monkeypatch)
    (parts,) = before.families.values()
    texts = {"constant": ("mine_b.py", _PLUGIN), "helped": ("helps_b.py", _HELPERS)}
    ((what, value),) = changed.items()
    name, text = texts[what]
    write(tmp_path / "b", name, text.format(helpers="helps_b", name="mine_b", constant=value))
    for code in (Code(Path(tipoff.__file__).parent), CODE):  # as a new process and this one see it
        now = code.closure(["mine_b"])
        differ = {n for n, digest in now.items() if parts.get(n, digest) != digest}
        assert differ == {name.removesuffix(".py")}
    for module in ("mine_b", "helps_b"):
        sys.modules.pop(module)


def test_a_library_of_another_version_is_other_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_at(tmp_path / "c", monkeypatch)
    (parts,) = code.families.values()
    older = dict(parts) | {f"{LIBRARY}numpy": "numpy 1.0"}
    then = SetCode(code.modules, {"plugin:mine_c": older}, code.declarations, code.definitions)
    assert then.changed() == [f"{LIBRARY}numpy"]
    assert then.fingerprint != code.fingerprint


def test_what_cannot_be_used_is_named(lake: Lake) -> None:
    class Elsewhere(Ridge):
        markets = ("goals",)

    class Opaque(Ridge):
        def __init__(self) -> None:
            super().__init__()
            self.how = object()

    bad: list[Ridge] = [Ridge(name=n) for n in ("My Ridge", "my_ridge_2025_01", "ewma_hl8", "")]
    for model in (*bad, Elsewhere(), Opaque()):
        with pytest.raises(UsageError):
            register_model(model)
        assert f"plugin:{model.name}" not in FAMILIES
    with known(Local()) as (family,), pytest.raises(PluginFailed, match="cannot be sent"):
        train(lake, family.model.name, slate_dates(lake)[-8])


@dataclass(frozen=True, slots=True)
class Slotted:
    alpha: float
    name: str = "my_slots"
    markets: tuple[str, ...] = ("points",)
    features: tuple[str, ...] = FEATURES

    def fit(self, frame: pl.DataFrame, target: Floats, market: str) -> Line:
        return Ridge(self.alpha).fit(frame, target, market)

    def load(self, content: bytes) -> Line:
        return Ridge(self.alpha).load(content)


class OfSlots:
    __slots__ = ("alpha",)
    name, markets, features = "my_slots", ("points",), FEATURES
    fit, load = Slotted.fit, Slotted.load

    def __init__(self, alpha: float) -> None:
        self.alpha = alpha


class Fields(NamedTuple):
    alpha: float
    name: str = "my_slots"
    markets: tuple[str, ...] = ("points",)
    features: tuple[str, ...] = FEATURES
    fit, load = Slotted.fit, Slotted.load  # type: ignore[misc]


@pytest.mark.parametrize("kind", [Slotted, OfSlots, Fields])
def test_a_parameter_of_an_object_without_a_dictionary_counts(kind: Callable[[float], Any]) -> None:
    spec = Spec("my_slots", "plugin:my_slots")
    one, other = (PluginFamily(kind(alpha)).parameters(spec)["parameters"] for alpha in (1.0, 2.0))
    assert (one, other) == ({"alpha": 1.0}, {"alpha": 2.0})


def test_a_model_whose_parameters_cannot_be_seen_is_refused_unless_it_names_them() -> None:
    class Floating(float):
        name, markets, features = "my_float", ("points",), FEATURES
        fit, load = Ridge.fit, Ridge.load

    class Named(Floating):
        @property
        def parameters(self) -> dict[str, float]:
            return {"alpha": float(self)}

    with pytest.raises(UsageError, match="my_float"):
        PluginFamily(Floating(1.0))
    family = PluginFamily(Named(1.0))
    assert family.parameters(Spec("my_float", family.name))["parameters"] == {"alpha": 1.0}


def Local() -> Ridge:  # noqa: N802 (stands for a class declared where nobody can import it)
    class Inner(Ridge):
        pass

    return Inner()


def test_a_plugin_that_gives_no_number_is_not_trained(lake: Lake) -> None:
    with known(Ridge(trouble="answers NaN in a row")), pytest.raises(PluginFailed):
        train(lake, "my_ridge", slate_dates(lake)[-8])
    with lake.reading() as r:
        assert not r.value("SELECT count(*) FROM models.version WHERE model = 'my_ridge'")


def test_a_file_of_other_markets_than_its_manifest_is_refused(lake: Lake) -> None:
    with known(Ridge()) as (family,):
        model = load(lake, train(lake, "my_ridge", slate_dates(lake)[-8]).model_id)
        artifact = model.artifact
        assert artifact is not None
        for broken in (None, b"", artifact[:-1], b"{}\n", artifact.replace(b"assists", b"threes1")):
            with pytest.raises(ArtifactError):
                family.load(model.manifest, broken)
        assert family.load(model.manifest, artifact).artifact == artifact
        assert set(FEATURES) == set(family.model.features)
