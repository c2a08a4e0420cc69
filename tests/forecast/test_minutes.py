"""Expected minutes beside a prediction: whose they are, that they hold, and when there are none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.simulated import built_once, slate_dates
from tipoff.cli import app
from tipoff.features import load_snapshot, training_frame
from tipoff.forecast import explain, find_prediction, reconcile, slate_view
from tipoff.forecast.minutes import expected_minutes
from tipoff.lake import Lake
from tipoff.markets import MARKETS
from tipoff.models import load, parse_model, retire, store
from tipoff.models.champion import Champion, Rounds, past
from tipoff.models.data import training_data
from tipoff.models.families.tipoff import TipoffFamily
from tipoff.results.explanation import Explanation
from tipoff.results.slate import Prediction

NAME = "champion_noline"


def _train(lake: Lake, through: date) -> None:
    spec, family = parse_model(NAME), TipoffFamily(Rounds(60, 60))
    with lake.reading() as r:
        names = family.names(spec, tuple(MARKETS))
        frame = training_frame(r, start=None, through=through, names=names)
    fitted = family.fit(spec, ("points",), training_data(frame, through))
    assert store(lake, fitted)


@pytest.fixture(scope="session")
def minutes_lake(tmp_path_factory: pytest.TempPathFactory, trained_lake: Path) -> Path:
    """The trained lake with a small champion of points, and the last slate by it and by EWMA."""

    def build(folder: Path) -> None:
        shutil.copytree(trained_lake, folder, ignore=shutil.ignore_patterns("built"))
        with Lake.open(folder) as lake, pytest.MonkeyPatch.context() as patch:
            patch.setattr(past, "FEWEST", 100)
            days = slate_dates(lake)
            _train(lake, days[-8])
            reconcile(lake, days[-1], markets=["points"], models=[NAME, "ewma_hl8"])

    return built_once(tmp_path_factory, "minutes-lake", build)


@pytest.fixture
def lake(minutes_lake: Path, tmp_path: Path) -> Iterator[Lake]:
    shutil.copytree(minutes_lake, tmp_path / "minutes")
    with Lake.open(tmp_path / "minutes") as opened:
        yield opened


def one(lake: Lake, model: str) -> Prediction:
    """A prediction of a model: of the player both predict whose name comes first."""
    day = slate_dates(lake)[-1]
    with lake.reading() as r:
        rows = slate_view(r, day).predictions
    both = {p.player_key for p in rows if p.model == NAME}
    mine = [p for p in rows if p.model == model and p.player_key in both]
    return min(mine, key=lambda p: str(p.player_key))


def explained(lake: Lake, prediction: Prediction) -> Explanation:
    with lake.reading() as r:
        return explain(lake, r, *find_prediction(r, prediction.prediction_id))


def test_a_champion_says_its_own_minutes_with_the_spread_of_its_layers(lake: Lake) -> None:
    prediction = one(lake, NAME)
    minutes = explained(lake, prediction).minutes
    assert minutes is not None
    with lake.reading() as r:
        snapshot = load_snapshot(r, r.value("SELECT snapshot_id FROM forecast.run"))
    model = load(lake, minutes.model_id)
    assert isinstance(model, Champion)
    row = snapshot.frame.filter(player_key=prediction.player_key)
    median = model.sight(row).minutes
    low, high = (model.layers.minutes.quantile(median, q)[0] for q in (0.1, 0.9))
    assert (minutes.median, minutes.p10, minutes.p90) == (median[0], low, high)
    assert 0 <= minutes.p10 < minutes.median < minutes.p90 <= 63
    assert minutes.model == NAME


def test_four_of_five_players_of_a_night_play_minutes_in_the_interval(lake: Lake) -> None:
    day = slate_dates(lake)[-1]
    with lake.reading() as r:
        played = dict(r.rows(
            "SELECT p.player_key, minutes FROM forecast.prediction p JOIN league.player_game g"
            " USING (game_id, player_key) WHERE p.model = $name AND minutes > 0", {"name": NAME},
        ))  # fmt: skip
        snapshot = load_snapshot(r, r.value("SELECT snapshot_id FROM forecast.run"))
        version = r.value("SELECT model_id FROM models.version WHERE model = $n", {"n": NAME})
    model, inside = load(lake, version), 0
    with lake.reading() as r:
        for key, minutes in played.items():
            row = snapshot.frame.filter(player_key=key)
            expected = expected_minutes(lake, r, model, row, day, snapshot.definitions)
            assert expected is not None
            inside += expected.p10 <= minutes <= expected.p90
    assert len(played) > 30
    assert 0.65 <= inside / len(played) <= 0.95


@pytest.mark.long
def test_another_models_prediction_borrows_the_champions_minutes_until_that_is_retired(
    lake: Lake,
) -> None:
    prediction = one(lake, "ewma_hl8")
    own = explained(lake, one(lake, NAME)).minutes
    assert explained(lake, prediction).minutes == own
    retire(lake, NAME, "broken")
    assert explained(lake, prediction).minutes is None
    assert explained(lake, one(lake, NAME)).minutes == own, "its own pmf rests on them still"


def test_a_champion_whose_file_is_gone_costs_others_only_the_minutes(lake: Lake) -> None:
    for file in (Path(lake.location) / "models").glob("*.json"):
        file.unlink()
    explanation = explained(lake, one(lake, "ewma_hl8"))
    assert explanation.minutes is None
    assert explanation.features


def test_people_read_the_minutes_in_explain_and_nothing_where_there_are_none(lake: Lake) -> None:
    words = ["--lake", lake.location, "explain", one(lake, "ewma_hl8").prediction_id]
    minutes = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)["minutes"]
    line = (
        f"minutes {minutes['median']:.1f}, 80% {minutes['p10']:.1f}-{minutes['p90']:.1f},"
        f" given that they play (by {NAME})"
    )
    assert line in CliRunner().invoke(app, words).stdout.splitlines()
    retire(lake, NAME, "broken")
    assert "given that they play (by" not in CliRunner().invoke(app, words).stdout
