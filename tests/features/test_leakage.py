"""What a feature may see: nothing after its moment, nobody's presence in the query."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.features.conftest import Built
from tests.features.small_league import LAST, START, League, Row
from tests.long import sampled
from tipoff.errors import IntegrityError
from tipoff.features import SlateFeatures, feature_set, slate_frame, training_frame
from tipoff.lake import Lake

KEYS = [
    "game_id", "player_key", "team", "opponent", "home", "game_date", "season", "game_type",
    "tipoff",
]  # fmt: skip
SLATES = (START, START + timedelta(days=16), START + timedelta(days=300), LAST)
TWICE = LAST + timedelta(days=1)


def tonight(frame: pl.DataFrame, day: date) -> tuple[pl.DataFrame, datetime]:
    """The player-games of a date and one second before its first tip-off."""
    rows = frame.filter(pl.col("game_date") == day).select(KEYS)
    first = rows["tipoff"].min()
    assert isinstance(first, datetime)
    return rows, first - timedelta(seconds=1)


def slate(lake: Lake, rows: pl.DataFrame, as_of: datetime) -> SlateFeatures:
    with lake.reading() as r:
        return slate_frame(r, rows, as_of=as_of, seq=r.newest_seq())


def same(a: pl.DataFrame, b: pl.DataFrame) -> bool:
    columns = [c for c in a.columns if c in b.columns]
    keys = ["game_id", "player_key"]
    return a.select(columns).sort(keys).equals(b.select(columns).sort(keys))


@pytest.mark.parametrize("day", sampled([TWICE, *SLATES], 2))
def test_a_slate_build_gives_bit_for_bit_what_the_training_build_gives(
    small: Built, day: date
) -> None:
    rows, as_of = tonight(small.frame, day)
    built = slate(small.lake, rows, as_of)
    assert built.frame.height == rows.height > 0
    assert same(built.frame, small.frame.filter(pl.col("game_date") == day))


@pytest.mark.xdist_group("real features")  # one worker builds them, not both
@pytest.mark.parametrize("day", sampled([date(2025, 1, 10), date(2021, 10, 20), date(2022, 2, 11)]))
def test_a_real_slate_build_gives_bit_for_bit_what_the_training_build_gives(
    real: Built, day: date
) -> None:
    rows, as_of = tonight(real.frame, day)
    built = slate(real.lake, rows, as_of)
    assert same(built.frame, real.frame.filter(pl.col("game_date") == day))


@pytest.mark.long
def test_a_players_features_do_not_depend_on_who_else_is_asked_for(small: Built) -> None:
    rows, as_of = tonight(small.frame, LAST)
    everyone = slate(small.lake, rows, as_of).frame
    for one in (rows.head(1), rows.tail(1), rows.sample(1, seed=2)):
        alone = slate(small.lake, one, as_of).frame
        keys = ["game_id", "player_key"]
        assert same(alone, everyone.join(one.select(keys), on=keys))


def test_rows_come_back_in_the_order_given_and_a_double_row_is_refused(small: Built) -> None:
    rows, as_of = tonight(small.frame, LAST)
    shuffled = rows.sample(fraction=1.0, shuffle=True, seed=1)
    snapshot = slate(small.lake, shuffled, as_of)
    assert snapshot.frame["player_key"].to_list() == shuffled["player_key"].to_list()
    with pytest.raises(IntegrityError, match="player-games in"):
        slate(small.lake, pl.concat([rows, rows.head(1)]), as_of)


def test_features_as_of_a_moment_equal_those_of_a_lake_cut_at_it(
    small: Built, small_league: League, tmp_path: Path
) -> None:
    rows, as_of = tonight(small.frame, LAST)
    with small_league.cut(as_of).store(tmp_path / "cut") as lake:
        cut = slate(lake, rows, as_of)
    assert same(cut.frame, slate(small.lake, rows, as_of).frame)
    assert cut.frame["points_avg_last_5"].null_count() == 0


def test_results_of_the_day_and_later_change_no_feature_of_the_day(
    small: Built, small_league: League, tmp_path: Path
) -> None:
    day = START + timedelta(days=300)
    rows, as_of = tonight(small.frame, day)

    def scramble(row: Row) -> Row:
        if row["game_date"] >= day:
            row |= {"pts": 50 - row["pts"], "minutes": 12.0, "reb": 9, "usg_pct": 33.0}
        return row

    before = slate(small.lake, rows, as_of).frame
    with small_league.changed("player_game", scramble).store(tmp_path / "other") as lake:
        assert same(slate(lake, rows, as_of).frame, before)
        with lake.reading() as r:
            changed = training_frame(r, start=day, through=LAST)
    later = small.frame.filter(pl.col("game_date") > day)
    assert not same(changed.filter(pl.col("game_date") > day), later)
    assert same(
        changed.filter(pl.col("game_date") == day).drop(pl.selectors.starts_with("y_")),
        small.frame.filter(pl.col("game_date") == day).drop(pl.selectors.starts_with("y_")),
    )


def test_lines_and_statuses_after_the_moment_change_nothing(
    small: Built, small_league: League, tmp_path: Path
) -> None:
    rows, as_of = tonight(small.frame, LAST)

    def later(row: Row) -> Row | None:
        return row if row["known_at"] <= as_of else None

    league = small_league.changed("prop_line", later).changed("injury", later)
    assert len(league.tables["prop_line"]) < len(small_league.tables["prop_line"])
    with league.store(tmp_path / "fewer") as lake:
        assert same(slate(lake, rows, as_of).frame, slate(small.lake, rows, as_of).frame)


def test_the_second_game_of_a_double_header_sees_nothing_of_the_first(small: Built) -> None:
    names = ["points_avg_last_5", "points_ewma_hl8", "games_in_last_7_days", "minutes_avg_last_10"]
    first, second = (
        small.frame.filter(pl.col("game_id") == game).select("player_key", *names, "y_points")
        for game in ("twice0", "twice1")
    )
    both = first.join(second, on="player_key", suffix="_second")
    assert both.height >= 6
    assert (both["y_points"] != both["points_avg_last_5"]).any()
    for name in names:
        assert both[name].equals(both[f"{name}_second"], null_equal=True)


def test_a_moment_after_tip_off_still_shows_nothing_of_the_game_itself(small: Built) -> None:
    rows, as_of = tonight(small.frame, LAST)
    late = slate(small.lake, rows, as_of + timedelta(days=1)).frame
    names = ["points_avg_last_5", "points_ewma_hl8", "team_pace", "opponent_def_rating"]
    assert same(late.select(KEYS + names), slate(small.lake, rows, as_of).frame)


def test_a_correction_is_seen_by_a_build_of_its_seq_and_not_by_an_earlier_one(
    small_league: League, tmp_path: Path
) -> None:
    with small_league.store(tmp_path / "corrected") as lake:
        with lake.reading() as r:
            frame = training_frame(r, start=LAST, through=LAST)
            before = r.newest_seq()
        rows, as_of = tonight(frame, LAST)
        player = rows["player_key"][0]
        newest = max(
            (p for p in small_league.tables["player_game"]
             if p["player_key"] == player and p["known_at"] <= as_of),
            key=lambda p: p["known_at"],
        )  # fmt: skip
        correction = pl.DataFrame([newest | {"pts": newest["pts"] + 5, "fact_id": "corrected"}])
        lake.write(lambda w: w.append("league.player_game", correction))
        with lake.reading() as r:
            old = slate_frame(r, rows, as_of=as_of, seq=before, names=feature_set("base"))
            new = slate_frame(r, rows, as_of=as_of, seq=r.newest_seq(), names=feature_set("base"))
    value = {n: f.frame.filter(pl.col("player_key") == player)["points_avg_last_5"][0]
             for n, f in (("old", old), ("new", new))}  # fmt: skip
    assert value["new"] == pytest.approx(value["old"] + 1)
    assert same(old.frame, frame.select(old.frame.columns))
