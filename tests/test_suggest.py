"""A word that names nothing suggests what it may have been meant to name."""

from tipoff.markets import MARKETS, checked_markets
from tipoff.suggest import nearest, no_such


def test_the_likest_words_come_first_in_any_case() -> None:
    assert nearest("RBOUNDS", MARKETS)[0] == "rebounds"
    assert nearest("zzzz", MARKETS) == []


def test_an_alias_suggests_the_name_it_stands_for_once() -> None:
    error = no_such("market", "player_assist", {"assists": "assists", "player_assists": "assists"})
    assert "did you mean assists? " in error.next_step
    assert error.exit_code == 2


def test_where_there_is_nothing_the_error_says_so() -> None:
    assert "none yet" in no_such("model", "x", []).next_step


def test_markets_come_once_and_in_declared_order() -> None:
    assert checked_markets(["PRA", "pts", "points", "p + r + a"]) == ("points", "pra")
    assert checked_markets("3pm") == ("threes",)
    assert checked_markets(None) is None
    assert checked_markets(()) is None
