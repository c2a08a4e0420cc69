"""tipoff explain ID, tipoff explain PLAYER [DATE]: why this number."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tipoff.cli.common import TODAY, Date, JsonFlag, console, emit, open_lake
from tipoff.cli.slate import number


def explain(
    ctx: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="ID|PLAYER", help="Prediction id (or its start), or a name.")
    ],
    date: Date = TODAY,
    market: Annotated[
        str, typer.Option(metavar="M", help="Of a player: the champion's number in this market.")
    ] = "points",
    sources: Annotated[bool, typer.Option("--sources", help="Every source row.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Every feature's value, quality, sources and contribution; lines, model, code version."""
    from tipoff import clock
    from tipoff.forecast import champion_prediction, explain, find_prediction, is_prediction_id

    day = clock.parse_date(date)
    with open_lake(ctx) as lake, lake.reading() as r:
        name = what if is_prediction_id(what) else champion_prediction(r, what, day, market)
        found = explain(lake, r, *find_prediction(r, name))
    emit(found, as_json, lambda: _show(found, sources))


def _show(found: dict[str, Any], sources: bool) -> None:
    out = console()
    p, run, model = found["prediction"], found["run"], found["model"]
    label = "  SIMULATED" if run["simulated"] else ""
    out.headline(p["player"], f" {p['team']} vs {p['opponent']}  {p['market']}{label}")
    out.print(
        f"median {p['median']:.2f}, mean {p['mean']:.2f}, 80% {p['p10']:.1f}-{p['p90']:.1f}; "
        f"line {number(p['line'], 1)}, P(over) {number(p['p_over'], 3)}, {p['recommendation']}"
    )
    if found["p_plays"] is not None:
        out.print(f"P(plays) {found['p_plays']:.3f}; all of the above is given that he does")
    _minutes(out, found["minutes"])
    out.print(
        f"model {model['model']} {model['model_id']} ({model['role']}), trained "
        f"{model['trained_from']} to {model['trained_through']} on {model['rows']} rows"
    )
    out.print(f"as of {run['as_of']}, snapshot {p['snapshot_id']}, run {run['run_id']}")
    out.print(f"code {run['code_version']}, quality {p['quality']} ({p['tier']})")
    for text in run["other_build"]:
        out.print(f"made by {text}", highlight=False, markup=False)
    out.print(_features(found))
    if sources:
        _sources(out, found)
    for line in found["lines"]:
        prices = f"{number(line['over_price'], 0)}/{number(line['under_price'], 0)}"
        out.print(f"line {line['bookmaker']:<16} {line['line']:>5}  {prices:<12} {line['fact_id']}")
    out.print(f"next: tipoff reproduce {p['prediction_id']}", highlight=False)


def _minutes(out: Any, found: dict[str, Any] | None) -> None:
    if found is not None:
        out.print(
            f"minutes {found['median']:.1f}, 80% {found['p10']:.1f}-{found['p90']:.1f},"
            f" given that he plays (by {found['model']})"
        )


def _features(found: dict[str, Any]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, side in (("feature", "left"), ("value", "right"), ("contribution", "right"),
                       ("quality", "left"), ("source rows", "right")):  # fmt: skip
        table.add_column(name, justify="right" if side == "right" else "left")
    table.add_row("(base)", "", number(found["base"], 3), "", "")
    for f in sorted(found["features"], key=lambda f: -abs(f["contribution"] or 0.0)):
        why = f["reason"] if f["quality"] == "missing" else None
        quality = f"{f['quality']} ({why})" if why else f["quality"]
        table.add_row(f["name"], number(f["value"], 3), number(f["contribution"], 3, "+"),
                      quality, str(len(f["sources"])))  # fmt: skip
    return table


def _sources(out: Any, found: dict[str, Any]) -> None:
    for feature in found["features"]:
        out.print(f"{feature['name']}:", highlight=False)
        for row in feature["sources"]:
            text = f"    {row['date']}  {row['text']}  {row['table']} {row['fact_id']}"
            out.print(text, highlight=False)
