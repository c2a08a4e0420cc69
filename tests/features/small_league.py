"""A small league with everything awkward in it: trades, DNPs, a rookie, a double-header of data,
status rows, several books, and a lake made of any part of its facts."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from tipoff.lake import Lake, Writer

Row = dict[str, Any]
TEAMS = ("AAA", "BBB", "CCC", "DDD")
START = date(2023, 1, 2)
BREAK, SEASON_TWO = 34, 300
"""Days: the first season ends, the second begins, counted from START."""
DAYS = (*range(0, BREAK, 2), *range(25, BREAK, 4), *range(SEASON_TWO, SEASON_TWO + 24, 2),
        *range(SEASON_TWO + 5, SEASON_TWO + 24, 6))  # fmt: skip
LAST = START + timedelta(days=max(DAYS))
PLAYERS_PER_TEAM = 6


@dataclass
class League:
    """Fact rows by table; every row has known_at."""

    tables: dict[str, list[Row]] = field(default_factory=dict)

    def cut(self, moment: datetime) -> League:
        """Only what was known at a moment."""
        return League({t: [r for r in rows if r["known_at"] <= moment]
                       for t, rows in self.tables.items()})  # fmt: skip

    def changed(self, table: str, change: Callable[[Row], Row | None]) -> League:
        """A copy with one table's rows changed, or dropped where `change` gives None."""
        rows = [new for row in self.tables[table] if (new := change(dict(row))) is not None]
        return League(self.tables | {table: rows})

    def store(self, folder: Path) -> Lake:
        """A lake holding these facts."""
        lake = Lake.open(folder, create=True)
        lake.write(self._write)
        return lake

    def _write(self, writer: Writer) -> None:
        for table, rows in ((t, rows) for t, rows in self.tables.items() if rows):
            frame = pl.DataFrame(rows, infer_schema_length=None)
            writer.register("small_rows", frame)
            listed = ", ".join(frame.columns)
            writer.insert(f"league.{table}", listed, f"SELECT {listed} FROM small_rows", len(rows))
            writer.unregister("small_rows")


