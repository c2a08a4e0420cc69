"""Names: one key per player, and what a spelling can mean."""

import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipoff.sources.names import first_and_rest, is_player, player_key, read_name

TEXT = st.text(max_size=40)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Nikola Jokić", "nikolajokic"),
        ("Dennis Schröder", "dennisschroder"),
        ("Alperen Şengün", "alperensengun"),
        ("Jaren Jackson Jr.", "jarenjackson"),
        ("Marvin Bagley III", "marvinbagley"),
        ("P.J. Washington", "pjwashington"),
        ("De'Aaron Fox", "deaaronfox"),
        ("Shai Gilgeous-Alexander", "shaigilgeousalexander"),
        ("Larry Sanders (b. 1988-11-21)", "larrysanders"),
        ("Portis, Bobby", "bobbyportis"),
        ("Smith, Jr.", "smith"),
        ("Luka Đorđević", "lukadordevic"),
        ("Nenê", "nene"),
        ("", ""),
    ],
)
def test_a_key_has_no_accents_suffixes_or_punctuation(name: str, key: str) -> None:
    assert player_key(name) == key


@given(TEXT)
def test_a_key_is_letters_only_and_making_it_again_changes_nothing(name: str) -> None:
    key = player_key(name)
    assert re.fullmatch("[a-z]*", key)
    assert player_key(key) == key


@given(TEXT, TEXT)
def test_any_name_can_be_read(name: str, raw: str) -> None:
    spelling = read_name(name, raw)
    assert (spelling.short is None) == (spelling.last is None)
    assert spelling.short is None or spelling.own is None
    assert isinstance(is_player(name), bool)
    assert all(re.fullmatch("[a-z]*", part) for part in first_and_rest(name))


@given(st.from_regex(r"[A-Z][a-z]{1,8} [A-Z][a-z]{2,10}", fullmatch=True))
def test_accents_case_and_suffix_never_change_the_key(name: str) -> None:
    accented = name.replace("e", "é").replace("c", "č").upper()
    assert player_key(f"{accented} Jr.") == player_key(name)


@pytest.mark.parametrize("name", ["J. Hart", "J Hart", "Mil. Bridges", "D. Jones Jr."])
def test_an_abbreviated_first_name_has_no_key_of_its_own(name: str) -> None:
    spelling = read_name(name, "whatever")
    assert spelling.own is None
    assert spelling.short


@pytest.mark.parametrize("name", ["A.J. Green", "OG Anunoby", "Bo Outlaw", "Nene"])
def test_short_first_names_and_initials_are_names(name: str) -> None:
    assert read_name(name, player_key(name)).own == player_key(name)


@pytest.mark.parametrize(
    "name", ["76ers", "HAWKS", "Boston Celtics", "2/14/2024", "sore knee (DTD)", "-", "(DTD)"]
)
def test_what_is_no_player_is_told_apart(name: str) -> None:
    assert not is_player(name)


def test_printed_names_of_real_players_give_their_keys(real_data: Path) -> None:
    frame = pl.read_parquet(
        real_data / "player_game.parquet", columns=["player_name", "player_key"]
    ).unique()
    odd = {(player_key(name), key) for name, key in frame.iter_rows() if player_key(name) != key}
    # Nicknames: the key is the source's own choice, the printed name serves as an alias.
    assert len(odd) < 10
    assert ("nicclaxton", "nicolasclaxton") in odd
    assert ("nicolasbatum", "nicbatum") in odd
