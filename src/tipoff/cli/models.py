"""`tipoff models`: which versions there are, what is in one, who leads, who is retired."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tipoff.cli.common import JsonFlag, console, emit, open_lake

if TYPE_CHECKING:
    from tipoff.models import Manifest

app = typer.Typer(help="Model versions: list, show, promote, retire.", no_args_is_help=True)

Market = Annotated[str, typer.Option(help="Market, such as points.")]
Reason = Annotated[str, typer.Option(help="Why; kept on record.")]
On = Annotated[str, typer.Option("--on", help="League date the roles are for.")]


@app.command("list")
def list_models(ctx: typer.Context, on: On = "tomorrow", as_json: JsonFlag = False) -> None:
    """List every version with its window and the roles it has."""
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
    as_json: JsonFlag = False,
) -> None:
    """Give a version (or the newest of a name) a role in a market."""
    from tipoff.models import parse_role, versions_of
    from tipoff.models import promote as give

    with open_lake(ctx) as lake:
        with lake.reading() as r:
            newest = str(versions_of(r, model)[0]["model_id"])
        give(lake, newest, market, reason, to=parse_role(to))
    data = {"model_id": newest, "market": market, "state": to, "reason": reason}
    emit(data, as_json, lambda: _say(f"{newest} is now {to} in {market}", "tipoff run DATE"))


@app.command()
def retire(
    ctx: typer.Context,
    model: str,
    reason: Reason,
    market: Annotated[str | None, typer.Option(help="Only this market; default all.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Retire a version, or every version of a name; the next publication leaves it out."""
    from tipoff.models import retire as withdraw

    with open_lake(ctx) as lake:
        ids = withdraw(lake, model, reason, market)
    data = {"model_ids": ids, "market": market, "state": "retired", "reason": reason}
    text = f"retired {', '.join(ids)} in {market or 'all its markets'}"
    emit(data, as_json, lambda: _say(text, "tipoff run DATE publishes without it"))


def _listing(ctx: typer.Context, day: date) -> list[dict[str, Any]]:
    from tipoff.models import eligible, list_versions

    with open_lake(ctx) as lake, lake.reading() as r:
        versions, seats = list_versions(r), eligible(r, day)
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
            "roles": roles.get(row["model_id"], {}),
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
    if row["retired"]:
        by_role["retired"] = row["retired"]
    if len(by_role) == 1:
        return next(iter(by_role))
    parts = [f"{role} ({', '.join(markets)})" for role, markets in sorted(by_role.items())]
    return "; ".join(parts) or "superseded or not yet eligible"


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
