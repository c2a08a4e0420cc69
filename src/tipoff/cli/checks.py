"""What `tipoff doctor` looks at: one small function per check, each giving one Finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from tipoff.lake import KEYS, Reader

Level = Literal["ok", "note", "problem"]
SHOWN = 10


@dataclass(frozen=True)
class Finding:
    """One answer: `count` rows concerned, the first of them in `detail`, and what to do."""

    name: str
    level: Level
    count: int
    summary: str
    detail: list[dict[str, Any]] = field(default_factory=list)
    next_step: str = ""

    def as_dict(self) -> dict[str, Any]:
        """A JSON-ready form."""
        return asdict(self)


Check = Callable[[Reader, date | None], Finding]


def current(table: str) -> str:
    """A parenthesised subquery of a fact table's newest rows by key."""
    return (
        f"(SELECT * FROM {table} QUALIFY row_number() OVER"
        f" (PARTITION BY {', '.join(KEYS[table])} ORDER BY recorded_seq DESC) = 1)"
    )


def unresolved_lines(reader: Reader, day: date | None) -> Finding:
    """Lines whose player could not be told from pre-game facts."""
    sql = (
        "SELECT player_name, raw_key, count(*) AS rows, min(game_date) AS first,"
        f" max(game_date) AS last FROM {current('league.prop_line')} WHERE player_key IS NULL"
        " AND ($day::DATE IS NULL OR game_date = $day) GROUP BY ALL ORDER BY rows DESC, raw_key"
    )
    step = "the source abbreviates: mend its names, or leave the rows; they are never guessed"
    return _listed(reader, day, sql, "unresolved line names", "lines have no player", step)


def unresolved_injuries(reader: Reader, day: date | None) -> Finding:
    """Injury rows whose player could not be told from pre-game facts."""
    sql = (
        "SELECT player_name, raw_key, count(*) AS rows, min(date) AS first, max(date) AS last"
        f" FROM {current('league.injury')} WHERE player_key IS NULL"
        " AND ($day::DATE IS NULL OR date = $day) GROUP BY ALL ORDER BY last DESC, raw_key"
    )
    step = "rows from before the first box score cannot be resolved; later ones deserve a look"
    return _listed(reader, day, sql, "unresolved injury names", "injury rows have no player", step)


def never_seen(reader: Reader, day: date | None) -> Finding:
    """Full names with lines but without any box score: a misspelling, or a man yet to play."""
    sql = (
        "SELECT player_key, any_value(player_name) AS player_name, count(*) AS rows,"
        f" min(game_date) AS first, max(game_date) AS last FROM {current('league.prop_line')}"
        " WHERE player_key NOT IN (SELECT player_key FROM league.player)"
        " AND ($day::DATE IS NULL OR game_date = $day) GROUP BY player_key ORDER BY rows DESC"
    )
    step = "a rookie before his first game is fine; a misspelling must be mended at the source"
    return _listed(reader, day, sql, "names never seen", "lines name who never played", step)


def lines_without_game(reader: Reader, day: date | None) -> Finding:
    """Lines that name no event and whose player's team has no game on the date."""
    sql = (
        "SELECT game_date, raw_key, count(*) AS rows"
        f" FROM {current('league.prop_line')} WHERE game_id IS NULL"
        " AND ($day::DATE IS NULL OR game_date = $day) GROUP BY ALL ORDER BY game_date DESC"
    )
    step = "usually a trade between his last game and the line; such lines are not used"
    return _listed(reader, day, sql, "lines without a game", "lines have no game", step)


def set_aside(reader: Reader, day: date | None) -> Finding:
    """Rows that were not stored, by file and kind of reason."""
    sql = (
        "SELECT name AS file, split_part(reason, ':', 1) AS reason, count(*) AS rows,"
        " any_value(reason) AS example FROM raw.set_aside GROUP BY ALL ORDER BY rows DESC"
    )
    step = "every row is kept in raw.set_aside with its reason; docs/import.md explains them"
    return _listed(reader, day, sql, "rows set aside", "rows were set aside", step)


