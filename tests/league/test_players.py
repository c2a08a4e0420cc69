"""One name, one player: every way people write it, on the names that really played."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tipoff.bets import joint, parse_leg, price_player
from tipoff.clock import now
from tipoff.errors import UsageError
from tipoff.forecast import player_view
from tipoff.forecast.why import why
from tipoff.lake import Lake, Reader
from tipoff.league.players import (
    NICKNAMES,
    Player,
    find_player,
    near_players,
    players_called,
)
from tipoff.sources.names import player_key, words


@pytest.fixture(scope="module")
def everyone(real_data: Path) -> list[Player]:
    names = pl.read_parquet(real_data / "player_game.parquet", columns=["player_name"])
    by_key = {player_key(name): name for name in names["player_name"].unique().sort()}
    return [Player(key, name) for key, name in by_key.items()]


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("Luka Dončić", "lukadoncic"),
        ("luka doncic", "lukadoncic"),
        ("LUKA DONCIC", "lukadoncic"),
        ("Doncic, Luka", "lukadoncic"),
        ("doncic", "lukadoncic"),
        ("Jalen Brunson", "jalenbrunson"),
        ("J. Brunson", "jalenbrunson"),
        ("brunson", "jalenbrunson"),
        ("giannis", "giannisantetokounmpo"),
        ("Gia Ante", "giannisantetokounmpo"),
        ("SGA", "shaigilgeousalexander"),
        ("Shai", "shaigilgeousalexander"),
        ("gilgeous alexander", "shaigilgeousalexander"),
        ("Karl Towns", "karlanthonytowns"),
        ("KAT", "karlanthonytowns"),
        ("Jimmy Butler III", "jimmybutler"),
        ("James Butler", "jimmybutler"),
        ("Steph Curry", "stephencurry"),
        ("P.J. Washington Jr.", "pjwashington"),
        ("Wembanyama", "victorwembanyama"),
        ("banyama", "victorwembanyama"),
        ("wemby", "victorwembanyama"),
        ("Joker", "nikolajokic"),
        ("the Greek Freak", "giannisantetokounmpo"),
        ("CP3", "chrispaul"),
        ("sga", "shaigilgeousalexander"),
    ],
)
def test_a_name_means_one_player_however_it_is_written(
    asked: str, key: str, everyone: list[Player]
) -> None:
    assert [player.key for player in players_called(asked, everyone)] == [key]


def test_a_whole_name_is_never_ambiguous_with_a_longer_one() -> None:
    two = [Player("jamesx", "James X"), Player("jamesxavier", "James Xavier")]
    assert players_called("James X", two) == two[:1]
    assert players_called("James Xa", two) == two[1:]


def test_a_name_several_have_gives_them_all(everyone: list[Player]) -> None:
    keys = {player.key for player in players_called("Jalen", everyone)}
    assert {"jalenbrunson", "jalengreen", "jalenwilliams"} <= keys
    assert "jaylenbrown" not in keys


@pytest.mark.long
def test_initials_always_mean_the_player_whose_they_are_among_others(
    everyone: list[Player],
) -> None:
    lost = set[str]()
    for player in everyone:
        own = words(player.name.replace("-", " "))
        initials = "".join(word[0] for word in own)
        if len(own) < 2 or any(initials in words(other.name) for other in everyone):
            continue  # a whole word of a name, such as OG or PJ, is no short form
        if player not in players_called(initials.upper(), everyone):
            lost.add(player.name)
    assert lost == set()


def test_a_nickname_alone_is_suggested_and_means_nobody() -> None:
    horford = Player("alhorford", "Al Horford")
    assert players_called("Alex", [horford]) == []
    assert near_players("Alex", [horford]) == [horford]
    assert players_called("Alex Horford", [horford]) == [horford]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Lebron Jamse", "LeBron James"),
        ("Brunsen", "Jalen Brunson"),
        ("Jalen Brunsn", "Jalen Brunson"),
        ("Nicola Jokic", "Nikola Jokić"),
        ("wembenyama", "Victor Wembanyama"),
        ("Lukka", "Luka Dončić"),
        ("Stef Curry", "Stephen Curry"),
        ("Shay", "Shai Gilgeous-Alexander"),
    ],
)
def test_a_name_nobody_has_suggests_the_nearest(
    asked: str, name: str, everyone: list[Player]
) -> None:
    assert players_called(asked, everyone) == []
    assert player_key(name) in [player.key for player in near_players(asked, everyone)][:9]


@pytest.mark.parametrize("asked", ["the freak", "jrzkq", "tipoff", "Slam Dunk", "zxq"])
def test_a_far_match_is_no_suggestion(asked: str, everyone: list[Player]) -> None:
    assert [player.name for player in near_players(asked, everyone)] == []


def test_a_nickname_beats_neither_a_name_nor_a_word_of_one() -> None:
    jokic, joker, ant = (
        Player("nikolajokic", "Nikola Jokić"), Player("joejoker", "Joe Joker"),
        Player("ant", "Ant"),
    )  # fmt: skip
    edwards = Player("anthonyedwards", "Anthony Edwards")
    assert players_called("Joker", [jokic, joker]) == [joker]
    assert players_called("Joker", [jokic]) == [jokic]
    assert players_called("Ant", [edwards, ant]) == [ant]


def test_every_nickname_is_of_somebody_who_played_and_of_nobody_else(
    everyone: list[Player],
) -> None:
    with NICKNAMES.open(encoding="utf-8", newline="") as file:
        table = [(row["nickname"], row["player"]) for row in csv.DictReader(file)]
    assert len(table) > 20
    meant = {nickname: [p.key for p in players_called(nickname, everyone)] for nickname, _ in table}
    assert meant == {nickname: [player_key(player)] for nickname, player in table}


def test_those_of_the_night_are_suggested_before_the_others(trained_lake: Path) -> None:
    with Lake.open(trained_lake) as lake, lake.reading() as r:
        days = r.rows("SELECT DISTINCT game_date FROM league.game ORDER BY 1 DESC LIMIT 10")
        first = [(_suggested(r, first + "qx", day), key)
                 for (day,) in days for first, key in _alone(r, day) if len(first) > 5]  # fmt: skip
        names = dict(r.rows("SELECT player_key, any_value(player_name) FROM league.player_game "
                            "GROUP BY ALL"))  # fmt: skip
    assert first
    assert [(text, key) for text, key in first
            if not text.startswith(f"did you mean {names[key]}")] == []  # fmt: skip


def _suggested(r: Reader, name: str, day: date) -> str:
    with pytest.raises(UsageError, match="nobody is called") as error:
        find_player(r, name, day)
    return error.value.next_step


@pytest.mark.parametrize("asked", ["", "123", "%", "x" * 100_000])
def test_what_is_no_name_means_nobody(asked: str, everyone: list[Player]) -> None:
    assert players_called(asked, everyone) == []
    assert near_players(asked, everyone) == []


def test_of_several_only_those_with_a_game_that_day_count(trained_lake: Path) -> None:
    with Lake.open(trained_lake) as lake, lake.reading() as r:
        days = r.rows("SELECT DISTINCT game_date FROM league.game ORDER BY 1 DESC LIMIT 30")
        resolved = [find_player(r, first, day).key == key
                    for (day,) in days for first, key in _alone(r, day)]  # fmt: skip
        assert resolved
        assert all(resolved)


def _alone(r: Reader, day: date) -> Iterator[tuple[str, str]]:
    """First names that several players have and one of them with a game on a date; their key."""
    games = r.rows("SELECT home, away FROM league.game WHERE game_date = $day", {"day": day})
    playing = {team for game in games for team in game}
    rosters = r.rows(
        """SELECT player_key, any_value(player_name), arg_max(team, game_date)
           FROM league.player_game WHERE game_date < $day GROUP BY ALL ORDER BY player_key""",
        {"day": day},
    )
    by_first: dict[str, list[tuple[str, str]]] = {}
    for key, name, team in rosters:
        by_first.setdefault(name.split()[0], []).append((key, team))
    for first, several in by_first.items():
        tonight = [key for key, team in several if team in playing]
        if len(several) > 1 and len(tonight) == 1:
            yield first, tonight[0]


def test_a_name_that_fits_several_and_nobody_of_the_night_names_them(
    published_lake: Path, slate_day: date
) -> None:
    with Lake.open(published_lake) as lake, lake.reading() as r:
        with pytest.raises(UsageError, match="means") as several:
            find_player(r, "a", slate_day)
        assert several.value.exit_code == 2
        with pytest.raises(UsageError, match="means"):
            find_player(r, "a", date(2001, 1, 1))


def test_every_question_resolves_a_name_to_the_same_player(
    published_lake: Path, slate_day: date
) -> None:
    with Lake.open(published_lake) as lake, lake.reading() as r:
        sql = "SELECT player FROM forecast.current_prediction WHERE market = 'points' LIMIT 1"
        name = str(r.value(sql))
        asked = name.split()[0][:4] + " " + name.split()[1].upper()
        leg = parse_leg(f"{asked}:PTS:over:9.5")
        answers = [
            {p.player for p in player_view(r, asked, slate_day).predictions},
            {why(r, asked, slate_day, now()).player},
            {price_player(r, asked, slate_day, "3pm", [1.5]).player},
            {row.player for row in joint(r, slate_day, leg, leg).legs},
        ]
        assert answers == [{name}] * 4
        nobody = name + "xq"
        asks: list[Callable[[], object]] = [
            lambda: player_view(r, nobody, slate_day),
            lambda: why(r, nobody, slate_day, now()),
            lambda: price_player(r, nobody, slate_day, "points"),
            lambda: joint(r, slate_day, parse_leg(f"{nobody}:points:over:1"), leg),
        ]
        for ask in asks:
            with pytest.raises(UsageError, match="nobody is called") as error:
                ask()
            assert name in error.value.next_step
