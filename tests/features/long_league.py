"""Two teams that meet five days a week for six seasons: careers longer than two eras of running
totals, weeks without rest, a long absence, benches of seconds, and box scores with holes."""

from __future__ import annotations

import random
from datetime import date, timedelta

from tests.features.small_league import START, League, Row, _game, tip

GAMES, SEASONS = 140, 6
WEEK = (0, 1, 3, 4, 5)
"""Days of a week with a game: as many as a week can hold, and back to backs. Every seventh week
the last two are played on one day."""
TEAMS = ("AAA", "BBB")
STAR, STEADY, INJURED, BENCH = 0, 1, 2, 3
"""Places in a roster of four."""
AWAY = range(60, 75)
"""Games of each season that the injured player misses in a row."""
HOT = range(100, 130)
"""Games of each season in which a star scores seventy, and then nothing."""
REPORTED = (0, 1, 30, 100, 139, 140, 210, 235, 300, 400, 490, 610, 700, 735, 800, 839)
"""Games on whose morning there are reports."""
EXACT = (20,)
"""Games of each season in which a player of ten points scores exactly half as many again."""
DETAILS = ("Placed on IL (DTD), sore knee", "Out indefinitely", "Out for the season",
           "Placed on IL (DTD), out indefinitely, maybe for the season")  # fmt: skip


def make_long_league(seed: int = 5) -> League:
    """The league; the same seed gives the same facts."""
    dice, league = random.Random(seed), League()
    for table in ("game", "player_game", "team_game", "injury", "prop_line"):
        league.tables[table] = []
    rosters = {team: [f"{team.lower()}{k}" for k in range(4)] for team in TEAMS}
    for season in range(SEASONS):
        for at in range(GAMES):
            number = season * GAMES + at
            twice = at % 35 == 34
            day = START + timedelta(days=365 * season + 7 * (at // 5) + WEEK[at % 5 - twice])
            home, away = TEAMS if dice.random() < 0.5 else TEAMS[::-1]
            before = len(league.tables["player_game"])
            hour = 5 if twice else number % 3
            _game(league, dice, f"d{number:03}", day, home, away, rosters, hour)
            _bend(league, dice, before, season, at)
            if twice:
                _known_at_once(league, f"d{number - 1:03}")
            if number in REPORTED:
                _report(league, day, REPORTED.index(number))
    league.tables["prop_line"] = []
    return league


def _bend(league: League, dice: random.Random, before: int, season: int, at: int) -> None:
    """Make the newest game's rows of this season, and its box scores awkward."""
    named = f"{2020 + season}-{21 + season}"
    late = "playoffs" if at > GAMES - 10 else "regular"
    game = league.tables["game"][-1]
    game |= {"season": named, "game_type": late}
    for row in league.tables["team_game"][-2:]:
        row |= {"season": named, "game_type": late}
    boxes = league.tables["player_game"]
    bent = [_box(dice, row | {"season": named}, at) for row in boxes[before:]]
    boxes[before:] = [row for row in bent if row]
    if at % 20 == 7:  # a game that only lines know of: nobody plays it
        alone = {"game_id": f"x{game['game_id']}", "nba_game_id": None, "status": "scheduled",
                 "tipoff": game["tipoff"] - timedelta(hours=30), "result_known_at": None,
                 "game_date": game["game_date"] - timedelta(1), "home_pts": None,
                 "away_pts": None, "fact_id": f"x{game['fact_id']}"}  # fmt: skip
        league.tables["game"].insert(-1, game | alone)


def _box(dice: random.Random, row: Row, at: int) -> Row | None:
    place = int(row["player_key"][-1])
    if place == INJURED and at in AWAY:
        return None
    if place == STAR:
        row |= {"pts": row["pts"] + 14, "minutes": 38.25}
        if at in HOT:
            row |= {"pts": (68 if at in HOT[:15] else 1) + at % 2}
    elif place == STEADY:
        row |= {"pts": row["pts"] + 10, "minutes": dice.choice([12.0, 20.0, 28.0, 48.0, 48.0])}
    elif place == INJURED:
        row |= {"pts": 15 if at in EXACT else 10, "minutes": dice.choice([12.0, 28.0, 48.0])}
    else:
        row |= {"minutes": dice.choice([0.0, 0.5, 0.75, 2.5, 30.0])}
    if not row["minutes"]:
        row |= {"did_not_play": True, "pts": 40}
    hole = dice.choice([None, None, None, None, "usg_pct", "oreb"])
    return row | ({hole: None} if hole else {}) | {"fact_id": f"{row['fact_id']}@{row['season']}"}


def _known_at_once(league: League, earlier: str) -> None:
    """The box scores and results of two games of a day become known at one moment."""
    known = league.tables["game"][-1]["result_known_at"]
    for row in league.tables["game"][-3:]:
        if row["game_id"] == earlier:
            row["result_known_at"] = known
    for table, last in (("player_game", 20), ("team_game", 4)):
        for row in league.tables[table][-last:]:
            if row["game_id"] == earlier:
                row["known_at"] = known


def _report(league: League, day: date, number: int) -> None:
    """In the morning of a day: a star and a steady player are out and back in turn, one who is out
    stays out, a bench player has a daily status; and of one moment more than one thing is said."""
    out, back = (STAR, STEADY) if number % 2 else (STEADY, STAR)
    status = ("doubtful", "questionable", "probable", "out", "available")[number % 5]
    move, daily, yesterday = "transaction", "daily status snapshot", day - timedelta(1)
    said = [
        (out, "out", day, move), (back, "available", day, move), (back, "out", yesterday, move),
        (INJURED, "out", yesterday, move), (BENCH, "available", yesterday, move),
        (BENCH, status, day if number % 3 else yesterday, daily),
    ]  # fmt: skip
    if number % 4 == 0:
        said += [(INJURED, "available", yesterday, move), (BENCH, "probable", day, daily)]
    for team in TEAMS:
        for place, word, when, kind in said:
            player = f"{team.lower()}{place}"
            raw = "Day-To-Day" if word == "questionable" else word
            league.tables["injury"].append({
                "date": when, "team": team, "player_key": player, "raw_key": player,
                "player_name": player, "status": word, "raw_status": raw,
                "detail": DETAILS[number % 4], "kind": kind,
                "known_at": tip(day) - timedelta(hours=7), "estimated": False,
                "fact_id": f"r{player}{day}{word}{when}{kind}",
            })  # fmt: skip
