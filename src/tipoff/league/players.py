"""Whom a name means: the one rule of every question that takes a player's name."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tipoff.errors import UsageError
from tipoff.sources.names import player_key, words
from tipoff.suggest import MOST, did_you_mean, likeness

if TYPE_CHECKING:
    from tipoff.lake import Reader

LISTED = 8
"""Players named when a name fits several."""
LIKE_A_NAME, LIKE_A_WORD = 0.75, 0.6
"""How alike a name, and each word of it, must be for its player to be suggested."""
AS_LIKELY = 0.1
"""Names so much less like than the likest may be meant as well: the night decides."""
NICKNAMES = Path(__file__).with_name("nicknames.csv")
"""What everybody calls some players, and no part or short form of their name."""

_NAMES = """
  SELECT player_key, arg_max(player_name, recorded_seq), true FROM league.player GROUP BY ALL
  UNION ALL
  SELECT raw_key, min(player_name), false FROM league.prop_line
  WHERE game_date = $day AND player_key IS NULL AND raw_key IS NOT NULL GROUP BY raw_key"""

_TONIGHT = """
  -- the newest box score says who plays for whom; a year without one and nobody is expected
  WITH newest AS (
    SELECT player_key, max(game_date) AS seen, arg_max(team, game_date) AS team,
           sum(minutes) FILTER (game_date >= $day - 400) AS minutes
    FROM league.player_game WHERE game_date < $day AND list_contains($keys, player_key)
    GROUP BY ALL)
  SELECT k.key,
         EXISTS (FROM league.prop_line l
                 WHERE l.game_date = $day AND coalesce(l.player_key, l.raw_key) = k.key)
         OR coalesce(n.seen >= $day - 400, false) AND EXISTS (
           FROM league.game g WHERE g.game_date = $day AND n.team IN (g.home, g.away)) AS tonight
  FROM (SELECT unnest($keys) AS key) k LEFT JOIN newest n ON n.player_key = k.key
  ORDER BY tonight DESC, n.minutes DESC NULLS LAST, k.key"""


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
    everyone = {str(key): Player(str(key), str(printed), known) for key, printed, known in stored}
    fits = players_called(name, list(everyone.values()))
    if len(fits) > 1:
        night = _by_night(r, fits, day)
        fits = [player for player, tonight in night if tonight] or [player for player, _ in night]
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise UsageError(f"{name!r} means {len(fits)} players", f"write one of: {_listed(fits)}")
    near = _by_night(r, near_players(name, list(everyone.values())), day)
    ask = did_you_mean([player.name for player, _ in near][:MOST])
    raise UsageError(f"nobody is called {name!r}", ask or "tipoff slate --all lists tonight's")


def _by_night(r: Reader, players: Sequence[Player], day: date) -> list[tuple[Player, bool]]:
    """Players and whether they have a game or a line that day; these first, then who plays most."""
    by_key = {player.key: player for player in players}
    rows = r.rows(_TONIGHT, {"day": day, "keys": list(by_key)})
    return [(by_key[key], bool(tonight)) for key, tonight in rows]


def players_called(name: str, everyone: Sequence[Player]) -> list[Player]:
    """Those whom a name fits by the first rule that fits anybody; empty when none does.

    The rules: the whole name (accents, case, suffixes and `Last, First` do not matter); whole
    words of it; the nickname everybody knows a player by; beginnings of its words, so `J. Hart`,
    or its initials, or another form of the first name (Bill, William) beside another word of it;
    any part of it.
    """
    key = player_key(name)
    if not key:
        return []
    exact = [player for player in everyone if player.key == key]
    if exact:
        return exact
    asked = _words(name)
    spelled = [(player, _words(player.name)) for player in everyone]
    fits = [player for player, own in spelled if _has_words(asked, own)]
    if not fits:
        known_as = _nicknames().get(_as_nickname(name))
        fits = [player for player in everyone if player.key == known_as]
    if not fits:
        # Short forms together: `AD` begins Adebayo as well as it is Anthony Davis.
        short = (_has_beginnings, _has_initials, _has_other_form)
        fits = [player for player, own in spelled if any(rule(asked, own) for rule in short)]
    if fits:
        return fits
    return [player for player in everyone if key in player.key]


def near_players(name: str, everyone: Sequence[Player]) -> list[Player]:
    """Those whose names look most like a name nobody has: as a whole, or each word like one of
    theirs, or the last one their last name. Empty when nobody is called anything like it.
    """
    key, asked = player_key(name), _words(name)
    if not key:
        return []
    whole = likeness(key, [player.key for player in everyone])
    every_word = {word for player in everyone for word in _words(player.name)}
    by_word = [likeness(word, every_word) for word in asked]
    # Alone, another form of a first name is a guess (Alex, Al), and only ever suggested.
    forms = _forms(key)
    last = {word for word in asked[-1:] if len(word) > 3}
    scores: dict[Player, float] = {}
    for player in everyone:
        own = _words(player.name)
        likely = forms.intersection(own) or last.intersection(own[-1:])
        best = [max((like.get(word, 0.0) for word in own), default=0.0) for like in by_word]
        scores[player] = max(
            whole.get(player.key, 0.0),
            sum(best) / len(best) if min(best) >= LIKE_A_WORD else 0.0,
            LIKE_A_NAME if likely else 0.0,
        )
    bar = max(LIKE_A_NAME, max(scores.values(), default=0.0) - AS_LIKELY)
    return [player for player, score in scores.items() if score >= bar]


@cache
def _nicknames() -> dict[str, str]:
    """Nickname -> key of the player."""
    with NICKNAMES.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {_as_nickname(row["nickname"]): player_key(row["player"]) for row in rows}


def _as_nickname(text: str) -> str:
    """A nickname as it is compared: letters and digits, of CP3 the 3 too."""
    return "".join(c for c in text.casefold() if c.isalnum())


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
