"""Whom a name means: a known player, one whom only lines name, or nobody, with near matches."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tipoff.errors import NotFound
from tipoff.sources.names import player_key

if TYPE_CHECKING:
    from tipoff.lake import Reader

NEAR, ALIKE = 5, 0.6
_NAMES = """
  SELECT player_key, any_value(player_name), true FROM league.player GROUP BY player_key
  UNION ALL
  SELECT raw_key, any_value(player_name), false FROM league.prop_line
  WHERE game_date = $day AND player_key IS NULL AND raw_key IS NOT NULL GROUP BY raw_key"""


@dataclass(frozen=True)
class Who:
    """A player by his key; `known` is false for a name that only lines of the date have."""

    key: str
    name: str
    known: bool


def find_player(r: Reader, name: str, day: date) -> Who:
    """The player a name means: his whole name, else the only one that contains it.

    Raises NotFound naming those it could mean, or the nearest names.
    """
    everyone = {key: Who(key, str(shown), known) for key, shown, known in
                sorted(r.rows(_NAMES, {"day": day}), key=lambda row: bool(row[2]))}  # fmt: skip
    key = player_key(name)
    if key in everyone:
        return everyone[key]
    within = [who for who in everyone.values() if key and key in who.key]
    if len(within) == 1:
        return within[0]
    if within:
        shown = ", ".join(who.name for who in within[:NEAR])
        raise NotFound(f"{name!r} means {len(within)} players", f"write one of: {shown}")
    near = [everyone[k].name for k in difflib.get_close_matches(key, everyone, NEAR, ALIKE)]
    raise NotFound(
        f"nobody is called {name!r}",
        f"did you mean {', '.join(near)}?" if near else "tipoff doctor lists names nobody has",
    )