def tip(day: date, hour: int = 0) -> datetime:
    """Tip-offs are at 00:00 UTC of the day after, plus `hour`."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC) + timedelta(
        hours=hour
    )


def make_league(seed: int = 7) -> League:
    """The league; the same seed gives the same facts."""
    dice, league = random.Random(seed), League()
    for table in ("game", "player_game", "team_game", "injury", "prop_line"):
        league.tables[table] = []
    rosters = {t: [f"{t.lower()}{k}" for k in range(PLAYERS_PER_TEAM)] for t in TEAMS}
    for number, day in enumerate(sorted(set(DAYS))):
        if number == 8:  # a trade, both ways
            rosters["AAA"][0], rosters["BBB"][0] = rosters["BBB"][0], rosters["AAA"][0]
        if number == 20:
            rosters["CCC"].append("rookie")
        teams = dice.sample(TEAMS, 4)
        for k, (home, away) in enumerate((teams[:2], teams[2:])):
            _game(league, dice, f"g{number:02}{k}", START + timedelta(days=day), home, away,
                  rosters, k)  # fmt: skip
    # two games of one date for the same two teams, the first still unknown when the second tips
    for k in range(2):
        _game(league, dice, f"twice{k}", LAST + timedelta(days=1), "AAA", "BBB", rosters, k)
    return league


def _game(
    league: League, dice: random.Random, game: str, day: date, home: str, away: str,
    rosters: dict[str, list[str]], hour: int,
) -> None:  # fmt: skip
    season = "2022-23" if day < START + timedelta(days=SEASON_TWO) else "2023-24"
    moment, kind = tip(day, hour), "playoffs" if day > LAST else "regular"
    known = moment + timedelta(hours=3)
    players: list[Row] = []
    for team, other in ((home, away), (away, home)):
        for k, player in enumerate(rosters[team]):
            if dice.random() < 0.15:
                _absence(league, dice, player, team, day)
                continue
            players.append(_box(dice, game, day, season, team, other, team == home, player, k,
                                moment))  # fmt: skip
            _lines(league, dice, game, day, home, away, player, moment)
    league.tables["player_game"] += players
    totals = {t: sum(p["pts"] for p in players if p["team"] == t) for t in (home, away)}
    counts = {t: {c: sum(p[c] for p in players if p["team"] == t)
                  for c in ("reb", "ast", "fgm", "fga", "fg3a")} for t in (home, away)}  # fmt: skip
    for team, other in ((home, away), (away, home)):
        league.tables["team_game"].append({
            "game_id": game, "team": team, "opponent": other, "game_date": day, "season": season,
            "game_type": kind, "home": team == home, "pts": totals[team],
            "opp_pts": totals[other], "possessions": float(dice.randint(90, 110)),
            **counts[team], "tov": totals[team] % 7 + 8,
            "tipoff": moment, "known_at": known, "fact_id": f"t{game}{team}",
        })  # fmt: skip
    league.tables["game"].append({
        "game_id": game, "nba_game_id": game, "display_id": game, "game_date": day,
        "season": season, "game_type": kind, "home": home, "away": away, "tipoff": moment,
        "tipoff_source": "schedule", "status": "final", "home_pts": totals[home],
        "away_pts": totals[away], "known_at": tip(START, -400), "result_known_at": known,
        "fact_id": f"g{game}",
    })  # fmt: skip


def _box(
    dice: random.Random, game: str, day: date, season: str, team: str, other: str, home: bool,
    player: str, place: int, moment: datetime,
) -> Row:  # fmt: skip
    fg3m, fg2m, ftm = (
        dice.randint(0, 3),
        dice.randint(1 + 4 * (place < 4), 5 + 3 * max(0, 4 - place)),
        dice.randint(0, 4),
    )
    minutes = dice.choice([31.5, 44.25, 48.0])
    return {
        "game_id": game, "player_key": player, "player_name": player.title(), "game_date": day,
        "season": season, "season_type": "regular", "team": team, "opponent": other,
        "home": home, "starter": place < 3, "minutes": minutes,
        "pts": 3 * fg3m + 2 * fg2m + ftm, "reb": (reb := dice.randint(0, 12)),
        "oreb": reb // 3, "ast": dice.randint(0, 9),
        "stl": dice.randint(0, 3), "blk": dice.randint(0, 2), "fgm": fg3m + fg2m,
        "fga": fg3m + fg2m + dice.randint(0, 8), "fg3m": fg3m,
        "fg3a": fg3m + dice.randint(0, 3), "ftm": ftm, "fta": ftm + 1,
        "usg_pct": round(dice.uniform(8, 35), 1), "did_not_play": False, "tipoff": moment,
        "known_at": moment + timedelta(hours=3), "fact_id": f"p{game}{player}",
    }  # fmt: skip


def _absence(league: League, dice: random.Random, player: str, team: str, day: date) -> None:
    noon = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=17)
    kind = dice.choice(["transaction", "transaction", "daily status snapshot"])
    status = "out" if kind == "transaction" else dice.choice(["out", "questionable", "probable"])
    rows = [(day, noon, status)]
    if dice.random() < 0.3:
        rows.append((day + timedelta(days=5), noon + timedelta(days=5), "available"))
    for when, known, word in rows:
        league.tables["injury"].append({
            "date": when, "team": team, "player_key": player, "raw_key": player,
            "player_name": player.title(), "status": word, "raw_status": word,
            "detail": "knee", "kind": kind, "known_at": known, "estimated": True,
            "fact_id": f"i{player}{when}{kind}{word}",
        })  # fmt: skip


def _lines(
    league: League, dice: random.Random, game: str, day: date, home: str, away: str,
    player: str, moment: datetime,
) -> None:  # fmt: skip
    if dice.random() < 0.4:
        return
    for market in ("points", "rebounds"):
        for book in dice.sample(["one", "two", "three", "pick"], 3):
            for back in dice.sample([600, 300, 45, 0, -20], 3):
                known = moment - timedelta(minutes=back)
                main = dice.random() < 0.8
                line = dice.randint(4, 24) + 0.5
                league.tables["prop_line"].append({
                    "game_date": day, "game_id": game, "player_key": player, "raw_key": player,
                    "player_name": player.title(), "home": home, "away": away,
                    "market": market, "bookmaker": book, "line": line,
                    "over_price": float(dice.choice([-110, -125, 105])),
                    "under_price": float(dice.choice([-110, -105, -130])),
                    "is_main_line": main, "pickem": book == "pick", "event_id": game,
                    "commence_time": moment, "snapshot_time": known, "known_at": known,
                    "estimated": book == "two", "late": back <= 0, "source": "small",
                    "fact_id": f"l{game}{player}{market}{book}{back}{line}{main}",
                })  # fmt: skip
