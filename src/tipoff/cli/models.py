"""`tipoff models`: which versions there are, who leads and by what right, who has decayed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tipoff.cli.common import JsonFlag, OnlyMarkets, console, emit, open_lake

if TYPE_CHECKING:
    from tipoff.grading.decay import Decay
    from tipoff.grading.promotion import Judgement
    from tipoff.models import Manifest
    from tipoff.models.family import Role

app = typer.Typer(help="Model versions: list, show, promote, review, retire.", no_args_is_help=True)

Market = Annotated[str, typer.Option(metavar="M", help="Market, such as pts.")]
Reason = Annotated[str, typer.Option(help="Why; kept on record.")]
On = Annotated[str, typer.Option("--on", help="League date the roles are for.")]


@app.command("list")
def list_models(ctx: typer.Context, on: On = "tomorrow", as_json: JsonFlag = False) -> None:
    """List every version with its window, the roles it has, and its state of decay."""
    from tipoff.clock import parse_date

    day = parse_date(on)
    rows = _listing(ctx, day)
    emit({"on": day.isoformat(), "models": rows}, as_json, lambda: _print_list(rows))


@app.command()
def show(ctx: typer.Context, model: str, as_json: JsonFlag = False) -> None:
    """Show a version's manifest: contract, window, data hash, parameters, golden rows."""
    from tipoff.models import read_version, versions_of

    with open_lake(ctx) as lake, lake.reading() as r:
        newest = str(versions_of(r, model)[0]["model_id"])
        manifest, artifact = read_version(r, newest)
    data = {"model_id": newest, "artifact": artifact, **manifest.model_dump(mode="json")}
    emit(data, as_json, lambda: _print_manifest(newest, manifest))


