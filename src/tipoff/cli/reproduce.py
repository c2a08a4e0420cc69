"""tipoff reproduce ID|DATE: re-run published predictions bit for bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tipoff.cli.common import TODAY, JsonFlag, answer, console, opened, progress

if TYPE_CHECKING:
    from tipoff.results.work import Reproduction

MOST_LINES = 20


def reproduce(
    ctx: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="ID|DATE", help="Prediction id, run id, or a slate's date.")
    ] = TODAY,
    as_json: JsonFlag = False,
) -> None:
    """Make published forecasts again and compare bit for bit.

    From stored inputs. Exit code 1, and the first difference, when one differs.
    """
    with opened(ctx) as t, progress(as_json) as say:
        result = t.reproduce(what, progress=say)
    answer(result, as_json, lambda: _show(result))
    if not result.reproduced:
        raise SystemExit(1)


def _show(result: Reproduction) -> None:
    out = console()
    for note in result.notes:
        out.print(f"note: {note}", highlight=False)
    if result.reproduced:
        out.print(f"reproduced: {result.checked} predictions bit for bit")
        return
    out.print(f"NOT reproduced: {len(result.differences)} differences; the first:")
    for line in result.differences[:MOST_LINES]:
        out.print(f"  {line}", highlight=False)
