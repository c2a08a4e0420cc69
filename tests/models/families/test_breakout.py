"""The breakout classifier: learns from role players, is read out of sample, and stays a shadow."""

import json
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from tests.simulated import built_once, slate_dates
from tipoff.cli import app
from tipoff.errors import ArtifactError, NotFound, UsageError
from tipoff.forecast import reconcile
from tipoff.lake import Lake
from tipoff.models import eligible, load, train
from tipoff.models.data import training_data
from tipoff.models.families import FAMILIES
from tipoff.models.families.breakout import (
    MEAN,
    SCORE,
    TARGET,
    Breakout,
    fit_breakout,
    role_players,
    walk_forward,
)

NAMES = (MEAN, "signal", "noise")
DEFINITIONS = {name: f"def_{name}" for name in NAMES}


def games(n: int = 3000) -> pl.DataFrame:
    """Role players and others in two seasons; a high `signal` makes a breakout likely."""
    rng = np.random.default_rng(5)
    mean, signal = rng.uniform(4, 22, n), rng.normal(size=n)
    broke = rng.random(n) < 1 / (1 + np.exp(2.5 - 1.5 * signal))
    return pl.DataFrame({
        "game_id": [f"g{i // 10}" for i in range(n)], "player_key": [f"p{i}" for i in range(n)],
        "game_date": [date(2023, 11, 1) + timedelta(days=i // 10) for i in range(n)],
        "season": ["2023-24" if i < n // 2 else "2024-25" for i in range(n)],
        MEAN: mean, "signal": signal, "noise": rng.normal(size=n), SCORE: rng.normal(size=n),
        TARGET: np.where(broke, np.ceil(1.75 * mean), np.floor(mean)),
    })  # fmt: skip


@pytest.fixture(scope="module")
def fitted() -> Breakout:
    data = training_data(games(), date(2030, 1, 1))
    return fit_breakout(data.narrowed(role_players(data.frame)), NAMES, DEFINITIONS)


def test_only_role_players_get_a_chance(fitted: Breakout) -> None:
    frame = (
        games()
        .head(200)
        .with_columns(pl.when(pl.int_range(pl.len()) == 0).then(None).otherwise(MEAN).alias(MEAN))
    )
    answer = fitted.predict(frame)
    inside = frame[MEAN].is_between(8, 16).fill_null(value=False).to_numpy()
    assert (answer.ok == inside).all()
    assert np.isnan(answer.pmf.p[~inside]).all()
    assert ((answer.pmf.p[inside, 1] > 0) & (answer.pmf.p[inside, 1] < 1)).all()


def test_it_learns_what_there_is_to_learn_and_the_newest_season_is_out_of_sample() -> None:
    frame = games()
    frame = frame.filter(pl.Series(role_players(frame)))
    season, auc, by_hand = walk_forward(frame, NAMES)
    assert season == "2024-25"
    assert auc is not None
    assert by_hand is not None
    assert auc.low > 0.7
    assert by_hand.low < 0.5 < by_hand.high
    assert auc.n == frame.filter(season="2024-25").height


def test_outcomes_of_the_newest_season_do_not_change_what_is_predicted_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tipoff.models.families import breakout

    seen: list[np.ndarray] = []
    real = breakout._chance

    def spy(*args: object) -> np.ndarray:
        seen.append(real(*args))  # type: ignore[arg-type]
        return seen[-1]

    monkeypatch.setattr(breakout, "_chance", spy)
    frame = games()
    frame = frame.filter(pl.Series(role_players(frame)))
    walk_forward(frame, NAMES)
    turned = pl.when(pl.col("season") == "2024-25").then(30.0 - pl.col(TARGET))
    walk_forward(frame.with_columns(turned.otherwise(TARGET).alias(TARGET)), NAMES)
    assert (seen[0] == seen[1]).all()


def test_one_season_alone_has_nothing_to_read() -> None:
    frame = games().with_columns(season=pl.lit("2024-25"))
    assert walk_forward(frame, NAMES) == (None, None, None)


def test_the_same_rows_give_the_same_version(fitted: Breakout) -> None:
    data = training_data(games().sample(fraction=1.0, shuffle=True, seed=3), date(2030, 1, 1))
    again = fit_breakout(data.narrowed(role_players(data.frame)), NAMES, DEFINITIONS)
    assert again.manifest.model_id == fitted.manifest.model_id
    assert len(fitted.manifest.golden) == 3


@pytest.fixture(scope="module")
def shadow_lake(published_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published lake with a classifier trained on the games before its slate."""

    def build(folder: Path) -> None:
        shutil.copytree(published_lake, folder, ignore=shutil.ignore_patterns("built"))
        with Lake.open(folder) as lake:
            assert train(lake, "breakout", slate_dates(lake)[-8]).new

    return built_once(tmp_path_factory, "shadow-lake", build)


@pytest.fixture
def shadowed(shadow_lake: Path, tmp_path: Path) -> Iterator[tuple[Lake, date, str]]:
    """That lake to write to, its slate's date and the classifier's id."""
    shutil.copytree(shadow_lake, tmp_path / "shadowed")
    with Lake.open(tmp_path / "shadowed") as lake:
        day = slate_dates(lake)[-1]
        with lake.reading() as r:
            model_id = r.value("SELECT model_id FROM models.version WHERE model = 'breakout'")
        yield lake, day, model_id


def predicted(lake: Lake) -> list[tuple[object, ...]]:
    with lake.reading() as r:
        sql = "SELECT prediction_id, model, mean FROM forecast.current_prediction ORDER BY ALL"
        return r.rows(sql)


def test_a_shadow_has_no_seat_and_cannot_break_the_slate(
    shadowed: tuple[Lake, date, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Incident 31: a shadow's bug stopped all predictions."""

    def falls_over(*_: object) -> None:
        raise RuntimeError("boom")

    lake, day, model_id = shadowed
    before = predicted(lake)
    monkeypatch.setattr(Breakout, "predict", falls_over)
    monkeypatch.setattr(type(FAMILIES["breakout"]), "load", falls_over)
    report = reconcile(lake, day, reason="with a broken shadow")
    assert report.publication.kind == "regenerate"
    assert predicted(lake) == before
    with lake.reading() as r:
        assert model_id not in {seat.model_id for seat in eligible(r, day)}


def test_the_command_reads_the_published_snapshot_and_says_shadow(
    shadowed: tuple[Lake, date, str],
) -> None:
    lake, day, model_id = shadowed
    asked = ["--lake", lake.location, "breakouts", str(day)]
    said = CliRunner().invoke(app, asked)
    assert said.exit_code == 0, said.output
    assert "SHADOW" in said.stdout
    answer = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert (answer["role"], answer["model_id"]) == ("shadow", model_id)
    chances = [row["p_breakout"] for row in answer["players"]]
    assert chances == sorted(chances, reverse=True)
    assert all(8 <= row["points_avg_season"] <= 16 for row in answer["players"])
    early = CliRunner().invoke(app, [*asked[:-1], "2020-01-01"])
    assert isinstance(early.exception, NotFound)


def test_a_changed_artifact_is_not_loaded(shadowed: tuple[Lake, date, str]) -> None:
    lake, _, model_id = shadowed
    with lake.reading() as r:
        path = r.value("SELECT artifact FROM models.version WHERE model_id = $i", {"i": model_id})
    Path(lake.location, path).write_bytes(b"changed")
    with pytest.raises(ArtifactError, match="hashes to"):
        load(lake, model_id)


def test_train_takes_the_date_of_a_monthly_refit_from_its_name(
    shadowed: tuple[Lake, date, str],
) -> None:
    lake, day, _ = shadowed
    name, folder = f"catboost_v9_{day:%Y_%m}", lake.location
    done = CliRunner().invoke(app, ["--lake", folder, "train", name, "--json"])
    assert done.exit_code == 0, repr(done.exception)
    assert json.loads(done.stdout)["trained_through"] == str(day.replace(day=1) - timedelta(days=1))
    with lake.reading() as r:
        assert name in {seat.model for seat in eligible(r, day, "points")}
    asked = CliRunner().invoke(app, ["--lake", folder, "train", "breakout"])
    assert isinstance(asked.exception, UsageError)
