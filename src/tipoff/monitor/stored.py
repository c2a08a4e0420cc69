"""What is stored: names and games nobody knows, rows set aside, times by rule, missing files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tipoff.lake import KEYS
from tipoff.lake.files import artifact_names, data_files
from tipoff.monitor.context import DETAIL_ROWS, CheckContext, check_result, listed
from tipoff.results.health import CheckResult


def unresolved_lines(context: CheckContext) -> CheckResult:
    """Lines whose player could not be identified from pre-game facts."""
    sql = (
        "SELECT player_name, raw_key, count(*) AS rows, min(game_date) AS first,"
        f" max(game_date) AS last FROM {context.newest_lines} WHERE player_key IS NULL"
        " GROUP BY ALL ORDER BY rows DESC, raw_key"
    )
    step = "the source abbreviates: mend its names, or leave the rows; they are never guessed"
    return listed(context, sql, "unresolved line names", "lines have no player", step)


def unresolved_injuries(context: CheckContext) -> CheckResult:
    """Injury rows whose player could not be identified from pre-game facts."""
    sql = (
        "SELECT player_name, raw_key, count(*) AS rows, min(date) AS first, max(date) AS last"
        f" FROM {_current('league.injury')} WHERE player_key IS NULL"
        " AND ($day::DATE IS NULL OR date = $day) GROUP BY ALL ORDER BY last DESC, raw_key"
    )
    step = "rows from before the first box score cannot be resolved; later ones deserve a look"
    return listed(
        context, sql, "unresolved injury names", "injury rows have no player", step, "note"
    )


def never_seen(context: CheckContext) -> CheckResult:
    """Full names with lines but without any box score: a misspelling, or a player yet to play."""
    sql = (
        "SELECT player_key, any_value(player_name) AS player_name, count(*) AS rows,"
        f" min(game_date) AS first, max(game_date) AS last FROM {context.newest_lines}"
        " WHERE player_key NOT IN (SELECT player_key FROM league.player)"
        " GROUP BY player_key ORDER BY rows DESC, player_key"
    )
    step = "a rookie before their first game is fine; a misspelling must be mended at the source"
    return listed(context, sql, "names never seen", "lines name who never played", step, "note")


def lines_without_game(context: CheckContext) -> CheckResult:
    """Lines that name no event and whose player's team has no game on the date."""
    sql = (
        "SELECT game_date, raw_key, count(*) AS rows"
        f" FROM {context.newest_lines} WHERE game_id IS NULL GROUP BY ALL"
        " ORDER BY game_date DESC, raw_key"
    )
    step = "usually a trade between their last game and the line; such lines are not used"
    return listed(context, sql, "lines without a game", "lines have no game", step, "note")


def set_aside(context: CheckContext) -> CheckResult:
    """Rows that were not stored, by file and kind of reason."""
    sql = (
        "SELECT name AS file, split_part(reason, ':', 1) AS reason, count(*) AS rows,"
        " any_value(reason) AS example FROM raw.set_aside GROUP BY ALL ORDER BY rows DESC"
    )
    step = "every row is kept in raw.set_aside with its reason; docs/import.md explains them"
    return listed(context, sql, "rows set aside", "rows were set aside", step, "note")


def estimated_times(context: CheckContext) -> CheckResult:
    """How many lines carry a time by rule, not one their source observed."""
    sql = (
        "SELECT split_part(source, ':', 1) AS source, bookmaker, count(*) AS rows"
        f" FROM {context.newest_lines} WHERE estimated GROUP BY ALL ORDER BY rows DESC"
    )
    result = listed(
        context, sql, "lines timed by rule", "lines have no time of their own", "", "note"
    )
    share = context.r.value(f"SELECT avg(estimated::INT) FROM {context.newest_lines}")
    summary = f"{result.summary} ({(share or 0):.0%}): taken as 30 minutes before the first tip-off"
    return check_result(result.name, result.level, result.count, summary, result.detail)


def default_tipoffs(context: CheckContext) -> CheckResult:
    """Games whose tip-off nobody gave, taken as 19:00 Eastern."""
    sql = (
        f"SELECT season, count(*) AS rows FROM {_current('league.game')}"
        " WHERE tipoff_source = 'default' AND ($day::DATE IS NULL OR game_date = $day)"
        " GROUP BY season ORDER BY season DESC"
    )
    return listed(
        context, sql, "tip-offs by default", "games are taken to start at 19:00", "", "note"
    )


def line_only_games(context: CheckContext) -> CheckResult:
    """Events that only lines know: postponed, or misdated by their source."""
    sql = (
        "SELECT game_id, game_date, tipoff, 1 AS rows"
        f" FROM {_current('league.game')} WHERE nba_game_id IS NULL"
        " AND ($day::DATE IS NULL OR game_date = $day) ORDER BY game_date DESC"
    )
    return listed(context, sql, "games only in lines", "games have no schedule row", "", "note")


def lake_files(context: CheckContext) -> CheckResult:
    """Data files and model artifacts that are missing or have another size than recorded."""
    bad = list(_wrong_files(context))
    step = "restore the file from a copy; tipoff lake check looks inside files too" if bad else ""
    what = f"{len(bad)} files of the lake are missing or have another size"
    return check_result(
        "lake files", "problem" if bad else "ok", len(bad), what, bad[:DETAIL_ROWS], step
    )


def _wrong_files(context: CheckContext) -> Iterator[dict[str, Any]]:
    for file in data_files(context.lake, context.r):
        path = Path(file.path)
        if not file.current:
            continue
        if not path.is_file():
            yield {"file": file.path, "fault": "missing"}
        elif (size := path.stat().st_size) != file.size:
            yield {"file": file.path, "fault": f"{size} bytes, recorded {file.size}"}
    for name, _ in artifact_names(context.r):
        if context.lake.artifacts.find(name) is None:
            yield {"file": context.lake.artifacts.where(name), "fault": "missing"}


def _current(table: str) -> str:
    """A parenthesised subquery of a fact table's newest rows by key."""
    return (
        f"(SELECT * FROM {table} QUALIFY row_number() OVER"
        f" (PARTITION BY {', '.join(KEYS[table])} ORDER BY recorded_seq DESC) = 1)"
    )
