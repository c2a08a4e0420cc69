"""Facts that become known at the very moment asked for, and leagues that begin or grow."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.features import test_oracle, test_oracle_v3
from tests.features.conftest import Built
from tests.features.oracle import Facts, Oracle
from tests.features.small_league import LAST, SEASON_TWO, START, League, Row
from tests.features.test_leakage import slate, tonight
from tests.long import sampled
from tipoff.features import roster_frame, training_frame

OPENING = START + timedelta(days=SEASON_TWO)
TICK = timedelta(microseconds=1)


def disagreements(built: Built, day: date, moment: datetime) -> list[str]:
    """Where a slate of everything at a moment is not what plain loops give."""
    rows, _ = tonight(built.frame, day)
    frame = slate(built.lake, rows, moment).frame
    whole = rows.join(frame.drop(*rows.columns[2:], strict=False), on=rows.columns[:2])
    dicts = whole.to_dicts()
    return [
        *test_oracle.compare(built, dicts, moment),
        *test_oracle_v3.compare(built, dicts, moment),
    ]


def newest(league: League, table: str, day: date, before: datetime) -> datetime:
    """When the newest row of a table that a slate of the day can see became known."""
    known: list[datetime] = [r["known_at"] for r in league.tables[table] if r["known_at"] < before
             and (table != "prop_line" or r["game_date"] == day)]  # fmt: skip
    return max(known)


@pytest.mark.parametrize("table", sampled(["player_game", "injury", "prop_line"]))
@pytest.mark.parametrize("short", [timedelta(0), TICK], ids=["at the moment", "just before it"])
def test_what_becomes_known_at_the_moment_asked_for_is_known_and_later_is_not(
    small: Built, small_league: League, table: str, short: timedelta
) -> None:
    """A box score is known with its team's game and its result: all at one moment."""
    _, tip = tonight(small.frame, LAST)
    moment = newest(small_league, table, LAST, tip) - short
    assert disagreements(small, LAST, moment) == []


@pytest.mark.long
def test_the_slates_of_an_opening_and_of_a_league_that_begins_are_what_plain_loops_give(
    small: Built,
) -> None:
    for day in (START, START + timedelta(days=2), OPENING, OPENING + timedelta(days=2)):
        _, moment = tonight(small.frame, day)
        assert disagreements(small, day, moment) == []


def test_a_team_that_joins_the_league_meets_one_that_has_played_for_long(
    small_league: League, tmp_path: Path
) -> None:
    joins = OPENING + timedelta(days=4)

    def later(row: Row) -> Row | None:
        new = "DDD" in (row.get("team"), row.get("opponent"), row.get("home"), row.get("away"))
        return None if new and row["game_date"] < joins else row

    league = small_league
    for table in ("game", "player_game", "team_game", "prop_line"):
        league = league.changed(table, later)
    with league.store(tmp_path / "lake") as lake:
        with lake.reading() as r:
            frame = training_frame(r, start=joins, through=joins + timedelta(days=4))
        first = frame.filter(pl.col("game_date") == frame["game_date"].min())
        assert first.filter(pl.col("opponent") == "DDD").height > 3
        built = Built(lake, frame)
        rows = frame.to_dicts()
        assert [*test_oracle.compare(built, rows), *test_oracle_v3.compare(built, rows)] == []


def test_games_of_teams_reach_back_400_days_before_the_first_box_score(
    small_league: League, tmp_path: Path
) -> None:
    """Schedules go back decades; the windows do not."""
    mould = [r for r in small_league.tables["team_game"] if r["game_date"] == START][:2]
    old: list[Row] = []
    for days, possessions in ((400, 100.0), (401, 90.0)):
        for row in mould:
            then = timedelta(days=days)
            old.append(row | {"game_id": f"old{days}", "possessions": possessions, "pts": 110,
                              "opp_pts": 100, "game_date": START - then,
                              "tipoff": row["tipoff"] - then, "known_at": row["known_at"] - then,
                              "fact_id": f"old{days}{row['team']}"})  # fmt: skip
    tables = small_league.tables
    league = League(tables | {"team_game": [*old, *tables["team_game"]]})
    with league.store(tmp_path / "lake") as lake, lake.reading() as r:
        frame = training_frame(r, start=START, through=START, names=["team_off_rating"])
    teams = {row["team"] for row in mould}
    for team, rated in frame.select("team", "team_off_rating").unique().iter_rows():
        assert rated == (110.0 if team in teams else None)


