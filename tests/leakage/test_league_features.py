"""Every feature the champion and P(plays) read: tonight's truth moves none, yesterday's moves all.

The second half is what makes the first worth something: a feature that nothing moves would pass it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from tests.features.small_league import START, League, Row, tip
from tests.features.test_leakage import tonight
from tests.forecast.test_contracts import adopt
from tests.leakage.planted import SOURCES, TONIGHT, with_late_games, with_leak_in
from tests.long import sampled
from tipoff.features import feature_set, roster_frame, slate_frame, training_frame
from tipoff.features.catalogue import CATALOGUE, Catalogue
from tipoff.lake import Lake

DAY = START + timedelta(days=316)
KEYS = ["game_id", "player_key"]
NOTHING: dict[str, set[str]] = {"learned": set(), "served": set(), "members": set()}
NAMES = tuple(dict.fromkeys((*feature_set("v4"), *feature_set("plays_1"))))
BY_CALENDAR = {
    "home_away", "playoff_game", "back_to_back", "rest_advantage", "team_game_number",
}  # fmt: skip
"""Read from the schedule alone, which no result changes."""
Frames = dict[str, pl.DataFrame]


def frames(lake: Lake, names: tuple[str, ...] = NAMES) -> Frames:
    """The rows of DAY as a champion learns and reads them, and as P(plays) does."""
    with lake.reading() as r:
        learned = training_frame(r, start=DAY, through=DAY, names=names)
        rows, as_of = tonight(learned, DAY)
        served = slate_frame(r, rows, as_of=as_of, seq=r.newest_seq(), names=names).frame
        members = roster_frame(r, start=DAY, through=DAY, names=names)
    return {"learned": learned, "served": served, "members": members}


def moved(a: Frames, b: Frames, names: tuple[str, ...] = NAMES) -> dict[str, set[str]]:
    """Per frame the features that differ in some row which both have."""
    changed = {}
    for kind, frame in a.items():
        ours = frame.join(b[kind].select(KEYS), on=KEYS, how="semi").sort(KEYS)
        theirs = b[kind].join(frame.select(KEYS), on=KEYS, how="semi").sort(KEYS)
        assert ours.height > 12
        changed[kind] = {n for n in names if not ours[n].equals(theirs[n], null_equal=True)}
    return changed


def another_truth(league: League, since: date) -> League:
    """Other numbers in every game since a date: some who played did not, others started; and
    what was said since its first tip-off is taken away, other things said instead."""

    def number(row: Row) -> Row:
        return row | {
            k: v + 3 + sum(map(ord, k)) % 7 for k, v in row.items()
            if isinstance(v, int | float) and not isinstance(v, bool)
        }  # fmt: skip

    def played(row: Row) -> Row | None:
        if row["game_date"] < since:
            return row
        absent = sum(map(ord, row["fact_id"])) % 5 == 0
        return None if absent else number(row) | {"starter": not row["starter"]}

    def earlier(row: Row) -> Row | None:
        return row if row["known_at"] < tip(since) else None

    other = league.changed("player_game", played).changed("injury", earlier)
    for table in ("team_game", "game"):
        other = other.changed(table, lambda row: row if row["game_date"] < since else number(row))
    other.tables["injury"] += [
        said for row in league.tables["player_game"] if row["game_date"] >= since
        for said in rumours(row)
    ]  # fmt: skip
    return other


def rumours(row: Row) -> list[Row]:
    """What is said of a player after a game's tip-off: they are out, or back two days later."""
    back = row["player_key"].endswith("1")
    days = timedelta(days=2 * back)
    return [{
        "date": row["game_date"] + days, "team": row["team"], "player_key": row["player_key"],
        "raw_key": row["player_key"], "player_name": row["player_name"], "kind": "transaction",
        "status": "available" if back else "out", "raw_status": "activated" if back else "out",
        "detail": "knee (DTD), indefinite, out for season", "estimated": True,
        "known_at": tip(row["game_date"], 1) + days - timedelta(hours=8 * back),
        "fact_id": f"rumour{row['fact_id']}",
    }]  # fmt: skip


@pytest.fixture(scope="module")
def other(league: League, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    with another_truth(league, DAY).store(tmp_path_factory.mktemp("other") / "lake") as lake:
        yield lake


def test_what_came_after_tip_off_moves_no_feature_of_v4_or_plays_1(
    truth: Lake, other: Lake
) -> None:
    assert moved(frames(truth), frames(other)) == NOTHING


def test_what_came_before_moves_every_feature_but_those_of_the_calendar(
    truth: Lake, league: League, tmp_path: Path
) -> None:
    with another_truth(league, START).store(tmp_path / "lake") as lake:
        leaks = moved(frames(truth), frames(lake))
    for kind, names in leaks.items():
        assert set(NAMES) - names == BY_CALENDAR, kind


BUILT = SOURCES["the box scores a build has made"]
STORED = SOURCES["the stored facts, whatever is known of them"]
LATER = {"learned", "members"}
"""Frames of days gone by: the result is there to be read by mistake."""
Careless = tuple[Callable[[], Catalogue], set[str], set[str]]
PLANTED: dict[str, Careless] = {
    "a result in the player family": (
        lambda: with_leak_in("player", BUILT), {TONIGHT}, LATER,
    ),
    "a result in the role family": (lambda: with_leak_in("role", BUILT), {TONIGHT}, LATER),
    "a result in the absence family": (lambda: with_leak_in("absence", BUILT), {TONIGHT}, LATER),
    "a stored result in the crowd family": (
        lambda: with_leak_in("crowd", STORED), {TONIGHT}, {*LATER, "served"},
    ),
    "tonight's game as the newest of form and role": (
        with_late_games, {"points_per_minute_career", "fga_ewma_hl8", "start_rate_5"}, LATER,
    ),
    "tonight's game as the newest of a roster member": (
        lambda: with_late_games("fx_night_states"), {"p_absent", "roster_place"}, LATER,
    ),
    "tonight's game as the newest of a player among team-mates": (
        lambda: with_late_games("fx_crowd"), {"rank_points", "minutes_240"}, LATER,
    ),
}  # fmt: skip
"""One careless line in an honest catalogue, features it must be seen in, and in which frames."""


def reading(careless: Catalogue) -> tuple[str, ...]:
    """The names of v4 and plays_1 that the careless line is in, and the planted one."""
    names = [n for n in NAMES if careless.hashes[n] != CATALOGUE.hashes[n]]
    return (*names, *({TONIGHT} & careless.features.keys()))


@pytest.mark.parametrize("what", sampled(PLANTED, 3))
def test_a_careless_line_in_a_family_the_champion_reads_is_caught(
    what: str, truth: Lake, other: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, least, kinds = PLANTED[what]
    careless = make()
    names = reading(careless)
    adopt(monkeypatch, careless)
    leaks = moved(frames(truth, names), frames(other, names), names)
    assert {kind for kind, caught in leaks.items() if caught} == kinds
    assert all(least <= leaks[kind] for kind in kinds)
    if TONIGHT in least:
        assert all(leaks[kind] == {TONIGHT} for kind in kinds)
