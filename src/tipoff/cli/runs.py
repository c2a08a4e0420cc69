"""tipoff runs [DATE], tipoff runs show RUN_ID: the ledger of publications, and what made a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from tipoff.cli.common import JsonFlag, answer, console, opened
from tipoff.cli.once import Commands
from tipoff.clock import iso

if TYPE_CHECKING:
    from tipoff.results.runs import Ledger, RunRecord

LISTED = 40


class _DatesToo(TyperGroup):
    """A group whose first word may be a date: `runs DATE` is `runs list DATE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        known = {*self.commands, *ctx.help_option_names}
        return super().parse_args(ctx, args if args and args[0] in known else ["list", *args])


app = Commands(cls=_DatesToo, help="The ledger: what was published, and what made each run.")


@app.command("list")
def list_runs(
    ctx: typer.Context,
    date: Annotated[
        str | None, typer.Argument(metavar="DATE", help="Only this slate, such as today.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """List publications, oldest first: number, kind, reason, moment and counts."""
    with opened(ctx) as t:
        result = t.runs.list(date or None)
    answer(result, as_json, lambda: _show_list(result))


@app.command()
def show(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(help="Id of a run or publication, or its beginning.")],
    as_json: JsonFlag = False,
) -> None:
    """Show which code, settings, gate, models, snapshot and facts made a run."""
    with opened(ctx) as t:
        result = t.runs.show(run)
    answer(result, as_json, lambda: _show(result))


def _show_list(result: Ledger) -> None:
    out, rows = console(), result.publications
    if not rows:
        out.print("nothing is published", highlight=False)
    if len(rows) > LISTED:
        out.print(f"{len(rows) - LISTED} older ones: --json", highlight=False)
    for p in rows[-LISTED:]:
        label = " backfill" if p.backfill else ""
        out.print(
            f"{p.slate} #{p.seq:<3} {p.committed_at:%Y-%m-%dT%H:%M:%SZ}  {p.kind:<10} "
            f"{p.expected:6d} = {p.predicted} + {p.refused}{label}  {p.run_id}  {p.reason}",
            highlight=False, markup=False,
        )  # fmt: skip
    out.print("next: tipoff runs show RUN_ID", highlight=False)


def _show(record: RunRecord) -> None:
    gate, snapshot = record.gate, record.snapshot
    lines = [
        f"{record.run_id}  slate {record.slate}  as of {iso(record.as_of)}",
        f"code {record.code_version} ({'; '.join(record.other_build) or 'this build'})",
        f"gate {gate.mode}: quality {gate.lowest_quality:g} and more",
        "settings " + ", ".join(f"{k} {v}" for k, v in record.settings.items()),
        f"snapshot {snapshot.snapshot_id}: {snapshot.rows} rows, "
        f"{snapshot.features} features; facts stored by commit {record.facts_seq}",
        f"{record.expected} expected = {record.predicted} predicted + {record.refused} refused",
    ]
    lines += [f"check {c.check} {c.feature}: {c.detail}" for c in snapshot.checks]
    for model in record.models:
        roles = "; ".join(f"{role}: {', '.join(names)}" for role, names in model.roles.items())
        through = model.trained_through or "?"
        lines.append(f"model {model.model or '?'} {model.model_id} to {through}  {roles}")
    lines += [f"refused {m.model}: {m.reason} {m.detail}" for m in record.models_refused]
    lines += [f"published #{p.seq} {iso(p.committed_at)} {p.kind}: {p.reason}"
              for p in record.publications]  # fmt: skip
    console().print("\n".join(lines), highlight=False, markup=False)
