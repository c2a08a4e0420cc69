"""Bad input: a clear error or a counted set-aside, and nothing lost."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.sources.folders import FIRST, SECOND, Folder, box, game, injury, line
from tipoff.errors import SourceError
from tipoff.lake import Lake
from tipoff.markets import MARKETS, Market
from tipoff.results.data import ImportReport
from tipoff.sources import import_folder
from tipoff.sources.layout import FILES


def _aside(report: ImportReport, table: str) -> dict[str, int]:
    return next(t.set_aside for t in report.tables if t.table == table)


def _stored(lake: Lake, table: str) -> int:
    with lake.reading() as r:
        return int(r.value(f"SELECT count(*) FROM {table}"))


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named_and_nothing_is_stored(
    lake: Lake, folder: Folder, name: str
) -> None:
    (folder.write() / f"{name}.parquet").unlink()
    with pytest.raises(SourceError, match=f"{name}.parquet"):
        import_folder(lake, folder.path)
    assert _stored(lake, "raw.payload") == 0


def test_a_missing_column_is_named_with_its_file(lake: Lake, folder: Folder) -> None:
    folder.bend = lambda name, f: f.drop("minutes") if name == "player_game" else f
    with pytest.raises(SourceError, match=r"player_game\.parquet lacks the column minutes"):
        folder.take(lake)
    assert _stored(lake, "league.game") == 0


@pytest.mark.parametrize("body", [b"", b"PAR1 is not enough", b"a,b\n1,2\n"])
def test_a_file_that_is_empty_or_not_parquet_is_named(
    lake: Lake, folder: Folder, body: bytes
) -> None:
    (folder.write() / "injuries.parquet").write_bytes(body)
    with pytest.raises(SourceError, match=r"injuries\.parquet"):
        import_folder(lake, folder.path)


def test_a_file_with_damaged_pages_is_an_error_and_stores_nothing(
    lake: Lake, folder: Folder
) -> None:
    path = folder.write() / "player_game.parquet"
    body = bytearray(path.read_bytes())
    body[4:400] = bytes(396)
    path.write_bytes(body)
    with pytest.raises(SourceError, match=r"player_game\.parquet"):
        import_folder(lake, folder.path)
    assert _stored(lake, "league.game") == 0


def test_an_absent_folder_is_a_clear_error(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no folder at"):
        import_folder(lake, tmp_path / "nowhere")


def test_files_of_zero_rows_and_extra_columns_are_fine(lake: Lake, folder: Folder) -> None:
    folder.rows = {}
    folder.bend = lambda _name, f: f.with_columns(pl.lit([1]).alias("extra"))
    report = folder.take(lake)
    assert (report.new_rows, report.set_aside) == (0, 0)


CELLS: list[tuple[str, Any, str]] = [
    ("minutes", "thirty", "not a number: minutes = 'thirty'"),
    ("reb", "12.5", "not a whole number: reb = '12.5'"),
    ("minutes", "inf", "not a finite number: minutes = 'inf'"),
    ("minutes", "nan", "not a finite number: minutes = 'nan'"),
    ("minutes", "-1", "out of range: minutes = '-1'"),
    ("game_date", "yesterday", "not a date: game_date = 'yesterday'"),
    ("starter", "maybe", "not true or false: starter = 'maybe'"),
    ("pts", None, "missing value: pts"),
    ("player_key", " ", "missing value: player_key"),
    ("pts", "21", "points do not add up: pts = 21"),
    ("team", "XYZ", "unknown team: team = 'XYZ'"),
    ("team", "MIA", "team not in its game: team = 'MIA'"),
    ("nba_game_id", "0029999999", "game not in the schedule: nba_game_id = '0029999999'"),
]


def test_bad_cells_set_their_rows_aside_with_the_reason_and_the_rest_goes_on(
    lake: Lake, folder: Folder
) -> None:
    names = [f"Bad {chr(65 + n)}man" for n in range(len(CELLS))]
    for name, (column, value, _reason) in zip(names, CELLS, strict=True):
        folder.rows["player_game"].append(box(1, FIRST, name, "NYK") | {column: value})
    folder.as_text = ("player_game",)
    report = folder.take(lake)
    assert sum(_aside(report, "league.player_game").values()) == len(CELLS)
    assert _stored(lake, "league.player_game") == 4
    with lake.reading() as r:
        rows = r.rows(
            "SELECT name, json_extract_string(body, '$.player_name'), reason FROM raw.set_aside"
        )
    expected = {n: ("player_game.parquet", c[2]) for n, c in zip(names, CELLS, strict=True)}
    assert {who: (file, reason) for file, who, reason in rows} == expected


def test_of_rows_with_one_key_the_first_is_kept_and_nan_in_an_optional_number_is_absent(
    lake: Lake, folder: Folder
) -> None:
    folder.rows["player_game"][0]["plus_minus"] = float("nan")
    folder.rows["player_game"] += [folder.rows["player_game"][1]] * 2
    folder.rows["player_game"].append(box(1, FIRST, "Al Able", "NYK", minutes=1.0))
    aside = _aside(folder.take(lake), "league.player_game")
    assert aside == {"duplicate row": 2, "conflicting row": 1}
    assert _stored(lake, "raw.set_aside") == 3
    with lake.reading() as r:
        sql = "SELECT count(*), min(minutes)::DOUBLE, count(plus_minus) FROM league.player_game"
        assert r.rows(sql) == [(4, 30.5, 3)]


def test_results_and_box_scores_of_games_not_yet_played_are_set_aside(
    lake: Lake, folder: Folder
) -> None:
    future = {"season": "2189-90", "tipoff_utc": "2190-01-01T23:30:00Z"}
    upcoming = {"status": "scheduled", "home_pts": None, "away_pts": None}
    day = date(2190, 1, 1)
    folder.rows["schedule"] += [game(3, day, **future, **upcoming), game(4, day, **future)]
    folder.rows["player_game"].append(box(3, day, "Al Able", "NYK"))
    report = folder.take(lake)
    assert _aside(report, "league.player_game") == {"future box score": 1}
    assert _aside(report, "league.game") == {"future result": 1}
    assert _stored(lake, "league.game") == 3


def test_bad_schedule_rows_are_set_aside(lake: Lake, folder: Folder) -> None:
    bad: list[tuple[dict[str, Any], str]] = [
        ({"home_team": "XYZ"}, "unknown team: home_team = 'XYZ'"),
        ({"home_team": "BOS"}, "unknown team: home_team and away_team are both BOS"),
        ({"home_pts": None}, "missing value: home_pts or away_pts of a final game"),
        ({"status": "maybe"}, "unknown status: status = 'maybe'"),
        ({"season": "2024"}, "not a season: season = '2024'"),
    ]
    for n, (changes, _reason) in enumerate(bad):
        folder.rows["schedule"].append(game(3 + n, date(2025, 1, 12), **changes))
    folder.take(lake)
    assert _reasons(lake) == sorted(reason for _changes, reason in bad)
    assert _stored(lake, "league.game") == 2


def test_bad_lines_and_injuries_are_set_aside(lake: Lake, folder: Folder) -> None:
    celtics = {"player_name": "Boston Celtics", "player_key": "bostonceltics"}
    bad: list[tuple[dict[str, Any], str]] = [
        ({"event_home": "EASTERN"}, "unknown team: event_home = 'EASTERN'"),
        ({"event_home": None}, "missing value: event_home or event_away"),
        ({"market": "dunks"}, "unknown market: market = 'dunks'"),
        (celtics, "no player: player_name = 'Boston Celtics'"),
        ({"commence_time": "soon"}, "not a time: commence_time = 'soon'"),
        ({"line": None}, "missing value: line"),
    ]
    folder.rows["prop_lines"] += [line(SECOND, "Al Able") | changes for changes, _reason in bad]
    folder.rows["injuries"].append(injury(SECOND, "Al Able", status="sleepy"))
    folder.take(lake)
    expected = [*(reason for _c, reason in bad), "unknown status: status = 'sleepy'"]
    assert _reasons(lake) == sorted(expected)
    assert _stored(lake, "league.prop_line") == 1
    assert _stored(lake, "league.injury") == 1


def test_lines_of_every_market_declared_are_taken_under_its_name_and_every_alias(
    lake: Lake, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = Market("dunks", "dunks", "fgm", 15, (1.0, 2.0, 3.0), aliases=("player_dunks",))
    monkeypatch.setitem(MARKETS, "dunks", new)
    words = [(word, m.name) for m in MARKETS.values() for word in (m.name, *m.aliases)]
    folder.rows["prop_lines"] = [
        line(SECOND, "Al Able", market=word.upper(), bookmaker=f"book {n}")
        for n, (word, _) in enumerate(words)
    ]
    assert folder.take(lake).set_aside == 0
    with lake.reading() as r:
        markets = r.rows("SELECT market FROM league.prop_line ORDER BY ALL")
    assert [name for (name,) in markets] == sorted(name for _, name in words)


def _reasons(lake: Lake) -> list[str]:
    with lake.reading() as r:
        return sorted(row[0] for row in r.rows("SELECT reason FROM raw.set_aside"))


def test_the_same_bad_row_is_not_stored_twice(lake: Lake, folder: Folder) -> None:
    folder.rows["player_game"][0]["minutes"] = -1.0
    folder.take(lake)
    folder.rows["player_game"].append(box(1, FIRST, "New Man", "NYK"))
    report = folder.take(lake)
    assert report.set_aside == 1
    assert _stored(lake, "raw.set_aside") == 1
    assert _stored(lake, "league.player_game") == 4
