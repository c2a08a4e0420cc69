"""What sources left open: names and games nobody knows, rows set aside, times taken by rule."""

from __future__ import annotations

from tipoff.health.context import CheckContext, check_result, current, listed
from tipoff.results.health import CheckResult


def unresolved_lines(context: CheckContext) -> CheckResult:
    """Lines whose player could not be told from pre-game facts."""
    sql = (
        "SELECT player_name, raw_key, count(*) AS rows, min(game_date) AS first,"
        f" max(game_date) AS last FROM {context.lines} WHERE player_key IS NULL"
        " GROUP BY ALL ORDER BY rows DESC, raw_key"
    )
    step = "the source abbreviates: mend its names, or leave the rows; they are never guessed"
    return listed(context, sql, "unresolved line names", "lines have no player", step)


def unresolved_injuries(context: CheckContext) -> CheckResult:
    """Injury rows whose player could not be told from pre-game facts."""
    sql = (
        "SELECT player_name, raw_key, count(*) AS rows, min(date) AS first, max(date) AS last"
        f" FROM {current('league.injury')} WHERE player_key IS NULL"
        " AND ($day::DATE IS NULL OR date = $day) GROUP BY ALL ORDER BY last DESC, raw_key"
    )
    step = "rows from before the first box score cannot be resolved; later ones deserve a look"
    return listed(
        context, sql, "unresolved injury names", "injury rows have no player", step, "note"
    )


def never_seen(context: CheckContext) -> CheckResult:
    """Full names with lines but without any box score: a misspelling, or a man yet to play."""
    sql = (
        "SELECT player_key, any_value(player_name) AS player_name, count(*) AS rows,"
        f" min(game_date) AS first, max(game_date) AS last FROM {context.lines}"
        " WHERE player_key NOT IN (SELECT player_key FROM league.player)"
        " GROUP BY player_key ORDER BY rows DESC, player_key"
    )
    step = "a rookie before his first game is fine; a misspelling must be mended at the source"
    return listed(context, sql, "names never seen", "lines name who never played", step, "note")


def lines_without_game(context: CheckContext) -> CheckResult:
    """Lines that name no event and whose player's team has no game on the date."""
    sql = (
        "SELECT game_date, raw_key, count(*) AS rows"
        f" FROM {context.lines} WHERE game_id IS NULL GROUP BY ALL"
        " ORDER BY game_date DESC, raw_key"
    )
    step = "usually a trade between his last game and the line; such lines are not used"
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
        f" FROM {context.lines} WHERE estimated GROUP BY ALL ORDER BY rows DESC"
    )
    found = listed(
        context, sql, "lines timed by rule", "lines have no time of their own", "", "note"
    )
    share = context.r.value(f"SELECT avg(estimated::INT) FROM {context.lines}")
    summary = f"{found.summary} ({(share or 0):.0%}): taken as 30 minutes before the first tip-off"
    return check_result(found.name, found.level, found.count, summary, found.detail)


def default_tipoffs(context: CheckContext) -> CheckResult:
    """Games whose tip-off nobody gave, taken as 19:00 Eastern."""
    sql = (
        f"SELECT season, count(*) AS rows FROM {current('league.game')}"
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
        f" FROM {current('league.game')} WHERE nba_game_id IS NULL"
        " AND ($day::DATE IS NULL OR game_date = $day) ORDER BY game_date DESC"
    )
    return listed(context, sql, "games only in lines", "games have no schedule row", "", "note")
