"""`tipoff models` and `tipoff train`: what they print, as text and as JSON."""

import json
from datetime import date
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tests.models.league_frame import definitions, league_frame
from tipoff.cli.models import app as models
from tipoff.cli.train import train
from tipoff.errors import NotFound, UsageError
from tipoff.lake import Lake
from tipoff.models.data import training_data
from tipoff.models.families.baseline import fit_baseline
from tipoff.models.registry import store

app = typer.Typer()
app.command("train")(train)
app.add_typer(models, name="models")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "lake"
    data = training_data(league_frame(), date(2024, 11, 30))
    with Lake.open(folder, create=True) as lake:
        for name in ("ewma_hl8", "last_5", "season_mean"):
            store(lake, fit_baseline(name, data, definitions()))
    return folder


@pytest.fixture(autouse=True)
def _catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tipoff.models.registry._definitions", definitions)


def run(folder: Path, *words: str) -> str:
    result = CliRunner().invoke(app, list(words), obj={"lake": str(folder)})
    if result.exception is not None:
        raise result.exception
    return result.stdout


def test_list_shows_every_version_with_its_role(folder: Path) -> None:
    text = run(folder, "models", "list", "--on", "2024-12-05")
    assert "ewma_hl8" in text
    listed = json.loads(run(folder, "models", "list", "--on", "2024-12-05", "--json"))
    roles = {row["model"]: row["roles"]["rebounds"] for row in listed["models"] if row["roles"]}
    assert roles["ewma_hl8"] == "champion"


def test_list_before_a_window_ends_gives_no_roles(folder: Path) -> None:
    listed = json.loads(run(folder, "models", "list", "--on", "2024-11-30", "--json"))
    assert {str(row["roles"]) for row in listed["models"]} == {"{}"}


def test_show_prints_the_manifest(folder: Path) -> None:
    answer = json.loads(run(folder, "models", "show", "last_5", "--json"))
    assert answer["contract"]["names"]["points"] == ["points_avg_last_5"]
    assert answer["trained_through"] == "2024-11-30"
    assert answer["model_id"] in run(folder, "models", "show", answer["model_id"])


def test_promote_and_retire_are_recorded_and_shown(folder: Path) -> None:
    words = ("models", "promote", "season_mean", "--market", "assists", "--reason", "r", "--force")
    assert "now champion in assists" in run(folder, *words)
    done = json.loads(
        run(folder, "models", "retire", "last_5", "--market", "blocks", "--reason", "bad", "--json")
    )
    assert len(done["model_ids"]) == 1
    listed = json.loads(run(folder, "models", "list", "--on", "2024-12-05", "--json"))["models"]
    by_name = {row["model"]: row for row in listed}
    assert by_name["season_mean"]["roles"]["assists"] == "champion"
    assert by_name["last_5"]["retired"] == ["blocks"]
    assert "blocks" not in by_name["last_5"]["roles"]
    assert "retired (blocks)" in run(folder, "models", "list", "--on", "2024-12-05")


def test_errors_name_what_is_wrong(folder: Path) -> None:
    with pytest.raises(NotFound, match="catboost_v9"):
        run(folder, "models", "show", "catboost_v9")
    with pytest.raises(UsageError, match="'boss' is not a role"):
        run(folder, "models", "promote", "last_5", "--to", "boss", "--reason", "x")
    with pytest.raises(UsageError, match="no model is called"):
        run(folder, "train", "nonsense", "--through", "2024-12-31")
    with pytest.raises(UsageError, match="is not a date"):
        run(folder, "train", "catboost_v9", "--through", "TODAY-ish")
