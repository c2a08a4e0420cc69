"""A byte flipped in a stored model's file, from the night's run to the repair."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.faults.fixtures import MARKETS
from tests.faults.invariants import deep
from tests.faults.league import Ground
from tests.faults.test_environment import tipoff
from tests.long import sampled
from tests.simulated import built_once
from tipoff.features import training_frame
from tipoff.forecast import find_publication, refused_players
from tipoff.lake import Lake
from tipoff.models import dispersion, parse_model, promote, train, versions_of
from tipoff.models.champion import Rounds, past
from tipoff.models.data import training_data
from tipoff.models.families import catboost
from tipoff.models.families.tipoff import TipoffFamily
from tipoff.models.registry import store
from tipoff.sources import import_folder

FILES = {"catboost_v8": "cbm", "champion_noline": "json"}
"""Each family that has a file and predicts, by one of its models, and the kind of that file."""


@pytest.fixture(scope="module")
def _armed(tmp_path_factory: pytest.TempPathFactory, _tiny: Path, ground: Ground) -> Path:
    def make(folder: Path) -> None:
        shutil.copytree(_tiny, folder, ignore=shutil.ignore_patterns("built"))
        with Lake.open(folder) as lake, pytest.MonkeyPatch.context() as patch:
            patch.setattr(catboost, "MIN_TRAINING_ROWS", 100)
            patch.setattr(dispersion, "MIN_ROWS", 30)
            patch.setattr(past, "FEWEST", 100)
            import_folder(lake, ground.parts[0])
            train(lake, "catboost_v8", ground.days[1])
            _train_champion(lake, ground.days[1])

    return built_once(tmp_path_factory, "tiny-armed", make)


def _train_champion(lake: Lake, through: date) -> None:
    spec, family = parse_model("champion_noline"), TipoffFamily(Rounds(5, 5))
    with lake.reading() as r:
        names = family.names(spec, MARKETS)
        frame = training_frame(r, start=None, through=through, names=names)
    model = family.fit(spec, MARKETS, training_data(frame, through))
    assert store(lake, model)


@pytest.fixture
def armed(_armed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lake of one's own: `ground.days[1]` is published, two models with files are trained for
    the slate of `ground.days[2]`."""
    monkeypatch.setenv("TIPOFF_GATE_LAST_CALL", "0")
    return Path(shutil.copytree(_armed, tmp_path / "armed"))


def file_of(lake: Path, model: str) -> Path:
    with Lake.open(lake) as opened, opened.reading() as r:
        sql = "SELECT artifact FROM models.version WHERE model = $model"
        return lake / str(r.value(sql, {"model": model}))


def flip(path: Path) -> bytes:
    """Change one bit in the middle of a file; what it was before."""
    whole = path.read_bytes()
    at = len(whole) // 2
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    return whole


def said(lake: Path, *words: object) -> Any:
    done = tipoff(lake, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def run_points(lake: Path, ground: Ground, *words: str) -> Any:
    """`tipoff run` of the second slate, in points, and the whole of what it shows then."""
    said(lake, "run", ground.days[2], "--market", "points", *words)
    return whole_slate(lake, ground.days[2])


def whole_slate(lake: Path, day: date) -> Any:
    """A slate with every model's predictions."""
    return said(lake, "slate", day, "--all-models")


def of_others(view: Any, model: str) -> dict[str, Any]:
    """Prediction id -> prediction of every other model."""
    return {p["prediction_id"]: p for p in view["predictions"] if p["model"] != model}


def refused(lake: Path, ground: Ground) -> set[tuple[str, str]]:
    """(model, reason) of the second slate, but for players who are out or new."""
    with Lake.open(lake) as opened, opened.reading() as r:
        rows = refused_players(r, find_publication(r, ground.days[2]).run_id)
    usual = ("out", "no_line", "bootstrap")
    return {(m, row.reason) for row in rows for m in row.models if row.reason not in usual}


@pytest.mark.parametrize(("model", "kind"), sampled(FILES.items()))
def test_a_flipped_byte_refuses_that_model_and_changes_no_number_of_another(
    model: str, kind: str, armed: Path, ground: Ground, tmp_path: Path
) -> None:
    whole = run_points(Path(shutil.copytree(armed, tmp_path / "whole")), ground)
    before = whole_slate(armed, ground.days[1])
    flip(harmed := file_of(armed, model))
    assert harmed.suffix == f".{kind}"
    done = tipoff(armed, "run", ground.days[2], "--market", "points")
    assert done.returncode == 0, done.stderr
    assert f"model {model} refused: {harmed} hashes to" in done.stdout
    slate = whole_slate(armed, ground.days[2])
    assert refused(armed, ground) == {(model, "artifact")}
    assert of_others(slate, model) == of_others(whole, model) != {}
    assert {p["model"] for p in slate["predictions"]} == {
        p["model"] for p in whole["predictions"]
    } - {model}
    assert slate["expected"] == whole["expected"]
    assert whole_slate(armed, ground.days[1]) == before
    named = tipoff(armed, "lake", "check", "--json")
    assert named.returncode == 1
    troubles = [(t["kind"], t["what"]) for t in json.loads(named.stdout)["problems"]]
    assert troubles == [("damaged", str(harmed))]
    with Lake.open(armed) as lake:
        assert deep(lake) == []


@pytest.mark.long
def test_a_file_that_is_whole_again_is_tried_by_the_next_run_without_being_asked(
    armed: Path, ground: Ground
) -> None:
    whole = flip(harmed := file_of(armed, "champion_noline"))
    assert not said(armed, "run", ground.days[2])["nothing_to_do"]
    assert said(armed, "run", ground.days[2])["nothing_to_do"]
    harmed.write_bytes(whole)
    again = said(armed, "run", ground.days[2])
    assert not again["nothing_to_do"]
    assert "champion_noline" in {
        p["model"] for p in whole_slate(armed, ground.days[2])["predictions"]
    }
    assert refused(armed, ground) == set()
    assert said(armed, "run", ground.days[2])["nothing_to_do"]


def test_nobody_takes_the_seat_of_a_champion_whose_file_is_damaged_and_the_slate_says_so(
    armed: Path, ground: Ground
) -> None:
    with Lake.open(armed) as lake:
        with lake.reading() as r:
            promoted = str(versions_of(r, "champion_noline")[0]["model_id"])
        promote(lake, promoted, "points", "the best there is")
    flip(file_of(armed, "champion_noline"))
    slate = run_points(armed, ground)
    roles = {(p["model"], p["role"]) for p in slate["predictions"]}
    assert ("ewma_hl8", "challenger") in roles
    assert not [model for model, role in roles if role == "champion"]
    people = tipoff(armed, "slate", ground.days[2])
    assert people.returncode == 0
    assert "points by" not in people.stdout
    assert "points: its champion champion_noline predicts nobody: artifact" in people.stdout
    other = tipoff(armed, "slate", ground.days[2], "--model", "ewma_hl8").stdout
    assert "points by ewma_hl8 (challenger)" in other
    assert "its champion" not in other
