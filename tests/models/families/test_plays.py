"""P(plays): learned from rosters, read out of sample by season, shown and used for nothing else."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from tests.simulated import slate_dates
from tipoff.cli import app
from tipoff.errors import ArtifactError, UsageError
from tipoff.lake import Lake
from tipoff.models import eligible, train
from tipoff.models.data import training_data
from tipoff.models.families import FAMILIES
from tipoff.models.families.plays import (
    MISSED,
    RATING,
    ROTATIONS,
    TARGET,
    Plays,
    fit_plays,
    walk_forward,
)

NAMES = (RATING, MISSED, "signal")
DEFINITIONS = {name: f"def_{name}" for name in NAMES}


def rosters(n: int = 6000) -> pl.DataFrame:
    """Roster rows of two seasons; a high `signal` keeps a player out."""
    rng = np.random.default_rng(12)
    signal = rng.normal(size=n)
    out = rng.random(n) < 1 / (1 + np.exp(1.5 - 2 * signal))
    return pl.DataFrame({
        "game_id": [f"g{i // 12}" for i in range(n)], "player_key": [f"p{i}" for i in range(n)],
        "game_date": [date(2023, 11, 1) + timedelta(days=i // 24) for i in range(n)],
        "season": ["2023-24" if i < n // 2 else "2024-25" for i in range(n)],
        RATING: rng.uniform(4, 36, n), MISSED: rng.integers(0, 12, n).astype(float),
        "signal": signal, TARGET: (~out).astype(float),
    })  # fmt: skip


@pytest.fixture(scope="module")
def fitted() -> Plays:
    return fit_plays(training_data(rosters(), date(2030, 1, 1)), NAMES, DEFINITIONS)


def test_who_is_likely_out_gets_a_low_chance_and_who_is_on_no_roster_none(fitted: Plays) -> None:
    rows = pl.DataFrame({RATING: [20.0] * 3, MISSED: [0.0, 0.0, None], "signal": [3.0, -2.0, 0.0]})
    answer = fitted.predict(rows)
    assert answer.ok.tolist() == [True, True, False]
    assert answer.pmf.p[0, 1] < 0.3 < 0.9 < answer.pmf.p[1, 1]


def test_the_auc_is_that_of_the_newest_season_by_a_fit_on_the_one_before() -> None:
    frame = rosters()
    season, figures = walk_forward(frame, NAMES)
    assert season == "2024-25"
    assert [(r.minutes, r.missed) for r in figures] == list(ROTATIONS)
    newer = frame.filter(season="2024-25").filter((pl.col(RATING) >= 12) & (pl.col(MISSED) < 10))
    auc, loss = figures[0].auc, figures[0].log_loss
    assert auc is not None
    assert loss is not None
    assert (auc.n, auc.positives) == (newer.height, newer.filter(pl.col(TARGET) == 0).height)
    assert 0.8 < auc.low < auc.value < auc.high < 0.95
    changed = frame.with_columns(
        pl.when(pl.col("season") == "2024-25").then(1 - pl.col(TARGET)).otherwise(TARGET)
        .alias(TARGET)
    )  # fmt: skip
    turned = walk_forward(changed, NAMES)[1][0].auc
    assert turned is not None
    assert turned.value == pytest.approx(1 - auc.value, abs=1e-12)


def test_bytes_that_are_not_its_own_are_refused(fitted: Plays) -> None:
    for content in (b"nothing", b"", None):
        with pytest.raises(ArtifactError):
            FAMILIES["plays"].load(fitted.manifest, content)
    with pytest.raises(ArtifactError, match="other features"):
        FAMILIES["plays"].load(fitted.manifest, fitted.artifact.replace(b"signal", b"single"))


@pytest.fixture(scope="module")
def with_plays(published_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plays") / "lake"
    shutil.copytree(published_lake, folder)
    with Lake.open(folder) as lake:
        through = slate_dates(lake)[-1] - timedelta(days=1)
        report = train(lake, "plays", through)
        assert report.new
        assert len(report.evaluations) == len(ROTATIONS)
        assert not train(lake, "plays", through).new
    return folder


def said(folder: Path, *arguments: str) -> dict[str, object]:
    done = CliRunner().invoke(app, ["--lake", str(folder), *arguments, "--json"])
    assert done.exit_code == 0, done.output
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_player_and_explain_say_p_plays_beside_numbers_it_does_not_change(
    with_plays: Path, published_lake: Path
) -> None:
    with Lake.open(with_plays) as lake:
        day = slate_dates(lake)[-1]
        with lake.reading() as r:
            name = r.value("SELECT min(player) FROM forecast.prediction")
            assert "plays" not in {seat.model for seat in eligible(r, day)}
    words = ("player", name, str(day))
    before, after = (said(folder, *words) for folder in (published_lake, with_plays))
    rows, plain = after["predictions"], before["predictions"]
    assert isinstance(rows, list)
    assert isinstance(plain, list)
    assert rows
    assert all(0 < row["p_plays"] < 1 for row in rows)
    assert all(row["p_plays"] is None for row in plain)
    assert [row | {"p_plays": None} for row in rows] == plain
    explained = said(with_plays, "explain", rows[0]["prediction_id"])
    assert explained["p_plays"] == rows[0]["p_plays"]


def test_an_empty_league_has_too_few_rows(tmp_path: Path) -> None:
    with Lake.open(tmp_path / "lake", create=True) as lake, pytest.raises(UsageError, match="few"):
        train(lake, "plays", date(2024, 1, 1))
