"""tipoff grade DATE: settle a slate's published predictions, and say what proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from tipoff.cli.common import TODAY, Date, JsonFlag, console, emit, open_lake, progress

if TYPE_CHECKING:
    from tipoff.grading import GradeReport


def grade(ctx: typer.Context, date: Date = TODAY, as_json: JsonFlag = False) -> None:
    """Grade a slate by the latest box scores, and block models that have decayed.

    Grading again stores nothing new.

    Void needs proof and the unknown waits: a game that was not played is never a loss.
    """
    from datetime import timedelta

    from tipoff import clock
    from tipoff.grading import grade as grade_slate
    from tipoff.grading.decay import review

    day = clock.parse_date(date)
    with open_lake(ctx) as lake, progress(as_json) as say:
        report = grade_slate(lake, day, say)
        say("reviewing the models")
        gone = review(lake, day + timedelta(days=1))
    blocked = [{"model": d.model, "market": d.market, "reason": d.reason} for d in gone]
    emit(report.as_dict() | {"blocked": blocked}, as_json, lambda: _show(report, blocked))


def _show(report: GradeReport, blocked: list[dict[str, str]]) -> None:
    out = console()
    labels = (("SIMULATED", report.simulated), ("BACKFILL", not report.live and report.backfill))
    out.headline(f"{report.slate}", f"  {' '.join(word for word, on in labels if on)}")
    stored = f"{report.new} new grades" if report.new else "nothing new to grade"
    out.print(
        f"{stored}; the current set holds {report.live} live and {report.backfill}"
        f" backfill predictions ({len(report.sets)} published)"
    )
    out.print(_markets(report.markets))
    out.print("  ".join(f"{name} {n}" for name, n in report.outcomes.items()), highlight=False)
    for line in _voids(report.voids):
        out.print(f"void     {line}", highlight=False)
    for row in report.pending:
        out.print(f"pending  {_who(row)}: {row['reason']}", highlight=False)
    for row in blocked:
        text = f"blocked  {row['model']} in {row['market']}: {row['reason']}"
        out.print(text, highlight=False)
    record = "live" if report.live else "backfill"
    out.print(
        f"next: tipoff scoreboard --from {report.slate} --to {report.slate} --record {record}",
        highlight=False,
    )


def _markets(rows: list[dict[str, Any]]) -> Any:
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold")
    made.add_column("market")
    for name in ("predictions", "players with a line", "graded", "void", "pending"):
        made.add_column(name, justify="right")
    for row in rows:
        counts = ("predictions", "lined_players", "lined_graded", "lined_void", "lined_pending")
        made.add_row(row["market"], *(str(row[name]) for name in counts))
    return made


def _voids(rows: list[dict[str, Any]]) -> list[str]:
    absent = [row for row in rows if row["proof"]["kind"] == "dnp"]
    lines = [f"{_who(row)}: {row['reason']}; {_proof(row['proof'])}" for row in absent]
    games = {row["game_id"]: row for row in rows if row["proof"]["kind"] != "dnp"}
    for game_id, row in games.items():
        together = [r["predictions"] for r in rows if r["game_id"] == game_id]
        lines.append(
            f"{len(together)} players of {game_id} ({sum(together)} predictions): "
            f"{row['reason']}; {_proof(row['proof'])}"
        )
    return lines


def _who(row: dict[str, Any]) -> str:
    return f"{row['player']} ({row['team']}, {row['game_id']}, {row['predictions']} predictions)"


def _proof(proof: dict[str, Any]) -> str:
    if proof["kind"] == "dnp":
        if proof["his_row"]:
            return "the box score lists him as not playing"
        return (
            f"no row of his among {proof['team_rows']} of {proof['team']} that add up to"
            f" {proof['team_minutes']:.1f} minutes"
        )
    pair = " and ".join(proof["pair"])
    games = f"all {proof['scheduled_games']} games of {proof['date']} are final, none is of {pair}"
    if proof["scheduled_later_as"]:
        return f"{games}, who meet on {proof['scheduled_later_on']} ({proof['scheduled_later_as']})"
    return f"{games}, and {proof['days_of_results_since']} days have passed"