def estimated_times(reader: Reader, day: date | None) -> Finding:
    """How many lines carry a time by rule, not one their source observed."""
    sql = (
        "SELECT source, bookmaker, count(*) AS rows FROM (SELECT split_part(source, ':', 1) AS"
        f" source, bookmaker FROM {current('league.prop_line')} WHERE estimated"
        " AND ($day::DATE IS NULL OR game_date = $day)) GROUP BY ALL ORDER BY rows DESC"
    )
    found = _listed(reader, day, sql, "lines timed by rule", "lines have no time of their own", "")
    share = reader.value(
        f"SELECT avg(estimated::INT) FROM {current('league.prop_line')}"
        " WHERE ($day::DATE IS NULL OR game_date = $day)",
        {"day": day},
    )
    summary = f"{found.summary} ({(share or 0):.0%}): taken as 30 minutes before the first tip-off"
    return Finding(found.name, found.level, found.count, summary, found.detail)


def default_tipoffs(reader: Reader, day: date | None) -> Finding:
    """Games whose tip-off nobody gave, taken as 19:00 Eastern."""
    sql = (
        f"SELECT season, count(*) AS rows FROM {current('league.game')}"
        " WHERE tipoff_source = 'default' AND ($day::DATE IS NULL OR game_date = $day)"
        " GROUP BY season ORDER BY season DESC"
    )
    return _listed(reader, day, sql, "tip-offs by default", "games are taken to start at 19:00", "")


def line_only_games(reader: Reader, day: date | None) -> Finding:
    """Events that only lines know: postponed, or misdated by their source."""
    sql = (
        "SELECT game_id, game_date, tipoff, 1 AS rows"
        f" FROM {current('league.game')} WHERE nba_game_id IS NULL"
        " AND ($day::DATE IS NULL OR game_date = $day) ORDER BY game_date DESC"
    )
    return _listed(reader, day, sql, "games only in lines", "games have no schedule row", "")


def decaying(reader: Reader, day: date | None) -> Finding:
    """Models whose newest graded slates are not what they should be."""
    from tipoff import clock
    from tipoff.grading.decay import decay_states

    states = decay_states(reader, day or clock.parse_date("tomorrow"))
    bad = [d for d in states if d.state != "healthy"]
    worse = [d for d in bad if d.state != "watch"]
    bad.sort(key=lambda d: d.state == "watch")
    detail = [{"market": d.market, "model": d.model, "state": d.state, "why": d.reason}
              for d in bad[:SHOWN]]  # fmt: skip
    level: Level = "problem" if worse else "note" if bad else "ok"
    step = "tipoff models review shows every figure and blocks what must go; train it again"
    summary = f"{len(bad)} of {len(states)} graded models and markets are not healthy"
    return Finding("decaying models", level, len(bad), summary, detail, step if bad else "")


NOTES = {
    "rows set aside", "lines timed by rule", "tip-offs by default", "games only in lines",
    "unresolved injury names", "lines without a game", "names never seen",
}  # fmt: skip
"""Findings that are worth knowing and need no action; the others are problems when not empty."""

CHECKS: list[Check] = [
    unresolved_lines,
    unresolved_injuries,
    never_seen,
    lines_without_game,
    set_aside,
    estimated_times,
    default_tipoffs,
    line_only_games,
    decaying,
]


def _listed(reader: Reader, day: date | None, sql: str, name: str, what: str, step: str) -> Finding:
    """A finding from a query whose `rows` column counts."""
    found = reader.query(sql, {"day": day})
    count = int(found["rows"].sum())
    level: Level = "ok" if not count else "note" if name in NOTES else "problem"
    step = step if count else ""
    return Finding(name, level, count, f"{count:,} {what}", found.head(SHOWN).to_dicts(), step)
