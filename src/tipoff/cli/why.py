"""tipoff why PLAYER DATE: why there is no prediction for them, or what there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from tipoff.cli.columns import Column, fitted
from tipoff.cli.common import TODAY, Date, JsonFlag, PlayerName, answer, console, opened
from tipoff.cli.slate import line_text, number
from tipoff.clock import iso

if TYPE_CHECKING:
    from tipoff.results.why import PlayerRefusal, Why

LINES = 30


def why(
    ctx: typer.Context,
    player: PlayerName,
    date: Date = TODAY,
    as_json: JsonFlag = False,
) -> None:
    """Show why a player has a forecast or none, step by step.

    From the name to the published set, with their lines: known when, used or not.
    """
    with opened(ctx) as t:
        result = t.why(player, date)
    answer(result, as_json, lambda: _show(result))


def _show(result: Why) -> None:
    out = console()
    lines = [f"{result.player} on {result.date}: {result.answer}"]
    lines += [f"  {'yes' if s.ok else 'no':<4} {s.step:<10} {s.text}" for s in result.steps[:-1]]
    for p in result.predictions:
        if p.role == "champion":
            lines.append(
                f"  shown  {p.market:<9} {p.model:<14} median {number(p.median, 1)}, "
                f"line {line_text(p.line)}, {p.recommendation}  {p.prediction_id[:13]}"
            )
    lines += _refused(result.refusals)
    for row in result.withdrawn:
        left = f"left with #{row.left_seq} at {iso(row.at)} ({row.kind}: {row.reason})"
        lines.append(f"  withdrawn: {len(row.pairs)} shown until #{row.last_seq}, {left}")
    if result.lines:
        lines += fitted(_LINES, result.lines[:LINES], out.width)
    if len(result.lines) > LINES:
        lines.append(f"  {len(result.lines) - LINES} more lines: --json")
    lines.append(f"next: {_next(result)}")
    out.print("\n".join(lines), highlight=False, markup=False)


def _refused(rows: Sequence[PlayerRefusal]) -> list[str]:
    """A line per reason; a detail that differs by market is left to --json."""
    by_reason: dict[str, list[PlayerRefusal]] = {}
    for row in rows:
        by_reason.setdefault(row.reason, []).append(row)
    lines = []
    for reason, alike in by_reason.items():
        markets = sorted({name for row in alike for name in row.markets})
        models = sorted({name for row in alike for name in row.models})
        more = f" and {len(alike) - 1} more" if len(alike) > 1 else ""
        what = f"{', '.join(markets)} by {', '.join(models)}"
        lines.append(f"  refused ({reason}): {alike[0].detail or ''}{more}  [{what}]")
    return lines


def _next(result: Why) -> str:
    if result.predictions:
        return "tipoff explain ID"
    published = next(s for s in result.steps if s.step == "published")
    if published.ok:
        return f"tipoff slate {result.date} --refusals"
    return f"tipoff run {result.date}"


_LINES = (
    Column("market", lambda row: row.market, right=False),
    Column("book", lambda row: row.bookmaker, least=8, right=False),
    Column("line", lambda row: line_text(row.line)),
    Column("over", lambda row: "pick'em" if row.pickem else number(row.over_price, 0, "+")),
    Column("under", lambda row: "" if row.pickem else number(row.under_price, 0, "+")),
    Column("known at", lambda row: f"{row.known_at:%Y-%m-%dT%H:%M:%SZ}", right=False),
    Column("by", lambda row: "rule" if row.estimated else "observed", drop=1, right=False),
    Column("used", lambda row: row.status, least=16, right=False),
)
