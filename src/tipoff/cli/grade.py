"""tipoff grade DATE: settle a slate's published predictions, and say what proves it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from tipoff.cli.columns import Column, fitted
from tipoff.cli.common import TODAY, Date, JsonFlag, answer, console, opened, progress

if TYPE_CHECKING:
    from tipoff.results.grading import (
        AbsenceProof,
        GradeReport,
        PostponedProof,
        Voided,
        Waiting,
    )


def grade(ctx: typer.Context, date: Date = TODAY, as_json: JsonFlag = False) -> None:
    """Settle a slate by its box scores; block what has decayed.

    Grading again stores nothing new.

    Void needs proof and the unknown waits: a game that was not played is never a loss.
    """
    with opened(ctx) as t, progress(as_json) as say:
        report = t.grade(date, progress=say)
    answer(report, as_json, lambda: _show(report))


def _show(report: GradeReport) -> None:
    out = console()
    labels = (("SIMULATED", report.simulated), ("BACKFILL", not report.live and report.backfill))
    out.headline(f"{report.date}", f"  {' '.join(word for word, on in labels if on)}")
    stored = f"{report.new} new grades" if report.new else "nothing new to grade"
    out.print(
        f"{stored}; the current set holds {report.live} live and {report.backfill}"
        f" backfill predictions ({len(report.sets)} published)"
    )
    out.print("\n".join(fitted(_MARKETS, report.markets, out.width)))
    out.print("  ".join(f"{name} {n}" for name, n in report.outcomes.items()), highlight=False)
    for line in _voids(report.voids):
        out.print(f"void     {line}", highlight=False)
    for row in report.pending:
        out.print(f"pending  {_who(row)}: {row.reason}", highlight=False)
    for gone in report.blocked:
        out.print(f"blocked  {gone.model} in {gone.market}: {gone.reason}", highlight=False)
    record = "live" if report.live else "backfill"
    out.print(
        f"next: tipoff scoreboard --from {report.date} --to {report.date} --record {record}",
        highlight=False,
    )


_MARKETS = (
    Column("market", lambda row: row.market, right=False),
    Column("predictions", lambda row: str(row.predictions)),
    Column("players with a line", lambda row: str(row.lined_players)),
    Column("graded", lambda row: str(row.lined_graded)),
    Column("void", lambda row: str(row.lined_void)),
    Column("pending", lambda row: str(row.lined_pending)),
)


def _voids(rows: Sequence[Voided]) -> list[str]:
    absent = [row for row in rows if row.proof.kind == "dnp"]
    lines = [f"{_who(row)}: {row.reason}; {_proof(row.proof)}" for row in absent]
    games = {row.game_id: row for row in rows if row.proof.kind != "dnp"}
    for game_id, row in games.items():
        together = [r.predictions for r in rows if r.game_id == game_id]
        lines.append(
            f"{len(together)} players of {game_id} ({sum(together)} predictions): "
            f"{row.reason}; {_proof(row.proof)}"
        )
    return lines


def _who(row: Waiting) -> str:
    return f"{row.player} ({row.team}, {row.game_id}, {row.predictions} predictions)"


def _proof(proof: AbsenceProof | PostponedProof) -> str:
    if proof.kind == "dnp":
        if proof.player_row:
            return "the box score lists them as not playing"
        return (
            f"no row of theirs among {proof.team_rows} of {proof.team} that add up to"
            f" {proof.team_minutes:.1f} minutes"
        )
    pair = " and ".join(proof.pair)
    games = f"all {proof.scheduled_games} games of {proof.date} are final, none is of {pair}"
    if proof.scheduled_later_as:
        return f"{games}, who meet on {proof.scheduled_later_on} ({proof.scheduled_later_as})"
    return f"{games}, and {proof.days_of_results_since} days have passed"
