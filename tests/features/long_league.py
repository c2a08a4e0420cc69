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
"""Games of each season that the injured man misses in a row."""
HOT = range(100, 130)
"""Games of each season in which a star scores seventy, and then nothing."""
REPORTED = (0, 1, 30, 100, 139, 140, 210, 235, 300, 400, 490, 610, 700, 735, 800, 839)
"""Games on whose morning there are reports."""


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
            _game(
                league, dice, f"d{number:03}", day, home, away, rosters, 5 if twice else number % 3
            )
            _bend(league, dice, before, season, at)
            if number in REPORTED:
                _report(league, day)
    league.tables["prop_line"] = []
    return league


def _bend(league: League, dice: random.Random, before: int, season: int, at: int) -> None:
    """Make the newest game's rows of this season, and its box scores awkward."""
    named = f"{2020 + season}-{21 + season}"
    late = "playoffs" if at > GAMES - 10 else "regular"
    league.tables["game"][-1] |= {"season": named, "game_type": late}
    for row in league.tables["team_game"][-2:]:
        row |= {"season": named, "game_type": late}
    boxes = league.tables["player_game"]
    bent = [_box(dice, row | {"season": named}, at) for row in boxes[before:]]
    boxes[before:] = [row for row in bent if row]


def _box(dice: random.Random, row: Row, at: int) -> Row | None:
    place = int(row["player_key"][-1])
    if place == INJURED and at in AWAY:
        return None
    if place == STAR:
        row |= {"pts": row["pts"] + 14, "minutes": 38.25}
        if at in HOT:
            row |= {"pts": (68 if at in HOT[:15] else 1) + at % 2}
    elif place == BENCH:
        row |= {"minutes": dice.choice([0.0, 0.5, 0.75, 2.5, 30.0])}
    else:
        row |= {"minutes": dice.choice([12.0, 20.0, 28.0, 48.0, 48.0])}
    if not row["minutes"]:
        row |= {"did_not_play": True, "pts": 40}
    hole = dice.choice([None, None, None, None, "usg_pct", "oreb"])
    return row | ({hole: None} if hole else {}) | {"fact_id": f"{row['fact_id']}@{row['season']}"}


def _report(league: League, day: date) -> None:
    """In the morning of a day: both stars are out, two steady men are back, two others stay out."""
    said = ((STAR, "out", day), (STEADY, "available", day), (INJURED, "out", day - timedelta(1)))
    for team in TEAMS:
        for place, status, when in said:
            player = f"{team.lower()}{place}"
            league.tables["injury"].append({
                "date": when, "team": team, "player_key": player, "raw_key": player,
                "player_name": player, "status": status, "raw_status": status,
                "detail": "Placed on IL (DTD), out indefinitely, maybe for the season",
                "kind": "transaction", "known_at": tip(day) - timedelta(hours=7),
                "estimated": False, "fact_id": f"r{player}{day}",
            })  # fmt: skip
