"""Importing: idempotent, continuing, correcting, in one commit."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.sources.folders import (
    FIRST,
    SECOND,
    Folder,
    box,
    game,
    game_line,
    injury,
    line,
    team_box,
    tiny,
)
from tipoff.errors import UsageError
from tipoff.lake import KEYS, Lake
from tipoff.results.data import ImportReport
from tipoff.sources import import_folder


def _rows(lake: Lake, sql: str) -> list[tuple[Any, ...]]:
    with lake.reading() as r:
        return r.rows(sql)


def _count(report: ImportReport, table: str) -> tuple[int, int, int]:
    t = next(t for t in report.tables if t.table == table)
    return t.new, t.corrections, t.unchanged


def test_a_second_run_adds_nothing_and_makes_no_commit(lake: Lake, folder: Folder) -> None:
    assert folder.take(lake).new_rows > 0
    before = lake.version()
    again = import_folder(lake, folder.path)
    assert again.new_rows == 0
    assert len(again.known_files) == 7
    assert lake.version() == before


def test_rows_already_known_add_nothing_though_the_file_has_other_bytes(
    lake: Lake, folder: Folder
) -> None:
    folder.rows["game_lines"][0]["home_spread"] = -0.0
    folder.take(lake)
    folder.rows["game_lines"][0]["home_spread"] = 0.0
    for rows in folder.rows.values():
        rows.reverse()
    folder.bend = lambda _name, f: f.with_row_index("extra")
    report = folder.take(lake)
    assert report.new_rows == 0
    assert report.known_files == ()
    assert _count(report, "league.player_game") == (0, 0, 4)


def test_every_file_is_kept_verbatim(lake: Lake, folder: Folder) -> None:
    folder.take(lake)
    stored = dict(_rows(lake, "SELECT name, body FROM raw.payload"))
    assert stored == {p.name: p.read_bytes() for p in folder.path.glob("*.parquet")}


def test_a_folder_that_continues_the_first_adds_only_what_is_new(
    lake: Lake, folder: Folder
) -> None:
    folder.take(lake)
    third = date(2025, 1, 12)
    folder.rows["schedule"].append(game(3, third))
    folder.rows["player_game"].append(box(3, third, "Al Able", "NYK"))
    folder.rows["team_game"].append(team_box(3, third, "NYK"))
    folder.rows["prop_lines"] = [line(third, "Al Able")]
    report = folder.take(lake)
    assert _count(report, "league.game") == (1, 0, 2)
    assert _count(report, "league.player_game") == (1, 0, 4)
    assert _count(report, "league.prop_line") == (1, 0, 0)
    assert "injuries.parquet" in report.known_files
    [(key, game_id)] = _rows(
        lake, f"SELECT player_key, game_id FROM league.prop_line WHERE game_date = '{third}'"
    )
    assert (key, game_id) == ("alable", "0022400003")


def test_a_correction_is_a_newer_row_known_when_the_original_was(
    lake: Lake, folder: Folder
) -> None:
    folder.take(lake)
    folder.rows["player_game"][0] |= {"reb": 7}
    folder.rows["schedule"][0] |= {"tipoff_utc": f"{FIRST}T20:00:00Z"}
    report = folder.take(lake)
    assert _count(report, "league.player_game") == (0, 1, 3)
    assert _count(report, "league.game") == (0, 1, 1)
    old, new = _rows(
        lake,
        "SELECT reb, known_at, tipoff, recorded_seq FROM league.player_game"
        " WHERE player_key = 'alable' AND game_id = '0022400001' ORDER BY recorded_seq",
    )
    assert (old[0], new[0]) == (0, 7)
    assert old[1:3] == new[1:3]
    assert new[3] > old[3]
    first, moved = _rows(
        lake,
        "SELECT tipoff, known_at, result_known_at FROM league.game"
        " WHERE game_id = '0022400001' ORDER BY recorded_seq",
    )
    assert (first[0].hour, moved[0].hour) == (23, 20)
    assert first[1:] == moved[1:]


def test_known_at_follows_the_rules(lake: Lake, folder: Folder) -> None:
    folder.rows["prop_lines"].append(
        line(SECOND, "Bo Baker", snapshot_time=f"{SECOND}T18:00:00.5Z")
    )
    folder.rows["injuries"].append(
        injury(SECOND, "Al Able", snapshot_time=f"{SECOND}T19:00:00Z", status="QUES")
    )
    folder.take(lake)
    known = dict(_rows(lake, "SELECT player_key, (known_at, estimated) FROM league.prop_line"))
    assert known["alable"] == (datetime(2025, 1, 10, 23, 0, tzinfo=UTC), True)
    assert known["bobaker"] == (datetime(2025, 1, 10, 18, 0, 0, 500_000, tzinfo=UTC), False)
    hurt = dict(_rows(lake, "SELECT player_key, (known_at, status) FROM league.injury"))
    assert hurt["bobaker"] == (datetime(2025, 1, 10, 17, 0, tzinfo=UTC), "out")
    assert hurt["alable"] == (datetime(2025, 1, 10, 19, 0, tzinfo=UTC), "questionable")
    [(known_at, result)] = _rows(
        lake, f"SELECT known_at, result_known_at FROM league.game WHERE game_date = '{SECOND}'"
    )
    assert known_at == datetime(2024, 9, 1, 4, 0, tzinfo=UTC)
    assert result == datetime(2025, 1, 11, 2, 30, tzinfo=UTC)
    assert _rows(lake, "SELECT min(known_at) FROM league.player_game") == [
        (datetime(2025, 1, 9, 2, 30, tzinfo=UTC),)
    ]


TIPS: list[tuple[str | None, list[dict[str, Any]], str, str]] = [
    ("23:30", [{"commence_time": "23:40"}], "23:40", "line"),
    ("23:30", [{"commence_time": "23:40"}, {"commence_time": "23:35"}], "23:35", "line"),
    ("23:30", [{"commence_time": "23:00"}], "23:00", "line"),
    ("22:30", [{"commence_time": "23:01"}], "22:30", "schedule"),
    ("23:30", [], "23:30", "schedule"),
    ("23:30", [{"commence_time": "23:40", "snapshot_time": "23:41"}], "23:30", "schedule"),
    ("23:30", [{"commence_time": "23:40", "snapshot_time": "20:00"}], "23:40", "line"),
    (None, [{"commence_time": "20:10"}], "20:10", "line"),
    (None, [{"commence_time": "03:10"}], "00:00", "default"),
    (None, [], "00:00", "default"),
]


def test_tip_off_is_a_near_lines_then_the_schedules_then_19_eastern(
    lake: Lake, folder: Folder
) -> None:
    folder.rows = {"schedule": [], "prop_lines": []}
    for n, (scheduled, lines, _tip, _source) in enumerate(TIPS):
        day = date(2025, 1, n + 1)
        stamp = f"{day}T{scheduled}:00Z" if scheduled else None
        row = game(1, day, nba_game_id=f"00224001{n:02}", tipoff_utc=stamp)
        folder.rows["schedule"].append(row)
        for book, times in enumerate(lines):
            at = {k: f"{day}T{v}:00Z" for k, v in times.items()}
            folder.rows["prop_lines"].append(line(day, "Al Able", bookmaker=str(book), **at))
    folder.take(lake)
    rows = _rows(
        lake,
        "SELECT strftime(tipoff, '%H:%M'), tipoff_source FROM league.game"
        " WHERE nba_game_id IS NOT NULL ORDER BY game_date",
    )
    assert rows == [(tip, source) for _s, _l, tip, source in TIPS]


def test_an_event_no_schedule_knows_is_a_game_known_since_its_first_line(
    lake: Lake, folder: Folder
) -> None:
    day = date(2025, 1, 11)
    folder.rows["prop_lines"] += [
        line(day, "Al Able", commence_time=f"{day}T20:10:00Z"),
        line(day, "Al Able", bookmaker="b", snapshot_time=f"{day}T15:00:00Z"),
    ]
    report = folder.take(lake)
    assert report.line_only_games == 1
    [row] = _rows(
        lake,
        "SELECT game_id, nba_game_id, season, status, tipoff, known_at, result_known_at"
        f" FROM league.game WHERE game_date = '{day}'",
    )
    tip = datetime(2025, 1, 11, 20, 10, tzinfo=UTC)
    seen = datetime(2025, 1, 11, 15, 0, tzinfo=UTC)
    assert row == ("20250111_BOS_NYK", None, "2024-25", "scheduled", tip, seen, None)
    assert _rows(
        lake, f"SELECT DISTINCT game_id FROM league.prop_line WHERE game_date='{day}'"
    ) == [("20250111_BOS_NYK",)]


def test_an_event_that_a_schedule_then_has_points_at_the_scheduled_game(
    lake: Lake, folder: Folder
) -> None:
    day = date(2025, 1, 11)
    folder.rows["prop_lines"].append(line(day, "Al Able"))
    folder.rows["game_lines"].append(game_line(day))
    folder.take(lake)
    folder.rows["schedule"].append(game(3, day))
    folder.take(lake)
    current = (
        "SELECT game_id FROM {0} WHERE game_date = '2025-01-11'"
        " QUALIFY row_number() OVER (PARTITION BY {1} ORDER BY recorded_seq DESC) = 1"
    )
    for table in ("league.prop_line", "league.game_line"):
        assert _rows(lake, current.format(table, ", ".join(KEYS[table]))) == [("0022400003",)]
    pointed = _rows(
        lake,
        "SELECT nba_game_id FROM league.game WHERE game_id = '20250111_BOS_NYK'"
        " ORDER BY recorded_seq",
    )
    assert pointed == [(None,), ("0022400003",)]
    assert folder.take(lake).new_rows == 0


def test_lines_of_a_game_that_is_moved_stay_on_their_date(lake: Lake, folder: Folder) -> None:
    folder.rows["player_game"] = folder.rows["player_game"][:2]
    folder.rows["team_game"] = folder.rows["team_game"][:2]
    upcoming = {"status": "scheduled", "home_pts": None, "away_pts": None}
    folder.rows["schedule"][1] |= upcoming
    folder.take(lake)
    later = date(2025, 2, 20)
    folder.rows["schedule"][1] |= {"game_date": later, "tipoff_utc": f"{later}T23:30:00Z"}
    folder.take(lake)
    sql = "SELECT game_id FROM league.prop_line ORDER BY recorded_seq"
    assert _rows(lake, sql) == [("0022400002",), ("20250110_BOS_NYK",)]
    assert _rows(
        lake, f"SELECT game_id, known_at FROM league.game WHERE game_date = '{SECOND}'"
        " ORDER BY recorded_seq DESC LIMIT 1"
    ) == [("20250110_BOS_NYK", datetime(2025, 1, 10, 23, 0, tzinfo=UTC))]  # fmt: skip


def test_a_line_dated_by_utc_belongs_to_the_evening_before(lake: Lake, folder: Folder) -> None:
    folder.rows["prop_lines"] = [
        line(date(2025, 1, 11), "Al Able", snapshot_time="2025-01-11T00:25:00Z")
    ]
    report = folder.take(lake)
    assert report.line_only_games == 0
    assert _rows(lake, "SELECT game_date, game_id FROM league.prop_line") == [
        (SECOND, "0022400002")
    ]


def test_lines_at_or_after_the_scheduled_tip_are_kept_and_flagged(
    lake: Lake, folder: Folder
) -> None:
    stamps = ("23:29:59", "23:30:00", "23:35:00", "23:41:00")
    folder.rows["prop_lines"] = [
        line(SECOND, "Al Able", commence_time=f"{SECOND}T23:40:00Z", bookmaker="tip")
    ] + [line(SECOND, "Al Able", snapshot_time=f"{SECOND}T{t}Z") for t in stamps]
    folder.take(lake)
    rows = _rows(lake, "SELECT late FROM league.prop_line ORDER BY known_at")
    assert [late for (late,) in rows] == [False, False, True, True, True]


def test_prices_that_are_none_become_null_and_pickem_is_flagged(lake: Lake, folder: Folder) -> None:
    folder.rows["prop_lines"] = [
        line(SECOND, "Al Able", over_price=-99.0, under_price=20_001.0),
        line(SECOND, "Al Able", bookmaker="prizepicks", over_price=100.0, under_price=-20_000.0),
    ]
    folder.take(lake)
    rows = _rows(lake, "SELECT over_price, under_price, pickem FROM league.prop_line ORDER BY 3")
    assert rows == [(None, None, False), (100.0, -20_000.0, True)]


def test_simulated_and_real_facts_never_share_a_lake(lake: Lake, folder: Folder) -> None:
    folder.take(lake)
    assert not lake.simulated
    (folder.path / "league.json").write_text(json.dumps({"simulated": True}))
    with pytest.raises(UsageError, match="simulated"):
        import_folder(lake, folder.path)


def test_the_first_import_labels_a_lake_simulated(lake: Lake, folder: Folder) -> None:
    (folder.write() / "league.json").write_text('{"simulated": true}')
    assert import_folder(lake, folder.path).simulated
    assert lake.simulated
    with pytest.raises(UsageError, match="simulated"):
        tiny(folder.path.parent / "real").take(lake)


def test_an_import_is_one_commit_with_one_event(lake: Lake, folder: Folder) -> None:
    before = lake.version()
    folder.take(lake)
    assert lake.version() == before + 1
    seqs = {row[0] for t in KEYS for row in _rows(lake, f"SELECT recorded_seq FROM {t}")}
    assert seqs == {1}
    [(kind, detail)] = _rows(lake, "SELECT kind, detail FROM ops.event")
    assert kind == "import"
    assert json.loads(detail)["new_rows"] > 0
