"""A fitted champion: coherent combos, lines that only add, files that cannot be tampered with."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.models.champion.conftest import FEATURES, definitions
from tipoff.errors import ArtifactError, ContractError
from tipoff.lake import Lake
from tipoff.markets import MARKETS, parts_of
from tipoff.models import contributions, load, store
from tipoff.models.champion import Champion
from tipoff.models.champion.layers import line_names
from tipoff.models.families import FAMILIES
from tipoff.models.golden import check_golden

COMBOS = ("pra", "pr", "pa", "ra")
UNTOLD: list[tuple[str, ...]] = [
    (), ("pra",), ("assists",), ("points", "rebounds"), ("points", "rebounds", "assists"),
]  # fmt: skip
"""Markets whose lines are taken away."""


def without(rows: pl.DataFrame, markets: tuple[str, ...]) -> pl.DataFrame:
    """The same rows, those markets without a line."""
    return rows.with_columns(pl.lit(None, pl.Float64).alias(f"line_{m}") for m in markets)


@pytest.mark.parametrize("untold", UNTOLD)
@pytest.mark.parametrize("form", ["noline", "line"])
def test_the_mean_of_a_combo_is_the_sum_of_its_parts_means_whichever_have_lines(
    form: str, untold: tuple[str, ...], upcoming: pl.DataFrame, request: pytest.FixtureRequest
) -> None:
    model: Champion = request.getfixturevalue(form)
    rows = without(upcoming, untold)
    mean = {m: model.predict(rows, m).pmf.mean() for m in MARKETS}
    for combo in COMBOS:
        summed = sum(mean[part] for part in parts_of(combo))
        assert np.abs(mean[combo] - summed).max() < 1e-4


def test_a_combos_line_moves_the_part_that_has_none_and_leaves_those_that_have_one(
    line: Champion, upcoming: pl.DataFrame
) -> None:
    rows = without(upcoming.filter(pl.col("line_pra").is_not_null()), ("assists",))
    higher = rows.with_columns(pl.col("line_pra") + 2)
    for market, moves in (("assists", True), ("pra", True), ("ra", True), ("pr", False)):
        up = line.predict(higher, market).pmf.mean() - line.predict(rows, market).pmf.mean()
        assert (up > 0.5).mean() > 0.9 if moves else (np.abs(up) < 1e-5).all(), market
    for market in ("points", "rebounds", "threes"):
        assert (line.predict(higher, market).pmf.p == line.predict(rows, market).pmf.p).all()


def test_where_every_part_has_a_line_a_combos_own_line_moves_no_mean(
    line: Champion, upcoming: pl.DataFrame
) -> None:
    rows = upcoming.filter(pl.col("line_pra").is_not_null())
    higher = rows.with_columns(pl.col("line_pra") + 2)
    for market in ("points", "assists", "pra", "ra"):
        up = line.predict(higher, market).pmf.mean() - line.predict(rows, market).pmf.mean()
        assert np.abs(up).max() < 1e-5


def test_the_order_a_file_holds_the_combos_in_changes_no_bit(
    line: Champion, upcoming: pl.DataFrame
) -> None:
    rows = without(upcoming.filter(pl.col("line_pra").is_not_null()), ("assists", "rebounds"))
    rows = rows.with_columns(line_pa=pl.col("line_pra") * 0.7, line_ra=pl.col("line_pra") * 0.6)
    pra = line.layers.lines["pra"]
    # Weights of counts are as many as a market's counts: pra's do not fit the others.
    plain = pra.model_copy(update={"shape": pra.shape.model_copy(update={"lattice": None})})
    lines = line.layers.lines | dict.fromkeys(("pa", "ra"), plain)
    one, other = (
        replace(line, layers=line.layers.model_copy(update={"lines": dict(order)}))
        for order in (lines.items(), sorted(lines.items(), reverse=True))
    )
    for market in ("points", "rebounds", "assists", "pra", "pr"):
        assert (one.predict(rows, market).pmf.p == other.predict(rows, market).pmf.p).all()


def test_the_form_without_lines_is_deaf_to_a_combos_line(
    noline: Champion, upcoming: pl.DataFrame
) -> None:
    bare = without(upcoming, ("pra", "assists"))
    assert (noline.predict(bare, "pra").pmf.p == noline.predict(upcoming, "pra").pmf.p).all()


def test_a_model_of_one_market_reads_no_other_markets_lines() -> None:
    assert line_names("points", ("points",)) == ("line_points", "over_chance_points")
    assert line_names("threes", tuple(MARKETS)) == ("line_threes", "over_chance_threes")
    assert set(line_names("points", ("points", "pra"))) == {
        f"{kind}_{m}" for kind in ("line", "over_chance")
        for m in ("points", "rebounds", "assists", "pra")
    }  # fmt: skip


def test_without_a_line_both_forms_say_the_same_bits(
    noline: Champion, line: Champion, upcoming: pl.DataFrame
) -> None:
    free = upcoming.filter(pl.col("line_points").is_null())
    for market in ("points", "threes"):
        a, b = noline.predict(free, market), line.predict(free, market)
        assert a.ok.all()
        assert (a.pmf.p == b.pmf.p).all()


def test_the_form_without_lines_reads_nothing_of_any_market(noline: Champion) -> None:
    assert not [n for n in noline.manifest.contract.reads if n.startswith(("line_", "over_"))]


def test_a_line_and_its_price_move_the_pmf_the_way_they_point(
    line: Champion, upcoming: pl.DataFrame
) -> None:
    rows = upcoming.head(200).with_columns(line_points=pl.lit(10.5), over_chance_points=pl.lit(0.5))
    base = line.predict(rows, "points").pmf
    higher = line.predict(rows.with_columns(line_points=pl.lit(12.5)), "points").pmf
    dearer = line.predict(rows.with_columns(over_chance_points=pl.lit(0.56)), "points").pmf
    assert (higher.mean() > base.mean()).all()
    assert (dearer.p_over(10.5) > base.p_over(10.5)).all()


def test_a_batch_and_a_row_alone_give_the_same_bits(line: Champion, upcoming: pl.DataFrame) -> None:
    rows = upcoming.head(25)
    for market in ("points", "pra", "steals"):
        together = line.predict(rows, market).pmf.p
        for i in range(rows.height):
            assert (line.predict(rows[i], market).pmf.p[0] == together[i]).all()


def test_who_has_too_short_a_career_or_no_such_market_gets_no_numbers(
    line: Champion, league: pl.DataFrame
) -> None:
    young = league.filter(pl.col("games_career") < 5).head(10)
    answer = line.predict(young, "points")
    assert not answer.ok.any()
    assert np.isnan(answer.pmf.p).all()


def test_a_missing_column_is_named(line: Champion, upcoming: pl.DataFrame) -> None:
    with pytest.raises(ContractError, match="over_chance_points"):
        line.predict(upcoming.drop("over_chance_points"), "points")


@pytest.mark.parametrize("market", ["points", "pra", "steals"])
def test_contributions_add_up_to_the_centre(
    line: Champion, upcoming: pl.DataFrame, market: str
) -> None:
    for row in (upcoming.filter(pl.col("line_points").is_null())[0],
                upcoming.filter(pl.col("line_points").is_not_null())[0]):  # fmt: skip
        base, parts = contributions(line, row, market)
        sight = line.sight(row)
        found = sight.lined(market)
        centre = sight.mean(market)
        if found is not None and found[0].all():
            centre = found[2].centre(found[1], line.predict(row, market).pmf.p.shape[1] - 1)
            assert f"line_{market}" in parts
        assert base + sum(parts.values()) == pytest.approx(float(centre[0]), rel=1e-9)
        assert set(FEATURES) <= set(parts)


def test_the_minutes_model_follows_the_truth(noline: Champion, upcoming: pl.DataFrame) -> None:
    sight = noline.sight(upcoming)
    actual = upcoming["y_minutes"].to_numpy()
    assert np.abs(sight.minutes - actual).mean() < 0.8 * np.abs(np.median(actual) - actual).mean()
    low, high = (noline.layers.minutes.quantile(sight.minutes, q) for q in (0.1, 0.9))
    assert 0.72 < ((actual >= low) & (actual <= high)).mean() < 0.88


def test_a_stored_champion_is_loaded_with_the_same_answers(
    lake: Lake, line: Champion, upcoming: pl.DataFrame
) -> None:
    assert store(lake, line)
    assert not store(lake, line)
    again = load(lake, line.manifest.model_id, definitions())
    for market in ("points", "pra"):
        assert (again.predict(upcoming, market).pmf.p == line.predict(upcoming, market).pmf.p).all()


def test_a_file_changed_on_disk_is_refused(lake: Lake, line: Champion) -> None:
    store(lake, line)
    path = next((Path(lake.location) / "models").glob("*.json"))
    path.write_bytes(path.read_bytes().replace(b'"level"', b'"lovel"'))
    with pytest.raises(ArtifactError, match="hashes to"):
        load(lake, line.manifest.model_id, definitions())


def test_a_redefined_feature_is_refused_at_load(lake: Lake, line: Champion) -> None:
    store(lake, line)
    with pytest.raises(ContractError, match="truth redefined"):
        load(lake, line.manifest.model_id, {**definitions(), "truth": "def_other"})


def test_other_layers_give_other_golden_answers(line: Champion) -> None:
    layers = line.layers.model_copy(update={"level": {**line.layers.level, "points": 1.07}})
    with pytest.raises(ArtifactError, match="another answer"):
        check_golden(replace(line, layers=layers))


def test_golden_rows_have_some_with_a_line(line: Champion) -> None:
    rows = [g for g in line.manifest.golden if g.market == "points"]
    assert {g.inputs["line_points"] is None for g in rows} == {True, False}


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.pop("layers"),
        lambda found: found["trees"].pop("minutes"),
        lambda found: found["trees"].update(
            points=found["trees"]["points"].replace("noise", "nose")
        ),
        lambda found: found["trees"].update(points="nonsense"),
        lambda found: found["layers"]["shape"].update(points=found["layers"]["shape"]["pra"]),
        lambda found: found["layers"]["lines"].update(points=found["layers"]["lines"]["pra"]),
    ],
)  # fmt: skip
def test_bytes_that_are_no_champions_are_named_as_such(change: object, line: Champion) -> None:
    found = json.loads(line.artifact)
    change(found)  # type: ignore[operator]
    with pytest.raises(ArtifactError):
        FAMILIES["champion"].load(line.manifest, json.dumps(found).encode())
