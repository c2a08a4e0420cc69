"""The markets tipoff forecasts: the one place that says what each of them counts."""

from tipoff.errors import UsageError

MARKETS: dict[str, str] = {
    "points": "pts",
    "rebounds": "reb",
    "assists": "ast",
    "threes": "fg3m",
    "steals": "stl",
    "blocks": "blk",
    "pra": "pts + reb + ast",
    "pr": "pts + reb",
    "pa": "pts + ast",
    "ra": "reb + ast",
}
"""Market -> SQL expression over the columns of `league.player_game`."""

MAX_COUNT: dict[str, int] = {
    "points": 90,
    "rebounds": 40,
    "assists": 35,
    "threes": 20,
    "steals": 15,
    "blocks": 15,
    "pra": 130,
    "pr": 110,
    "pa": 110,
    "ra": 60,
}
"""Market -> K: a pmf covers 0..K and its last bin holds everything from K upwards."""


def checked_market(name: str) -> str:
    """The market of that name. Raises UsageError listing those there are."""
    if name not in MARKETS:
        raise UsageError(f"no market is called {name!r}", f"there are {', '.join(MARKETS)}")
    return name
