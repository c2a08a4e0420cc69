"""tipoff runs [DATE], tipoff runs show RUN_ID: the ledger of publications, and what made a run."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tipoff.cli.common import JsonFlag, console, emit, open_lake

LISTED = 40


class _DatesToo(TyperGroup):
    """A group whose first word may be a date: `runs DATE` is `runs list DATE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        known = {*self.commands, *ctx.help_option_names}
        return super().parse_args(ctx, args if args and args[0] in known else ["list", *args])


app = typer.Typer(cls=_DatesToo, help="The ledger: what was published, and what made each run.")


@app.command("list")
def list_runs(
    ctx: typer.Context,
    date: Annotated[
        str | None, typer.Argument(metavar="DATE", help="Only this slate, such as today.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """List publications, oldest first: number, kind, reason, moment and counts."""
    from tipoff import clock
    from tipoff.answers import ledger

    day = clock.parse_date(date) if date else None
    with open_lake(ctx) as lake, lake.reading() as r:
        rows = ledger(r, day)
    emit({"date": day and str(day), "publications": rows}, as_json, lambda: _show_list(rows))


@app.command()
def show(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(help="Id of a run or publication, or its beginning.")],
    as_json: JsonFlag = False,
) -> None:
    """Show which code, settings, gate, models, snapshot and facts made a run."""
    from tipoff.answers import run_record

    with open_lake(ctx) as lake, lake.reading() as r:
        found = run_record(r, run)
    emit(found, as_json, lambda: _show(found))


def _show_list(rows: list[dict[str, Any]]) -> None:
    out = console()
    if not rows:
        out.print("nothing is published", highlight=False)
    if len(rows) > LISTED:
        out.print(f"{len(rows) - LISTED} older ones: --json", highlight=False)
    for p in rows[-LISTED:]:
        label = " backfill" if p["backfill"] else ""
        out.print(
            f"{p['slate']} #{p['seq']:<3} {p['committed_at'][:19]}Z  {p['kind']:<10} "
            f"{p['expected']:6d} = {p['predicted']} + {p['refused']}{label}  {p['run_id']}"
            f"  {p['reason']}",
            highlight=False, markup=False,
        )  # fmt: skip
    out.print("next: tipoff runs show RUN_ID", highlight=False)


def _show(found: dict[str, Any]) -> None:
    out = console()
    lines = [
        f"{found['run_id']}  slate {found['slate']}  as of {found['as_of']}",
        f"code {found['code_version']} ({'; '.join(found['other_build']) or 'this build'})",
        f"gate {found['gate']['mode']}: quality {found['gate']['lowest_quality']:g} and more",
        "settings " + ", ".join(f"{k} {v}" for k, v in found["settings"].items()),
        f"snapshot {found['snapshot']['snapshot_id']}: {found['snapshot']['rows']} rows, "
        f"{found['snapshot']['features']} features; facts stored by commit {found['facts_seq']}",
        f"{found['expected']} expected = {found['predicted']} predicted"
        f" + {found['refused']} refused",
    ]
    lines += [f"check {c['check']} {c['feature']}: {c['detail']}"
              for c in found["snapshot"]["checks"]]  # fmt: skip
    for model in found["models"]:
        roles = "; ".join(f"{role}: {', '.join(names)}" for role, names in model["roles"].items())
        through = model.get("trained_through", "?")
        lines.append(f"model {model.get('model', '?')} {model['model_id']} to {through}  {roles}")
    lines += [f"refused {m['model']}: {m['reason']} {m['detail']}" for m in found["models_refused"]]
    lines += [f"published #{p['seq']} {p['committed_at']} {p['kind']}: {p['reason']}"
              for p in found["publications"]]  # fmt: skip
    out.print("\n".join(lines), highlight=False, markup=False)
