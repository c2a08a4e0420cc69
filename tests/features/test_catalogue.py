"""Definition hashes cover what a feature means, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tipoff.errors import UsageError
from tipoff.features import catalogue, definition_hashes, feature_set
from tipoff.features.catalogue import CATALOGUE, Catalogue
from tipoff.features.definition import Family, Feature

FAMILIES, RELATIONS = CATALOGUE.families, CATALOGUE.relations


def changed(name: str, **values: Any) -> dict[str, str]:
    """The hashes of a catalogue in which one feature is declared otherwise."""
    families = [
        replace(f, columns=tuple(replace(c, **values) if c.name == name else c for c in f.columns))
        for f in FAMILIES
    ]
    return Catalogue(families, RELATIONS).hashes


def differing(hashes: dict[str, str]) -> set[str]:
    return {n for n, h in definition_hashes().items() if hashes[n] != h}


def test_the_sets_have_33_37_and_39_names_and_every_name_exists() -> None:
    sizes = {name: len(feature_set(name)) for name in ("v2_33", "v2_37", "v2_39")}
    assert sizes == {"v2_33": 33, "v2_37": 37, "v2_39": 39}
    for name in ("base", *sizes):
        assert len(set(feature_set(name))) == len(feature_set(name))
        assert set(feature_set(name)) <= catalogue().keys()
    assert feature_set("v2_39")[:33] == feature_set("v2_33")


def test_v3_has_97_names_half_of_them_new_and_reads_nothing_of_any_market() -> None:
    names = feature_set("v3")
    assert len(names) == len(set(names)) == 97
    assert sum(catalogue()[n].since == "v3" for n in names) == 50
    read = CATALOGUE.closure(names)
    assert not {CATALOGUE.owner[n].name for n in read} & {"quotes", "market"}
    assert not [n for n in read if n.startswith(("line_", "vegas_", "has_vegas"))]


def test_v4_is_v3_with_six_rates_of_a_career() -> None:
    assert feature_set("v4")[:97] == feature_set("v3")
    assert {n for n in catalogue() if catalogue()[n].since == "v4"} == set(feature_set("v4")[97:])
    assert len(feature_set("v4")) == 103


def test_a_model_decides_itself_which_later_features_it_requires() -> None:
    later = ("v3", "plays_1", "v4")
    assert not [n for n, f in catalogue().items() if f.since in later and f.required]
    assert set(feature_set("plays_1")) <= catalogue().keys()


def test_without_the_v3_families_every_other_feature_keeps_its_definition() -> None:
    later = {"role", "allowed", "night_number", "absence", "crowd"}
    fewer = Catalogue([f for f in FAMILIES if f.name not in later], RELATIONS).hashes
    assert len(fewer) < len(CATALOGUE.hashes) - 60
    assert {n: CATALOGUE.hashes[n] for n in fewer} == fewer


def test_another_constant_of_p_absent_redefines_it_and_the_sums_over_team_mates_only() -> None:
    rosters = RELATIONS["fx_rosters"]
    other = dict(RELATIONS) | {
        "fx_rosters": replace(rosters, sql=rosters.sql.replace("(4.948)", "(4.9)"))
    }
    moved = differing(Catalogue(FAMILIES, other).hashes)
    assert {"p_absent", "act_minutes", "opp_xout_points"} <= moved
    assert {catalogue()[n].since for n in moved} == {"v3", "plays_1"}
    assert not moved & {"role_size", "fga_ewma_hl8", "opponent_turnovers_20"}


def test_comments_white_space_and_help_are_not_part_of_a_definition() -> None:
    sql = catalogue()["vegas_line_move"].sql
    spaced = "-- a comment\n   " + sql.replace(" ", "\n    ") + "\n"
    other = changed("vegas_line_move", sql=spaced, unit="pts", why="'because'", fallback="true")
    assert differing(other) == set()


def test_redefining_a_feature_changes_it_and_what_reads_it_and_nothing_else() -> None:
    other = changed("points_std_last_10", sql="p.n")
    assert differing(other) == {
        "points_std_last_10", "pts_vs_season_zscore", "breakout_flag",
        "breakout_risk_score", "composite_breakout_signal",
    }  # fmt: skip


def test_a_changed_range_is_a_changed_definition() -> None:
    assert "games_vs_opponent" in differing(changed("games_vs_opponent", high=5))


def test_adding_a_feature_changes_no_other_hash() -> None:
    new = Feature("points_twice", "2 * points_avg_season", "points", 0, 140, "player history",
                  False, "v4")  # fmt: skip
    hashes = Catalogue([*FAMILIES, Family("extra", (new,))], RELATIONS).hashes
    assert differing(hashes) == set()
    widened = [replace(f, columns=(*f.columns, replace(new, name="p_two", sql="p.n * 2")))
               if f.name == "player" else f for f in FAMILIES]  # fmt: skip
    assert differing(Catalogue(widened, RELATIONS).hashes) == set()


def with_sql(name: str, sql: str) -> dict[str, str]:
    """The hashes of a catalogue in which one relation is made otherwise."""
    return Catalogue(FAMILIES, dict(RELATIONS) | {name: replace(RELATIONS[name], sql=sql)}).hashes


def test_a_changed_column_of_a_relation_changes_what_reads_it_and_nothing_else() -> None:
    sql = RELATIONS["fx_team_played"].sql.replace("t.possessions + o.possessions", "t.possessions")
    moved = differing(with_sql("fx_team_played", sql))
    assert {"team_pace", "opponent_def_rating", "pace_score"} <= moved
    assert not moved & {"dnp_rate", "team_win_pct", "line_points", "vegas_points_line"}


def test_a_relation_of_other_rows_changes_every_feature_below_which_it_lies() -> None:
    sql = f"SELECT * FROM ({RELATIONS['fx_team_played'].sql}) WHERE game_number > 2"
    moved = differing(with_sql("fx_team_played", sql))
    assert {"team_pace", "opponent_def_rating", "pace_score", "dnp_rate", "team_win_pct"} <= moved
    assert not moved & {"line_points", "vegas_points_line"}


def test_every_relation_is_declared_after_those_it_reads() -> None:
    seen: set[str] = set()
    for name in RELATIONS:
        assert set(CATALOGUE.analysis.relations[name]) <= seen, name
        seen.add(name)


def test_one_name_means_one_feature() -> None:
    again = Family("again", (catalogue()["line_points"],))
    with pytest.raises(UsageError, match="line_points is declared twice"):
        _ = Catalogue([*FAMILIES, again], RELATIONS).owner


def test_unknown_names_and_sets_are_errors_that_name_them() -> None:
    with pytest.raises(UsageError, match="no feature nonsense"):
        CATALOGUE.closure(["nonsense"])
    with pytest.raises(UsageError, match="no feature set v9"):
        feature_set("v9")
