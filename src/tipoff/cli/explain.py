"""tipoff explain ID, tipoff explain PLAYER [DATE]: why this number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.columns import Column, fitted
from tipoff.cli.common import TODAY, Date, JsonFlag, OneMarket, answer, console, opened
from tipoff.cli.slate import line_text, number
from tipoff.clock import iso

if TYPE_CHECKING:
    from tipoff.cli.terminal import PlainConsole
    from tipoff.results.explanation import ExpectedMinutes, Explanation, Feature


def explain(
    ctx: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="ID|PLAYER", help="Prediction id (or its start), or a name.")
    ],
    date: Date = TODAY,
    market: OneMarket = "points",
    model: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Whose forecast of a player [default: the champion's]."),
    ] = None,
    sources: Annotated[bool, typer.Option("--sources", help="Every source row.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show why a number is what it is, down to source rows.

    Every feature's value, quality, sources and contribution; lines, model, code version.
    """
    with opened(ctx) as t:
        result = t.explain(what, date, market=market, model=model)
    answer(result, as_json, lambda: _show(result, sources))


def _show(result: Explanation, sources: bool) -> None:
    out = console()
    p, run, model = result.prediction, result.run, result.model
    label = "  SIMULATED" if run.simulated else ""
    out.headline(p.player, f" {p.team} vs {p.opponent}  {p.market}{label}")
    out.print(
        f"median {p.median:.2f}, mean {p.mean:.2f}, 80% {p.p10:.1f}-{p.p90:.1f}; "
        f"line {line_text(p.line)}, P(over) {number(p.p_over, 3)}, {p.recommendation}"
    )
    if result.p_plays is not None:
        out.print(f"P(plays) {result.p_plays:.3f}; all of the above is given that they play")
    _minutes(out, result.minutes)
    out.print(
        f"model {model.model} {model.model_id} ({model.role}), trained "
        f"{model.trained_from} to {model.trained_through} on {model.rows} rows"
    )
    out.print(f"as of {iso(run.as_of)}, snapshot {p.snapshot_id}, run {run.run_id}")
    out.print(f"code {run.code_version}, quality {p.quality} ({p.tier})")
    for text in run.other_build:
        out.print(f"made by {text}", highlight=False, markup=False)
    features = sorted(result.features, key=lambda f: -abs(f.contribution or 0.0))
    out.print("\n".join(fitted(_FEATURES, features, out.width)))
    if result.base is not None:
        out.print(f"their contributions are added to a base of {result.base:.3f}")
    if sources:
        _sources(out, result)
    if result.lines:
        out.print("\n".join(fitted(_LINES, result.lines, out.width)))
    out.print(f"next: tipoff reproduce {p.prediction_id}", highlight=False)


def _minutes(out: PlainConsole, minutes: ExpectedMinutes | None) -> None:
    if minutes is not None:
        out.print(
            f"minutes {minutes.median:.1f}, 80% {minutes.p10:.1f}-{minutes.p90:.1f},"
            f" given that they play (by {minutes.model})"
        )


def _quality(feature: Feature) -> str:
    why = feature.reason if feature.quality == "missing" else None
    return f"{feature.quality} ({why})" if why else feature.quality


_FEATURES = (
    Column("feature", lambda f: f.name, least=22, right=False),
    Column("value", lambda f: number(f.value, 3)),
    Column("contribution", lambda f: number(f.contribution, 3, "+")),
    Column("quality", _quality, least=9, right=False),
    Column("source rows", lambda f: str(len(f.sources)), drop=1),
)
_LINES = (
    Column("bookmaker", lambda row: row.bookmaker, least=9, right=False),
    Column("line", lambda row: line_text(row.line)),
    Column("over", lambda row: number(row.over_price, 0, "+")),
    Column("under", lambda row: number(row.under_price, 0, "+")),
    Column("source row", lambda row: row.fact_id, right=False),
)


def _sources(out: PlainConsole, result: Explanation) -> None:
    for feature in result.features:
        out.print(f"{feature.name}:", highlight=False)
        for row in feature.sources:
            text = f"    {row.date}  {row.text}  {row.table} {row.fact_id}"
            out.print(text, highlight=False)
