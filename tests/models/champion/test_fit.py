"""Fitting: the same rows, the same bits; nothing later than the day, nothing of the other form."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from tests.models.champion.conftest import FEW, LINED, THROUGH, definitions, recipe
from tipoff.errors import ContractError, UsageError
from tipoff.markets import MARKETS
from tipoff.models.champion import Champion, fit_champion, hold_out, learner, past
from tipoff.models.champion import fit as fitting
from tipoff.models.champion.fit import layers_day
from tipoff.models.champion.memo import Memo
from tipoff.models.data import TrainingData, training_data


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has fitted nothing yet."""
    monkeypatch.setattr(learner, "_FITTED", Memo(160))
    monkeypatch.setattr(past, "_PASTS", Memo(2))
    monkeypatch.setattr(fitting, "_LINES", Memo(16))


def test_the_same_rows_give_the_same_version_in_a_process_that_remembers_nothing(
    line: Champion, league_data: TrainingData, forgetful: None
) -> None:
    again = fit_champion(recipe(lines=True), league_data, definitions())
    assert again.manifest.model_id == line.manifest.model_id
    assert again.artifact == line.artifact


def test_both_forms_share_their_trees_and_no_tree_is_fitted_twice(
    league_data: TrainingData, forgetful: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted: list[int] = []
    original = learner._fit

    def counted(*args: Any) -> str:
        fitted.append(args[3])
        return original(*args)

    monkeypatch.setattr(learner, "_fit", counted)
    first = fit_champion(recipe(lines=False, markets=("points",)), league_data, definitions())
    once = len(fitted)
    second = fit_champion(recipe(lines=True, markets=("points",)), league_data, definitions())
    assert len(fitted) == once
    assert first.trees["points"].text == second.trees["points"].text
    assert first.artifact != second.artifact


def test_a_form_takes_no_lines_from_what_the_process_remembers_of_other_rows(
    league_data: TrainingData, forgetful: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fit(lines: bool, frame: pl.DataFrame) -> str:
        data = TrainingData(frame, league_data.through)
        return fit_champion(recipe(lines, ("points",)), data, definitions()).manifest.model_id

    full = league_data.frame
    higher = full.with_columns(pl.col("line_points") + 2)
    fit(False, full.drop([c for c in full.columns if c.startswith(("line_", "over_chance_"))]))
    after = fit(True, full), fit(True, higher)
    monkeypatch.setattr(past, "_PASTS", Memo(2))
    assert after[1] == fit(True, higher) != after[0]


def test_layers_and_minutes_of_a_month_are_those_of_its_first_day(league: pl.DataFrame) -> None:
    assert layers_day(date(2024, 1, 31)) == date(2024, 2, 1) == layers_day(date(2024, 2, 12))
    early, late = (
        fit_champion(recipe(False, ("points",)), training_data(league, THROUGH + timedelta(d)),
                     definitions())
        for d in (3, 17)
    )  # fmt: skip
    assert early.layers == late.layers
    assert early.trees["minutes"].text == late.trees["minutes"].text
    assert early.trees["points"].text != late.trees["points"].text


def test_rows_of_later_dates_change_nothing(league: pl.DataFrame, noline: Champion) -> None:
    later = pl.col("game_date") > THROUGH
    changed = league.with_columns(y_points=pl.when(later).then(70.0).otherwise("y_points"))
    again = fit_champion(recipe(lines=False), training_data(changed, THROUGH), definitions())
    assert again.manifest.model_id == noline.manifest.model_id


def test_too_few_rows_and_unknown_features_are_named(league: pl.DataFrame) -> None:
    short = training_data(league, date(2022, 11, 15))
    with pytest.raises(UsageError, match="are needed"):
        fit_champion(recipe(lines=False), short, definitions())
    with pytest.raises(ContractError, match="lacks features"):
        fit_champion(recipe(lines=False), short, {})


def test_the_manifest_says_what_it_was_made_of(line: Champion, league_data: TrainingData) -> None:
    made = line.manifest
    assert (made.family, made.trained_through) == ("champion", THROUGH)
    assert made.rows == league_data.frame.filter(pl.col("games_career") >= 3).height
    assert made.parameters["lines"] is True
    assert made.parameters["rounds"] == FEW.mean
    assert made.contract.required("pra") == ("pts_slope_10g",)
    assert "line_rebounds" in made.contract.names["pra"]
    assert "line_rebounds" in made.contract.names["points"]  # pra ties them
    assert "line_rebounds" not in made.contract.names["threes"]


def test_the_hold_out_is_of_the_newest_rows_in_the_first_market(
    line: Champion, league_data: TrainingData
) -> None:
    found = hold_out(recipe(lines=True), league_data, line)
    assert "points" in found.of
    assert 0.09 * league_data.frame.height < found.n < 0.16 * league_data.frame.height
    assert 2 < found.figures["CRPS"].value < 4 < found.figures["MAE"].value * 1.5


def test_only_what_counts_points_has_weights_of_counts_with_and_without_a_line(
    line: Champion, noline: Champion
) -> None:
    points = {"points", "pra", "pr", "pa"}
    for model in (line, noline):
        weighed = {m for m, shape in model.layers.shape.items() if shape.lattice is not None}
        assert weighed == points
    lined = {m for m, found in line.layers.lines.items() if found.shape.lattice is not None}
    assert lined == points & set(LINED)
    for market, lattice in line.layers.lattices():
        assert {len(row) for row in lattice.weights} == {MARKETS[market].top + 1}
    assert len(list(line.layers.lattices())) == len(points) + len(lined)


def test_widths_are_fitted_to_all_five_covariates(noline: Champion) -> None:
    fitted = {m: shape.variance.b for m, shape in noline.layers.shape.items()}
    assert {len(b) for b in fitted.values()} == {3 + 5}
    assert all(b[-1] != 0 for b in fitted.values())