def test_a_box_score_of_a_game_the_schedule_lacks_is_read_a_second_before_its_own_tip_off(
    small_league: League, tmp_path: Path
) -> None:
    """Neither its kind nor its floor is known: a regular game, at home nobody."""
    lost = next(g for g in small_league.tables["game"] if g["game_date"] > OPENING)
    without = small_league.changed("game", lambda g: None if g["game_id"] == lost["game_id"] else g)
    names = ["points_avg_last_5", "team_pace", "home_away", "playoff_game"]
    with without.store(tmp_path / "lake") as lake, lake.reading() as r:
        frame = training_frame(r, start=lost["game_date"], through=lost["game_date"],
                               names=names)  # fmt: skip
        facts = Facts(r, set())
    rows = frame.filter(pl.col("game_id") == lost["game_id"]).to_dicts()
    assert len(rows) > 6
    for row in rows:
        assert (row["home"], row["home_away"], row["game_type"], row["playoff_game"]) == (
            False, 0.0, "regular", 0.0,
        )  # fmt: skip
        expected = Oracle(facts, row, row["tipoff"] - timedelta(seconds=1)).values()
        assert test_oracle.close(row["points_avg_last_5"], expected["points_avg_last_5"])
        assert test_oracle.close(row["team_pace"], expected["team_pace"])


def ruled_out(
    league: League, player: str, day: date, known: datetime, kind: str = "transaction"
) -> League:
    """The league in which a player is ruled out on a day, known at a moment."""
    row = {"date": day, "team": "AAA", "player_key": player, "raw_key": player,
           "player_name": player, "status": "out", "raw_status": "out", "detail": "knee",
           "kind": kind, "known_at": known, "estimated": False, "fact_id": "late"}  # fmt: skip
    return League(league.tables | {"injury": [*league.tables["injury"], row]})


@pytest.mark.parametrize(("short", "out"), [(1.0, True), (0.9, False)])
def test_whatever_moment_is_asked_for_a_row_is_read_up_to_the_last_second_before_its_tip_off(
    small: Built, small_league: League, tmp_path: Path, short: float, out: bool
) -> None:
    """Tonight's rows, a roster's, and box scores of games no schedule has."""
    rows, _ = tonight(small.frame, LAST)
    row = rows.filter(pl.col("tipoff") == rows["tipoff"].max()).row(0, named=True)
    player, tip = row["player_key"], row["tipoff"]
    league = ruled_out(small_league, player, LAST, tip - timedelta(seconds=short))
    late = tip + timedelta(hours=1)
    unplayed = league.changed(
        "game", lambda g: g | ({"result_known_at": tip + timedelta(days=99)}
                               if g["game_date"] == LAST else {})
    )  # fmt: skip
    with unplayed.store(tmp_path / "lake") as lake:
        frame = slate(lake, rows, late).frame.filter(pl.col("player_key") == player)
        with lake.reading() as r:
            members = roster_frame(r, start=LAST, through=LAST, as_of=late)
    lost = league.changed("game", lambda g: None if g["game_id"] == row["game_id"] else g)
    with lost.store(tmp_path / "lost") as lake, lake.reading() as r:
        alone = training_frame(r, start=LAST, through=LAST, names=["injury_risk"])
    member = members.filter(pl.col("player_key") == player)
    assert (frame["injury_risk"][0] == 3) is out
    assert (member["absence_state"][0] == 7) is out
    assert (alone.filter(pl.col("player_key") == player)["injury_risk"][0] == 3) is out


@pytest.mark.parametrize("kind", ["transaction", "daily status snapshot"])
def test_a_report_of_either_kind_counts_from_the_moment_it_becomes_known(
    small: Built, small_league: League, tmp_path: Path, kind: str
) -> None:
    rows, moment = tonight(small.frame, LAST)
    seen = slate(small.lake, rows, moment).frame.filter(pl.col("absence_state").is_not_null())
    player = seen["player_key"][0]
    with ruled_out(small_league, player, LAST, moment, kind).store(tmp_path / "lake") as lake:
        for at, out in ((moment - TICK, False), (moment, True)):
            row = slate(lake, rows, at).frame.filter(pl.col("player_key") == player)
            assert ((row["injury_risk"][0], row["absence_state"][0]) == (3, 7)) is out