@app.command()
def promote(
    ctx: typer.Context,
    model: str,
    reason: Reason,
    market: Market = "points",
    to: Annotated[str, typer.Option(help="champion, challenger or shadow.")] = "champion",
    evidence: Annotated[
        Path | None, typer.Option(help="A backtest's Parquet; default the live record.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Promote past the gates, on record as such.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Give a version (or the newest of a name) a role in a market; a champion passes the gates.

    Exit codes: 0 promoted, 1 a gate said no or could not answer, 2 usage.
    """
    from tipoff.markets import checked_market
    from tipoff.models import parse_role

    role = parse_role(to)
    market = checked_market(market)
    if role == "champion":
        _crown(ctx, model, market, reason, evidence, force, as_json)
    else:
        _give(ctx, model, market, reason, role, as_json)


def _give(
    ctx: typer.Context, model: str, market: str, reason: str, role: Role, as_json: bool
) -> None:
    from tipoff.models import promote as give
    from tipoff.models import versions_of

    with open_lake(ctx) as lake:
        with lake.reading() as r:
            newest = str(versions_of(r, model)[0]["model_id"])
        give(lake, newest, market, reason, to=role)
    data = {"model_id": newest, "market": market, "state": role, "reason": reason}
    emit(data, as_json, lambda: _say(f"{newest} is now {role} in {market}", "tipoff run DATE"))


def _crown(
    ctx: typer.Context, model: str, market: str, reason: str, evidence: Path | None, force: bool,
    as_json: bool,
) -> None:  # fmt: skip
    from tipoff.clock import parse_date
    from tipoff.grading.promotion import judge_version, promote_through_gates

    with open_lake(ctx) as lake:
        with lake.reading() as r:
            judged = judge_version(r, model, market, parse_date("tomorrow"), evidence)
        promoted = force or not judged.objections
        data = judged.as_dict() | {"state": "champion" if promoted else None, "reason": reason,
                                   "promoted": promoted, "forced": force}  # fmt: skip
        emit(data, as_json, lambda: _print_verdicts(judged))
        promote_through_gates(lake, judged, reason, force=force)
    if not as_json:
        _say(f"{judged.model_id} is now champion in {market}", "tipoff run DATE")


def _print_verdicts(judged: Judgement) -> None:
    out = console()
    out.print(
        f"{judged.model_id} in {judged.market}, against {judged.reference}, by {judged.evidence}",
        highlight=False,
    )
    for v in judged.verdicts:
        word = "pass" if v.passed else "NO"
        out.print(f"  {word:<5}{v.gate:<13}{v.figure}   (bar: {v.bar})", highlight=False)


@app.command()
def review(ctx: typer.Context, on: On = "tomorrow", as_json: JsonFlag = False) -> None:
    """Judge every model by its newest graded slates; block what has decayed from DATE on."""
    from tipoff.clock import parse_date
    from tipoff.grading.decay import decay_states
    from tipoff.grading.decay import review as act

    day = parse_date(on)
    with open_lake(ctx) as lake:
        blocked = act(lake, day)
        with lake.reading() as r:
            states = decay_states(r, day)
    data = {
        "on": day.isoformat(),
        "states": [d.as_dict() for d in states],
        "blocked": [{"model": d.model, "market": d.market} for d in blocked],
    }
    emit(data, as_json, lambda: _print_states(states, blocked))


def _print_states(states: list[Decay], blocked: list[Decay]) -> None:
    out = console()
    for d in states:
        head = f"{d.state:<10}{d.market:<10}{d.model:<22}{d.rows:>6} rows {d.slates:>3} slates"
        out.print(f"{head}  {d.reason}", highlight=False)
    for d in blocked:
        out.print(f"blocked now: {d.model} in {d.market}; the next run publishes without it")
    if not states:
        _say("nothing is graded yet", "tipoff grade DATE")


@app.command()
def retire(
    ctx: typer.Context,
    model: str,
    reason: Reason,
    market: OnlyMarkets = None,
    as_json: JsonFlag = False,
) -> None:
    """Retire a version, or every version of a name; the next publication leaves it out."""
    from tipoff.markets import checked_markets
    from tipoff.models import retire as withdraw

    with open_lake(ctx) as lake:
        ids = withdraw(lake, model, reason, market)
    chosen = checked_markets(market)
    data = {"model_ids": ids, "markets": chosen, "state": "retired", "reason": reason}
    text = f"retired {', '.join(ids)} in {', '.join(chosen or ('all its markets',))}"
    emit(data, as_json, lambda: _say(text, "tipoff run DATE publishes without it"))


def _listing(ctx: typer.Context, day: date) -> list[dict[str, Any]]:
    from tipoff.grading.decay import decay_states
    from tipoff.models import eligible, list_versions

    with open_lake(ctx) as lake, lake.reading() as r:
        versions, seats = list_versions(r), eligible(r, day)
        decay = {(d.model, d.market): d.state for d in decay_states(r, day)}
    roles: dict[str, dict[str, str]] = {}
    for seat in seats:
        roles.setdefault(seat.model_id, {})[seat.market] = seat.role
    return [
        {
            "model_id": row["model_id"],
            "model": row["model"],
            "family": row["family"],
            "trained_from": row["trained_from"].isoformat(),
            "trained_through": row["trained_through"].isoformat(),
            "markets": row["markets"],
            "retired": row["retired"],
            "blocked": row["blocked"],
            "roles": roles.get(row["model_id"], {}),
            "decay": {
                market: decay[row["model"], market]
                for market in roles.get(row["model_id"], {})
                if (row["model"], market) in decay
            },
        }
        for row in versions
    ]


def _print_list(rows: list[dict[str, Any]]) -> None:
    if not rows:
        _say("no model versions yet", "tipoff train catboost_v9 --through DATE")
        return
    out, widest = console(), max(len(row["model"]) for row in rows)
    for row in rows:
        window = f"{row['trained_from']}..{row['trained_through']}"
        out.print(
            f"{row['model']:{widest}}  {row['model_id']}  {window}  {_role(row)}", highlight=False
        )


def _role(row: dict[str, Any]) -> str:
    """The roles of a version in one line: markets are named only where they differ."""
    by_role: dict[str, list[str]] = {}
    for market, role in row["roles"].items():
        by_role.setdefault(role, []).append(market)
    for gone in ("retired", "blocked"):
        if row[gone]:
            by_role[gone] = row[gone]
    if len(by_role) == 1:
        return next(iter(by_role)) + _decayed(row)
    parts = [f"{role} ({', '.join(markets)})" for role, markets in sorted(by_role.items())]
    return ("; ".join(parts) or "superseded or not yet eligible") + _decayed(row)


def _decayed(row: dict[str, Any]) -> str:
    """The markets in which it is not healthy, in one line."""
    by_state: dict[str, list[str]] = {}
    for market, state in row["decay"].items():
        if state != "healthy":
            by_state.setdefault(state, []).append(market)
    return "".join(f"; {state} in {', '.join(found)}" for state, found in sorted(by_state.items()))


def _print_manifest(model_id: str, manifest: Manifest) -> None:
    out = console()
    out.print(f"{manifest.model}  {model_id}", highlight=False)
    facts = {
        "family": manifest.family,
        "markets": ", ".join(manifest.markets),
        "window": f"{manifest.trained_from} through {manifest.trained_through}",
        "rows": manifest.rows,
        "data sha256": manifest.data_sha256,
        "code version": manifest.code_version,
        "artifact sha256": manifest.artifact_sha256 or "none: the manifest holds all of it",
        "parameters": manifest.parameters,
        "seed": manifest.seed,
        "golden rows": len(manifest.golden),
        "reads": ", ".join(manifest.contract.reads),
    }
    for name, value in facts.items():
        out.print(f"  {name:16} {value}", highlight=False)


def _say(text: str, following: str) -> None:
    console().print(f"{text}\n  next: {following}", highlight=False)
