"""Identity: resolved once, from box scores of strictly earlier dates, never guessed."""

from datetime import date, timedelta
from typing import Any

from tests.sources.folders import FIRST, SECOND, Folder, box, game, injury, line
from tipoff.lake import Lake


def _keys(lake: Lake, table: str = "league.prop_line") -> dict[str, str | None]:
    with lake.reading() as r:
        return dict(r.rows(f"SELECT player_name, player_key FROM {table}"))


def _lines(folder: Folder, *names: str, **changes: Any) -> None:
    folder.rows["prop_lines"] = [line(SECOND, n, **changes) for n in names]


def test_names_resolve_by_key_initial_order_and_middle_name(lake: Lake, folder: Folder) -> None:
    folder.rows["player_game"] += [
        box(1, FIRST, "Nic Claxton", "NYK", player_key="nicolasclaxton"),
        box(1, FIRST, "Ann Twin", "NYK"),
        box(1, FIRST, "Abe Twin", "BOS"),
    ]
    names = ["Al Able", "A. Able", "Able Al", "Able, Al", "Al Middle Able", "Al Able Jr."]
    _lines(folder, *names, "Nic Claxton", "A. Twin", "Abe. Twin", "Rookie Newman", "Z. Newman")
    folder.take(lake)
    assert _keys(lake) == dict.fromkeys(names, "alable") | {
        "Nic Claxton": "nicolasclaxton",
        "A. Twin": None,
        "Abe. Twin": "abetwin",
        "Rookie Newman": "rookienewman",
        "Z. Newman": None,
    }


def test_an_initial_is_not_resolved_from_the_box_score_of_the_date_itself(
    lake: Lake, folder: Folder
) -> None:
    folder.rows["player_game"].append(box(2, SECOND, "Cy Comet", "NYK"))
    _lines(folder, "C. Comet")
    folder.take(lake)
    assert _keys(lake) == {"C. Comet": None}


def test_an_initial_is_not_resolved_from_another_team_or_long_ago(
    lake: Lake, folder: Folder
) -> None:
    old = SECOND - timedelta(days=201)
    folder.rows["schedule"].append(game(3, old, season="2023-24"))
    folder.rows["player_game"].append(box(3, old, "Cy Comet", "NYK"))
    folder.rows["prop_lines"] = [
        line(SECOND, "C. Comet"),
        line(SECOND, "A. Able", event_home="MIA", event_away="ORL"),
    ]
    folder.take(lake)
    assert _keys(lake) == {"C. Comet": None, "A. Able": None}


def test_a_player_with_a_line_who_then_did_not_play_resolves_like_any_other(
    lake: Lake, folder: Folder
) -> None:
    folder.rows["player_game"] = [
        row for row in folder.rows["player_game"] if row["nba_game_id"] != "0022400002"
    ]
    _lines(folder, "Al Able", "B. Baker")
    folder.take(lake)
    assert _keys(lake) == {"Al Able": "alable", "B. Baker": "bobaker"}


def test_a_line_without_an_event_is_of_the_team_of_his_last_earlier_game(
    lake: Lake, folder: Folder
) -> None:
    third = date(2025, 1, 12)
    folder.rows["schedule"].append(game(3, third, home_team="MIA", away_team="ORL"))
    folder.rows["player_game"].append(box(3, third, "Al Able", "MIA"))
    folder.rows["prop_lines"] = [
        line(day, "Al Able", event_home=None, event_away=None) for day in (FIRST, SECOND, third)
    ]
    folder.take(lake)
    with lake.reading() as r:
        rows = r.rows("SELECT game_date, game_id, player_key FROM league.prop_line ORDER BY 1")
    assert rows == [
        (FIRST, None, "alable"),
        (SECOND, "0022400002", "alable"),
        (third, None, "alable"),
    ]


def test_alternates_of_injuries_resolve_to_the_one_who_has_played(
    lake: Lake, folder: Folder
) -> None:
    folder.rows["injuries"] = [
        injury(SECOND, name)
        for name in ("Allan Able / Al Able", "Al Able / Bo Baker", "No Body / Some Body", "A. Able")
    ] + [injury(SECOND, "Jo Same Jr. / Jo Same"), injury(SECOND, "B. Baker", team=None)]
    folder.take(lake)
    assert _keys(lake, "league.injury") == {
        "Allan Able / Al Able": "alable",
        "Al Able / Bo Baker": None,
        "No Body / Some Body": None,
        "A. Able": "alable",
        "Jo Same Jr. / Jo Same": "josame",
        "B. Baker": None,
    }


def test_a_later_import_does_not_change_how_a_stored_row_was_resolved(
    lake: Lake, folder: Folder
) -> None:
    _lines(folder, "C. Comet")
    folder.take(lake)
    folder.rows["player_game"].append(box(1, FIRST, "Cy Comet", "NYK"))
    folder.rows["prop_lines"].append(line(SECOND, "Cy Comet"))
    report = folder.take(lake)
    counts = next(t for t in report.tables if t.table == "league.prop_line")
    assert (counts.new, counts.corrections, counts.unchanged) == (1, 0, 1)
    assert _keys(lake) == {"C. Comet": None, "Cy Comet": "cycomet"}


def test_rows_that_name_no_player_are_set_aside(lake: Lake, folder: Folder) -> None:
    names = ["76ers", "11/25/2019", "sore lower back (DTD)", "placed on IL with flu", "HAWKS"]
    folder.rows["injuries"] += [injury(SECOND, name) for name in names]
    report = folder.take(lake)
    assert next(t.set_aside for t in report.tables if t.table == "league.injury") == {
        "no player": len(names)
    }
