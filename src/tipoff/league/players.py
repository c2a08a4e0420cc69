"""Whom a name means: the one rule of every question that takes a player's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from tipoff.errors import UsageError
from tipoff.sources.names import player_key, words
from tipoff.suggest import did_you_mean, nearest

if TYPE_CHECKING:
    from tipoff.lake import Reader

LISTED = 8
"""Players named when a name fits several."""
LIKE_A_WORD = 0.75
"""How alike a single word must be to suggest a player of several: words are short."""

_NAMES = """
  SELECT player_key, arg_max(player_name, recorded_seq), true FROM league.player GROUP BY ALL
  UNION ALL
  SELECT raw_key, min(player_name), false FROM league.prop_line
  WHERE game_date = $day AND player_key IS NULL AND raw_key IS NOT NULL GROUP BY raw_key"""

_TONIGHT = """
  -- the newest box score says who plays for whom; a year without one and nobody is expected
  WITH newest AS (
    SELECT player_key, max(game_date) AS seen, arg_max(team, game_date) AS team
    FROM league.player_game WHERE game_date < $day AND list_contains($keys, player_key)
    GROUP BY ALL)
  SELECT k.key,
         EXISTS (FROM league.prop_line l
                 WHERE l.game_date = $day AND coalesce(l.player_key, l.raw_key) = k.key)
         OR coalesce(n.seen >= $day - 400, false) AND EXISTS (
           FROM league.game g WHERE g.game_date = $day AND n.team IN (g.home, g.away))
  FROM (SELECT unnest($keys) AS key) k LEFT JOIN newest n ON n.player_key = k.key
  ORDER BY n.seen DESC NULLS LAST, k.key"""


@dataclass(frozen=True)
class Player:
    """A player by their key; `known` is false for a name that only lines of the date have."""

    key: str
    name: str
    known: bool = True


def find_player(r: Reader, name: str, day: date) -> Player:
    """The player a name means to somebody who asks about `day`.

    Of several whom it fits, only those with a game or a line that day count. Raises UsageError
    naming those it could mean, or the nearest names when it fits nobody.
    """
    stored = sorted(r.rows(_NAMES, {"day": day}), key=lambda row: (bool(row[2]), row[0]))
    everyone = {str(key): Player(str(key), str(shown), known) for key, shown, known in stored}
    fits = players_called(name, list(everyone.values()))
    if len(fits) > 1:
        params = {"day": day, "keys": [player.key for player in fits]}
        night = r.rows(_TONIGHT, params)
        fits = [everyone[key] for key, tonight in night if tonight] or [
            everyone[key] for key, _ in night
        ]
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise UsageError(f"{name!r} means {len(fits)} players", f"write one of: {_listed(fits)}")
    ask = did_you_mean(near_names(name, list(everyone.values())))
    raise UsageError(f"nobody is called {name!r}", ask or "tipoff slate --all lists tonight's")


def players_called(name: str, everyone: Sequence[Player]) -> list[Player]:
    """Those whom a name fits by the first rule that fits anybody; empty when none does.

    The rules: the whole name (accents, case, suffixes and `Last, First` do not matter); whole
    words of it; beginnings of its words, so `J. Hart`, or its initials, or another form of the
    first name (Bill, William) beside another word of it; any part of it.
    """
    key = player_key(name)
    if not key:
        return []
    exact = [player for player in everyone if player.key == key]
    if exact:
        return exact
    asked = _words(name)
    spelled = [(player, _words(player.name)) for player in everyone]
    # Short forms together: `AD` begins Adebayo as well as it is Anthony Davis.
    for rules in ((_has_words,), (_has_beginnings, _has_initials, _has_other_form)):
        fits = [player for player, own in spelled if any(rule(asked, own) for rule in rules)]
        if fits:
            return fits
    return [player for player in everyone if key in player.key]


def near_names(name: str, everyone: Sequence[Player]) -> list[str]:
    """The names that look most like a name nobody has, by all of it, then by a word of it."""
    key = player_key(name)
    by_key = {player.key: player.name for player in everyone}
    likely = [by_key[near] for near in nearest(key, by_key)] if key else []
    # Alone, another form of a first name is a guess (Alex, Al), and only ever suggested.
    forms = _forms(key)
    likely += [player.name for player in everyone if forms & set(_words(player.name))]
    by_word: dict[str, str] = {}
    for player in everyone:
        by_word |= dict.fromkeys(_words(player.name), player.name)
    for word in _words(name):
        likely += [by_word[near] for near in nearest(word, by_word, LIKE_A_WORD)]
    return list(dict.fromkeys(likely))[:3]


def _words(name: str) -> list[str]:
    """The words of a name; of `Gilgeous-Alexander` two."""
    return words(name.replace("-", " "))


def _has_words(asked: list[str], own: list[str]) -> bool:
    return set(asked) <= set(own)


def _has_beginnings(asked: list[str], own: list[str]) -> bool:
    """Whether the asked words begin words of the name, in its order."""
    rest = iter(own)
    return all(any(word.startswith(start) for word in rest) for start in asked)


def _has_initials(asked: list[str], own: list[str]) -> bool:
    return len(own) > 1 and asked == ["".join(word[0] for word in own)]


def _has_other_form(asked: list[str], own: list[str]) -> bool:
    rest = set(asked[1:])
    return bool(rest) and rest <= set(own) and bool(set(own) & _forms(asked[0]))


@cache
def _forms(first: str) -> frozenset[str]:
    """The names a first name goes by: its nicknames, what it is short for, and their nicknames."""
    # A table of 1,200 names: read only when nothing plainer fits.
    from nicknames import NickNamer

    table = NickNamer()
    longer = table.canonicals_of(first)
    return frozenset({*longer, *table.nicknames_of(first)}.union(*map(table.nicknames_of, longer)))


def _listed(players: Sequence[Player]) -> str:
    more = f" and {len(players) - LISTED} more" if len(players) > LISTED else ""
    return ", ".join(player.name for player in players[:LISTED]) + more
