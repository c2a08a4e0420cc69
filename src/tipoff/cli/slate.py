"""tipoff slate DATE: the published slate, picks first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.columns import Column, fitted
from tipoff.cli.common import TODAY, Date, JsonFlag, OnlyMarkets, answer, console, opened
from tipoff.clock import iso

if TYPE_CHECKING:
    from tipoff.cli.terminal import PlainConsole
    from tipoff.results.slate import Prediction, RefusedPlayer, Slate, SlateLabels

STRONGEST = 20
"""Rows of a market shown unless --all is given."""


def slate(
    ctx: typer.Context,
    date: Date = TODAY,
    market: OnlyMarkets = None,
    model: Annotated[str | None, typer.Option(help="This model instead of the champion.")] = None,
    all_models: Annotated[
        bool, typer.Option("--all-models", help="Every model, not only champions.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Every row, also players without a line.")
    ] = False,
    refusals: Annotated[bool, typer.Option(help="List who was refused and why.")] = False,
    pmf: Annotated[bool, typer.Option("--pmf", help="With --json: whole distributions.")] = False,
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="As published then: HH:MM league time, or ISO 8601."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show a published slate: the champions' forecasts and picks."""
    with opened(ctx) as t:
        view = t.slate(
            date, markets=market, model=model, all_models=all_models, pmf=pmf, refusals=refusals,
            at=at,
        )  # fmt: skip
    answer(view, as_json, lambda: _show(view, every))


def _show(view: Slate, every: bool) -> None:
    out = console()
    header(out, view)
    if view.at:
        later = view.superseded
        after = f"superseded {iso(later.committed_at)}: {later.reason}" if later else "still shown"
        out.print(f"as published at {iso(view.at)}: committed {iso(view.committed_at)}, {after}")
    text = table(view.predictions, None if every else STRONGEST, out.width)
    out.print(text, highlight=False)
    for missing in view.without_champion:
        reasons = ", ".join(f"{reason} {n}" for reason, n in missing.reasons.items())
        out.print(
            f"{missing.market}: its champion {missing.model} predicts nobody: {reasons}"
            " (--model NAME shows another's)",
            highlight=False,
        )
    for reason, n in view.refused.items():
        out.print(f"refused {n:6d}  {reason}")
    print_refused(out, view.refusals or ())
    out.print(
        f"next: tipoff player NAME {view.date} · tipoff explain NAME {view.date} --market M",
        highlight=False,
    )


def print_refused(out: PlainConsole, refused: Sequence[RefusedPlayer]) -> None:
    """Refused players, one line each."""
    for row in refused:
        text = f"  {row.player[:25]:<26} {row.team or '?':<4} {row.reason:<18}"
        out.print(f"{text} {row.detail or ''}", highlight=False)


def header(out: PlainConsole, view: Slate) -> None:
    """The labels that travel with every slate: simulated, backfill, stale, counts."""
    out.headline(str(view.date), f"  as of {iso(view.as_of)}  {labels(view)}")
    say_stale(out, view)
    for text in view.other_build:
        out.print(f"made by {text}", highlight=False)
    out.print(
        f"{view.games} games, {view.expected} expected = {view.predicted} predicted"
        f" + {sum(view.refused.values())} refused\npublication {view.publication_id}"
    )


def labels(view: SlateLabels) -> str:
    """SIMULATED, BACKFILL, STALE: those that hold."""
    return " ".join(
        name.upper() for name in ("simulated", "backfill", "stale") if getattr(view, name)
    )


def say_stale(out: PlainConsole, view: SlateLabels) -> None:
    """Why a set is stale and what to do about it; nothing when it is not."""
    for cause in view.stale_because:
        out.print(f"stale: {cause.text}", highlight=False)
    if view.stale:
        out.print(f"next: tipoff run {view.date}", highlight=False)


def table(rows: Sequence[Prediction], strongest: int | None, width: int) -> str:
    """Predictions as text, one block per market and model, strongest edge first.

    `strongest`: show at most that many of a block, and of players with a line only.
    """
    blocks: dict[tuple[str, str, str], list[Prediction]] = {}
    for row in rows:
        blocks.setdefault((row.market, row.model, row.role), []).append(row)
    lines = []
    for (market, model, role), block in blocks.items():
        ordered = sorted(block, key=lambda p: (p.line is None, -abs(p.edge or 0.0)))
        lined = [p for p in ordered if p.line is not None]
        chosen = ordered if strongest is None else lined[:strongest]
        if chosen:
            lines += ["", f"{market} by {model} ({role})"]
            lines += sheet("player", lambda p: p.player, chosen, width)
        if len(chosen) < len(block):
            without = len(block) - len(lined)
            more = f"{len(lined) - len(chosen)} more with a line, {without} without one"
            lines.append(f"  {market} by {model}: {more} (--all)")
    return "\n".join(lines)


def sheet(
    head: str, label: Callable[[Prediction], str], rows: Sequence[Prediction], width: int
) -> list[str]:
    """Predictions as the lines of a table whose first column is `label`."""
    columns = (
        Column(head, label, least=18, right=False),
        Column("game", lambda p: f"{p.team}-{p.opponent}", right=False),
        Column("line", lambda p: line_text(p.line)),
        Column("median", lambda p: number(p.median, 1)),
        Column("80%", lambda p: f"{p.p10:.0f}-{p.p90:.0f}", drop=2),
        Column("P(over)", lambda p: number(p.p_over, 2)),
        Column("edge", lambda p: number(p.edge, 1, "+"), drop=1),
        Column("EV", lambda p: number(p.ev, 2, "+")),
        Column("pick", _pick, right=False),
        Column("id", lambda p: p.prediction_id[:13], drop=3, right=False),
    )
    return fitted(columns, rows, width)


def _pick(p: Prediction) -> str:
    """The recommendation; a tier below gold is said."""
    return p.recommendation + ("" if p.tier == "gold" else f" {p.tier}")


def number(value: float | None, digits: int, sign: str = "") -> str:
    """A number for a table, or a dash where there is none."""
    return "-" if value is None else f"{value:{sign}.{digits}f}"


def line_text(line: float | None) -> str:
    """A line with every decimal it has, one at least: there are quarters, such as 17.75."""
    return "-" if line is None else f"{line:.2f}".removesuffix("0")
